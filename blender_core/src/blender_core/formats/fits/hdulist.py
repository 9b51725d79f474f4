"""Take from an open HDUList what metadata are read from, as it is now, and leave it as it is."""

from __future__ import annotations

import contextlib
import io
import itertools
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.fits.cards import LiveHeader
from blender_core.formats.fits.raw_hdu import BLOCK, BadFitsError, RawHDU
from blender_core.formats.fits.scan import MOST_HDUS, RawFits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from astropy.io.fits import BinTableHDU, Column, FITS_rec, HDUList, Header

    from blender_core.formats.fits.cards import RawHeader

_ASDF: Final = "ASDF"


def raw_fits_of(hdulist: HDUList) -> RawFits:
    """Return the headers of an HDUList, and the text of its ASDF tree."""
    with _undisturbed(hdulist):
        hdus = tuple(
            RawHDU(
                name=_name_of(hdu),
                header=LiveHeader(hdu.header),
                start=0,
                size=0,
                compressed=False,  # its header is the image's own
            )
            for hdu in itertools.islice(hdulist, MOST_HDUS + 1)
        )
        if len(hdus) > MOST_HDUS:
            msg = f"it has more than {MOST_HDUS:,} HDUs"
            raise BadFitsError(msg)
        if not hdus:
            msg = "it has no HDU"
            raise BadFitsError(msg)
        extension = next((hdu for hdu in hdulist if _name_of(hdu) == _ASDF), None)
        return RawFits(hdus, None if extension is None else AsdfText.read(*_data_of(extension)))


def table_in(hdulist: HDUList, name: str) -> FITS_rec:
    """Return a binary table, which is read from the file unless it is in memory already."""
    from astropy.io import fits

    with _undisturbed(hdulist):
        hdu = next(hdu for hdu in hdulist if _name_of(hdu) == name)
        if not isinstance(hdu, fits.BinTableHDU):
            msg = "it is not a binary table"
            raise BadFitsError(msg)
        if "data" in vars(hdu):
            return _columns_of(hdu)
        # Astropy would keep what it loads.
        return _table_apart(hdu.header.tostring().encode(), *_data_of(hdu))


def require_columns(hdu: BinTableHDU) -> FITS_rec:
    """Return the content of a table, whose header has to say of it what is so.

    Where it lies, astropy 8.0 takes what lacks from elsewhere.
    """
    width, rows = (hdu.header.get(keyword) for keyword in ("NAXIS1", "NAXIS2"))
    if rows and not width:
        msg = "its rows have no bytes"  # and there may be any number of them
        raise BadFitsError(msg)
    table = _columns_of(hdu)
    if table.dtype.itemsize != width:
        of_columns = table.dtype.itemsize
        msg = f"a row has {width:,} bytes by NAXIS1, and its columns {of_columns:,} by TFORMn"
        raise BadFitsError(msg)
    if table.nbytes > hdu.size:
        msg = f"its rows have {table.nbytes:,} bytes, and its data {hdu.size:,} by its header"
        raise BadFitsError(msg)
    return table


@kept_apart()
def _columns_of(hdu: BinTableHDU) -> FITS_rec:
    try:
        table = hdu.data
    except Exception as error:  # it has many for what a header may say
        msg = f"astropy makes no columns of its header: {type(error).__name__}: {error}"
        raise BadFitsError(msg) from error
    if table is None or not table.dtype.names:
        msg = "it has no columns"
        raise BadFitsError(msg)
    return table


def _table_apart(header: bytes, file: BinaryIO, size: int) -> FITS_rec:
    """Return the content of a table, which a file has from its position on."""
    from astropy.io import fits

    data = file.read(size)
    if len(data) < size:
        msg = f"it is truncated: {len(data):,} of its {size:,} bytes are there"
        raise BadFitsError(msg)
    return require_columns(fits.BinTableHDU.fromstring(header + data + bytes(-size % BLOCK)))


def is_table(hdu: RawHDU) -> bool:
    """Tell whether astropy 8.0 takes an HDU for a binary table, and not for a compressed image."""
    return hdu.header.get("XTENSION") == "BINTABLE" and not hdu.header.get("ZIMAGE")


@kept_apart()
def table_of(hdu: RawHDU, file: BinaryIO) -> FITS_rec:
    """Return a binary table of a file, of which nothing else is looked at."""
    if not is_table(hdu):
        msg = "it is not a binary table"
        raise BadFitsError(msg)
    file.seek(hdu.start)
    return _table_apart(cast("RawHeader", hdu.header).raw, file, hdu.size)


@kept_apart()
def without_arrays(hdulist: HDUList) -> HDUList:
    """Return a copy of an HDUList that shares nothing with it and has no data but its ASDF tree."""
    from astropy.io import fits

    bare = fits.HDUList()
    with _undisturbed(hdulist):
        for hdu in hdulist:
            if not bare:
                twin = fits.PrimaryHDU()
            elif _name_of(hdu) == _ASDF:
                file, size = _data_of(hdu)
                tree = np.frombuffer(file.read(size), np.uint8)
                column = fits.Column(_ASDF, f"{tree.size}B", array=tree[None, :])
                twin = fits.BinTableHDU.from_columns([column])
            elif isinstance(hdu, fits.BinTableHDU):
                twin = fits.BinTableHDU.from_columns(_columns(hdu.header))
            else:
                twin = fits.ImageHDU()
            bare.append(twin)
            twin.header = hdu.header.copy()  # astropy would have adapted it to the data
    return bare


def _name_of(hdu: Any) -> str:
    """Return the name of an HDU as the FITS standard compares it: blanks and case do not count."""
    return str(hdu.name).strip().upper()


def _columns(header: Header) -> list[Column]:
    """Return a table's columns without their cells."""
    from astropy.io import fits

    numbers = range(1, header.get("TFIELDS", 0) + 1)
    return [
        fits.Column(*(header.get(f"{keyword}{i}") for keyword in ("TTYPE", "TFORM")))
        for i in numbers
    ]


def _data_of(hdu: Any) -> tuple[BinaryIO, int]:
    """Return the data of an HDU as a file, and their length."""
    place = hdu.fileinfo()
    # Astropy keeps data there once they are loaded. They may have been changed since.
    if place is None or "data" in vars(hdu):
        file = io.BytesIO() if hdu.data is None else io.BytesIO(hdu.data)
        return file, file.getbuffer().nbytes
    place["file"].seek(place["datLoc"])
    return place["file"], hdu.size


@contextlib.contextmanager
def _undisturbed(hdulist: HDUList) -> Iterator[None]:
    """Put the file back to its position, and say what is wrong if it cannot be read."""
    file = hdulist._file  # noqa: SLF001  # nothing else tells without reading
    try:
        position = None if file is None or file.closed else file.tell()
        try:
            yield
        finally:
            if position is not None and not file.closed:
                file.seek(position)
    except BadFitsError:
        raise
    except Exception as error:  # astropy has many for what it cannot read
        msg = f"{type(error).__name__}: {error}"
        raise BadFitsError(msg) from error
