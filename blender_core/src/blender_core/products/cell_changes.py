"""What the tables of two products say otherwise of the inputs that both have."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.cached import cached_property
from blender_core.common.values import identity
from blender_core.common.wording import pluralize, preview
from blender_core.inputs.column import Column, Repeated
from blender_core.tables.recorded_values import RecordedValues

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from blender_core.products.product_file import ProductFile

_NAME: Final = "meta.filename"
_FEW: Final = 10
_MANY: Final = 1 << 14
"""How many rows are compared at a time."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A column of HDRTAB in which two products differ for the same inputs.

    Parameters
    ----------
    attribute : str
        Dotted path.
    inputs : sequence of str
        Names of the inputs.
    here, there : object
        The values of the two products for the first of these inputs.
    """

    attribute: str
    inputs: Sequence[str]
    here: Any
    there: Any

    def __repr__(self) -> str:
        values = f"{preview(self.here)} → {preview(self.there)}"
        return f"<CellChange {self.attribute} of {pluralize(len(self.inputs), 'input')}: {values}>"


class CommonRows:
    """The rows of inputs that both products have: where they are in each of the two."""

    def __init__(self, product: ProductFile, here: Sequence[int], there: Sequence[int]) -> None:
        self._product, self._here, self._there = product, here, there

    def __len__(self) -> int:
        return len(self._here)

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of the inputs, which are told apart when somebody asks for one."""
        names = [*_names(self._product)]
        return [names[row] for row in self._here]

    def blocks(self, here: Column, there: Column) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
        """Give what both products have of an attribute, some inputs at a time."""
        here, there = _in_order(here, self._here), _in_order(there, self._there)
        if here == there:
            return
        for start in range(0, len(self), _MANY):
            some = slice(start, start + _MANY)
            yield tuple(here[some]), tuple(there[some])


def _in_order(column: Column, rows: Sequence[int]) -> Column:
    if isinstance(rows, range):  # all of them
        return column
    if isinstance(column, RecordedValues):
        return column.in_order(np.array(rows, np.intp))
    return column[: len(rows)]  # there is no such column


def common_rows(here: ProductFile, there: ProductFile) -> tuple[CommonRows, list[str], list[str]]:
    """Return the rows of inputs that both products have, and the names of those that one has."""
    if _column(here, _NAME) == _column(there, _NAME):  # so are the names that are told apart
        rows = range(here.n_inputs)
        return CommonRows(here, rows, rows), [], []
    rows_there = {name: row for row, name in enumerate(_names(there))}
    rows_here, places_there = array("q"), array("q")
    only_here = []
    for row, name in enumerate(_names(here)):
        # Names that have been met take no room any more: there may be a million.
        place = rows_there.pop(name, None)
        if place is None:
            only_here.append(name)
        else:
            rows_here.append(row)
            places_there.append(place)
    return CommonRows(here, rows_here, places_there), only_here, [*rows_there]


class _SomeNames(Sequence[str]):
    """The names of some of the common inputs: a bit for each, as there may be many."""

    def __init__(self, rows: CommonRows, differ: NDArray[np.bool_]) -> None:
        self._rows, self._bits = rows, np.packbits(differ)
        self._number = int(differ.sum())

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, place: Any) -> Any:
        places = np.flatnonzero(np.unpackbits(self._bits))[place]
        names = self._rows.names
        if isinstance(place, slice):
            return tuple(names[each] for each in places)
        return names[places]

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == other

    __hash__ = None  # type: ignore[assignment]  # as of what changes

    def __repr__(self) -> str:
        return repr(self[:]) if len(self) <= _FEW else f"<{len(self):,} names of inputs>"


def cell_changes(
    here: ProductFile, there: ProductFile, rows: CommonRows, ignore: Collection[str]
) -> list[CellChange]:
    """Return the columns of which rows differ that both products have."""
    ignored = {
        column.attribute.path
        for column in (*here.columns, *there.columns)
        if any(map(column.is_meant, ignore))
    }
    changes: list[CellChange] = []
    if not rows:
        return changes
    for path in dict.fromkeys([*here.inputs, *there.inputs]):
        if path in ignored:
            continue
        cells_here, cells_there = _column(here, path), _column(there, path)
        are_uniform = _have_one_value(cells_here) and _have_one_value(cells_there)
        if are_uniform and _is_same(cells_here[0], cells_there[0]):
            continue
        first: tuple[Any, Any] | None = None
        differ = bytearray()
        for some_here, some_there in rows.blocks(cells_here, cells_there):
            if some_here == some_there:
                differ += bytes(len(some_here))
                continue
            for pair in zip(some_here, some_there, strict=True):
                is_other = not _is_same(*pair)
                differ.append(is_other)
                if is_other and first is None:
                    first = pair
        if first is not None:
            names = _SomeNames(rows, np.frombuffer(differ, np.bool_))
            changes.append(CellChange(path, names, *first))
    return changes


def _column(product: ProductFile, path: str) -> Column:
    """Return what the inputs had of an attribute, of which there may be no column."""
    column = product.inputs.get(path)
    return Column([Repeated(product.n_inputs, None)]) if column is None else column


def _names(product: ProductFile) -> Iterator[str]:
    """Give what the inputs of a product are called, each otherwise; nameless ones by their row."""
    known: set[str] = set()
    for row, name in enumerate(_column(product, _NAME)):
        label = own = name or f"row {row + 1}"
        # The segments of an exposure may have one name.
        for number in itertools.count(2):
            if label not in known:
                break
            label = f"{own} ({number})"
        known.add(label)
        yield label


def _have_one_value(cells: Column) -> bool:
    return len(cells.parts) == 1 and isinstance(cells.parts[0], Repeated)


def _is_same(value: Any, other: Any) -> bool:
    return bool(value == other) or identity(value) == identity(other)
