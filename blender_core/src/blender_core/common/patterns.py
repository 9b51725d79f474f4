"""Patterns with wildcards, matched in time that is bounded by the product of both lengths.

A regular expression with many stars tries all ways to divide a name between them, which takes for
ever. Here, all places of the pattern that can be reached with the characters so far are kept
together, as the bits of one number: no character is looked at twice.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOT: Final = "."
_STAR: Final = "*"
_MOST_KEPT: Final = 256


class _Characters(NamedTuple):
    """Which characters one step of a pattern takes: those in some ranges, or all others."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def has(self, character: str) -> bool:
        return self.negated != any(low <= character <= high for low, high in self.ranges)


_ANY: Final = _Characters((), negated=True)
_WITHIN_PART: Final = _Characters(((_DOT, _DOT),), negated=True)


class _Step(NamedTuple):
    """A character that a name has to have next, or as many as there are."""

    takes: str | _Characters
    repeats: bool = False


class Pattern:
    """A pattern, ready to be held against many names."""

    def __init__(self, steps: list[_Step]) -> None:
        self._prefix = _literal(steps)
        self._suffix = _literal(steps[::-1])[::-1]
        self._n_steps = len(steps)
        self._steps: dict[str, int] = {}
        """The steps that take a character, of those that have been asked for."""
        self._stars = 0
        """The steps that take any number of characters."""
        self._literals: dict[str, int] = {}
        self._sets: dict[_Characters, int] = {}
        for i, step in enumerate(steps):
            bit = 1 << i
            if step.repeats:
                self._stars |= bit
            if isinstance(step.takes, str):
                self._literals[step.takes] = self._literals.get(step.takes, 0) | bit
            else:
                self._sets[step.takes] = self._sets.get(step.takes, 0) | bit

    def matches(self, name: str) -> bool:
        """Tell whether the pattern means a name, all of it."""
        # Most names that do not fit are told by these.
        if not (name.startswith(self._prefix) and name.endswith(self._suffix)):
            return False
        steps, stars = self._steps, self._stars
        if len(steps) > _MOST_KEPT:
            steps.clear()
        # Bit i is set where the first i steps have been taken. A star may take nothing.
        reached = 1 | (stars & 1) << 1
        for character in name:
            if character not in steps:
                steps[character] = self._steps_taking(character)
            taken = reached & steps[character]
            reached = (taken & stars) | (taken & ~stars) << 1
            reached |= (reached & stars) << 1  # no two stars follow each other
            if not reached:
                return False
        return bool(reached >> self._n_steps)

    def _steps_taking(self, character: str) -> int:
        steps = self._literals.get(character, 0)
        for characters, bits in self._sets.items():
            if characters.has(character):
                steps |= bits
        return steps


def _literal(steps: list[_Step]) -> str:
    """Return the characters that stand for themselves at the beginning."""
    characters = []
    for step in steps:
        if not isinstance(step.takes, str):
            break
        characters.append(step.takes)
    return "".join(characters)


@functools.lru_cache(maxsize=256)
def of_paths(text: str) -> Pattern:
    """Return a pattern for dotted paths: a star stays within one part of them, two do not."""
    steps: list[_Step] = []
    i = 0
    while i < len(text):
        if text.startswith(_STAR * 2, i):
            _add_star(steps, _ANY)
            i += 2
            continue
        # As a set has at least one character, which is not the bracket that ends it.
        end = text.find("]", i + 1) if text[i] == "[" else -1
        characters = _characters(text[i + 1 : end], empty_ranges=False) if end > i + 1 else None
        if text[i] == _STAR:
            _add_star(steps, _WITHIN_PART)
        elif text[i] == "?":
            steps.append(_Step(_WITHIN_PART))
        elif characters is not None:
            steps.append(_Step(characters))
            i = end
        elif end > i + 1:  # what looks like a set and is none stands for itself
            steps += map(_Step, text[i : end + 1])
            i = end
        else:
            steps.append(_Step(text[i]))
        i += 1
    return Pattern(steps)


@functools.lru_cache(maxsize=256)
def of_names(text: str) -> Pattern:
    """Return a pattern for names, in which a star takes anything: as those of `fnmatch`."""
    steps: list[_Step] = []
    i = 0
    while i < len(text):
        # A bracket that comes first is in the set.
        first = i + (2 if text.startswith("[!", i) else 1)
        end = text.find("]", first + 1) if text[i] == "[" else -1
        characters = _characters(text[i + 1 : end], empty_ranges=True) if end > 0 else None
        if text[i] == _STAR:
            _add_star(steps, _ANY)
        elif text[i] == "?":
            steps.append(_Step(_ANY))
        elif characters is not None:
            steps.append(_Step(characters))
            i = end
        else:
            steps.append(_Step(text[i]))
        i += 1
    return Pattern(steps)


def matches_name(text: str, name: str) -> bool:
    """Tell whether a pattern for names means one, in any case of the letters."""
    return of_names(text.casefold()).matches(name.casefold())


def _add_star(steps: list[_Step], takes: _Characters) -> None:
    """Add a star; several after one another take what one of them takes."""
    if steps and steps[-1].repeats:
        takes = _ANY if _ANY in (takes, steps.pop().takes) else takes
    steps.append(_Step(takes, repeats=True))


def _characters(inside: str, *, empty_ranges: bool) -> _Characters | None:
    """Return the characters that stand between brackets; None if that is not a set.

    A range from Z to A is empty where that is allowed. So may a set be then.
    """
    negated = inside.startswith("!")
    ranges = tuple(_ranges(inside[negated:]))
    is_set = bool(ranges) and all(low <= high for low, high in ranges)
    return _Characters(ranges, negated) if is_set or empty_ranges else None


def _ranges(inside: str) -> Iterator[tuple[str, str]]:
    i = 0
    while i < len(inside):
        # A hyphen at the beginning or the end is one.
        is_range = inside[i + 1 : i + 2] == "-" and i + 2 < len(inside)
        yield inside[i], inside[i + 2 if is_range else i]
        i += 3 if is_range else 1
