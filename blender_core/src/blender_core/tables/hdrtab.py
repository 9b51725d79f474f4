"""Typed columns → tables: as a datamodel holds them for FITS, and as people look at them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.formats.fits.table_hdu import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.io.fits import Column, FITS_rec
    from astropy.table import Table

    from blender_core.tables.typed_columns import TypedColumn

__all__ = ["TABLES", "fields_of", "to_fits_rec", "to_table"]

TABLES: Final = {"hdrtab": "Combined header table", "hdrrules": "Rules of the combined header"}
"""The tables of a product: their names in datamodels, and titles. HDUs have the same names."""

LEAST_INTEGER: Final = -(2**63)
"""The smallest integer of a column."""


def to_table(columns: Sequence[TypedColumn]) -> Table:
    """Return the columns as a table for people and programs."""
    from astropy.table import MaskedColumn, Table

    return Table(
        [
            MaskedColumn(
                column.data.astype(np.str_) if column.data.dtype.kind == "S" else column.data,
                name=column.name,
                mask=column.mask,
                unit=column.attribute.unit,
                description=column.attribute.title or None,
                meta={"attribute": column.attribute.path},
            )
            for column in columns
        ]
    )


def to_fits_rec(name: str, columns: Sequence[TypedColumn]) -> tuple[FITS_rec, dict[str, Any]]:
    """Return the columns as a datamodel holds them, and the schema that describes them."""
    from astropy.io import fits

    fields = fields_of(columns)
    rows = np.empty(len(columns[0].data), dtype=[(f.name, f.raw.dtype) for f in fields])
    for one in fields:
        rows[one.name] = one.raw
    table = fits.FITS_rec(rows)
    # Public ways to a FITS_rec copy every column, and write a masked False as True. The
    # attribute is how stdatamodels, too, tells a FITS_rec its formats.
    table._coldefs = fits.ColDefs(  # noqa: SLF001
        [_definition(one.name, one.tform, one.null, one.unit) for one in fields]
    )
    schema = {
        "title": TABLES[name],
        "fits_hdu": name.upper(),
        "datatype": [{"name": one.name, "datatype": one.datatype} for one in fields],
    }
    return table, schema


@functools.lru_cache(maxsize=4096)
def _definition(name: str, tform: str, null: int | None, unit: str | None) -> Column:
    """Return a column's definition. ColDefs copies it; to make it takes most of a blend's time."""
    from astropy.io import fits

    return fits.Column(name=name, format=tform, null=null, unit=unit)


def fields_of(columns: Sequence[TypedColumn]) -> list[Field]:
    """Return the columns of a FITS table."""
    return [_field(column) for column in columns]


def _field(column: TypedColumn) -> Field:
    data, mask, unit = column.data, column.mask, column.attribute.unit
    if data.dtype.kind == "b":
        raw = np.where(mask, 0, np.where(data, ord("T"), ord("F"))).astype(np.int8)
        return Field(column.name, raw, "L", "int8", unit)
    if data.dtype.kind == "i":
        # Any number can stand for "missing" but one that an input has.
        null = next(n for n in range(LEAST_INTEGER, 0) if not np.any(data[~mask] == n))
        return Field(column.name, np.where(mask, null, data), "K", "int64", unit, null)
    if data.dtype.kind == "f":
        return Field(column.name, data, "D", "float64", unit)
    if column.has_empty:
        # To the FITS standard the zero byte is a null, and blanks are not.
        data = np.where(mask | (data != b""), data, b" ")
    width = data.dtype.itemsize
    return Field(column.name, data, f"{width}A", ["ascii", width], unit)
