"""TODO."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blender_core.schema.layout import Layout

__all__ = ["Columns"]


class Columns:
    """The values of every wanted attribute, a row for each input.

    This is the only store of what the inputs said; blended values and HDRTAB both come from it.

    Parameters
    ----------
    once : mapping of str to object, optional
        Attributes that are wanted from the first input only, with its values.
    """

    def __init__(self, once: Mapping[str, Any] | None = None) -> None:
        self.once = dict(once or {})
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
        for one, rows in self._runs:
            if one is layout:
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
