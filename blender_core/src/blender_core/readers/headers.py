"""Find the headers of a FITS file, and nothing between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.readers.cards import CARD, RawHeader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["BLOCK", "BadFitsError", "RawHDU", "scan"]

BLOCK: Final = 2880
"""Length of the blocks that a FITS file is made of, in bytes, by the FITS standard."""

_CHUNK: Final = 8 * BLOCK
_LARGEST_HEADER: Final = 10_000 * BLOCK
_MOST_AXES: Final = 999


class BadFitsError(Exception):
    """A file is not a FITS file, or not a whole one. The message says what and where."""


@dataclass(frozen=True, slots=True)
class RawHDU:
    """One HDU of a file, as far as its header tells.

    Parameters
    ----------
    name : str
        EXTNAME in upper case; ``PRIMARY`` for the first HDU.
    version : int
        EXTVER.
    header : RawHeader
        The header with its padding.
    start : int
        Where the data begin, in bytes from the beginning of the file.
    size : int
        Length of the data in bytes, without padding.
    compressed : bool
        Whether the HDU is a compressed image, whose header is not the image's own.
    """

    name: str
    version: int
    header: RawHeader
    start: int
    size: int
    compressed: bool


def scan(file: BinaryIO, length: int | None) -> Iterator[RawHDU]:
    """Give the HDUs of a file, one after the other.

    Parameters
    ----------
    file : binary file
        The file, at its beginning. Data are passed over, not read.
    length : int or None
        Length of the file in bytes. None if it is unknown, as in a compressed file.

    Yields
    ------
    hdu : RawHDU
        The next HDU.

    Raises
    ------
    BadFitsError
        If the file is empty, not FITS, or ends within an HDU.
    """
    start, number = 0, 0
    while True:
        file.seek(start)
        where = f"HDU {number}"
        raw = _header(file, where, first=number == 0)
        if not raw:
            return
        hdu = _hdu(raw, start + len(raw), where, first=number == 0)
        end = hdu.start + hdu.size
        if length is not None and end > length:
            msg = (
                f"{where} ({hdu.name}) is truncated: its data end at byte {end:,}, "
                f"the file at byte {length:,}"
            )
            raise BadFitsError(msg)
        yield hdu
        start = hdu.start + math.ceil(hdu.size / BLOCK) * BLOCK
        number += 1


def _header(file: BinaryIO, where: str, *, first: bool) -> bytes:
    """Read a header; nothing where the file has no HDU more."""
    header = b""
    searched = 0
    while True:
        chunk = file.read(_CHUNK)
        if not header:
            if first and not chunk:
                msg = "the file is empty"
                raise BadFitsError(msg)
            if not chunk.startswith(b"SIMPLE  =" if first else b"XTENSION="):
                if first:
                    msg = f"not a FITS file: it begins with {chunk[:16]!r} instead of SIMPLE"
                    raise BadFitsError(msg)
                if chunk.strip(b"\0 "):
                    msg = f"{where} begins with {chunk[:16]!r} instead of XTENSION"
                    raise BadFitsError(msg)
                return b""
        header += chunk
        end = _end_card(header, searched)
        if end is not None:
            size = math.ceil((end + CARD) / BLOCK) * BLOCK
            if len(header) < size:
                break
            return header[:size]
        if len(chunk) < _CHUNK:
            break
        searched = len(header)
        if searched > _LARGEST_HEADER:
            msg = f"{where} has no END card in the first {searched:,} bytes of its header"
            raise BadFitsError(msg)
    msg = f"{where} is truncated: the file ends within its header, at byte {file.tell():,}"
    raise BadFitsError(msg)


def _end_card(header: bytes, start: int) -> int | None:
    """Return where the END card is, from a position on that is a multiple of a card."""
    end_card = b"END".ljust(CARD)
    position = header.find(b"END     ", start)
    while position >= 0:
        # Whatever follows END on its card, astropy takes it for the end as well.
        if position % CARD == 0 and header[position : position + CARD] == end_card:
            return position
        position = header.find(b"END     ", position + 1)
    return None


def _hdu(raw: bytes, start: int, where: str, *, first: bool) -> RawHDU:
    header = RawHeader(raw)
    try:
        axes = _size(header, "NAXIS", where, most=_MOST_AXES)
        lengths = [_size(header, f"NAXIS{i}", where) for i in range(1, axes + 1)]
        if lengths[:1] == [0] and header.get("GROUPS") is True:
            del lengths[0]  # random groups are not counted along their first axis
        items = _size(header, "PCOUNT", where, 0) + math.prod(lengths)
        size = abs(_size(header, "BITPIX", where)) // 8 * _size(header, "GCOUNT", where, 1) * items
        name, version = header.get("EXTNAME") or "", header.get("EXTVER")
        compressed = header.get("ZIMAGE") is True
    except BadFitsError:
        raise
    except Exception as error:
        msg = f"{where} has a card that cannot be read: {error}"
        raise BadFitsError(msg) from error
    return RawHDU(
        name="PRIMARY" if first else str(name).strip().upper(),
        version=version if type(version) is int else 1,
        header=header,
        start=start,
        size=size if axes else 0,
        compressed=compressed,
    )


def _size(
    header: RawHeader,
    keyword: str,
    where: str,
    default: int | None = None,
    most: float = math.inf,
) -> int:
    value = header.get(keyword)
    if value is None:
        value = default
    if type(value) is not int or (value < 0 and keyword != "BITPIX") or value > most:
        msg = f"{where} has the card {keyword} = {value!r}, which is no size"
        raise BadFitsError(msg)
    return value
