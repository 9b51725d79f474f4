"""A walk through the tree of an input, to what is wanted of it.

Inputs of a kind mostly have the same names in the same groups. So a walk looks at the names of each
group, and knows from another before, which came upon the same names, what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from blender_core.schema.groups import Group

_NOTHING: Final = object()
_NO_GROUP: Final = object()
_TAGGED: Final = object()
"""Stands before the names of what asdf has left for others to make an object of."""
_MOST_STEPS: Final = 4096
"""After so many, they are forgotten: the inputs are not alike."""


class _Waiting(NamedTuple):
    """What stands where a group may be, and has not been looked at."""

    group: Group
    place: int
    order: tuple[int, ...]
    """Where it is in the tree."""
    is_passed_over: bool
    """Whether it does not matter what is in it beyond the schema."""


class _Stranger(NamedTuple):
    """What stands where the schema knows no name."""

    order: tuple[int, ...]
    path: str
    place: int


class Step(dict[Any, "Step"]):
    """How far a walk has come: what is told of the next group → the step after it.

    All that a walk comes upon has a place, counted in the order in which groups are looked at.
    ``next_place`` is that of the next group, None at the end; ``wanted`` says which of the wanted
    values is at which of the ``places``; ``strangers`` are what the schema does not know.
    """

    __slots__ = ("_all", "_end", "_waiting", "next_place", "places", "strangers", "wanted")

    def __init__(
        self,
        waiting: Sequence[_Waiting],
        end: int,
        wanted: tuple[int, ...],
        places: tuple[int, ...],
        strangers: Sequence[_Stranger],
        others: list[Step],
    ) -> None:
        super().__init__()
        self._waiting, self._end = waiting, end
        self.next_place = waiting[0].place if waiting else None
        self.wanted, self.places = wanted, places
        self.strangers = strangers if waiting else sorted(strangers)
        self._all = others
        others.append(self)

    @classmethod
    def first(cls, root: Group) -> Step:
        """Return the step after a tree of which the names are known that matter."""
        begin = cls([_Waiting(root, 0, (), is_passed_over=False)], 0, (), (), (), [])
        return begin[tuple(root.members)]

    def __missing__(self, told: Hashable) -> Step:
        """Make the step after a group of which another thing is told than of those before."""
        group, place, order, is_passed_over = self._waiting[0]
        wanted, places, strangers = [*self.wanted], [*self.places], [*self.strangers]
        names = told if isinstance(told, tuple) else ()
        is_group = told is not _NO_GROUP
        if names and names[0] is _TAGGED:
            names, is_group = names[1:], False
        is_asked = group.known is not None and not is_passed_over
        if is_asked and not is_group:
            strangers.append(_Stranger(order, group.path, place))
            is_asked, is_passed_over = False, True
        known = group.known if is_asked else None
        below = []
        for there, name in enumerate(names, self._end):
            member = group.members.get(name)
            if isinstance(member, int):
                wanted.append(member)
                places.append(there)
            elif member is not None:
                if member.place is not None:
                    wanted.append(member.place)
                    places.append(there)
                below.append(_Waiting(member, there, (*order, there), is_passed_over))
            if known is not None and name not in known and is_part(name):
                strangers.append(_Stranger((*order, there), f"{group.path}.{name}", there))
        if len(self._all) >= _MOST_STEPS:
            for each in self._all:
                each.clear()
            self._all.clear()
        step = self[told] = Step(
            (*below, *self._waiting[1:]),
            self._end + len(names),
            tuple(wanted),  # of which Python's search for garbage need not know
            tuple(places),
            strangers,
            self._all,
        )
        return step


def what_is_in(value: Any) -> tuple[Hashable, Mapping[Any, Any]]:
    """Return what is told to a step of what stands where a group may be, and what is in it."""
    if value is None:
        return _NOTHING, {}
    if not isinstance(value, dict):
        return _NO_GROUP, {}
    content = dict(value.items())
    is_tagged = getattr(value, "_tag", None) is not None
    return ((_TAGGED, *content) if is_tagged else tuple(content)), content


def is_part(name: Any) -> bool:
    """Tell whether a name can be a part of a dotted path."""
    return isinstance(name, str) and bool(name) and "." not in name
