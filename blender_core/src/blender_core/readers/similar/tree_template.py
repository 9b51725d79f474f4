"""Read the values of trees whose texts differ in nothing but scalars.

Exposures of one mode have trees with the same keys in the same order, and many of their values are
the same. So it is enough to parse the text of one. Of another, the values are taken of which the
text differs, if that is all that differs: a scalar in the place of a scalar, or a line that is
broken elsewhere within braces. For then it would be parsed into the same tree with these values.
"""

from __future__ import annotations

import re
from itertools import compress
from operator import ne
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value
from blender_core.readers.similar.tree_nodes import UnusualTreeError, places, wanted_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.readers.similar.outline import Outline
    from blender_core.readers.similar.tree_nodes import Place
    from blender_core.schema.layout import Layout

__all__ = ["TreePattern"]

_NEXT_KEY: Final = re.compile(r",(?: |\n +)(?=[^ \n])")


class _Slot(NamedTuple):
    """What a piece of the text has to be like, which begins with a scalar.

    Parameters
    ----------
    tails : tuple of str
        What may follow the scalar.
    in_braces : bool
        Whether line breaks within the scalar mean nothing.
    place : int or None
        Where its value goes, if it is wanted.
    """

    tails: tuple[str, ...]
    in_braces: bool
    place: int | None


class TreePattern:
    """What one tree had, and where its scalars were.

    Parameters
    ----------
    pieces : sequence of str
        Its text, divided where values begin.
    slots : sequence of _Slot or None
        For each piece, what may differ from it. None where nothing may.
    values : sequence
        Its wanted values.
    """

    def __init__(
        self, pieces: Sequence[str], slots: Sequence[_Slot | None], values: Sequence[Any]
    ) -> None:
        self._pieces = pieces
        self._slots = slots
        self._values = values

    def values(self, pieces: Sequence[str]) -> list[Any] | None:
        """Return the wanted values of a tree."""
        values = list(self._values)
        slots = self._slots
        for number in compress(range(len(slots)), map(ne, pieces, self._pieces)):
            slot, piece = slots[number], pieces[number]
            if slot is None:
                return None
            tails, in_braces, place = slot
            for tail in tails:
                if piece.endswith(tail):
                    break
            else:
                return None
            text = piece[: len(piece) - len(tail)]
            value = scalar_value(text)
            if value is DOUBTFUL or ("\n" in text and not in_braces):
                return None
            if place is not None:
                values[place] = value
        return values


def learn(outline: Outline, root: Any, layout: Layout, values: Sequence[Any]) -> TreePattern | None:
    """Find out where the scalars of a tree are that has been read in full."""
    where: dict[int, int] = {}
    for place, (node, value) in enumerate(
        zip(wanted_nodes(root, layout.root), values, strict=True)
    ):
        if node is not None and node.id == "scalar":
            where[id(node)] = place
        elif value is not None:
            return None
    try:
        found = places(outline.text, root, outline.wanted)
    except UnusualTreeError:
        return None
    seen = {id(one.node) for one in found}
    # An alias is the very node that it stands for, which is elsewhere.
    if len(seen) < len(found) or not seen.issuperset(where) or not _are_within(found, outline):
        return None
    numbers = outline.beginnings()
    slots: list[_Slot | None] = [None] * len(outline.pieces)
    for one in found:
        number = numbers.get(one.node.start_mark.index)
        if one.is_value and number is not None:
            slots[number] = _slot(one, outline.pieces[number], where.get(id(one.node)), values)
    return TreePattern(outline.pieces, slots, values)


def _are_within(found: Sequence[Place], outline: Outline) -> bool:
    """Tell whether all nodes are where the text is not passed over."""
    indices: list[int] = [one.node.start_mark.index for one in found]
    within = sum(start <= index < end for start, end in outline.spans() for index in indices)
    return within == len(indices)


def _slot(found: Place, piece: str, place: int | None, values: Sequence[Any]) -> _Slot | None:
    """Return what may stand in the place of a piece; None where only the same may."""
    length = found.node.end_mark.index - found.node.start_mark.index
    text, tail = piece[:length], piece[length:]
    value = scalar_value(text)
    if length > len(piece) or value is DOUBTFUL:
        return None
    if place is not None and not _same(value, values[place]):
        return None
    tails: tuple[str, ...] = (tail,)
    if found.indent is not None and (comma := _NEXT_KEY.match(tail)):
        key = tail[comma.end() :]
        tails = (f", {key}", ",\n" + " " * found.indent + key)
    return _Slot(tails, found.indent is not None, place)


def _same(one: Any, other: Any) -> bool:
    # NaN equals nothing, not even itself.
    return type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124
