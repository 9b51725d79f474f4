"""Tables as text: as wide as they are, or folded to the width of a terminal."""

from __future__ import annotations

import os
import sys
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["terminal_width", "text_table"]

_GAP: Final = "  "
_NARROWEST: Final = 8


def terminal_width() -> int | None:
    """Return how many characters a line of the terminal has; None if the output is no terminal.

    Elsewhere, a row of a table is one line, for programs to find things in.
    """
    try:
        return os.get_terminal_size().columns or None if sys.stdout.isatty() else None
    except (AttributeError, OSError, ValueError):  # there is none, or it is closed
        return None


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]], width: int | None = None) -> str:
    """Return rows as lines of text, with columns under each other.

    Where they are wider than they may be, cells go on in the line below.
    """
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if width is not None:
        widths = _narrowed(widths, width - len(_GAP) * (len(widths) - 1))
    return "\n".join(
        _GAP.join(cell.ljust(wide) for cell, wide in zip(part, widths, strict=True)).rstrip()
        for line in lines
        for part in _folded(line, widths)
    )


def _narrowed(widths: list[int], room: int) -> list[int]:
    """Return widths that have room together: the widest columns give way, down to a limit."""
    widths = [*widths]
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = max(widths)
        next_widest = max((each for each in widths if each < widest), default=_NARROWEST)
        places = [place for place, each in enumerate(widths) if each == widest]
        too_much = -(-(sum(widths) - room) // len(places))
        for place in places:
            widths[place] = max(widest - too_much, next_widest, _NARROWEST)
    return widths


def _folded(line: Sequence[str], widths: Sequence[int]) -> Iterable[Sequence[str]]:
    if all(len(cell) <= width for cell, width in zip(line, widths, strict=True)):
        return [line]
    cells = [
        textwrap.wrap(cell, width, break_on_hyphens=False) if len(cell) > width else [cell]
        for cell, width in zip(line, widths, strict=True)
    ]
    return zip_longest(*cells, fillvalue="")
