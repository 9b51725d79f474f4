"""What the inputs say, column by column: the only store of their values."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from blender_core.inputs.row_labels import RowLabels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._runs)

    def append(self, layout: Layout, row: Sequence[Any]) -> None:
        """Add the values of one more input."""
        if not self._runs or self._runs[-1][0] is not layout:
            self._runs.append((layout, []))
        self._runs[-1][1].append(row)

    def rows_of(self, layout: Layout) -> Iterator[Sequence[Any]]:
        """Give the rows of the inputs from which the same was wanted."""
        for run_layout, rows in self._runs:
            if run_layout is layout:
                yield from rows

    def by_attribute(self) -> dict[str, tuple[Any, ...]]:
        """Return the values of each attribute that is wanted from every input."""
        runs = [
            (dict(zip(layout.paths, zip(*rows, strict=True), strict=True)), (None,) * len(rows))
            for layout, rows in self._runs
        ]
        if len(runs) == 1:
            return runs[0][0]
        paths = dict.fromkeys(path for values, _ in runs for path in values)
        return {
            path: tuple(chain.from_iterable(values.get(path, none) for values, none in runs))
            for path in paths
        }
