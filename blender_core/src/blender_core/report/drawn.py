"""Which of the inputs a page draws and lists: all of them, or where they are many, some.

These are chosen evenly. Of each attribute that varies, the inputs with its smallest and largest
values are there as well, or the first ones with its most frequent values.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.inputs.column import Column, Repeated, kinds_of
from blender_core.report.encoding import encode_values, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from blender_core.report.model import Facts

_MOST: Final = 2000
_LEAST: Final = 50
_LARGEST: Final = 8_000_000
"""About how many characters all values may have. The rest of a page has less than a million."""
_SCALARS: Final = (str, bool, int, float)
_NUMBERS: Final = {int, float, NoneType}
_FREQUENT: Final = 12
"""How many different texts a page counts."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The inputs that a page has, counted from 0.

    `even` are those of which it has the values of all attributes, and `extremes` those of single
    ones, by their numbers.
    """

    n_inputs: int
    even: Sequence[int]
    extremes: dict[int, list[int]]
    rows: Sequence[int]

    @property
    def is_all(self) -> bool:
        """Whether it has all inputs."""
        return len(self.rows) == self.n_inputs

    @property
    def note(self) -> str:
        """What is said of it to a reader; empty if it has all inputs."""
        if self.is_all:
            return ""
        return (
            f"Of the {self.n_inputs:,} inputs, {len(self.rows):,} are drawn and listed: evenly "
            "chosen ones, and those that have the smallest, the largest and the most frequent "
            "values. What is counted or blended is counted and blended of all."
        )

    def encoded(self, number: int, values: Sequence[Any]) -> dict[str, Any]:
        """Return the values of an attribute as the page has them."""
        if self.is_all:
            return encode_values(values)
        even = set(self.even)
        own = [row for row in self.extremes.get(number, ()) if row not in even]
        uniform = _uniform(values)
        shown: Sequence[Any] | Repeated
        if uniform is not None:
            shown = Repeated(len(self.even) + len(own), uniform.value)
        else:
            shown = [values[row] for row in (*self.even, *own)]
        encoded = encode_values(shown)
        if "at" not in encoded and None in values:
            encoded["at"] = [0] * len(shown)  # others have none
        if encoded["kind"] == "text" and len(encoded["of"]) > 1:
            counts = Counter(values)
            by_text = Counter[str]()
            for value in dict.fromkeys(each for each in shown if each is not None):
                by_text[to_text(value)] += counts[value]
            encoded["counts"] = [by_text[text] for text in encoded["of"]]
        if own and "at" in encoded:
            places = {row: place for place, row in enumerate(self.rows)}
            codes = encoded["at"][len(self.even) :]
            encoded["more"] = [[places[row], code] for row, code in zip(own, codes, strict=True)]
            encoded["at"] = encoded["at"][: len(self.even)]
        return encoded


def draw(facts: Facts) -> Drawn:
    """Choose which inputs a page has: as many as there is room for."""
    n_inputs = facts.n_inputs
    columns = {i: fact.inputs for i, fact in enumerate(facts.attributes) if fact.inputs is not None}
    most = min(n_inputs, _MOST)
    if most > _LEAST:
        sample = _evenly(n_inputs, _LEAST)
        size = sum(_size([values[row] for row in sample]) for values in columns.values())
        most = max(_LEAST, min(most, _LARGEST * _LEAST // max(size, 1)))
    if most >= n_inputs:
        return Drawn(n_inputs, range(n_inputs), {}, range(n_inputs))
    even = _evenly(n_inputs, most)
    extremes: dict[int, list[int]] = {}
    for i, values in columns.items():
        extremes[i] = _extremes(values)
        taken = facts.attributes[i].outcome.from_input
        if taken is not None:
            extremes[i].append(taken)
        extremes[i] = [*dict.fromkeys(extremes[i])]
    chosen = {*even, *(row for rows in extremes.values() for row in rows)}
    return Drawn(n_inputs, even, extremes, sorted(chosen))


def _evenly(n_inputs: int, most: int) -> list[int]:
    return [i * (n_inputs - 1) // (most - 1) for i in range(most)]


def _size(values: Sequence[Any]) -> int:
    """Return how many characters values have in a page, about."""
    texts = [to_text(value) for value in values if value is not None]
    different = dict.fromkeys(texts)
    # One value is there once, and others have a number each where they are.
    if len(different) <= 1 and len(texts) == len(values):
        return 0
    return sum(len(text) + 3 for text in different) + 5 * len(values)


def _extremes(values: Sequence[Any]) -> list[int]:
    """Return the inputs with the smallest and the largest value, or with frequent ones."""
    if _uniform(values) is not None:
        return []
    if kinds_of(values) <= _NUMBERS:  # also of those that few inputs have, none of them chosen
        numbers = _numbers(values)
        rows = []
        # What is infinite has no place in a picture: it is there beside the largest that has.
        for known in (np.isfinite(numbers), ~np.isnan(numbers)):
            if known.any():
                low, high = (np.where(known, numbers, end) for end in (np.inf, -np.inf))
                rows += [int(low.argmin()), int(high.argmax())]
        return rows
    counts = Counter(value for value in values if type(value) in _SCALARS)
    # Dates and times sort as texts do.
    texts = [value for value in counts if type(value) is str]
    ends = [min(texts), max(texts)] if texts else []
    wanted = dict.fromkeys([*ends, *(value for value, _ in counts.most_common(_FREQUENT))])
    return [values.index(value) for value in wanted]


def _uniform(values: Sequence[Any]) -> Repeated | None:
    return values.uniform if isinstance(values, Column) else None


def _numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    """Return values as numbers, NaN for what is none."""
    if kinds_of(values) <= {float, NoneType}:
        return np.array([*values], float)
    return np.array([_number(value) for value in values])


def _number(value: Any) -> float:
    try:
        return float(value) if type(value) in (int, float) else np.nan
    except OverflowError:
        return np.nan
