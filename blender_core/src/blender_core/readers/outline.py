"""Divide the text of an ASDF tree where its values begin, without parsing it.

Whatever writes YAML indents what belongs to a key. So the keys of a tree are where lines begin, and
what belongs to a key that nobody wants can be passed over, however long it is: logs, arrays, the WCS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator

__all__ = ["WCS", "Outline", "outline"]

WCS: Final = "meta.wcs"
"""The attribute that takes up most of the text of many trees."""


# A key, or anything else where a line begins, but for the items of a list.
_TOP: Final = re.compile(r"\n(?:(\w+):(?=[ \n])|(?=[^ \n-]|-[^ ]))")
_WCS_LINE: Final = re.compile(r"\n  wcs:(?=[ \n])")
_NEXT_OF_META: Final = re.compile(r"\n {0,2}(?![ \n]|- )")
_OTHER_LINE_BREAKS: Final = "\x85\u2028\u2029"
_COLON: Final = ": "
_BETWEEN: Final = "\0"
"""What stands for what was passed over: nothing that a YAML text could have."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A tree's text, divided where values begin.

    Parameters
    ----------
    frame : hashable
        The keys that lines begin with, and whatever else lines begin with.
    spans : list of (int, int)
        Where the parts of the text are that are not passed over.
    pieces : list of str
        These parts, divided after each colon: but for the first, a piece begins with a value or
        an opening brace, and ends with the next key.
    """

    frame: Hashable
    spans: list[tuple[int, int]]
    pieces: list[str]

    def beginnings(self) -> dict[int, int]:
        """Return where in the text pieces begin.

        Returns
        -------
        numbers : dict of int to int
            Index in the text → number of the piece that begins there.
        """
        numbers, position = {}, 0
        for number, piece in enumerate(self.pieces):
            numbers[self._index(position)] = number
            position += len(piece) + len(_COLON)
        return numbers

    def _index(self, position: int) -> int:
        """Return where in the text a position within the joined parts is."""
        for start, end in self.spans:
            if position <= end - start:
                return start + position
            position -= end - start + len(_BETWEEN)
        return -1

    def has(self, index: int) -> bool:
        """Tell whether a place in the text is not passed over.

        Parameters
        ----------
        index : int
            Index in the text.

        Returns
        -------
        has : bool
            True if it is in one of the pieces.
        """
        return any(start <= index < end for start, end in self.spans)


def outline(text: str, wanted: Collection[str]) -> Outline | None:
    r"""Divide the text of a tree.

    Parameters
    ----------
    text : str
        The text of the tree.
    wanted : collection of str
        Keys of the tree that have wanted values in them, and `WCS` if it has some.

    Returns
    -------
    outline : Outline or None
        None if the text has line breaks that only YAML takes for such.

    Examples
    --------
    >>> from blender_core.readers.outline import outline
    >>> text = "--- !tree\nlog:\n- one\nmeta:\n  target: {ra: 1.5, name: NGC 1}\n"
    >>> outline(text, {"meta"}).pieces
    ['\n  target', '{ra', '1.5, name', 'NGC 1}\n']
    """
    if "\r" in text or (not text.isascii() and any(map(text.__contains__, _OTHER_LINE_BREAKS))):
        return None
    frame: list[str | None] = []
    spans: list[tuple[int, int]] = []
    for key, start, end in _sections(text):
        frame += (key, None if key else text[start:end])
        if key in wanted:
            around = key == "meta" and WCS not in wanted
            spans += _around_wcs(text, start, end) if around else [(start, end)]
    pieces = _BETWEEN.join([text[start:end] for start, end in spans]).split(_COLON)
    return Outline(tuple(frame), spans, pieces)


def _sections(text: str) -> Iterator[tuple[str | None, int, int]]:
    """Give the keys that lines begin with, and where their values are."""
    key, start = None, 0
    for found in _TOP.finditer(text):
        yield key, start, found.start()
        key, start = found[1], found.end()
    yield key, start, len(text)


def _around_wcs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    wcs = _WCS_LINE.search(text, start, end)
    if wcs:
        yield start, wcs.start()
        after = _NEXT_OF_META.search(text, wcs.end(), end)
        start = after.start() if after else end
    yield start, end
