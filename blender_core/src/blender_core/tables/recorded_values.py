"""What the inputs had of an attribute, as a table has it: cells that become values when asked for.

A table may have a million rows, of which Python's objects would take many times the room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np

from blender_core.common.values import identity
from blender_core.common.wording import preview
from blender_core.inputs.column import Column, Repeated
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.schema.conversion import to_schema_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from blender_core.errors import ExpansionError
    from blender_core.inputs.column import Part
    from blender_core.tables.stored_cells import StoredCells

__all__ = ["CellForm", "RecordedValues"]

_LOGICAL: Final = {0: None, ord("F"): False, ord("T"): True}
_BLANK: Final = ord(" ")
_BLOCK: Final = 1 << 14
_FEW: Final = 20
_KINDS: Final = {"S": str, "U": str, "f": float, "i": int, "u": int, "b": bool}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellForm:
    """What the cells of a column stand for, and the type that the schema asks for.

    `kind` is that of numpy; `missing` are the texts that stand for nothing; `null` is the integer
    that does.
    """

    kind: str | None
    dtype: np.dtype[Any]
    is_logical: bool = False
    null: Any = None
    scale: Any = 1
    zero: Any = 0
    missing: frozenset[str] = frozenset()
    schema_type: str | None = None

    def values(self, cells: NDArray[Any], start: int = 0) -> list[Any]:
        """Return the values of cells, from a row on that is counted from 0, or a `ValueError`."""
        values = self._own_values(cells)
        return values if self._has_schema_type else _typed(values, self.schema_type, start)

    def are_regular(self, cells: NDArray[Any]) -> bool:
        """Tell whether it is known without looking at each that they have the schema's type."""
        return self._has_schema_type and (self.kind != "S" or _are_ascii(cells))

    @property
    def _has_schema_type(self) -> bool:
        """Whether all cells that stand for something have the type that the schema asks for."""
        if self.is_logical or self._is_scaled:
            return False
        return self.schema_type in {
            "S": ("string", None),
            "f": ("number", None),
            "i": ("integer", "number", None),
            "u": ("integer", "number", None),
            "b": ("boolean", None),
            "U": ("string", None),
        }.get(self.kind or "", ())

    @property
    def _is_scaled(self) -> bool:
        return bool((self.scale, self.zero) != (1, 0))

    @property
    def kind_of_values(self) -> type | None:
        """The type of what the cells stand for, where these are regular."""
        return _KINDS.get(self.kind or "")

    def _own_values(self, cells: NDArray[Any]) -> list[Any]:
        """Return values of the type that the column has itself."""
        if self.kind == "S":
            texts = _decoded(cells)
            if texts is None:
                return self._texts(_decoded_one_by_one(cells))
            lacking = [cells == text.encode() for text in self.missing]
            return _with_nothing(texts, np.logical_or.reduce(lacking)) if lacking else texts
        if self.kind == "U":
            return self._texts(cells.tolist())
        if self.kind == "f":
            floats = self._scaled(cells.tolist())
            if self._is_scaled:
                return [None if math.isnan(number) else number for number in floats]
            return _with_nothing(floats, np.isnan(cells))
        if self.kind == "b":
            return cells.tolist()  # type: ignore[no-any-return]
        if self.kind not in ("i", "u"):
            msg = f"it has cells of the type {self.dtype}"
            raise ValueError(msg)
        numbers: list[Any] = cells.tolist()
        if self.is_logical:
            return [_logical(number) for number in numbers]
        if self.null is None:
            return self._scaled(numbers)
        if type(self.null) is int:
            return _with_nothing(self._scaled(numbers), cells == self.null)
        values = zip(numbers, self._scaled(numbers), strict=True)
        return [None if number == self.null else value for number, value in values]

    def _texts(self, texts: Iterable[str]) -> list[str | None]:
        missing = self.missing
        return [None if text in missing else text.rstrip(" ") for text in texts]

    def _scaled(self, cells: list[Any]) -> list[Any]:
        scale, zero = self.scale, self.zero
        if not {type(scale), type(zero)} <= {int, float} or not scale:
            msg = f"it has {preview(scale)} for TSCAL and {preview(zero)} for TZERO"
            raise ValueError(msg)
        return cells if (scale, zero) == (1, 0) else [cell * scale + zero for cell in cells]


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
        return self._form.are_regular(mine) and bool(np.all(_bytes_of(mine) == _bytes_of(theirs)))

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
            is_of_type &= _are_of(kinds, part)
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

    @overload
    def __getitem__(self, number: int) -> Part: ...

    @overload
    def __getitem__(self, number: slice) -> list[Part]: ...

    def __getitem__(self, number: int | slice) -> Part | list[Part]:
        if isinstance(number, slice):
            return [self[each] for each in self._numbers[number]]
        return self._values.part(self._numbers[number])


def _with_nothing(values: list[Any], lacking: NDArray[np.bool_]) -> list[Any]:
    """Put None in some places of a list."""
    for place in np.flatnonzero(lacking).tolist():
        values[place] = None
    return values


def _bytes_of(cells: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(cells).view(np.uint8).reshape(len(cells), -1)


def _are_ascii(cells: NDArray[Any]) -> bool:
    return bool(not cells.dtype.itemsize or np.all(_bytes_of(cells) < 128))


def _decoded(cells: NDArray[Any]) -> list[str] | None:
    """Return the texts of cells; None if one has blanks at its end, or may be no text as it is."""
    width = cells.dtype.itemsize
    if not width or not len(cells) or not _are_ascii(cells):
        return None
    raw = _bytes_of(cells)
    characters = raw.reshape(-1)
    is_filler = characters == 0
    # A filler that is followed by a character, or a blank that a filler or another cell follows.
    goes_on = is_filler[:-1] & ~is_filler[1:]
    goes_on[width - 1 :: width] = False
    is_blank = characters == _BLANK
    if goes_on.any() or is_blank[width - 1 :: width].any() or (is_blank[:-1] & is_filler[1:]).any():
        return None
    # To cast them, numpy 2 makes each a text of its own first.
    texts: list[str] = raw.astype(np.uint32).view(f"U{width}")[:, 0].tolist()
    return texts


def _decoded_one_by_one(cells: NDArray[Any]) -> list[str]:
    # Of ASCII, numpy 2 makes texts of its own at once, and leaves zero bytes within them.
    width = max(1, cells.dtype.itemsize)
    texts: list[str] = np.asarray(cells, f"S{width}").astype(f"U{width}").tolist()
    # The FITS standard ends a text at the first zero byte.
    return [text.partition("\0")[0] if "\0" in text else text for text in texts]


def _logical(cell: int) -> bool | None:
    if cell not in _LOGICAL:
        msg = f"it has the byte {cell & 0xFF}, which is not a logical value"
        raise ValueError(msg)
    return _LOGICAL[cell]


def _are_of(kinds: frozenset[type] | None, values: Iterable[Any]) -> bool:
    """Tell whether values are missing or of some types, if any are asked for."""
    return kinds is None or (kinds | {NoneType}).issuperset(map(type, values))


def _typed(values: list[Any], schema_type: str | None, start: int) -> list[Any]:
    """Return values of the type that the schema asks for, which jwst has made floats of."""
    if schema_type is None or _are_of(PYTHON_TYPES.get(schema_type), values):
        return values
    typed = []
    for row, value in enumerate(values, start=start + 1):
        # Which text a number was made of, nobody knows.
        converted = None if schema_type == "string" else to_schema_type(value, schema_type)
        if converted is None and schema_type == "integer" and type(value) is float:
            converted = value  # what is no whole number has never been one
        if converted is None and value is not None:
            msg = f"it has {preview(value)} in row {row}"
            raise ValueError(msg)
        typed.append(converted)
    return typed
