"""What messages call the rows of a blend."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import join_words, pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence


class RowLabels:
    """What messages call the rows of a blend: an input each, unless one of them is several."""

    def __init__(self) -> None:
        self._numbers = array("L")
        self._of_several: dict[int, str] = {}
        self._n_inputs = 0

    def add(self, number: int, n_rows: int, of_several: Sequence[str] = ()) -> None:
        """Add the rows of one more input: its number, and what they are called if it is several."""
        self._of_several.update(enumerate(of_several, len(self._numbers)))
        self._numbers.extend([number] * n_rows)
        self._n_inputs += 1

    def add_each(self, numbers: Sequence[int]) -> None:
        """Add inputs that are a row each."""
        self._numbers.extend(numbers)
        self._n_inputs += len(numbers)

    def extend(self, other: RowLabels) -> None:
        """Add the rows that come after these."""
        before = len(self._numbers)
        self._of_several.update({before + row: name for row, name in other._of_several.items()})
        self._numbers.extend(other._numbers)
        self._n_inputs += other._n_inputs

    @property
    def so_far(self) -> tuple[int, int]:
        """How many rows there are by now, and of how many inputs."""
        return len(self._numbers), self._n_inputs

    def cut(self, so_far: tuple[int, int]) -> None:
        """Forget the rows that came since."""
        n_rows, self._n_inputs = so_far
        del self._numbers[n_rows:]
        while self._of_several and next(reversed(self._of_several)) >= n_rows:
            self._of_several.popitem()

    @property
    def are_of_several(self) -> bool:
        """Whether any input is several rows."""
        return bool(self._of_several)

    @property
    def noun(self) -> str:
        """What one of them is."""
        return "row" if self._of_several else "input"

    def name(self, row: int) -> str:
        """Return what a row is called, which is counted from 0 here."""
        if not self._of_several:
            return f"input {row + 1}"
        return self._of_several.get(row) or f"input {self._numbers[row]}"

    def names(self, rows: Sequence[int]) -> str:
        """Return what several are called."""
        if self._of_several:
            return join_words([self.name(row) for row in rows])
        noun = "input" if len(rows) == 1 else "inputs"
        return f"{noun} {join_words([str(row + 1) for row in rows])}"

    def n_inputs(self, n_rows: int) -> int:
        """Return how many inputs so many rows are of."""
        return self._n_inputs if self._of_several else n_rows

    def count(self, n_rows: int) -> str:
        """Return how many inputs there are, in words."""
        return self._count(n_rows, self.n_inputs(n_rows))

    def count_since(self, so_far: tuple[int, int]) -> str:
        """Return how many inputs have been added since, in words."""
        n_rows, n_inputs = so_far
        return self._count(len(self._numbers) - n_rows, self._n_inputs - n_inputs)

    def _count(self, n_rows: int, n_inputs: int) -> str:
        inputs = pluralize(n_inputs, "input")
        return f"{inputs} of {pluralize(n_rows, 'row')}" if self._of_several else inputs


class _Rows(RowLabels):
    """Of rows of which it is not known whether they are an input each."""

    @property
    def noun(self) -> str:
        return "row"

    def name(self, row: int) -> str:
        return f"row {row + 1}"

    def names(self, rows: Sequence[int]) -> str:
        noun = "row" if len(rows) == 1 else "rows"
        return f"{noun} {join_words([str(row + 1) for row in rows])}"

    def count(self, n_rows: int) -> str:
        return pluralize(n_rows, "row")


BY_NUMBER: Final = RowLabels()
"""Of inputs that are a row each."""
BY_ROW: Final = _Rows()
"""Of a table in a file of a plugin's, whose inputs may be several rows each."""
