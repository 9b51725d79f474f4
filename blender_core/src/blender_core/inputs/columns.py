"""What the inputs say, column by column: the only store of their values."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from blender_core.inputs.row_labels import RowLabels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blender_core.readers.reader import Beyond
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["Columns"]


class Columns:
    """The values of every wanted attribute, a row for each input.

    Blended values and HDRTAB both come from it. ``once`` has the values of the attributes that are
    wanted from the first input only.
    """

    def __init__(self, once: Mapping[str, Any] | None = None) -> None:
        self.once = dict(once or {})
        self.labels = RowLabels()
        """What messages call the rows."""
        self._runs: list[tuple[Layout, list[Sequence[Any]]]] = []
        self._n_rows = 0
        # What few inputs have is kept for these alone.
        self._beyond: dict[str, dict[int, Any]] = {}
        self._attributes_beyond: dict[Layout, dict[str, list[Attribute]]] = {}
        self.unknown: dict[str, None] = {}
        """The paths of attributes that no schema knows, in the order in which they appeared."""

    def __len__(self) -> int:
        return self._n_rows

    def append(self, layout: Layout, row: Sequence[Any], beyond: Beyond = ()) -> None:
        """Add the values of one more input, and what it has beyond the layout's schema."""
        if not self._runs or self._runs[-1][0] is not layout:
            self._runs.append((layout, []))
            self.unknown.update(
                (attribute.path, None) for attribute in layout.attributes if not attribute.known
            )
        self._runs[-1][1].append(row)
        for attribute, value in beyond:
            path = attribute.path
            kinds = self._attributes_beyond.setdefault(layout, {}).setdefault(path, [])
            if attribute not in kinds:
                kinds.append(attribute)
                self.unknown[path] = None
            values = self._beyond.setdefault(path, {})
            if value is not None:
                values[self._n_rows] = value
        self._n_rows += 1

    def extend(self, other: Columns) -> None:
        """Add the rows of others, with what they are called, after these."""
        before = self._n_rows
        for layout, rows in other._runs:
            if not self._runs or self._runs[-1][0] is not layout:
                self._runs.append((layout, []))
            self._runs[-1][1].extend(rows)
        for layout, by_path in other._attributes_beyond.items():
            known = self._attributes_beyond.setdefault(layout, {})
            for path, kinds in by_path.items():
                own = known.setdefault(path, [])
                own += (kind for kind in kinds if kind not in own)
        for path, values in other._beyond.items():
            own_values = self._beyond.setdefault(path, {})
            own_values.update({before + row: value for row, value in values.items()})
        self.unknown.update(other.unknown)
        self.labels.extend(other.labels)
        self._n_rows += other._n_rows

    def attributes_beyond(self, layout: Layout) -> Mapping[str, Sequence[Attribute]]:
        """Return what inputs had beyond the schema of their layout, as it was described by them."""
        return self._attributes_beyond.get(layout, {})

    def rows_of(self, layout: Layout) -> Iterator[Sequence[Any]]:
        """Give the rows of the inputs from which the same was wanted."""
        return (row for _, row in self._numbered_rows(layout))

    def values_of(self, layout: Layout, paths: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Give what these inputs have of a few attributes."""
        places = [layout.places.get(path) for path in paths]
        beyond = [self._beyond.get(path, {}) for path in paths]
        for number, row in self._numbered_rows(layout):
            yield tuple(
                others.get(number) if place is None else row[place]
                for place, others in zip(places, beyond, strict=True)
            )

    def _numbered_rows(self, layout: Layout) -> Iterator[tuple[int, Sequence[Any]]]:
        start = 0
        for run_layout, rows in self._runs:
            if run_layout is layout:
                yield from enumerate(rows, start)
            start += len(rows)

    def by_attribute(self) -> dict[str, tuple[Any, ...]]:
        """Return the values of each attribute that is wanted from every input."""
        runs = [
            (dict(zip(layout.paths, zip(*rows, strict=True), strict=True)), (None,) * len(rows))
            for layout, rows in self._runs
        ]
        if len(runs) == 1:
            columns = runs[0][0]
        else:
            paths = dict.fromkeys(path for values, _ in runs for path in values)
            columns = {
                path: tuple(chain.from_iterable(values.get(path, none) for values, none in runs))
                for path in paths
            }
        for path, values in self._beyond.items():
            column = [*columns.get(path, repeat(None, self._n_rows))]
            for number, value in values.items():
                column[number] = value
            columns[path] = tuple(column)
        return columns
