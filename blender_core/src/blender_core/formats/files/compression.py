"""Compressed files: those that are read as if they were not, and what others are.

`datamodels.open` reads gzip, bzip2 and xz, too. It also reads zip archives of one file, and if a
package for it is installed, what ``compress`` makes: these are rare, and have to be unpacked first.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, cast

from blender_core.common.forks import unforked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
_OTHERS: Final = {
    b"\x1f\x9d": ("compressed with compress", "uncompress"),
    b"PK\x03\x04": ("an archive of zip", "unzip"),
    b"(\xb5/\xfd": ("compressed with zstd", "zstd -d"),
    b"LZIP": ("compressed with lzip", "lzip -d"),
    b"\x04\x22\x4d\x18": ("compressed with lz4", "lz4 -d"),
    b"7z\xbc\xaf\x27\x1c": ("an archive of 7-Zip", "7z x"),
}
"""How others begin, what they are, and what unpacks them."""
_LONGEST: Final = max(map(len, (_GZIP, _BZIP2, _XZ, *_OTHERS)))


class UnknownCompressionError(Exception):
    """A file is compressed in a way that is not read. The message says how, and what to do."""


@contextlib.contextmanager
def unpacked(file: BinaryIO) -> Iterator[BinaryIO]:
    """Give the content of a file from its beginning: itself, unless it is compressed."""
    file.seek(0)
    start = file.read(_LONGEST)
    file.seek(0)
    # Python may have been built without any of these modules.
    if start.startswith(_GZIP):
        with unforked():
            import gzip
            import zlib

        with _told(zlib.error), gzip.GzipFile(fileobj=file) as content:
            yield cast("BinaryIO", content)
    elif start.startswith(_BZIP2):
        with unforked():
            import bz2

        with bz2.BZ2File(file) as content:
            yield cast("BinaryIO", content)
    elif start.startswith(_XZ):
        with unforked():
            import lzma

        with _told(lzma.LZMAError), lzma.LZMAFile(file) as content:
            yield cast("BinaryIO", content)
    else:
        for magic, (kind, program) in _OTHERS.items():
            if start.startswith(magic):
                msg = f"it is {kind}, which is not read: unpack it first, with {program}"
                raise UnknownCompressionError(msg)
        yield file


@contextlib.contextmanager
def _told(error_type: type[Exception]) -> Iterator[None]:
    """Make an error of a file of what a module has an error of its own for."""
    try:
        yield
    except error_type as error:
        raise OSError(str(error)) from error
