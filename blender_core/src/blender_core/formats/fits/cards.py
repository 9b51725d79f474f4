"""Headers of FITS: astropy is asked only where a card leaves a doubt about its value."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.cached import cached_property
from blender_core.common.caught_warnings import recorded
from blender_core.formats.fits.card_faults import alteration, decoded, faulty_card, value_of
from blender_core.formats.fits.card_images import (
    CARD,
    COMMENTARY,
    PRINTABLE,
    card_images,
    keyword_of,
)
from blender_core.formats.fits.card_values import DOUBTFUL, card_value, is_standard_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from astropy.io.fits import Card, Header

    from blender_core.formats.fits.card_faults import Alteration

__all__ = ["CARD", "LiveHeader", "RawHeader"]

_OF_KEYWORDS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- "
_LARGEST_KEPT: Final = 1 << 16
"""The bytes of the keywords of 8,192 cards: those of larger headers are not kept for the next."""
_COMMENTARY: Final = frozenset(keyword.encode().ljust(8) for keyword in COMMENTARY)


class RawHeader:
    """A header as it is in a file: cards of 80 bytes each, with or without padding."""

    is_plain: bool
    """Whether it has nothing that only astropy could make sense of, apart from single values."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._positions, self._repeated, usual = _positions(_keyword_column(raw))
        end = self._positions.get(b"END     ")
        self.is_plain = (
            usual
            and not raw.translate(None, PRINTABLE)
            # Astropy stops at END.
            and (end is None or raw[end:].rstrip(b" ") == b"END")
        )

    @cached_property
    def text(self) -> bytes:
        """The header as astropy prints it, which mends what does not meet the standard."""
        return self.raw if self._is_standard() else str(self._mended).encode()

    def _is_standard(self) -> bool:
        """Tell whether the header is certain to be printed as it is."""
        if not self.is_plain:
            return False
        end = self._positions.get(b"END     ", len(self.raw))
        return (
            not self.raw.startswith(b"CONTINUE")
            and all(map(is_standard_card, _cards(self.raw[:end])))
            and all(
                self.raw[position : position + CARD].partition(b"/")[0].rstrip().endswith(b"&'")
                for position in self._continued
            )
        )

    def get(self, keyword: str) -> Any:
        """Return the value of a keyword as it stands there."""
        # Astropy gives parts of a record of several values a name with a dot.
        value = DOUBTFUL if "." in keyword else self._plain_value(keyword.encode().ljust(8))
        if value is not DOUBTFUL:
            return value
        from astropy.io.fits import VerifyError

        try:
            return self._by_astropy.get(keyword)
        except VerifyError as error:
            if keyword in str(error):
                raise
            msg = f"{keyword}: {error}"
            raise VerifyError(msg) from error

    def __contains__(self, keyword: str) -> bool:
        """Tell whether there is a card with a keyword, whatever its value."""
        if self.is_plain and "." not in keyword:
            return keyword.encode().ljust(8) in self._positions and keyword != "END"
        return keyword in self._by_astropy

    def select(self, fields: Sequence[bytes]) -> list[Any]:
        """Return the values of many keywords, of mended cards where a card has to be mended.

        That is what a datamodel of a file has: stdatamodels lets astropy print all headers before
        it looks at their values.
        """
        values = [self._plain_value(field) for field in fields]
        for i, value in enumerate(values):
            if value is DOUBTFUL:
                values[i] = self._mended.get(fields[i].decode().rstrip())
        return values

    @cached_property
    def repeated(self) -> frozenset[bytes]:
        """The keywords that are there more than once, as they are on cards."""
        if self.is_plain:
            return self._repeated
        return frozenset(
            keyword.encode("latin-1").ljust(8)
            for keyword, images in self._images.items()
            if len(images) > 1 and keyword not in COMMENTARY
        )

    def values_of(self, field: bytes) -> list[Any]:
        """Return the values of all cards that have a keyword, in their order."""
        from astropy.io.fits import Card

        images = self._images.get(field.decode("latin-1").rstrip(), ())
        return [value_of(Card.fromstring(decoded(image))) for image in images]

    def alterations(self, fields: Sequence[bytes]) -> dict[bytes, Alteration]:
        """Tell which of many values are not what stands there, once they have been selected."""
        if "_mended" not in vars(self):
            return {}  # to select them has taken no closer look
        altered = {}
        for field in fields:
            keyword = field.decode().rstrip()
            for image in self._images.get(keyword, ())[:1]:
                altered[field] = alteration(image, self._mended.get(keyword))
        return {field: value for field, value in altered.items() if value is not None}

    def alteration(self, keyword: str, value: Any) -> Alteration | None:
        """Tell whether a value that `get` has given is not what stands there."""
        if "_by_astropy" not in vars(self) or not (images := self._images.get(keyword)):
            return None
        return alteration(images[0], value)

    @cached_property
    def _images(self) -> Mapping[str, Sequence[bytes]]:
        """The cards of each keyword."""
        images: dict[str, list[bytes]] = {}
        for image in card_images(self.raw):
            images.setdefault(keyword_of(image), []).append(image)
        return images

    def _plain_value(self, field: bytes) -> Any:
        if not self.is_plain:
            return DOUBTFUL
        position = self._positions.get(field)
        if position is None:
            return None
        if position in self._continued:
            return self._long_text(position)
        return card_value(self.raw[position + 8 : position + CARD])

    @cached_property
    def _continued(self) -> frozenset[int]:
        """Where the cards are that a CONTINUE card follows, whether they ask for one or not."""
        if b"CONTINUE" not in self._positions:
            return frozenset()
        return frozenset(
            position - CARD
            for position in range(CARD, len(self.raw), CARD)
            if self.raw[position : position + 8] == b"CONTINUE"
        )

    def _long_text(self, position: int) -> Any:
        """Return a text that goes on on the CONTINUE cards after its first card."""
        text = ""
        field = self.raw[position + 8 : position + CARD]
        while True:
            part = card_value(field)
            if type(part) is not str:
                return DOUBTFUL
            text += part.removesuffix("&")
            if position not in self._continued:
                # What looks like a record of several values only once it is put together.
                return DOUBTFUL if ": " in text else text.rstrip(" ")
            position += CARD
            field = self.raw[position + 8 : position + CARD]
            if field[:1] != b" ":
                return DOUBTFUL
            field = b"= " + field.lstrip(b" ")

    @cached_property
    def _mended(self) -> Header:
        return _mended(self._parsed())

    @cached_property
    def _by_astropy(self) -> Header:
        return self._parsed()

    def _parsed(self) -> Header:
        # Two of them, as threads share headers: one that is in use is not mended.
        from astropy.io import fits

        with recorded():
            return fits.Header.fromstring(decoded(self.raw))


class LiveHeader:
    """A header in memory, which can be used where a `RawHeader` can.

    Its values are taken as they are, and not from the text that would be written to a file: that
    has less room.
    """

    def __init__(self, header: Header) -> None:
        self._header = header.copy()

    @cached_property
    def text(self) -> bytes:
        """The header as astropy prints it, which mends what does not meet the standard.

        Mended cards have the values that they are mended to from then on, as of a `RawHeader`.
        """
        return str(_mended(self._header)).encode()

    def get(self, keyword: str) -> Any:
        """Return the value of a keyword, as `RawHeader.get` does."""
        return self._header.get(keyword)

    def __contains__(self, keyword: str) -> bool:
        """Tell whether there is a card with a keyword, whatever its value."""
        return keyword in self._header

    @property
    def cards(self) -> Iterable[Card]:
        """All cards, in their order."""
        return self._header.cards  # type: ignore[no-any-return]

    def select(self, fields: Sequence[bytes]) -> list[Any]:
        """Return the values of many keywords, as `RawHeader.select` does."""
        return [self._header.get(field.decode().rstrip()) for field in fields]

    @cached_property
    def repeated(self) -> frozenset[bytes]:
        """The keywords that are there more than once, as `RawHeader.repeated` has them."""
        numbers = Counter(map(str.upper, self._header))
        return frozenset(
            keyword.encode("latin-1").ljust(8)
            for keyword, number in numbers.items()
            if number > 1 and keyword not in COMMENTARY
        )

    def values_of(self, field: bytes) -> list[Any]:
        """Return the values of all cards that have a keyword, as `RawHeader.values_of` does."""
        keyword = field.decode("latin-1").rstrip()
        return [value_of(card) for card in self._header.cards if card.keyword.upper() == keyword]

    def alteration(self, _keyword: str, _value: Any) -> Alteration | None:
        """Tell whether a value is not what stands there: it is, as what is in memory is meant."""
        return None

    def alterations(self, _fields: Sequence[bytes]) -> dict[bytes, Alteration]:
        """Tell which values are not what stands there: none, as what is in memory is meant."""
        return {}


def _mended(header: Header) -> Header:
    """Have astropy mend the cards of a header that do not meet the standard."""
    with recorded():  # what is mended without an error is read as it is then
        try:
            str(header)
        except Exception as error:
            keyword = faulty_card(header.cards)
            msg = f"{keyword}: {error}"
            raise ValueError(msg) from error
    return header


def _cards(raw: bytes) -> Iterator[bytes]:
    return (raw[i : i + CARD] for i in range(0, len(raw), CARD))


def _keyword_column(raw: bytes) -> bytes:
    """Return the first eight bytes of all cards."""
    if len(raw) % CARD:
        return b"".join(card[:8].ljust(8) for card in _cards(raw))
    return np.frombuffer(raw, np.uint8).reshape(-1, CARD)[:, :8].tobytes()


def _positions(column: bytes) -> tuple[Mapping[bytes, int], frozenset[bytes], bool]:
    """Return where each keyword first comes, which come again, and whether all are usual ones.

    Exposures of one mode have the same keywords in the same order, so one answer serves for many.
    """
    find = _positions_again if len(column) <= _LARGEST_KEPT else _find_positions
    return find(column)


def _find_positions(column: bytes) -> tuple[Mapping[bytes, int], frozenset[bytes], bool]:
    positions: dict[bytes, int] = {}
    repeated = set()
    for i in range(0, len(column), 8):
        field = column[i : i + 8]
        if field not in positions:
            positions[field] = i // 8 * CARD
        elif field not in _COMMENTARY:
            repeated.add(field)
    unusual = (
        b"HIERARCH" in positions
        or column.translate(None, _OF_KEYWORDS)
        # Astropy strips blanks before a keyword.
        or any(field[:1] == b" " and field.strip(b" ") for field in positions)
    )
    return positions, frozenset(repeated), not unusual


_positions_again = functools.lru_cache(maxsize=64)(_find_positions)
