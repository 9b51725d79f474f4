"""Read from a FITS file its headers and the text of its ASDF tree, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.compression import UnknownCompressionError, unpacked
from blender_core.formats.files.source_file import length_of_file
from blender_core.formats.files.stored_file import StoredFile
from blender_core.formats.fits.card_images import CARD, END
from blender_core.formats.fits.raw_hdu import (
    BLOCK,
    BadFitsError,
    NotFitsError,
    RawHDU,
    padded,
    parsed_hdu,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO, NoReturn

__all__ = [
    "BLOCK",
    "MOST_HDUS",
    "BadFitsError",
    "NotFitsError",
    "RawFits",
    "RawHDU",
    "hdu_at",
    "hdu_of",
    "name_and_version",
    "padded",
    "scan",
]

_CHUNK: Final = 8 * BLOCK
_CHUNK_FETCHED: Final = 4 * BLOCK
"""Of files whose bytes have to be fetched: nearly all headers between arrays are of one block."""
_LARGEST_HEADER: Final = 10_000 * BLOCK
MOST_HDUS: Final = 10_000
"""Far more than any file of a telescope has."""
_MOST_OF_HEADERS: Final = 256 << 20
_LONGEST_FILE: Final = 2**63 - 1
_LONGEST_UNPACKED: Final = 4 << 30
_MOST_TIMES: Final = 100
"""How much longer a packed file may become, if that is more. Of zeros, gzip makes 1,032 times."""
_STEP: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class RawFits:
    """What metadata are read from: the headers of a file, and the text of its ASDF tree."""

    hdus: tuple[RawHDU, ...]
    asdf: AsdfText | None
    length: int | None = None
    """Length of the file in bytes. None if it is compressed, or there is no file."""

    @classmethod
    def read(cls, path: Path | StoredFile) -> RawFits:
        """Read headers and tree of a file, and nothing else."""
        try:
            length = length_of_file(path)
            with path.open("rb") as file, unpacked(file) as content:
                if content is file:
                    chunk = _CHUNK_FETCHED if isinstance(path, StoredFile) else _CHUNK
                    return cls._of(file, length, chunk=chunk)
                return cls._of(content, None, max(_LONGEST_UNPACKED, _MOST_TIMES * length))
        except UnknownCompressionError as error:
            raise NotFitsError(str(error)) from error
        except OSError as error:
            raise BadFitsError(error.strerror or str(error)) from error
        except (EOFError, ValueError) as error:
            raise BadFitsError(str(error)) from error

    @classmethod
    def _of(
        cls,
        file: BinaryIO,
        length: int | None,
        longest: int = _LONGEST_UNPACKED,
        chunk: int = _CHUNK,
    ) -> RawFits:
        hdus, asdf = [], None
        for hdu in scan(file, length, longest, chunk):
            hdus.append(hdu)
            if hdu.name == "ASDF" and asdf is None:
                # Now: a packed file would have to be unpacked from its beginning again.
                file.seek(hdu.start)
                asdf = AsdfText.read(file, hdu.size)
        return cls(tuple(hdus), asdf, length)

    def hdu(self, name: str) -> RawHDU | None:
        """Return an HDU as astropy finds it; ``SCI,2`` is the one whose EXTVER is 2."""
        name = name.upper()
        if name == "PRIMARY":
            return self.hdus[0]
        named, version = name_and_version(name)
        if version is not None:
            found = (hdu for hdu in self.hdus if hdu.name == named and hdu.version == version)
        else:
            found = (hdu for hdu in self.hdus if hdu.name == name)
        return next(found, None)

    def is_as_saved(self) -> bool:
        """Tell whether nobody has touched the headers since a datamodel was saved to the file."""
        expected = self.asdf.checksum if self.asdf else None
        if expected is None:
            return False
        checksum = hashlib.sha256()
        for hdu in self.hdus:
            try:
                # To stdatamodels, a name in lower case is another.
                if hdu.header.get("EXTNAME") != "ASDF":
                    checksum.update(hdu.header.text)
            except Exception as error:
                msg = f"HDU {hdu.name} has a card that cannot be mended: {error}"
                raise BadFitsError(msg) from error
        return checksum.hexdigest() == expected


def scan(
    file: BinaryIO,
    length: int | None,
    longest_unpacked: int = _LONGEST_UNPACKED,
    chunk: int = _CHUNK,
) -> Iterator[RawHDU]:
    """Give the HDUs of a file, one after the other.

    A file whose length is not known is a packed one, which is read forward only. Who takes the HDUs
    may read the data of each as it comes.
    """
    start, number, of_headers = 0, 0, 0
    chunk, longest = (BLOCK, _LONGEST_FILE) if length is None else (chunk, length)
    while True:
        where = f"HDU {number}"
        raw = _header(file, where, chunk, first=number == 0)
        if not raw:
            return
        of_headers += len(raw)
        if number == MOST_HDUS:
            msg = f"it has more than {MOST_HDUS:,} HDUs"
            raise BadFitsError(msg)
        if of_headers > _MOST_OF_HEADERS:
            msg = f"it has more than {_MOST_OF_HEADERS >> 20} MB of headers: {where} is beyond that"
            raise BadFitsError(msg)
        hdu = parsed_hdu(raw, start + len(raw), where, first=number == 0)
        where = f"{where} ({hdu.name})"
        end = hdu.start + hdu.size
        if end > longest:
            _truncated(where, end, length)
        yield hdu
        start = hdu.start + padded(hdu.size)
        if length is None:
            _pass_over(file, end, where, longest_unpacked)
            # The blocks' padding may lack at the end of a file.
            file.read(start - end)
        else:
            file.seek(start)
        number += 1


def hdu_at(file: BinaryIO, start: int) -> RawHDU | None:
    """Return the HDU, not the first one, whose header begins at a place; None if none does."""
    file.seek(start)
    raw = _header(file, f"the HDU at byte {start:,}", BLOCK, first=False)
    return hdu_of(raw, start + len(raw)) if raw else None


def hdu_of(raw: bytes, start: int) -> RawHDU:
    """Return an HDU, not the first one, by its header, and where its data begin."""
    return parsed_hdu(raw, start, f"the HDU before byte {start:,}", first=False)


def _pass_over(file: BinaryIO, end: int, where: str, longest: int) -> None:
    """Unpack a file up to the end of an HDU's data."""
    while (rest := end - file.tell()) > 0:
        if not file.read(min(rest, _STEP)):
            _truncated(where, end, file.tell())
        if file.tell() > longest:
            msg = (
                f"{where} is too long: the file is unpacked to more than {longest:,} bytes, and to "
                f"more than {_MOST_TIMES} times its length"
            )
            raise BadFitsError(msg)


def name_and_version(name: str) -> tuple[str, int | None]:
    """Return the name of an HDU, and the EXTVER that ``SCI,2`` has behind it, if it has one."""
    named, _, version = name.rpartition(",")
    is_version = named and version.strip().isdecimal()
    return (named.strip(), int(version)) if is_version else (name, None)


def _truncated(where: str, end: int, length: int | None) -> NoReturn:
    # The product of a header's numbers may have thousands of digits.
    wanted = f"at byte {end:,}" if end <= _LONGEST_FILE else "where no file ends"
    actual = "" if length is None else f", the file at byte {length:,}"
    msg = f"{where} is truncated: its data end {wanted}{actual}"
    raise BadFitsError(msg)


def _header(file: BinaryIO, where: str, size_of_chunk: int, *, first: bool) -> bytes:
    """Read a header, a chunk at a time; return nothing where the file has no further HDU."""
    header = bytearray(file.read(size_of_chunk))
    begins = bytes(header[:16])
    if first and not header:
        msg = "the file is empty"
        raise BadFitsError(msg)
    if first and not header.startswith(b"SIMPLE  ="):
        msg = f"not a FITS file: it begins with {begins!r} instead of SIMPLE"
        raise NotFitsError(msg)
    if not first and not header.startswith(b"XTENSION="):
        # There is no room for an HDU in less than a block, whatever has been added to the file.
        if header.strip(b"\0 ") and len(header) >= BLOCK:
            msg = f"{where} begins with {begins!r} instead of XTENSION"
            raise BadFitsError(msg)
        return b""
    searched = 0
    while (end := _end_card(header, searched)) is None and len(header) <= _LARGEST_HEADER:
        searched = len(header) // CARD * CARD
        chunk = file.read(size_of_chunk)
        if not chunk:
            msg = f"{where} is truncated: the file ends within its header, at byte {file.tell():,}"
            raise BadFitsError(msg)
        header += chunk
    if end is None:
        msg = f"{where} has no END card in the first {searched:,} bytes of its header"
        raise BadFitsError(msg)
    size = padded(end + CARD)
    if len(header) < size:
        msg = f"{where} is truncated: the file ends at byte {file.tell():,}, within its last block"
        raise BadFitsError(msg)
    return bytes(header[:size])


def _end_card(header: bytearray, start: int) -> int | None:
    """Return where the END card is, from a position on that is a multiple of a card."""
    position = header.find(END, start)
    while position >= 0:
        if position % CARD == 0:
            return position
        position = header.find(END, position + 1)
    return None
