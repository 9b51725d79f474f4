"""A binary table in a FITS file, whose rows are read in blocks: it may be larger than memory."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from blender_core.common.cached import cached_property
from blender_core.common.caught_warnings import kept_apart
from blender_core.formats.files.compression import unpacked
from blender_core.formats.files.stored_file import StoredFile
from blender_core.formats.fits.cards import CARD
from blender_core.formats.fits.hdulist import is_table, require_columns, table_of
from blender_core.formats.fits.raw_hdu import BadFitsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from astropy.io.fits import Column, FITS_rec
    from numpy.typing import NDArray

    from blender_core.formats.files.source_file import SourceFile
    from blender_core.formats.fits.cards import RawHeader
    from blender_core.formats.fits.raw_hdu import RawHDU

_BYTES_OF_BLOCK: Final = 4 << 20
_FEW_BYTES: Final = 1 << 20
"""Tables of less are read as a whole: to find out what rows are takes as long."""
_SIZES: Final = (b"NAXIS2  =", b"PCOUNT  =")
_ZERO: Final = b"%21d" % 0


class StoredTable:
    """A table in a file, as it is there: its columns are known, and its rows are read when needed.

    Whoever changes the file meanwhile is told of by `SourceFile`.
    """

    def __init__(self, hdu: RawHDU, columns: FITS_rec, source: SourceFile) -> None:
        self.dtype: np.dtype[Any] = columns.dtype
        self.definitions: Sequence[Column] = columns.columns
        self._start = hdu.start
        self._n_rows = cast("int", hdu.header.get("NAXIS2"))
        self._source = source

    def __len__(self) -> int:
        return self._n_rows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return all rows."""
        return np.concatenate(list(self.blocks()), dtype=dtype)

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]

    @cached_property
    def is_plain(self) -> bool:
        """Whether the file is not compressed: any rows are read as fast as the first ones."""
        with self._source.opened() as file, unpacked(file) as content:
            return content is file

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        """Return some of the rows. Errors are those of `blocks`."""
        (rows,) = self._read(start, stop, stop - start)
        return rows

    def blocks(self) -> Iterator[NDArray[Any]]:
        """Give the rows, as many at a time as are a few megabytes.

        Raises `BadFitsError` or `OSError` if they are not there, and `InputError` if somebody has
        changed the file since it was first looked at.
        """
        return self._read(0, self._n_rows, max(1, _BYTES_OF_BLOCK // self.dtype.itemsize))

    def _read(self, start: int, stop: int, most: int) -> Iterator[NDArray[Any]]:
        width = self.dtype.itemsize
        with self._source.unpacked() as file:
            file.seek(self._start + start * width)
            for first in range(start, stop, most):
                n_rows = min(most, stop - first)
                raw = file.read(n_rows * width)
                if len(raw) < n_rows * width:
                    msg = f"it is truncated: it ends within its {self._n_rows:,} rows"
                    raise BadFitsError(msg)
                yield np.frombuffer(raw, self.dtype)
        self._source.require_unchanged()


@kept_apart()
def stored_table(hdu: RawHDU, source: SourceFile | StoredFile) -> StoredTable | FITS_rec:
    """Return a binary table of a file, as a whole if it is small.

    Raises `BadFitsError` or `OSError` if it is none, or not there.
    """
    if isinstance(source, StoredFile):
        with source.open() as stored, unpacked(stored) as content:
            return table_of(hdu, content)
    columns = None if hdu.size < _FEW_BYTES else _columns(hdu)
    if columns is not None:
        return StoredTable(hdu, columns, source)
    with source.unpacked() as file:
        return table_of(hdu, file)


def _columns(hdu: RawHDU) -> FITS_rec | None:
    """Return the table without its rows; None if its header has an odd form."""
    from astropy.io import fits

    raw = cast("RawHeader", hdu.header).raw
    cards = [raw[i : i + CARD] for i in range(0, len(raw), CARD)]
    if not is_table(hdu) or not all(
        any(card.startswith(size) for card in cards) for size in _SIZES
    ):
        return None
    emptied = [
        (card[: len(_SIZES[0])] + _ZERO).ljust(CARD) if card.startswith(_SIZES) else card
        for card in cards
    ]
    apart = fits.BinTableHDU.readfrom(io.BytesIO(b"".join(emptied)))
    columns = require_columns(apart)
    n_rows, width = hdu.header.get("NAXIS2"), columns.dtype.itemsize
    if not isinstance(n_rows, int) or not width or n_rows * width > hdu.size:
        return None
    return columns
