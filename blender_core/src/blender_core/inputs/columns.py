"""What the inputs say, column by column: the only store of their values."""

from __future__ import annotations

import itertools
from itertools import compress
from operator import is_not, itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.inputs.column import Column, Repeated, is_same, part_of, with_part
from blender_core.inputs.row_labels import RowLabels
from blender_core.readers.similar.row import SimilarRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.inputs.column import Part
    from blender_core.readers.reader import Beyond
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

_BLOCK: Final = 256
"""How many rows wait until they are made parts of columns."""
_FEW: Final = 32
_NOTHING: Final = (None,)


class SoFar(NamedTuple):
    """What there was of columns at a time, to go back to."""

    once: dict[str, Any]
    labels: tuple[int, int]
    unknown: dict[str, None]
    beyond: Mapping[int, Mapping[str, Sequence[Attribute]]]
    waiting: list[tuple[Layout, Sequence[Any], Beyond]]
    n_waiting: int
    n_rows: int
    n_coded: int
    n_paths: int


class Columns:
    """The values of every wanted attribute, a row for each input.

    Blended values and HDRTAB both come from it. ``once`` has the values of the attributes that are
    wanted from the first input only. Pickled, it has columns and no layouts: what these are known
    by in another process are their digests.
    """

    def __init__(self, once: Mapping[str, Any] | None = None) -> None:
        self.once = dict(once or {})
        self.labels = RowLabels()
        """What messages call the rows."""
        # Nothing that is kept of what rows have in common is changed, but replaced: `cut` needs it.
        self.unknown: dict[str, None] = {}
        """The paths of attributes that no schema knows, in the order in which they appeared."""
        self._n_rows = 0
        self._n_coded = 0
        self._is_coding = False  # and, if that is interrupted, some columns have more rows
        # Of each column, parts; or as a tuple the one value that all coded rows have so far, so
        # that to add more of them takes no time.
        self._coded: dict[str, list[Part] | tuple[Any]] = {}
        self._waiting: list[tuple[Layout, Sequence[Any], Beyond]] = []
        # The layouts by number, and which of them each row has.
        self._layouts: dict[Layout | bytes, int] = {}
        self._numbers: list[Part] = []
        self._beyond: Mapping[int, Mapping[str, Sequence[Attribute]]] = {}

    def __len__(self) -> int:
        return self._n_rows

    def append(self, layout: Layout, row: Sequence[Any], beyond: Beyond = ()) -> None:
        """Add the values of one more input, and what it has beyond the layout's schema."""
        if not self._waiting or self._waiting[-1][0] is not layout:
            self.unknown = self.unknown | dict.fromkeys(layout.unknown)
            self._number(layout)
        self._waiting.append((layout, row, beyond))
        if beyond:
            self._describe(self._number(layout), (attribute for attribute, _ in beyond))
        self._n_rows += 1
        if len(self._waiting) == _BLOCK:
            self._code()

    def extend(self, other: Columns) -> None:
        """Add the rows of others after these; what is wanted once stays as it is."""
        numbers = {number: self._number(key) for key, number in other._layouts.items()}
        for number, described in other._beyond.items():
            for attributes in described.values():
                self._describe(numbers[number], attributes)
        self.unknown = self.unknown | other.unknown
        self.labels.extend(other.labels)
        if other._n_coded:
            self._code()
            coded = [_renumbered(part, numbers) for part in other._numbers]
            self._add(other._coded, coded, other._n_coded)
            self._n_rows += other._n_coded
        for waiting in other._waiting:
            self.append(*waiting)

    @property
    def so_far(self) -> SoFar:
        """What there is by now."""
        return SoFar(
            self.once,
            self.labels.so_far,
            self.unknown,
            self._beyond,
            self._waiting,
            len(self._waiting),
            self._n_rows,
            self._n_coded,
            len(self._coded),
        )

    def cut(self, so_far: SoFar) -> None:
        """Forget the rows that came since, wherever their adding was interrupted."""
        self.once, labels, self.unknown, self._beyond, waiting, n_waiting, *sizes = so_far
        self._n_rows, n_coded, n_paths = sizes
        self._waiting = waiting[:n_waiting]
        self.labels.cut(labels)
        # Columns may have very many parts, and bad inputs have mostly added none.
        if self._is_coding or self._n_coded != n_coded:
            self._coded = {
                path: coded if isinstance(coded, tuple) else _cut(coded, n_coded)
                for path, coded in itertools.islice(self._coded.items(), n_paths)
            }
            self._numbers = _cut(self._numbers, n_coded)
            self._n_coded, self._is_coding = n_coded, False

    def attributes_beyond(self, layout: Layout) -> Mapping[str, Sequence[Attribute]]:
        """Return what inputs had beyond the schema of their layout, as it was described by them."""
        return self._beyond.get(self._number(layout), {})

    def combinations(self, layout: Layout, paths: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Give what the inputs of a layout have of a few attributes, some of it repeatedly."""
        number = self._number(layout)
        parts, none = self._all_parts(), [Repeated(self._n_rows, None)]
        chosen = (parts.get(path, none) for path in paths)
        columns = [Column(each) for each in (self._all_numbers(), *chosen)]
        if all(column.uniform is not None for column in columns):
            columns = [column[:1] for column in columns]
        for row_number, *values in zip(*columns, strict=True):
            if row_number == number:
                yield tuple(values)

    def by_attribute(self) -> Mapping[str, Column | tuple[Any, ...]]:
        """Return the values of each attribute that is wanted from every input."""
        if self._n_rows < _FEW and not self._n_coded:
            # Columns of more than a few values are worth their making.
            waiting = self._waiting_by_path().items()
            return {path: tuple(values) for path, values in waiting}
        return {path: Column(parts) for path, parts in self._all_parts().items()}

    def _all_parts(self) -> dict[str, list[Part]]:
        """Return the parts of all columns, those of the rows that wait among them."""
        waiting, n_waiting = self._waiting_by_path(), len(self._waiting)
        columns = {}
        for path in dict.fromkeys((*self._coded, *waiting)):
            columns[path] = _parts(self._coded.get(path, _NOTHING), self._n_coded)
            if n_waiting:
                values = waiting.get(path)
                part = Repeated(n_waiting, None) if values is None else part_of(values)
                with_part(columns[path], part)
        return columns

    def __getstate__(self) -> dict[str, Any]:
        state = {**vars(self), "_waiting": [], "_n_coded": self._n_rows}
        coded = self._all_parts() if self._waiting else self._coded
        # Paths that follow each other are packed into fewer bytes.
        state["_coded"] = [*coded], [_single(each) or each for each in coded.values()]
        state["_numbers"] = self._all_numbers()
        state["_layouts"] = {_digest(key): number for key, number in self._layouts.items()}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        coded = dict(zip(*state["_coded"], strict=True))
        self.__dict__.update(state, _coded=coded)

    def _number(self, key: Layout | bytes) -> int:
        """Return the number of a layout, which may be known from another process."""
        number = self._layouts.get(key)
        if number is None:
            number = len(self._layouts)
            # Digests are for what comes from other processes: they take a while.
            if isinstance(key, bytes) or any(isinstance(each, bytes) for each in self._layouts):
                digest = _digest(key)
                alike = (n for known, n in self._layouts.items() if _digest(known) == digest)
                number = next(alike, number)
            self._layouts[key] = number
        return number

    def _describe(self, number: int, attributes: Iterable[Attribute]) -> None:
        described = self._beyond.get(number, {})
        new = [each for each in attributes if each not in described.get(each.path, ())]
        if new:
            described = {**described}
            for attribute in new:
                described[attribute.path] = [*described.get(attribute.path, ()), attribute]
            self._beyond = {**self._beyond, number: described}
            self.unknown = self.unknown | dict.fromkeys(attribute.path for attribute in new)

    def _code(self) -> None:
        """Make the rows that wait parts of columns."""
        n_waiting = len(self._waiting)
        parts = {path: [part_of(values)] for path, values in self._waiting_by_path().items()}
        self._add(parts, self._waiting_numbers(), n_waiting)
        self._waiting = []

    def _add(
        self,
        columns: Mapping[str, list[Part] | tuple[Any]],
        numbers: Iterable[Part],
        n_rows: int,
    ) -> None:
        if not n_rows:
            return
        self._is_coding = True
        if self._n_coded:
            for path in columns:
                self._coded.setdefault(path, _NOTHING)
            for path, coded in self._coded.items():
                more = columns.get(path, _NOTHING)
                if isinstance(coded, tuple):
                    value = _single(more)
                    if value is not None and is_same(coded[0], value[0]):
                        continue
                    self._coded[path] = coded = _parts(coded, self._n_coded)
                for part in _parts(more, n_rows):
                    with_part(coded, part)
        else:
            self._coded = {path: _single(coded) or [*coded] for path, coded in columns.items()}
        for part in numbers:
            with_part(self._numbers, part)
        self._n_coded += n_rows
        self._is_coding = False

    def _waiting_by_path(self) -> dict[str, Sequence[Any] | Repeated]:
        """Return the columns of the rows that wait."""
        if not self._waiting:
            return {}
        layouts, rows, beyonds = zip(*self._waiting, strict=True)
        columns: dict[str, Any] = {}
        first = layouts[0]
        if all(layout is first for layout in layouts):
            columns = dict(zip(first.paths, _columns_of(rows), strict=True))
        else:
            for place, (layout, row) in enumerate(zip(layouts, rows, strict=True)):
                for path, value in zip(layout.paths, row, strict=True):
                    if path not in columns:
                        columns[path] = [None] * len(rows)
                    columns[path][place] = value
        if any(beyonds):
            for place, beyond in enumerate(beyonds):
                for attribute, value in beyond:
                    path = attribute.path
                    values = columns.get(path)
                    if type(values) is not list:
                        values = [None] * len(rows) if values is None else [*values]
                        columns[path] = values
                    if value is not None:
                        values[place] = value
        return columns

    def _waiting_numbers(self) -> list[Part]:
        numbers = [self._layouts[layout] for layout, _, _ in self._waiting]
        return [part_of(numbers)] if numbers else []

    def _all_numbers(self) -> list[Part]:
        parts = [*self._numbers]
        for part in self._waiting_numbers():
            with_part(parts, part)
        return parts


def _columns_of(rows: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any] | Repeated]:
    """Turn rows into columns; of those like one before, only what differs is looked at."""
    if len(rows) < _FEW or not isinstance(rows[-1], SimilarRow):
        return zip(*rows, strict=True)
    common = rows[-1].base
    bases = {}
    places: set[int] = set()
    for row in rows:
        base: Sequence[Any] = row
        if isinstance(row, SimilarRow):
            base = row.base
            places.update(row.differences)
        bases[id(base)] = base
    for base in bases.values():
        # Equal values are seldom one object, if they are read from two files.
        others = compress(itertools.count(), map(is_not, base, common))
        places.update(place for place in others if not is_same(base[place], common[place]))
    columns: list[Sequence[Any] | Repeated] = [Repeated(len(rows), value) for value in common]
    for place in places:
        columns[place] = [*map(itemgetter(place), rows)]
    return columns


def _single(coded: list[Part] | tuple[Any]) -> tuple[Any] | None:
    """Return the one value of a column, as a tuple; None if it has several."""
    if isinstance(coded, tuple):
        return coded
    part = coded[0]
    return (part.value,) if len(coded) == 1 and isinstance(part, Repeated) else None


def _parts(coded: list[Part] | tuple[Any], number: int) -> list[Part]:
    """Return the parts of a column that has so many rows."""
    if not isinstance(coded, tuple):
        return [*coded]
    return [Repeated(number, coded[0])] if number else []


def _cut(parts: Iterable[Part], number: int) -> list[Part]:
    return [*Column(parts)[:number].parts]


def _digest(key: Layout | bytes) -> bytes:
    return key if isinstance(key, bytes) else key.digest


def _renumbered(part: Part, numbers: Mapping[int, int]) -> Part:
    if isinstance(part, Repeated):
        return Repeated(part.number, numbers[part.value])
    return part_of([numbers[number] for number in part])
