"""A column of HDRTAB or HDRRULES, whose cells become arrays when somebody needs them.

For a file that is a few rows at a time. What all inputs say alike is looked at once.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.cached import cached_property
from blender_core.formats.fits.table_hdu import Field
from blender_core.inputs.column import Column, Repeated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from blender_core.schema.attributes import Attribute

_FILLERS: Final[dict[str, dict[Any, Any]]] = {
    "b": {None: False},
    "i": {None: 0},
    "f": {None: np.nan},
    "S": {None: b""},
}
"""What masked cells have in arrays, by the kind of these."""
_LOGICAL: Final = {None: 0, False: ord("F"), True: ord("T")}


@dataclass(frozen=True)
class TypedColumn:
    """One column: what the inputs have, None where they have nothing, and the type of its array.

    That is bool, int64, float64 or ASCII bytes. `has_empty` tells whether an input has an empty
    text; `null` is an integer that none has.
    """

    name: str
    attribute: Attribute
    cells: Sequence[Any]
    dtype: np.dtype[Any]
    has_empty: bool = False
    null: int | None = None

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def data(self) -> NDArray[Any]:
        """The cells as an array, with fillers where there is no value."""
        data = np.empty(len(self), self.dtype)
        _put(data, self.cells, _FILLERS[self.dtype.kind])
        return data

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """Where there is no value."""
        mask = np.zeros(len(self), bool)
        for place, part in _parts(self.cells):
            if isinstance(part, Repeated):
                mask[place] = part.value is None
            elif None in part:
                mask[place] = [cell is None for cell in part]
        return mask

    @property
    def field(self) -> Field:
        """The column as FITS has it."""
        dtype, kind = self.dtype, self.dtype.kind
        tform, null, swapped = "D", None, _FILLERS[kind]
        datatype: str | list[Any] = "float64"
        if kind == "b":
            dtype, tform, datatype, swapped = np.dtype(np.int8), "L", "int8", _LOGICAL
        elif kind == "i":
            tform, datatype, null = "K", "int64", self.null
            swapped = {None: null}
        elif kind == "S":
            tform, datatype = f"{dtype.itemsize}A", ["ascii", dtype.itemsize]
            if self.has_empty:
                # To the FITS standard the zero byte is a null, and blanks are not.
                swapped = {None: b"", "": b" "}

        cells = self.cells
        uniform = cells.uniform if isinstance(cells, Column) else None

        def put(rows: NDArray[Any], start: int) -> None:
            if uniform is not None:
                rows[:] = swapped.get(uniform.value, uniform.value)
            else:
                end = start + len(rows)
                _put(rows, cells if end - start == len(cells) else cells[start:end], swapped)

        is_uniform = uniform is not None
        return Field(self.name, dtype, tform, datatype, self.attribute.unit, null, put, is_uniform)


def _parts(cells: Sequence[Any]) -> Iterator[tuple[slice, Any]]:
    """Give the parts of cells, and where in an array they go."""
    start = 0
    for part in cells.parts if isinstance(cells, Column) else [cells]:
        yield slice(start, start + len(part)), part
        start += len(part)


def _put(rows: NDArray[Any], cells: Sequence[Any], swapped: Mapping[Any, Any]) -> None:
    """Put cells into an array, with something else in place of some of them."""
    for place, part in _parts(cells):
        if isinstance(part, Repeated):
            rows[place] = swapped.get(part.value, part.value)
        elif isinstance(part, array):
            rows[place] = np.frombuffer(part, part.typecode)
        elif len(swapped) > 1 or None in part:
            rows[place] = np.array([swapped.get(cell, cell) for cell in part], rows.dtype)
        else:
            rows[place] = np.array(part, rows.dtype)
