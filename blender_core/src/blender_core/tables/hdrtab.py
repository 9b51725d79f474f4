"""HDRTAB: what the inputs have → typed columns → tables for datamodels, files and people.

The schema says of which type the cells of a column are.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import preview
from blender_core.errors import TableError, raise_all, warn
from blender_core.formats.fits.table_hdu import Field
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.schema.conversion import to_schema_type
from blender_core.schema.validation import problem_with_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from astropy.io.fits import Column, FITS_rec
    from astropy.table import Table
    from numpy.typing import NDArray

    from blender_core.errors import BlenderError
    from blender_core.inputs.row_labels import RowLabels
    from blender_core.plan.plan import BlendPlan
    from blender_core.schema.attributes import Attribute

__all__ = [
    "LEAST_INTEGER",
    "TABLES",
    "TypedColumn",
    "fields_of",
    "to_fits_rec",
    "to_table",
    "typed_column",
    "typed_columns",
]

TABLES: Final = {"hdrtab": "Combined header table", "hdrrules": "Rules of the combined header"}
"""The tables of a product: their names in datamodels, and titles. HDUs have the same names."""
LEAST_INTEGER: Final = -(2**63)
"""The smallest integer of a column."""
_INTEGERS: Final = range(LEAST_INTEGER, 2**63)
# Of the FITS standard: TFIELDS has three digits.
_MOST_COLUMNS: Final = 999


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """One column of HDRTAB, with bool, int64, float64 or ASCII bytes in it.

    Cells of inputs that have no value are masked, and have a filler. `has_empty` tells whether an
    input has an empty text.
    """

    name: str
    attribute: Attribute
    data: NDArray[Any]
    mask: NDArray[np.bool_]
    has_empty: bool = False


def typed_columns(
    plan: BlendPlan, inputs: Mapping[str, Sequence[Any]], labels: RowLabels = BY_NUMBER
) -> list[TypedColumn]:
    """Return the columns of the recorded attributes."""
    columns: list[TypedColumn] = []
    faults: list[BlenderError] = []
    for path, name in plan.columns.items():
        try:
            column = typed_column(name, plan[path].attribute, inputs[path], labels)
        except TableError as fault:
            faults.append(fault)
        else:
            if column is not None:
                columns.append(column)
    if len(columns) > _MOST_COLUMNS:
        first = columns[_MOST_COLUMNS]
        problem = f"a FITS table has {_MOST_COLUMNS} columns at most, and {len(columns)} are needed"
        faults.append(_table_error(first.name, first.attribute, problem))
    raise_all("values cannot be kept in HDRTAB", faults)
    return columns


def typed_column(
    name: str, attribute: Attribute, cells: Sequence[Any], labels: RowLabels = BY_NUMBER
) -> TypedColumn | None:
    """Give the values of one attribute the type that its schema asks for; None if all lack it."""
    if cells.count(None) == len(cells):
        return None
    kinds = set(map(type, cells))
    column_type = attribute.type or ""
    if column_type not in PYTHON_TYPES:
        column_type = _common_type(kinds)
    if not kinds <= PYTHON_TYPES[column_type] | {NoneType}:
        cells = _conforming(cells, column_type, attribute, labels)
        if cells.count(None) == len(cells):
            return None
    if problem := problem_with_name(name):
        raise _table_error(name, attribute, problem)
    try:
        return _typed(name, attribute, cells, column_type, kinds, labels)
    except ValueError as error:
        raise _table_error(name, attribute, str(error)) from error


def _table_error(name: str, attribute: Attribute, problem: str) -> TableError:
    msg = f"{attribute.label} cannot be kept in column {preview(name)} of HDRTAB: {problem}"
    return TableError(msg, attribute=attribute.path, keyword=attribute.keyword, column=name)


def _common_type(kinds: set[type]) -> str:
    """Return the type of a column whose schema leaves it open: the narrowest that has all."""
    kinds = kinds - {NoneType}
    matches = (name for name, python_types in PYTHON_TYPES.items() if python_types >= kinds)
    return next(matches, "string")


def _conforming(
    cells: Sequence[Any], column_type: str, attribute: Attribute, labels: RowLabels
) -> list[Any]:
    """Return the cells with what is not of the column's type converted, or else missing."""
    conforming = [None if cell is None else to_schema_type(cell, column_type) for cell in cells]
    lost = [
        i
        for i, (old, new) in enumerate(zip(cells, conforming, strict=True))
        if new is None and old is not None
    ]
    # What is no scalar in any input has no column.
    if lost and (attribute.type in PYTHON_TYPES or len(lost) + cells.count(None) < len(cells)):
        inputs = ", ".join(f"{preview(cells[i])} of {labels.name(i)}" for i in lost[:3])
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        whose = "in the schema" if attribute.type in PYTHON_TYPES else f"in other {labels.noun}s"
        msg = (
            f"{attribute.label} is of type {column_type} {whose}: "
            f"HDRTAB has {inputs}{more} as missing"
        )
        warn(msg)
    return conforming


def _typed(
    name: str,
    attribute: Attribute,
    cells: Sequence[Any],
    column_type: str,
    kinds: set[type],
    labels: RowLabels,
) -> TypedColumn:
    mask = np.zeros(len(cells), bool)
    is_missing = None in cells
    if is_missing:
        mask[:] = [cell is None for cell in cells]
    has_empty = False
    if column_type == "string":
        texts = set(cells) - {None}
        for text in texts:
            # The FITS standard has the printable ASCII characters and no others in tables.
            if not (text.isascii() and text.isprintable()):
                whose = _whose(cells, text, labels)
                msg = (
                    f"FITS tables hold printable ASCII text only, and {whose}. "
                    "An override with record = false leaves the column out"
                )
                raise ValueError(msg)
        width = max(map(len, texts), default=0) or 1
        has_empty = "" in texts
        filled = [cell or "" for cell in cells] if is_missing else cells
        data = np.array(filled, dtype=f"S{width}")
    elif column_type == "number":
        # Nearly all numbers are floats, and need no look.
        integers = {cell for cell in cells if type(cell) is int} if int in kinds else ()
        for number in integers:
            if not _is_exact_in_float(number):
                msg = f"a float64 does not hold it exactly, and {_whose(cells, number, labels)}"
                raise ValueError(msg)
        data = np.array(cells, dtype=np.float64)
    elif column_type == "integer":
        present = set(cells) - {None}
        for number in (max(present), min(present)):
            if number not in _INTEGERS:
                msg = f"an int64 does not hold it, and {_whose(cells, number, labels)}"
                raise ValueError(msg)
        filled = [cell or 0 for cell in cells] if is_missing else cells
        data = np.array(filled, dtype=np.int64)
    else:
        data = np.array(cells, dtype=np.bool_)
    return TypedColumn(name, attribute, data, mask, has_empty)


def _whose(cells: Sequence[Any], value: Any, labels: RowLabels) -> str:
    return f"{labels.name(cells.index(value))} has {preview(value)}"


def _is_exact_in_float(number: int) -> bool:
    try:
        return int(float(number)) == number
    except OverflowError:
        return False


@kept_apart()
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


@kept_apart()
def to_fits_rec(name: str, columns: Sequence[TypedColumn]) -> tuple[FITS_rec, dict[str, Any]]:
    """Return the columns as a datamodel holds them, and the schema that describes them."""
    from astropy.io import fits

    fields = fields_of(columns)
    rows = np.empty(len(columns[0].data), dtype=[(field.name, field.raw.dtype) for field in fields])
    for field in fields:
        rows[field.name] = field.raw
    table = fits.FITS_rec(rows)
    # Public ways to a FITS_rec copy every column, and write a masked False as True. The
    # attribute is how stdatamodels, too, tells a FITS_rec its formats.
    table._coldefs = fits.ColDefs(  # noqa: SLF001
        [_definition(field.name, field.tform, field.null, field.unit) for field in fields]
    )
    schema = {
        "title": TABLES[name],
        "fits_hdu": name.upper(),
        "datatype": [{"name": field.name, "datatype": field.datatype} for field in fields],
    }
    return table, schema


@functools.lru_cache(maxsize=4096)
def _definition(name: str, tform: str, null: int | None, unit: str | None) -> Column:
    """Return a column's definition. ColDefs copies it; to make it takes most of a blend's time."""
    return _kind_of_definitions()(name=name, format=tform, null=null, unit=unit)


@functools.cache
def _kind_of_definitions() -> type[Column]:
    from astropy.io import fits

    class Definition(fits.Column):  # type: ignore[misc]  # astropy has no types
        def copy(self) -> Column:
            # Astropy 8.0 makes another column first, which takes as long, and empties it.
            column = object.__new__(fits.Column)
            vars(column).update(vars(self))
            return column

    return Definition


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
