"""What all inputs say of one attribute, where a thing that is said repeatedly is kept once.

A column has parts: a value with how often it is repeated, an array of numbers, or a tuple whose
equal texts are one object. What comes out is what went in, to the type and the last bit: 1, 1.0 and
True are three values, and so are 0.0 and -0.0.
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import is_
from struct import pack
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, overload

from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SHORT: Final = 512
"""How many values two parts may have together to be made one."""
_FEW: Final = 16
"""How many values two different ones that are repeated may be to take less room as a tuple."""
_MANY: Final = 1 << 14
"""How many values are looked at together."""
_TEXTS: Final = ({str}, {str, NoneType})
_COMPARABLE: Final = frozenset({str, int, bool, NoneType})
"""Types of which two values that are equal are the same to the bit."""
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Repeated:
    """A value that some inputs have, one after the other."""

    number: int
    value: Any

    def __len__(self) -> int:
        return self.number

    def __iter__(self) -> Iterator[Any]:
        return itertools.repeat(self.value, self.number)

    def __reduce__(self) -> tuple[type[Repeated], tuple[int, Any]]:
        return Repeated, (self.number, self.value)


Part: TypeAlias = "Repeated | array[Any] | tuple[Any, ...]"


def part_of(values: Sequence[Any] | Repeated) -> Part:
    """Return the part of a column that has these values, of which there is one at least."""
    if isinstance(values, Repeated):
        return values
    first = values[0]
    # First what is quick: most attributes lack, and inputs that are alike are read as the same.
    is_nothing = first is None and values.count(None) == len(values)
    if is_nothing or all(map(is_, values, itertools.repeat(first))):
        return Repeated(len(values), first)
    kinds = set(map(type, values))
    if kinds == {float}:
        floats = array("d", values)
        return Repeated(len(values), first) if _is_uniform(floats) else floats
    if kinds == {int}:
        try:
            integers = array("q", values)
        except OverflowError:
            return tuple(values)
        return Repeated(len(values), first) if _is_uniform(integers) else integers
    if kinds in _TEXTS:
        texts: dict[Any, Any] = {}
        shared = tuple(map(texts.setdefault, values, values))
        return shared if len(texts) > 1 else Repeated(len(values), first)
    return tuple(values)


def _is_uniform(numbers: array[Any]) -> bool:
    """Tell whether numbers have the same bits."""
    # A look at two of them mostly tells.
    if numbers[:1].tobytes() != numbers[-1:].tobytes():
        return False
    return numbers.tobytes() == numbers[:1].tobytes() * len(numbers)


def with_part(parts: list[Part], part: Part) -> None:
    """Add a part to others, made one with the last if that spares anything."""
    last = parts[-1] if parts else None
    if type(last) is Repeated and type(part) is Repeated:
        if is_same(last.value, part.value):
            parts[-1] = Repeated(last.number + part.number, last.value)
            return
        if len(last) + len(part) <= _FEW:
            parts[-1] = part_of((*last, *part))
            return
    elif last is not None and len(last) + len(part) <= _SHORT:
        if isinstance(last, array) and isinstance(part, array) and last.typecode == part.typecode:
            parts[-1] = last + part
        else:
            parts[-1] = part_of((*last, *part))
        return
    parts.append(part)


def is_same(value: Any, other: Any) -> bool:
    """Tell whether two values are the same to the bit."""
    if value is other:
        return True
    kind = type(value)
    if kind is not type(other):
        return False
    if kind is float:
        return pack("d", value) == pack("d", other)
    return kind in _COMPARABLE and bool(value == other)


class Column(Sequence[Any]):
    """What all inputs say of one attribute, None where an input has nothing.

    It is a sequence like a tuple, equal to each that has equal values, and does not change.

    Parameters
    ----------
    parts : iterable of Repeated, array or tuple
        Its values, in order.
    """

    __slots__ = ("_ends", "_length", "parts", "uniform")

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        self.parts = parts = tuple(parts)
        self.uniform: Repeated | None = None
        """The only part, if all values are the same."""
        if len(parts) == 1:
            part = parts[0]
            if type(part) is Repeated:
                self.uniform = part
            self._length = len(part)
        else:
            self._length = sum(map(len, parts))
        self._ends: tuple[int, ...] | None = None

    @property
    def ends(self) -> tuple[int, ...]:
        """Where each part ends."""
        if self._ends is None:
            self._ends = tuple(itertools.accumulate(map(len, self.parts)))
        return self._ends

    @property
    def kinds(self) -> set[type]:
        """The types of its values."""
        if self.uniform is not None:
            return {type(self.uniform.value)}
        kinds: set[type] = set()
        for part in self.parts:
            if isinstance(part, Repeated):
                kinds.add(type(part.value))
            elif isinstance(part, array):
                kinds.add(float if part.typecode == "d" else int)
            else:
                kinds.update(map(type, part))
        return kinds

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self.parts)

    def without_repeats(self) -> Iterator[Any]:
        """Give the values, but those that are repeated in a part only once."""
        return itertools.chain.from_iterable(
            (part.value,) if isinstance(part, Repeated) else part for part in self.parts
        )

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> Column: ...

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            if step == 1:
                return Column(self._between(start, stop))
            values = tuple(self)[place]
            return Column([part_of(values)] if values else ())
        place = range(len(self))[place]
        number = bisect_right(self.ends, place)
        part = self.parts[number]
        if isinstance(part, Repeated):
            return part.value
        return part[place - self.ends[number] + len(part)]

    def _between(self, start: int, stop: int) -> Iterator[Part]:
        ends = self.ends
        for number in range(bisect_right(ends, start), len(ends)):
            before = ends[number - 1] if number else 0
            if max(start, before) >= stop:
                break
            part = self.parts[number]
            first, last = max(start - before, 0), min(stop - before, len(part))
            if last - first == len(part):
                yield part
            elif isinstance(part, Repeated):
                yield Repeated(last - first, part.value)
            else:
                yield part[first:last]

    def __contains__(self, value: Any) -> bool:
        return any(
            part.value is value or bool(part.value == value)
            if isinstance(part, Repeated)
            else value in part
            for part in self.parts
        )

    def count(self, value: Any) -> int:
        """Return how often a value is there."""
        uniform = self.uniform
        if uniform is not None:
            is_it = uniform.value is value or bool(uniform.value == value)
            return uniform.number if is_it else 0
        return sum(
            len(part) * (part.value is value or bool(part.value == value))
            if isinstance(part, Repeated)
            else part.count(value)
            for part in self.parts
        )

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Return where a value is for the first time."""
        start, stop, _ = slice(start, stop).indices(len(self))
        for part in self._between(start, stop):
            if isinstance(part, Repeated):
                if part.value is value or part.value == value:
                    return start
            elif value in part:
                return start + part.index(value)
            start += len(part)
        msg = f"{preview(value)} is not in the column"
        raise ValueError(msg)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Column, tuple)):
            return NotImplemented
        if len(self) != len(other):
            return False
        mine, theirs = iter(self), iter(other)
        # Some at a time: they may be made for this, and be very many.
        while some := tuple(itertools.islice(mine, _MANY)):
            if some != tuple(itertools.islice(theirs, _MANY)):
                return False
        return True

    __hash__ = None  # type: ignore[assignment]  # it may have lists

    def __repr__(self) -> str:
        shown = ", ".join(map(preview, itertools.islice(self, _SHOWN)))
        return f"<Column of {len(self):,}: {shown}{', …' if len(self) > _SHOWN else ''}>"

    def __reduce__(self) -> tuple[type[Column], tuple[tuple[Part, ...]]]:
        return Column, (self.parts,)


def kinds_of(values: Iterable[Any]) -> set[type]:
    """Return the types of values."""
    return values.kinds if isinstance(values, Column) else set(map(type, values))


def mapped(function: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    """Return what a function makes of values, of which it is asked once for those repeated."""
    if not isinstance(values, Column):
        return [*map(function, values)]
    return Column(
        Repeated(part.number, function(part.value))
        if isinstance(part, Repeated)
        else part_of([*map(function, part)])
        for part in values.parts
    )


def without_repeats(values: Iterable[Any]) -> Iterable[Any]:
    """Give each different value, in their order, but not each as often as it is there."""
    return values.without_repeats() if isinstance(values, Column) else values
