"""Headers of FITS, and the values of their cards where there can be no doubt about them.

Most cards of most headers are of a few plain forms. Of these, the value that `astropy.io.fits`
gives can be had in a fraction of the time. Anything else is left to astropy.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.cached import cached_property
from blender_core.common.caught_warnings import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from astropy.io.fits import Header

__all__ = ["CARD", "LiveHeader", "RawHeader", "card_value"]

CARD: Final = 80
"""Length of a card in bytes, by the FITS standard."""

_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_OF_KEYWORDS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- "
_OF_NUMBERS: Final = b"0123456789+-.EeDd"
_D_TO_E: Final = bytes.maketrans(b"Dd", b"EE")
_DOUBTFUL: Final = object()
_LARGEST_KEPT: Final = 1 << 16
"""The bytes of the keywords of 8,192 cards: those of larger headers are not kept for the next."""
_AFTER_QUOTE: Final = 3
"""Where a text begins, if there is nothing in its card but that."""
_STANDARD: Final = re.compile(
    rb"(?:COMMENT |HISTORY | {8}).*"
    rb"|CONTINUE +'(?:[^']|'')*' *(?:/.*)?"
    rb"|(?=.{8}= )[A-Z0-9_-]+ *= +"
    rb"(?:'(?:[^']|'')*'|[TF]|[+-]?[0-9]+(?:\.[0-9]*)?(?:[ED][+-]?[0-9]+)?)? *(?:/.*)?"
)
"""What astropy takes for a standard card, or some of it."""


class RawHeader:
    """A header as it is in a file: cards of 80 bytes each, with or without padding."""

    is_plain: bool
    """Whether it has nothing that only astropy could make sense of, apart from single values."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._positions, usual = _positions(_keyword_column(raw))
        end = self._positions.get(b"END     ")
        self.is_plain = (
            usual
            and not raw.translate(None, _PRINTABLE)
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
            and all(map(_is_standard_card, _cards(self.raw[:end])))
            and all(
                self.raw[position : position + CARD].partition(b"/")[0].rstrip().endswith(b"&'")
                for position in self._continued
            )
        )

    def get(self, keyword: str) -> Any:
        """Return the value of a keyword as it stands there."""
        value = self._plain_value(keyword.encode().ljust(8))
        return self._by_astropy.get(keyword) if value is _DOUBTFUL else value

    def select(self, fields: Sequence[bytes]) -> list[Any]:
        """Return the values of many keywords, of mended cards where a card has to be mended.

        That is what a datamodel of a file has: stdatamodels lets astropy print all headers before
        it looks at their values.
        """
        values = [self._plain_value(field) for field in fields]
        for i, value in enumerate(values):
            if value is _DOUBTFUL:
                values[i] = self._mended.get(fields[i].decode().rstrip())
        return values

    def _plain_value(self, field: bytes) -> Any:
        if not self.is_plain:
            return _DOUBTFUL
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
                return _DOUBTFUL
            text += part.removesuffix("&")
            if position not in self._continued:
                # What looks like a record of several values only once it is put together.
                return _DOUBTFUL if ": " in text else text.rstrip(" ")
            position += CARD
            field = self.raw[position + 8 : position + CARD]
            if field[:1] != b" ":
                return _DOUBTFUL
            field = b"= " + field.lstrip(b" ")

    @cached_property
    def _mended(self) -> Header:
        header = self._parsed()
        with recorded():  # what is mended is no concern of the blend
            str(header)
        return header

    @cached_property
    def _by_astropy(self) -> Header:
        return self._parsed()

    def _parsed(self) -> Header:
        # Two of them, as threads share headers: one that is in use is not mended.
        from astropy.io import fits

        # As astropy does it when it reads a file.
        text = self.raw.decode("ascii", "replace").replace("\ufffd", "?")
        with recorded():
            return fits.Header.fromstring(text)


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
        with recorded():  # what it mends is no concern of the blend
            return str(self._header).encode()

    def get(self, keyword: str) -> Any:
        """Return the value of a keyword, as `RawHeader.get` does."""
        return self._header.get(keyword)

    def select(self, fields: Sequence[bytes]) -> list[Any]:
        """Return the values of many keywords, as `RawHeader.select` does."""
        return [self._header.get(field.decode().rstrip()) for field in fields]


def _cards(raw: bytes) -> Iterator[bytes]:
    return (raw[i : i + CARD] for i in range(0, len(raw), CARD))


def _keyword_column(raw: bytes) -> bytes:
    """Return the first eight bytes of all cards."""
    if len(raw) % CARD:
        return b"".join(card[:8].ljust(8) for card in _cards(raw))
    return np.frombuffer(raw, np.uint8).reshape(-1, CARD)[:, :8].tobytes()


def _positions(column: bytes) -> tuple[Mapping[bytes, int], bool]:
    """Return where each keyword first comes, and whether all keywords are of the usual kind.

    Exposures of one mode have the same keywords in the same order, so one answer serves for many.
    """
    find = _positions_again if len(column) <= _LARGEST_KEPT else _find_positions
    return find(column)


def _find_positions(column: bytes) -> tuple[Mapping[bytes, int], bool]:
    positions: dict[bytes, int] = {}
    for i in range(0, len(column), 8):
        positions.setdefault(column[i : i + 8], i // 8 * CARD)
    unusual = (
        b"HIERARCH" in positions
        or column.translate(None, _OF_KEYWORDS)
        # Astropy strips blanks before a keyword.
        or any(field[:1] == b" " and field.strip(b" ") for field in positions)
    )
    return positions, not unusual


_positions_again = functools.lru_cache(maxsize=64)(_find_positions)


@functools.lru_cache(maxsize=1 << 13)
def _is_standard_card(card: bytes) -> bool:
    """Tell whether a card of printable characters is certain to be printed as it is."""
    return _STANDARD.fullmatch(card) is not None


@functools.lru_cache(maxsize=1 << 13)
def card_value(field: bytes) -> Any:
    """Return the value of the plain forms of a card.

    Most cards are the same to the byte in all exposures of a blend.
    """
    if field[:2] != b"= ":
        return _DOUBTFUL
    if field[2:3] == b"'":
        end = field.find(b"'", 3)
        text = field[3:end].rstrip(b" ")
        rest = field[end + 1 :]
        # A quote within the text, a comment without a slash, or a record of several values.
        plain = end > 0 and rest.lstrip(b" ")[:1] in (b"", b"/")
        if end == _AFTER_QUOTE and b"'" in rest:
            return _DOUBTFUL  # astropy looks for the end of an empty text in the comment
        if not plain or b": " in text:
            return _DOUBTFUL
        return text.decode("ascii")
    token = field[2:].partition(b"/")[0].strip(b" ")
    if token in (b"T", b"F"):
        return token == b"T"
    if not token:
        return None
    if token.translate(None, _OF_NUMBERS):
        return _DOUBTFUL
    try:
        if token.translate(None, b".EeDd") == token:
            return int(token)
        return float(token.translate(_D_TO_E))
    except ValueError:
        return _DOUBTFUL
