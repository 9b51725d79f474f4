"""What the inputs had of an attribute, as a table has it: cells that become values when asked for.

A table may have a million rows, of which Python's objects would take many times the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.values import identity
from blender_core.inputs.column import Column, Repeated
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.tables.cell_form import are_of, bytes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from blender_core.errors import ExpansionError
    from blender_core.inputs.column import Part
    from blender_core.tables.cell_form import CellForm
    from blender_core.tables.stored_cells import StoredCells

_BLOCK: Final = 1 << 14
_FEW: Final = 20


class RecordedValues(Column):
    """The values of a column, None where an input had nothing.

    They are made when they are asked for, some at a time: going through them makes none that stays.
    """

    __slots__ = ("_cells", "_failure", "_form", "_last", "_name")

    def __init__(
        self,
        cells: StoredCells | _Ordered,
        name: str,
        n_rows: int,
        form: CellForm,
        failure: Callable[[ValueError], ExpansionError],
    ) -> None:
        self._cells, self._name = cells, name
        self._form, self._failure = form, failure
        self._last: tuple[int, Part] = (-1, ())
        self.uniform = None
        self._length = n_rows
        if self.is_constant:
            (value,) = self._made(self._raw)
            self.uniform = Repeated(n_rows, value)
            self._ends = (n_rows,)
        else:
            self._ends = (*range(_BLOCK, n_rows, _BLOCK), n_rows)

    @property
    def parts(self) -> Sequence[Part]:  # type: ignore[override]  # there for as long as it is needed
        """Its values, in order."""
        # Made each time: with one that it keeps, it would only go when Python looks for cycles.
        return _Parts(self) if self.uniform is None else (self.uniform,)

    @property
    def is_constant(self) -> bool:
        """Whether the cells are known to be all the same."""
        return len(self._raw) == 1

    @property
    def _raw(self) -> NDArray[Any]:
        return self._cells.of(self._name)

    def __getitem__(self, place: Any) -> Any:
        # Who wants some rows of all columns wants others next: nothing is kept of them.
        if type(place) is slice and self.uniform is None:
            start, stop, step = place.indices(len(self))
            if step == 1 and 0 < stop - start < _BLOCK:
                cells = self._cells.part(self._name, start, stop)
                return Column([tuple(self._made(cells, start))])
        return super().__getitem__(place)

    @property
    def kinds(self) -> set[type]:
        """The types of its values, and perhaps that of None."""
        kind = self._form.kind_of_values
        return {kind, NoneType} if kind and self._form.are_regular(self._raw) else super().kinds

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RecordedValues) and self._has_the_cells_of(other):
            return True
        return super().__eq__(tuple(other) if isinstance(other, list) else other)

    __hash__ = None

    def __repr__(self) -> str:
        return repr([*self]) if len(self) <= _FEW else super().__repr__()

    def _has_the_cells_of(self, other: RecordedValues) -> bool:
        """Tell whether it is known without making values that they are the same."""
        mine, theirs = self._raw, other._raw
        if self._form != other._form or (len(self), len(mine)) != (len(other), len(theirs)):
            return False
        return self._form.are_regular(mine) and bool(np.all(bytes_of(mine) == bytes_of(theirs)))

    def part(self, number: int) -> Part:
        """Return some of its values, which stay at hand until others are asked for."""
        if self._last[0] != number:
            start = number * _BLOCK
            cells = self._raw[start : start + _BLOCK]
            self._last = number, tuple(self._made(cells, start))
        return self._last[1]

    def in_order(self, rows: NDArray[np.intp]) -> RecordedValues:
        """Return the values of these rows, which are counted from 0."""
        cells = _Ordered(self._raw if self.is_constant else self._raw[rows])
        return RecordedValues(cells, self._name, len(rows), self._form, self._failure)

    @property
    def varies(self) -> bool:
        """Whether there are different values."""
        if self.is_constant:
            return False
        first = identity(self[0])
        return any(identity(value) != first for value in self)

    def require_type(self) -> bool:
        """Tell whether all are missing or of the type that the schema asks for.

        Raises `ExpansionError` if the column cannot be of that type.
        """
        if self._form.are_regular(self._raw):
            return True
        kinds = PYTHON_TYPES.get(self._form.schema_type or "")
        is_of_type = True
        for part in self.parts:  # all of them: any may be none that the column can have
            is_of_type &= are_of(kinds, part)
        return is_of_type

    def _made(self, cells: NDArray[Any], start: int = 0) -> list[Any]:
        try:
            return self._form.values(cells, start)
        except ValueError as error:
            raise self._failure(error) from error


@dataclass(frozen=True, slots=True)
class _Ordered:
    """The cells of one column, in an order of their own."""

    cells: NDArray[Any]

    def of(self, _name: str) -> NDArray[Any]:
        return self.cells

    def part(self, _name: str, start: int, stop: int) -> NDArray[Any]:
        return self.cells[start:stop]


class _Parts(Sequence["Part"]):
    """The parts of a column, each made when it is asked for."""

    def __init__(self, values: RecordedValues) -> None:
        self._values, self._numbers = values, range(len(values.ends))

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[each] for each in self._numbers[number]]
        return self._values.part(self._numbers[number])
