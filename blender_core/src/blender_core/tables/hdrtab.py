"""HDRTAB: what the inputs have → typed columns → tables for datamodels, files and people.

The schema says of which type the cells of a column are.
"""

from __future__ import annotations

import functools
import itertools
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import preview
from blender_core.errors import TableError, raise_all, warn
from blender_core.formats.fits.table_hdu import rows_of
from blender_core.inputs.column import kinds_of, mapped, without_repeats
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.schema.conversion import to_schema_type
from blender_core.schema.validation import problem_with_name
from blender_core.tables.typed_column import TypedColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from astropy.io.fits import Column, FITS_rec
    from astropy.table import Table

    from blender_core.errors import BlenderError
    from blender_core.formats.fits.table_hdu import Field
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
_SHOWN: Final = 3


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
    kinds = kinds_of(cells)
    column_type = attribute.type or ""
    if column_type not in PYTHON_TYPES:
        column_type = _common_type(kinds)
    if not kinds <= PYTHON_TYPES[column_type] | {NoneType}:
        cells = _conforming(cells, column_type, attribute, labels)
        if cells.count(None) == len(cells):
            return None
    if problem := problem_with_name(name):
        raise _table_error(name, attribute, problem)
    return _typed(name, attribute, cells, column_type, kinds, labels)


def _table_error(
    name: str, attribute: Attribute, problem: str, whose: str | None = None
) -> TableError:
    msg = f"{attribute.label} cannot be kept in column {preview(name)} of HDRTAB: {problem}"
    return TableError(
        msg, attribute=attribute.path, keyword=attribute.keyword, column=name, input=whose
    )


def _common_type(kinds: set[type]) -> str:
    """Return the type of a column whose schema leaves it open: the narrowest that has all."""
    kinds = kinds - {NoneType}
    matches = (name for name, python_types in PYTHON_TYPES.items() if python_types >= kinds)
    return next(matches, "string")


def _conforming(
    cells: Sequence[Any], column_type: str, attribute: Attribute, labels: RowLabels
) -> Sequence[Any]:
    """Return the cells with what is not of the column's type converted, or else missing."""
    conforming = mapped(lambda cell: _converted(cell, column_type), cells)
    n_lost = conforming.count(None) - cells.count(None)
    # What is no scalar in any input has no column.
    if n_lost and (attribute.type in PYTHON_TYPES or conforming.count(None) < len(cells)):
        pairs = enumerate(zip(cells, conforming, strict=True))
        lost = (i for i, (old, new) in pairs if new is None and old is not None)
        first = [*itertools.islice(lost, _SHOWN)]
        inputs = ", ".join(f"{preview(cells[i])} of {labels.name(i)}" for i in first)
        more = f" and {n_lost - _SHOWN} more" if n_lost > _SHOWN else ""
        whose = "in the schema" if attribute.type in PYTHON_TYPES else f"in other {labels.noun}s"
        msg = (
            f"{attribute.label} is of type {column_type} {whose}: "
            f"HDRTAB has {inputs}{more} as missing"
        )
        warn(msg)
    return conforming


def _converted(cell: Any, column_type: str) -> Any:
    return None if cell is None else to_schema_type(cell, column_type)


def _typed(
    name: str,
    attribute: Attribute,
    cells: Sequence[Any],
    column_type: str,
    kinds: set[type],
    labels: RowLabels,
) -> TypedColumn:
    if column_type == "string":
        texts = set(without_repeats(cells)) - {None}
        for text in texts:
            # The FITS standard has the printable ASCII characters and no others in tables.
            if not (text.isascii() and text.isprintable()):
                whose = labels.name(cells.index(text))
                problem = (
                    f"FITS tables hold printable ASCII text only, and {whose} has {preview(text)}. "
                    "An override with record = false leaves the column out"
                )
                raise _table_error(name, attribute, problem, whose)
        width = max(map(len, texts), default=0) or 1
        return TypedColumn(name, attribute, cells, np.dtype(f"S{width}"), has_empty="" in texts)
    if column_type == "number":
        # Nearly all numbers are floats, and need no look.
        integers = int in kinds and {each for each in without_repeats(cells) if type(each) is int}
        for number in integers or ():
            if not _is_exact_in_float(number):
                whose = labels.name(cells.index(number))
                problem = f"a float64 does not hold it exactly, and {whose} has {preview(number)}"
                raise _table_error(name, attribute, problem, whose)
        return TypedColumn(name, attribute, cells, np.dtype(np.float64))
    if column_type == "integer":
        present = set(without_repeats(cells)) - {None}
        for number in (max(present), min(present)):
            if number not in _INTEGERS:
                whose = labels.name(cells.index(number))
                problem = f"an int64 does not hold it, and {whose} has {preview(number)}"
                raise _table_error(name, attribute, problem, whose)
        # Any number can stand for "missing" but one that an input has.
        null = next(number for number in _INTEGERS if number not in present)
        return TypedColumn(name, attribute, cells, np.dtype(np.int64), null=null)
    return TypedColumn(name, attribute, cells, np.dtype(np.bool_))


def _is_exact_in_float(number: int) -> bool:
    try:
        return int(float(number)) == number
    except OverflowError:
        return False


@kept_apart()
def to_table(columns: Sequence[TypedColumn]) -> Table:
    """Return the columns as a table for people and programs."""
    from astropy.table import MaskedColumn

    from blender_core.tables.attribute_table import AttributeTable

    return AttributeTable(
        [
            MaskedColumn(
                column.data.astype(np.str_) if column.data.dtype.kind == "S" else column.data,
                name=column.name,
                mask=column.mask,
                unit=column.attribute.unit,
                description=column.attribute.title or None,
                meta=_meta(column),
            )
            for column in columns
        ]
    )


def _meta(column: TypedColumn) -> dict[str, str]:
    """Return what a column is found by, beside its name."""
    attribute = column.attribute
    meta = {"attribute": attribute.path}
    if attribute.keyword is not None and attribute.keyword != column.name:
        meta["keyword"] = attribute.keyword
    return meta


@kept_apart()
def to_fits_rec(name: str, columns: Sequence[TypedColumn]) -> tuple[FITS_rec, dict[str, Any]]:
    """Return the columns as a datamodel holds them, and the schema that describes them."""
    from astropy.io import fits

    fields = fields_of(columns)
    rows = rows_of(fields, len(columns[0]))
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
    return [column.field for column in columns]
