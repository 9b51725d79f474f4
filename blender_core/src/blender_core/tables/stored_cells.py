"""The cells of a table's columns as they are stored, those that are all the same only once.

A table in memory has them itself. One in a file is gone through in blocks: what varies is kept as
long as there is room, and read again when it is asked for if there is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from blender_core.formats.fits.stored_table import StoredTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_MOST_KEPT: Final = 160 << 20
"""How many bytes of columns that vary are kept; and again as many of those that are read later."""


class StoredCells:
    """The cells of the columns of a table: one for each row, or a single one for all of them."""

    def __init__(self, table: StoredTable | NDArray[Any]) -> None:
        self._table = table
        self.dtype = table.dtype
        self._n_rows = len(table)
        self._kept: dict[str, NDArray[Any]] = {}
        self._others: dict[str, NDArray[Any]] = {}
        """Columns that there was no room for, and that somebody has asked for last."""
        self._rows: tuple[int, int, NDArray[Any]] = (0, 0, np.empty(0, self.dtype))
        """Rows of which somebody has asked for such columns last: their places, and their cells."""
        if isinstance(table, StoredTable):
            self._kept = self._read(self.dtype.names or ())

    def of(self, name: str) -> NDArray[Any]:
        """Return the cells of a column."""
        if name in self._kept:
            return self._kept[name]
        if isinstance(self._table, StoredTable):
            if name not in self._others:
                self._others.clear()  # before others take its room
                names = self.dtype.names or ()
                after = names[names.index(name) :]
                self._others = self._read([each for each in after if each not in self._kept])
            return self._others[name]
        cells = self._table[name]
        self._kept[name] = cells = cells[:1] if _are_all_the_same(cells) else cells
        return cells

    def part(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return the cells of a column in some rows. Of others in these, they are at hand then."""
        table = self._table
        if (
            name in self._kept
            or name in self._others
            or not isinstance(table, StoredTable)
            or not table.is_plain
        ):
            return self.of(name)[start:stop]
        if self._rows[:2] != (start, stop):
            self._rows = start, stop, table.rows(start, stop)
        return self._rows[2][name]

    def _read(self, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Go through the table once; return the cells of columns, as far as there is room."""
        assert isinstance(self._table, StoredTable)  # noqa: S101
        first: NDArray[Any] | None = None
        # What has no bytes is the same in all rows.
        constant = [name for name in names if self.dtype[name].itemsize]
        varying: dict[str, NDArray[Any]] = {}
        left: set[str] = set()
        room, start = _MOST_KEPT, 0
        for block in self._table.blocks():
            first = block[:1].copy() if first is None else first
            for name in self._differing(block, first, constant):
                constant.remove(name)
                room -= self.dtype[name].itemsize * self._n_rows
                # The first one is what somebody asks for, however late it varies.
                if room < 0 and name != names[0]:
                    left.add(name)
                    continue
                varying[name] = np.empty(self._n_rows, self.dtype[name])
                varying[name][:start] = first[name]
            for name, cells in varying.items():
                cells[start : start + len(block)] = block[name]
            start += len(block)
        if first is None:
            return {}
        return {
            name: varying[name] if name in varying else first[name]
            for name in names
            if name not in left
        }

    def _differing(
        self, block: NDArray[Any], first: NDArray[Any], names: Sequence[str]
    ) -> list[str]:
        """Return which of these columns have another cell somewhere than in the first row."""
        if not names:
            return []
        width = self.dtype.itemsize
        rows = block.view(np.uint8).reshape(len(block), width)
        same = np.logical_and.reduce(rows == first.view(np.uint8), axis=0)
        fields = cast("Mapping[str, tuple[Any, ...]]", self.dtype.fields)
        places = [(fields[name][1], fields[name][0].itemsize) for name in names]
        return [
            name
            for name, (offset, size) in zip(names, places, strict=True)
            if not same[offset : offset + size].all()
        ]


def _are_all_the_same(cells: NDArray[Any]) -> bool:
    if cells.ndim != 1 or cells.dtype.hasobject:
        return len(cells) == 1
    same = cells == cells[0]
    if cells.dtype.kind == "f":
        same |= np.isnan(cells) & np.isnan(cells[0])
        same &= np.signbit(cells) == np.signbit(cells[0])  # zeros have signs
    return bool(same.all())
