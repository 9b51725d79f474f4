"""The values of FITS header cards, where there can be no doubt about them.

Most cards of most headers are of a few plain forms. Of these, the value that `astropy.io.fits`
gives can be had in a fraction of the time. Anything else is left to astropy.
"""

from __future__ import annotations

import functools
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.readers.warned import recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from astropy.io.fits import Header

__all__ = ["CARD", "RawHeader", "card_value"]

CARD: Final = 80
"""Length of a card in bytes, by the FITS standard."""

_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_OF_KEYWORDS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- "
_OF_NUMBERS: Final = b"0123456789+-.EeDd"
_D_TO_E: Final = bytes.maketrans(b"Dd", b"EE")
_DOUBTFUL: Final = object()


class RawHeader:
    """A header as it is in a file.

    Parameters
    ----------
    raw : bytes
        Cards of 80 bytes each, with or without padding.

    Attributes
    ----------
    raw : bytes
        The same.
    is_plain : bool
        Whether it has nothing that only astropy could make sense of, apart from single values.

    Examples
    --------
    >>> from blender_core.readers.cards import RawHeader
    >>> cards = [b"DETECTOR= 'NRCA1   '           / name", b"EXPSTART=   59000.5 / [d] start"]
    >>> header = RawHeader(b"".join(card.ljust(80) for card in cards))
    >>> header.get("DETECTOR"), header.get("EXPSTART"), header.get("TARG_RA")
    ('NRCA1', 59000.5, None)
    """

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

    @property
    def text(self) -> bytes:
        """The header as astropy prints it, which mends what does not meet the standard."""
        if self.is_plain:
            return self.raw
        from astropy.io import fits

        with recorded():  # what it mends is no concern of the blend
            return str(fits.Header.fromstring(self.raw)).encode()

    def get(self, keyword: str) -> Any:
        """Return the value of a keyword.

        Parameters
        ----------
        keyword : str
            FITS keyword, in upper case.

        Returns
        -------
        value : bool, int, float, complex, str or None
            The value as `astropy.io.fits.Header` gives it. None if the header does not have the
            keyword, or has it without a value.

        Raises
        ------
        astropy.io.fits.VerifyError
            If astropy cannot make sense of the card either.
        """
        return self.select([keyword.encode().ljust(8)])[0]

    def select(self, fields: Sequence[bytes]) -> list[Any]:
        """Return the values of many keywords.

        Parameters
        ----------
        fields : sequence of bytes
            Keywords, filled with blanks to the eight bytes that they have on a card.

        Returns
        -------
        values : list
            As `get` gives them.
        """
        if not self.is_plain:
            return [self._by_astropy.get(field.decode().rstrip()) for field in fields]
        raw, positions, values = self.raw, self._positions, []
        continued = self._continued
        for field in fields:
            position = positions.get(field)
            value = None
            if position is not None:
                if position in continued:
                    value = self._long_text(position)
                else:
                    value = card_value(raw[position + 8 : position + CARD])
                if value is _DOUBTFUL:
                    value = self._by_astropy.get(field.decode().rstrip())
            values.append(value)
        return values

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
    def _by_astropy(self) -> Header:
        from astropy.io import fits

        return fits.Header.fromstring(self.raw)


def _keyword_column(raw: bytes) -> bytes:
    """Return the first eight bytes of all cards."""
    if len(raw) % CARD:
        return b"".join(raw[i : i + 8].ljust(8) for i in range(0, len(raw), CARD))
    return np.frombuffer(raw, np.uint8).reshape(-1, CARD)[:, :8].tobytes()


@functools.lru_cache(maxsize=64)
def _positions(column: bytes) -> tuple[Mapping[bytes, int], bool]:
    """Return where each keyword first comes, and whether all keywords are of the usual kind.

    Exposures of one mode have the same keywords in the same order, so one answer serves for many.
    """
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


@functools.lru_cache(maxsize=1 << 13)
def card_value(field: bytes) -> Any:
    """Return the value of the plain forms of a card.

    Most cards are the same to the byte in all exposures of a blend.

    Parameters
    ----------
    field : bytes
        The card from its ninth byte on.

    Returns
    -------
    value : bool, int, float, str, None or object
        The value as `astropy.io.fits` gives it. Some other object if only astropy can tell.
    """
    if field[:2] != b"= ":
        return _DOUBTFUL
    if field[2:3] == b"'":
        end = field.find(b"'", 3)
        text = field[3:end].rstrip(b" ")
        # A quote within the text, a comment without a slash, or a record of several values.
        plain = end > 0 and field[end + 1 :].lstrip(b" ")[:1] in (b"", b"/")
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
