"""The values of an input that is like one before, and in which of them the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class SimilarRow(list[Any]):
    """The values of an input that is like one before: those of that, but in a few places.

    Most of them need not be looked at to know what several such inputs have in common.
    """

    __slots__ = ("base", "differences")

    base: list[Any]
    """The values of the one before, the very same list for all that are like it."""
    differences: Mapping[int, Any]
    """The values that are not taken from there, by their places."""

    @classmethod
    def of(cls, base: list[Any], differences: Mapping[int, Any]) -> Self:
        """Return the values, which nobody may change."""
        row = cls(base)
        row.base = base
        row.differences = differences
        for place, value in differences.items():
            row[place] = value
        return row
