"""Columns → typed columns: the schema says of which type the cells of HDRTAB are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.wording import preview
from blender_core.errors import TableError, raise_all, warn
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.schema.validation import problem_with_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from blender_core.errors import BlenderError
    from blender_core.plan.plan import BlendPlan
    from blender_core.schema.attributes import Attribute

__all__ = ["TypedColumn", "typed_column", "typed_columns"]

_INT64: Final = np.iinfo(np.int64)
# Of the FITS standard: TFIELDS has three digits.
_MOST_COLUMNS: Final = 999


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """One column of HDRTAB.

    Parameters
    ----------
    name : str
        Name of the column: the attribute's keyword, or its path.
    attribute : Attribute
        The attribute whose values it holds.
    data : ndarray, shape (n_inputs,)
        The values as bool, int64, float64 or ASCII bytes; where they are masked, a filler.
    mask : ndarray of bool, shape (n_inputs,)
        True where an input has no value.
    has_empty : bool, optional
        Whether an input has an empty text.
    """

    name: str
    attribute: Attribute
    data: NDArray[Any]
    mask: NDArray[np.bool_]
    has_empty: bool = False


def typed_columns(plan: BlendPlan, values: Mapping[str, Sequence[Any]]) -> list[TypedColumn]:
    """Give the recorded attributes' values the types that their schema asks for."""
    columns: list[TypedColumn] = []
    faults: list[BlenderError] = []
    for path, name in plan.columns.items():
        try:
            column = typed_column(name, plan[path].attribute, values[path])
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


def typed_column(name: str, attribute: Attribute, cells: Sequence[Any]) -> TypedColumn | None:
    """Give the values of one attribute the type that its schema asks for."""
    if cells.count(None) == len(cells):
        return None
    kinds = set(map(type, cells))
    column_type = attribute.type or ""
    if column_type not in PYTHON_TYPES:
        column_type = _common_type(kinds)
    if not (PYTHON_TYPES[column_type] | {type(None)}).issuperset(kinds):
        cells = _conforming(cells, column_type, attribute)
        if cells.count(None) == len(cells):
            return None
    if problem := problem_with_name(name):
        raise _table_error(name, attribute, problem)
    try:
        return _typed(name, attribute, cells, column_type, kinds)
    except ValueError as error:
        raise _table_error(name, attribute, str(error)) from error


def _typed(
    name: str, attribute: Attribute, cells: Sequence[Any], column_type: str, kinds: set[type]
) -> TypedColumn:
    mask = np.zeros(len(cells), bool)
    missing = None in cells
    if missing:
        mask[:] = [cell is None for cell in cells]
    has_empty = False
    if column_type == "string":
        texts = set(cells) - {None}
        for text in texts:
            # The FITS standard has the printable ASCII characters and no others in tables.
            if not (text.isascii() and text.isprintable()):
                msg = (
                    f"FITS tables hold printable ASCII text only, and {_who(cells, text)}. "
                    "An override with record = false leaves the column out"
                )
                raise ValueError(msg)
        width = max(map(len, texts), default=0) or 1
        has_empty = "" in texts
        filled = [cell or "" for cell in cells] if missing else cells
        data = np.array(filled, dtype=f"S{width}")
    elif column_type == "number":
        # Nearly all numbers are floats, and need no look.
        integers = {cell for cell in cells if type(cell) is int} if int in kinds else ()
        for number in integers:
            if not _exact_in_float(number):
                msg = f"a float64 does not hold it exactly, and {_who(cells, number)}"
                raise ValueError(msg)
        data = np.array(cells, dtype=np.float64)
    elif column_type == "integer":
        present = set(cells) - {None}
        for number in (max(present), min(present)):
            if not _INT64.min <= number <= _INT64.max:
                msg = f"an int64 does not hold it, and {_who(cells, number)}"
                raise ValueError(msg)
        filled = [cell or 0 for cell in cells] if missing else cells
        data = np.array(filled, dtype=np.int64)
    else:
        data = np.array(cells, dtype=np.bool_)
    return TypedColumn(name, attribute, data, mask, has_empty)


def _table_error(name: str, attribute: Attribute, problem: str) -> TableError:
    msg = f"{attribute.label} cannot be kept in column {preview(name)} of HDRTAB: {problem}"
    return TableError(msg, attribute=attribute.path, column=name)


def _who(cells: Sequence[Any], value: Any) -> str:
    return f"input {cells.index(value) + 1} has {preview(value)}"


def _exact_in_float(number: int) -> bool:
    try:
        return int(float(number)) == number
    except OverflowError:
        return False


def _common_type(kinds: set[type]) -> str:
    """Return the type of a column whose schema leaves it open."""
    kinds = kinds - {type(None)}
    for name, python_types in PYTHON_TYPES.items():
        if python_types.issuperset(kinds):
            return name
    return "string"


def _conforming(cells: Sequence[Any], column_type: str, attribute: Attribute) -> tuple[Any, ...]:
    """Return the cells with what is not of the column's type converted, or else missing."""
    conforming = tuple(_converted(cells, column_type))
    lost = [i for i, (old, new) in enumerate(zip(cells, conforming, strict=True)) if old != new]
    lost = [i for i in lost if conforming[i] is None]
    if lost and attribute.type in PYTHON_TYPES:
        inputs = ", ".join(f"{preview(cells[i])} of input {i + 1}" for i in lost[:3])
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        msg = (
            f"{attribute.label} is of type {column_type} in the schema: "
            f"HDRTAB has {inputs}{more} as missing"
        )
        warn(msg)
    return conforming


def _converted(cells: Sequence[Any], column_type: str) -> Iterator[Any]:
    for cell in cells:
        if type(cell) in PYTHON_TYPES[column_type]:
            yield cell
        elif column_type == "integer" and type(cell) is float and cell.is_integer():
            yield int(cell)
        elif column_type == "boolean" and type(cell) in (int, float) and cell in (0, 1):
            yield bool(cell)
        elif column_type == "string" and type(cell) in (bool, int, float):
            yield str(cell)
        else:
            yield None
