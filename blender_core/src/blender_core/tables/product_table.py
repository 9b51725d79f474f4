"""A table as a product gets it, in the forms that files have."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import pluralize
from blender_core.formats.fits.table_hdu import rows_of, table_hdu
from blender_core.tables.hdrtab import fields_of, to_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.io.fits import BinTableHDU
    from astropy.table import Table
    from numpy.typing import NDArray

    from blender_core.tables.hdrtab import TypedColumn


@dataclass(frozen=True, slots=True)
class ProductTable:
    """A table of a product: ``hdrtab``, with the values of the inputs, or ``hdrrules``.

    Parameters
    ----------
    name : str
        Its name, which is in upper case in HDUs.
    columns : sequence of TypedColumn
        Its columns. Without columns, there is no table, and an existing one is removed from the
        product.

    Examples
    --------
    >>> from blender_core import blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, seconds in zip(inputs, [107.5, 214.5]):
    ...     model.meta.exposure.exposure_time = seconds
    >>> (hdrtab,) = blendmodels(None, inputs).hdus()
    >>> hdrtab.name, hdrtab.data["EFFEXPTM"].tolist(), hdrtab.columns["EFFEXPTM"].unit
    ('HDRTAB', [107.5, 214.5], 's')
    """

    name: str
    columns: Sequence[TypedColumn]

    def __repr__(self) -> str:
        columns = pluralize(len(self.columns), "column")
        return f"<ProductTable {self.name}: {columns}, {pluralize(len(self), 'row')}>"

    def __bool__(self) -> bool:
        return bool(self.columns)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @property
    def hdu_name(self) -> str:
        """The name of its HDU."""
        return self.name.upper()

    @kept_apart()
    def to_hdu(self) -> BinTableHDU:
        """Return the table as an HDU of astropy's.

        Returns
        -------
        hdu : astropy.io.fits.BinTableHDU
            With ``TNULL``, ``TUNIT`` and zero bytes where values are missing.
        """
        from astropy.io import fits

        # What astropy 8.0 reads from a file is kept byte by byte, logical nulls among it, and can
        # be changed. Of other arrays, it makes columns anew.
        header, data = table_hdu(self.hdu_name, fields_of(self.columns), len(self))
        content = b"".join([header, *data.blocks()])
        return fits.BinTableHDU.readfrom(io.BytesIO(content))

    def to_array(self) -> NDArray[Any]:
        """Return the table as an array of records, which has the bytes of the FITS table.

        Returns
        -------
        array : ndarray, shape (n_rows,)
            The same values stand for missing ones as in FITS.
        """
        return rows_of(fields_of(self.columns), len(self))

    def to_table(self) -> Table:
        """Return the table for people and programs.

        Returns
        -------
        table : astropy.table.Table
            Masked where a value is missing.
        """
        return to_table(self.columns)
