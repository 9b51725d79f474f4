"""Take from a FITS file what metadata are read from: its headers, and the text of its ASDF tree."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.source_file import length_of_file
from blender_core.formats.fits.scan import BadFitsError, RawHDU, scan

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["RawFits"]

_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class RawFits:
    """The headers of a file, and the text of its ASDF tree.

    Parameters
    ----------
    hdus : tuple of RawHDU
        All HDUs, in the order of the file.
    asdf : AsdfText or None
        The tree; None if the file has none.
    length : int or None, optional
        Length of the file in bytes. None if it is compressed, or there is no file.
    """

    hdus: tuple[RawHDU, ...]
    asdf: AsdfText | None
    length: int | None = None

    @classmethod
    def read(cls, path: Path) -> RawFits:
        """Read headers and tree of a file, and nothing else."""
        try:
            length = length_of_file(path)
            with path.open("rb") as file:
                if file.read(len(_GZIP)) == _GZIP:
                    file.seek(0)
                    with gzip.GzipFile(fileobj=file) as unpacked:
                        return cls._of(unpacked, None)  # type: ignore[arg-type]
                file.seek(0)
                return cls._of(file, length)
        except OSError as error:
            raise BadFitsError(error.strerror or str(error)) from error
        except (EOFError, ValueError, zlib.error) as error:
            raise BadFitsError(str(error)) from error

    @classmethod
    def _of(cls, file: BinaryIO, length: int | None) -> RawFits:
        hdus = tuple(scan(file, length))
        for hdu in hdus:
            if hdu.name == "ASDF":
                file.seek(hdu.start)
                return cls(hdus, AsdfText.read(file, hdu.size), length)
        return cls(hdus, None, length)

    def hdu(self, name: str) -> RawHDU | None:
        """Return an HDU as astropy finds it."""
        if name == "PRIMARY":
            return self.hdus[0]
        return next((hdu for hdu in self.hdus if hdu.name == name.upper()), None)

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
