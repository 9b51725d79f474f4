"""Divide the text of an ASDF tree where its values begin, without parsing it.

Whatever writes YAML indents what belongs to a key. So the keys of a tree are where lines begin, and
what belongs to a key that nobody wants can be passed over, however long it is: logs, arrays, the
WCS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator

__all__ = ["WCS", "Outline", "outline"]

WCS: Final = "meta.wcs"
"""The attribute that takes up most of the text of many trees."""

# A key, or anything else where a line begins, but for the items of a list.
_TOP: Final = re.compile(r"\n(?! )(?:(\w+):(?=[ \n])|(?=[^\n-]|-[^ ]))")
_WCS_LINE: Final = re.compile(r"\n  wcs:(?=[ \n])")
_NEXT_OF_META: Final = re.compile(r"\n(?!   )(?! {0,2}(?:\n|- ))")
_OTHER_LINE_BREAKS: Final = "\x85\u2028\u2029"
_COLON: Final = ": "
_BETWEEN: Final = "\0"
"""What stands for what was passed over: nothing that a YAML text could have."""


class Outline(NamedTuple):
    """A tree's text, divided where values begin.

    Parameters
    ----------
    text : str
        The text.
    wanted : collection of str
        Keys of the tree that have wanted values in them, and `WCS` if it has some.
    frame : hashable
        The keys that lines begin with, and whatever else lines begin with.
    pieces : list of str
        What belongs to the wanted keys, divided after each colon: but for the first, a piece
        begins with a value or an opening brace, and ends with the next key.
    """

    text: str
    wanted: Collection[str]
    frame: Hashable
    pieces: list[str]

    def kind(self) -> Hashable:
        """Return what is the same in trees that differ in nothing but values."""
        return self.frame, *[piece.rpartition(" ")[2] for piece in self.pieces[:-1]]

    def spans(self) -> list[tuple[int, int]]:
        """Return where in the text pieces are."""
        spans: list[tuple[int, int]] = []
        key, start = None, 0
        for found in [*_TOP.finditer(self.text), None]:
            end = found.start() if found else len(self.text)
            if key in self.wanted:
                spans += _kept(key, self.text, start, end, self.wanted)
            if found:
                key, start = found[1], found.end()
        return spans

    def beginnings(self) -> dict[int, int]:
        """Return where in the text pieces begin."""
        numbers, position, spans = {}, 0, self.spans()
        for number, piece in enumerate(self.pieces):
            numbers[_index(position, spans)] = number
            position += len(piece) + len(_COLON)
        return numbers


def _index(position: int, spans: Iterable[tuple[int, int]]) -> int:
    """Return where in a text a position is within parts of it that have been joined."""
    for start, end in spans:
        if position <= end - start:
            return start + position
        position -= end - start + len(_BETWEEN)
    return -1


def outline(text: str, wanted: Collection[str]) -> Outline | None:
    r"""Divide the text of a tree."""
    if "\r" in text or (not text.isascii() and any(map(text.__contains__, _OTHER_LINE_BREAKS))):
        return None
    first, *parts = _TOP.split(text)
    keys, bodies = parts[::2], parts[1::2]
    kept, others = [], [first]
    for key, body in zip(keys, bodies, strict=True):
        if key is None:
            others.append(body)
        elif key in wanted:
            kept += [body[start:end] for start, end in _kept(key, body, 0, len(body), wanted)]
        elif body.count('"') % 2:
            return None  # a text may go on in what comes after, up to another that is passed over
    pieces = _BETWEEN.join(kept).split(_COLON)
    return Outline(text, wanted, (*keys, *others), pieces)


def _kept(
    key: str | None, text: str, start: int, end: int, wanted: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Give the parts of what belongs to a key that are not passed over."""
    if key == "meta" and WCS not in wanted and (wcs := _WCS_LINE.search(text, start, end)):
        yield start, wcs.start()
        after = _NEXT_OF_META.search(text, wcs.end(), end)
        start = after.start() if after else end
    yield start, end
