"""What the header of an HDU tells: its name, and where its data are."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import join_words, preview
from blender_core.formats.fits.cards import CARD, RawHeader

if TYPE_CHECKING:
    from blender_core.formats.fits.cards import LiveHeader

BLOCK: Final = 2880
"""Length of the blocks that a FITS file is made of, in bytes, by the FITS standard."""

_SWALLOWED: Final = re.compile(rb"XTENSION=.{71}BITPIX  =", re.DOTALL)
"""How each header but the first begins, by the FITS standard."""
_DAMAGED_END: Final = re.compile(rb"(?:(?!END {77}).{80})*?(?!END {77})END[^A-Z0-9_-]", re.DOTALL)
"""Astropy takes what begins like this for the end of a header, whatever follows on the card."""
_MOST_CONTINUED: Final = 10_000
_MOST_AXES: Final = 999
_MOST_FIELDS: Final = 999
_STRUCTURAL: Final = re.compile(
    rb"(SIMPLE|XTENSION|BITPIX|NAXIS[0-9]*|PCOUNT|GCOUNT|GROUPS|ZIMAGE) *"
)
"""What tells of which kind an HDU is, and how long."""


class BadFitsError(Exception):
    """A file is not a FITS file, or not a whole one. The message says what and where."""


class NotFitsError(BadFitsError):
    """A file is of another format."""


@dataclass(frozen=True, slots=True)
class RawHDU:
    """One HDU of a file, as far as its header tells."""

    name: str
    """EXTNAME in upper case. ``PRIMARY`` for the first HDU, unless it has an EXTNAME."""
    header: RawHeader | LiveHeader
    """The header: as it is in a file with its padding, or in memory."""
    start: int
    """Where the data begin, in bytes from the beginning of the file."""
    size: int
    """Length of the data in bytes, without padding."""
    compressed: bool
    """Whether the HDU is a compressed image, whose header is not the image's own."""

    @property
    def version(self) -> int:
        """EXTVER, by which HDUs of one name differ."""
        version = self.header.get("EXTVER")
        return version if type(version) is int else 1


def parsed_hdu(raw: bytes, start: int, where: str, *, first: bool) -> RawHDU:
    """Return an HDU by its header, where its data begin, and what messages call it."""
    # Extensions without metadata have the same headers in all exposures of one mode.
    parse = _parsed_again if len(raw) == BLOCK else _parsed
    header, name, size, compressed = parse(raw, where, first)
    return RawHDU(name=name, header=header, start=start, size=size, compressed=compressed)


def _parsed(raw: bytes, where: str, first: bool) -> tuple[RawHeader, str, int, bool]:
    """Return a header, the name of its HDU, the size of the data, and whether it is compressed."""
    # Astropy puts a text together in a time that grows with the square of its cards (8.0.2).
    if len(raw) > _MOST_CONTINUED * CARD and raw.count(b"CONTINUE") > _MOST_CONTINUED:
        msg = f"{where} has more than {_MOST_CONTINUED:,} cards CONTINUE"
        raise BadFitsError(msg)
    header = RawHeader(raw)
    try:
        standard = not first or header.get("SIMPLE") is True
        size = _data_size(header, where, first=first)
        name = header.get("EXTNAME")
        compressed = header.get("ZIMAGE") is True
    except BadFitsError:
        raise
    except Exception as error:
        msg = f"{where} has a card that cannot be read: {error}"
        raise BadFitsError(msg) from error
    if not standard:
        msg = f"{where} says by its card SIMPLE that the file does not meet the FITS standard"
        raise BadFitsError(msg)
    if any(_SWALLOWED.match(raw, start) for start in range(BLOCK, len(raw), BLOCK)):
        msg = f"{where} has another header within its own: its card END is damaged"
        raise BadFitsError(msg)
    if not header.is_plain and _DAMAGED_END.match(raw):
        msg = f"{where} has a card within it that may be its end: its card END is damaged"
        raise BadFitsError(msg)
    for field in sorted(filter(_STRUCTURAL.fullmatch, header.repeated)):
        # Astropy 8.0 takes the last for the length of the data, and the first for all else.
        first_value, *others = header.values_of(field)
        if any(value != first_value for value in others):
            values = join_words([preview(value) for value in (first_value, *others)])
            keyword = field.decode().rstrip()
            msg = f"{where} has the keyword {keyword} repeatedly, as {values}: none can be trusted"
            raise BadFitsError(msg)
    if name is None:
        name = "PRIMARY" if first else ""
    return header, str(name).strip().upper(), size, compressed


_parsed_again = functools.lru_cache(maxsize=128)(_parsed)


def _data_size(header: RawHeader, where: str, *, first: bool) -> int:
    """Return the length of an HDU's data without padding, as the FITS standard defines it."""
    # All are looked at, whether they matter or not: where one is broken, others may be.
    bits = abs(_size(header, "BITPIX", where))
    axes = _size(header, "NAXIS", where, most=_MOST_AXES)
    lengths = [_size(header, f"NAXIS{i}", where) for i in range(1, axes + 1)]
    parameters = _size(header, "PCOUNT", where, 0)
    groups = _size(header, "GCOUNT", where, 1)
    # Astropy 8.0 makes room for as many columns as a table says it has.
    _size(header, "TFIELDS", where, 0, most=_MOST_FIELDS)
    if first and header.get("GROUPS") is True:
        lengths = lengths[1:]  # random groups are not counted along their first axis
    if not lengths:
        return 0
    return bits * groups * (parameters + math.prod(lengths)) // 8


def _size(
    header: RawHeader,
    keyword: str,
    where: str,
    default: int | None = None,
    most: float = math.inf,
) -> int:
    value = header.get(keyword)
    if value is None and keyword not in header:
        value = default  # astropy cannot open a file with a card that has no value
    if type(value) is not int or (value < 0 and keyword != "BITPIX") or value > most:
        msg = f"{where} has the card {keyword} = {value!r}, which is not a size"
        raise BadFitsError(msg)
    return value


def padded(size: int) -> int:
    """Return a length with its padding to whole blocks."""
    return -(-size // BLOCK) * BLOCK
