"""An entry of a tree that has been parsed, as a pattern for those in its place in other trees.

Most of what differs is in long entries within braces: ``{duration: 1.5, filter: F115W, …}``. They
are compared piece by piece, from comma to comma, and only pieces that differ are looked at. A comma
can also be within quotes. Then the pieces have no scalars, and the entry is looked through. An
entry of one scalar is a piece by itself: ``filename: a.fits``.
"""

from __future__ import annotations

import re
from itertools import compress, count
from operator import ne
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value
from blender_core.readers.similar.pattern import MOST_KEPT, Slot, TextPattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.readers.similar.pattern import Found, Passed

JOINT: Final = "\1"
"""What stands for the end of a line within an entry: no tree has it."""
_WITHIN: Final = "\n    "
"""Where lines end within an entry of the tree, or of a group in it, as YAML indents them."""
_BROKEN: Final = f",{JOINT}    "
"""A comma after which the line is broken."""
_COMMA: Final = ", "
_COMMAS: Final = re.compile(f"{_BROKEN}|{_COMMA}")
_NO_ANCHORS: Final[list[str]] = []


def entries_of(text: str) -> list[str]:
    """Divide a text into its entries: lines, with those after them that are indented far."""
    return text.replace(_WITHIN, f"{JOINT}    ").split("\n")


class EntryPattern:
    """An entry that has been parsed, divided where scalars are, as a pattern for others."""

    def __init__(self, start: str, parts: Sequence[Slot | Passed]) -> None:
        self._whole = TextPattern(start, parts)
        self._has_commas = all(isinstance(part, Slot) and part.in_braces for part in parts)
        is_simple = len(parts) == 1 and isinstance(parts[0], Slot)
        pieces = _pieces(start, parts, self._has_commas) if self._has_commas or is_simple else []
        self._pieces = [piece for piece, _ in pieces]
        self._slots = [slot for _, slot in pieces]

    def find(self, entry: str, *, thoroughly: bool) -> Found | None:
        """Return the wanted values and the anchors of an entry; None if it does not fit.

        Values that are those of the parsed entry need not be among them. If it is divided into
        pieces, it is looked through as a whole only where that is to be done thoroughly.
        """
        found = self._in_pieces(entry) if self._pieces else None
        if found is None and (thoroughly or not self._pieces):
            found = self._whole.find(entry.replace(JOINT, "\n") + "\n")
        return found

    def _in_pieces(self, entry: str) -> Found | None:
        pieces = entry.replace(_BROKEN, _COMMA).split(_COMMA) if self._has_commas else [entry]
        if len(pieces) != len(self._pieces):
            return None
        values: dict[int, Any] = {}
        for number in compress(count(), map(ne, pieces, self._pieces)):
            piece, slot = pieces[number], self._slots[number]
            if slot is None:
                return None
            start, end, place, known = slot
            if piece in known:
                value = known[piece]
            else:
                # Nothing is left of a piece where these two overlap, and that is no scalar.
                if not (piece.startswith(start) and piece.endswith(end)):
                    return None
                value = scalar_value(piece[len(start) : len(piece) - len(end)])
                if value is DOUBTFUL:
                    return None
                if len(known) < MOST_KEPT:
                    known[piece] = value
            if place is not None:
                values[place] = value
        return values, _NO_ANCHORS


class _PieceSlot(NamedTuple):
    """The scalar of a piece."""

    start: str
    """What stands before it."""
    end: str
    """What stands after it."""
    place: int | None
    """Where its value goes."""
    known: dict[str, Any]
    """What pieces of others have meant, by their texts."""


def _pieces(
    start: str, parts: Iterable[Slot | Passed], has_commas: bool
) -> list[tuple[str, _PieceSlot | None]]:
    """Return the pieces of an entry, each with its scalar, if there is exactly one."""
    text, at = [start], len(start)
    scalars: list[tuple[int, int, int | None]] = []
    for part in parts:
        if isinstance(part, Slot):
            scalar = part.known.rstrip(" \n").removesuffix(part.ending)
            scalars.append((at, at + len(scalar), part.place))
        text += part.known, part.rest
        at += len(part.known) + len(part.rest)
    entry = "".join(text).removesuffix("\n").replace("\n", JOINT)
    pieces: list[tuple[str, _PieceSlot | None]] = []
    begin = 0
    commas = [match.span() for match in _COMMAS.finditer(entry)] if has_commas else []
    for end, after in [*commas, (len(entry), 0)]:
        within = [each for each in scalars if begin <= each[0] and each[1] <= end]
        slot = None
        if len(within) == 1:
            ((first, last, place),) = within
            slot = _PieceSlot(entry[begin:first], entry[last:end], place, {})
        pieces.append((entry[begin:end], slot))
        begin = after
    return pieces
