"""Which members of an association or a library are inputs: those of the type science."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import join_words, pluralize
from blender_core.errors import warn

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SCIENCE", "is_science", "others_in_words", "warn_of_left_out"]

SCIENCE: Final = "science"
"""The type of the members that a product is made of. Others serve to calibrate these."""


def is_science(exptype: str) -> bool:
    """Tell whether a member of a type is an input."""
    return exptype.casefold() == SCIENCE


def others_in_words(exptypes: Iterable[str]) -> str:
    """Return how many members there are of each other type."""
    numbers = Counter(one.casefold() for one in exptypes if not is_science(one))
    words = [pluralize(number, f"{exptype} member") for exptype, number in numbers.items()]
    return join_words(words) if words else ""


def warn_of_left_out(what: str, exptypes: Iterable[str]) -> None:
    """Warn of the members that are no inputs, as not everybody expects that."""
    if others := others_in_words(exptypes):
        problem = f"{others}, left out: only science members are inputs"
        warn(f"{what} has {problem}", label=what, problem=problem)
