"""What the engine has read of an input before it asks plugins for theirs: headers, or a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeVar

import numpy as np

from blender_core.common.cached import cached_property
from blender_core.common.wording import preview, shorten
from blender_core.errors import InputError, warn
from blender_core.formats.asdf.plain_tree import copied
from blender_core.formats.fits.header_cards import Alteration, Card, cards_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from blender_core.formats.fits.cards import LiveHeader, RawHeader
    from blender_core.formats.fits.scan import RawHDU

__all__ = ["Card", "Opened", "OpenedHeader"]

T = TypeVar("T")

_COMMENTARY: Final = frozenset({"", "COMMENT", "HISTORY"})
_PRIMARY: Final = "PRIMARY"


class _Unchangeable:
    """What has the same attributes for as long as it is there."""

    def __setattr__(self, name: str, _: object) -> NoReturn:
        msg = f"{name} of {type(self).__name__} cannot be changed: it is what stands in the input"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)


class OpenedHeader(_Unchangeable, Mapping[str, Any]):
    """The header of one HDU: keyword → value, as astropy has them.

    Keywords can be in any case. Of a keyword that comes twice, the first counts. A card without a
    value is there, and has None.

    Attributes
    ----------
    index : int
        Which of the HDUs it is, counted from 0.
    name : str
        EXTNAME in upper case; if there is none, ``PRIMARY`` for the first HDU, and nothing for
        others.

    Raises
    ------
    InputError
        If the card that is asked for cannot be read.
    """

    index: int
    name: str
    _header: RawHeader | LiveHeader
    _label: str
    _told: set[str]

    def __init__(
        self,
        name: str,
        header: RawHeader | LiveHeader,
        index: int,
        label: str,
        told: set[str] | None = None,
    ) -> None:
        told = set() if told is None else told
        vars(self).update(index=index, name=name, _header=header, _label=label, _told=told)

    def copy(self) -> OpenedHeader:
        """Return the same, with which nobody can change what this one tells."""
        return OpenedHeader(self.name, self._header, self.index, self._label, self._told)

    def __repr__(self) -> str:
        return f"<header of HDU {self.index} ({self.name})>"

    def __getitem__(self, keyword: str) -> Any:
        """Return the value of a keyword; a `KeyError` where it is not there."""
        if not isinstance(keyword, str):
            raise KeyError(keyword)
        name = _normalized(keyword)
        if name in _COMMENTARY:
            value = next((each.value for each in self.cards if each.keyword == name), None)
        else:
            value = _own(self._read(self._header.get, name))
            self._tell(name, self._header.alteration(name, value))
        if value is None and keyword not in self:
            raise KeyError(keyword)
        return value

    def __contains__(self, keyword: object) -> bool:
        if not isinstance(keyword, str):
            return False
        return self._read(self._header.__contains__, _normalized(keyword))

    def __iter__(self) -> Iterator[str]:
        """Give each keyword once."""
        return iter(dict.fromkeys(card.keyword for card in self.cards))

    def __len__(self) -> int:
        return len(set(self))

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """All cards in their order, with those of COMMENT and HISTORY, and blank ones."""
        cards = self._read(cards_of, self._header)
        for card, altered in cards:
            self._tell(card.keyword, altered)
        return tuple(_own_card(card) for card, _ in cards)

    @cached_property
    def version(self) -> int:
        """EXTVER; 1 if there is none."""
        value = self.get("EXTVER", 1)
        if not isinstance(value, (int, float)) or value % 1:
            msg = f"{self._label} cannot be read: {self._place} has the version {preview(value)}"
            raise InputError(msg)
        return int(value)

    def _read(self, call: Callable[..., T], *arguments: Any) -> T:
        try:
            return call(*arguments)
        except Exception as error:  # astropy has several
            msg = f"{self._label} cannot be read: {self._place} has a bad card: {error}"
            raise InputError(msg) from error

    def _tell(self, keyword: str, altered: Alteration | None) -> None:
        """Warn of a value that is not what stands there, once."""
        if altered is None or keyword in self._told:
            return
        self._told.add(keyword)
        name = keyword or "a card without a keyword"
        problem = (
            f"{name} = {shorten(altered.stands)} in {self._place}, "
            f"{altered.reason}: {preview(altered.value)} is taken"
        )
        warn(f"{self._label} has {problem}", label=self._label, problem=problem)

    @property
    def _place(self) -> str:
        return f"HDU {self.index} ({self.name})" if self.name else f"HDU {self.index}"


class Opened(_Unchangeable):
    """What the engine has read of an input that is not of a kind of its own.

    It is what there was when the input was opened; nothing more is read, and no array. A plugin may
    do with it what it likes: others have their own.

    Attributes
    ----------
    path : Path or None
        The file. None for an HDUList without one, and for a file that is named by a URL.
    format : {"fits", "asdf"}
        Of which format it is.
    headers : tuple of OpenedHeader
        The headers of all HDUs, in their order. Empty for ASDF.
    status : os.stat_result or None
        What the file was like when it was read; None for FITS.

    Examples
    --------
    >>> from blender_core import Opened
    >>> def is_of_hubble(opened: Opened | None) -> bool:
    ...     if opened is None or opened.format != "fits":
    ...         return False
    ...     return opened.header("PRIMARY").get("TELESCOP") == "HST"
    """

    path: Path | None
    format: Literal["fits", "asdf"]
    headers: tuple[OpenedHeader, ...]
    status: os.stat_result | None
    _tree: Mapping[str, Any] | None

    def __init__(
        self,
        path: Path | None,
        headers: tuple[OpenedHeader, ...] = (),
        tree: Mapping[str, Any] | None = None,
        status: os.stat_result | None = None,
    ) -> None:
        vars(self).update(
            path=path,
            format="fits" if tree is None else "asdf",
            headers=headers,
            status=status,
            _tree=tree,
        )

    def __repr__(self) -> str:
        return f"<Opened {self.path}: {self.format}>"

    @classmethod
    def of_fits(cls, path: Path | None, hdus: Iterable[RawHDU], label: str) -> Opened:
        """Return what was read of a FITS file, or of an open HDUList."""
        return cls(
            path, tuple(OpenedHeader(hdu.name, hdu.header, i, label) for i, hdu in enumerate(hdus))
        )

    def copy(self) -> Opened:
        """Return the same, with which nobody can change what this one tells."""
        headers = tuple(header.copy() for header in self.headers)
        return Opened(self.path, headers, self._tree, self.status)

    @cached_property
    def tree(self) -> Mapping[str, Any] | None:
        """The tree of an ASDF file as plain content; None for FITS.

        It has dicts, lists, texts, numbers, booleans and None. Arrays are None; moments are the
        texts that they are written as; what has a tag is what is written below it. Nothing is held
        against a schema.
        """
        return None if self._tree is None else copied(self._tree)

    def header(self, name: str, version: int = 1) -> OpenedHeader | None:
        """Return the header of an HDU.

        Parameters
        ----------
        name : str
            Its EXTNAME, in any case. ``PRIMARY`` always is the first HDU.
        version : int, optional
            Its EXTVER.

        Returns
        -------
        header : OpenedHeader or None
            The first of that name and version; None if there is none.
        """
        name = name.strip().upper()
        for header in self.headers:
            is_meant = header.name == name or (name == _PRIMARY and header.index == 0)
            if is_meant and header.version == version:
                return header
        return None


def _normalized(keyword: str) -> str:
    """Return a keyword as astropy looks for it."""
    keyword = keyword.strip()
    if keyword.isupper() and keyword.isalnum():
        return keyword
    from astropy.io.fits import Card

    return str(Card.normalize_keyword(keyword))


def _own_card(card: Card) -> Card:
    value: Any = card.value
    # Nearly all are, and those of files are shared.
    return card._replace(value=_own(value)) if isinstance(value, np.generic) else card


def _own(value: Any) -> Any:
    """Return a value that may be one of numpy's, in memory, as Python's own."""
    return value.item() if isinstance(value, np.generic) else value
