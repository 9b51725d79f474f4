"""Tables as text: as wide as they are, or folded to the width of a terminal."""

from __future__ import annotations

import os
import re
import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP: Final = "  "
_NARROWEST: Final = 8
_WORDS: Final = re.compile(r"\s+|(?:[^\s.-]|[.-](?=[\d\s]))+[.-]*|[.-]+")
"""What is not broken if that can be: parts of a path are words, parts of a number not."""


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
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    room = None if width is None else width - len(_GAP) * (len(widths) - 1)
    if room is not None and sum(widths) > room:
        # Words are broken where there is no room for them only.
        widths = _narrowed(widths, list(map(_longest_word, columns)), room)
        widths = _narrowed(widths, [_NARROWEST] * len(widths), room)
    return "\n".join(
        _GAP.join(cell.ljust(wide) for cell, wide in zip(part, widths, strict=True)).rstrip()
        for line in lines
        for part in _folded(line, widths)
    )


def _longest_word(column: Iterable[str]) -> int:
    return max((len(word) for cell in column for word in _WORDS.findall(cell)), default=0)


def _narrowed(widths: list[int], least: list[int], room: int) -> list[int]:
    """Return widths that have room together, as far as they can: the widest columns give way."""
    widths = [*widths]
    while sum(widths) > room:
        can = [place for place, width in enumerate(widths) if width > least[place]]
        if not can:
            break
        widest = max(widths[place] for place in can)
        for place in can:
            if widths[place] == widest:
                widths[place] -= 1
    return widths


def _folded(line: Sequence[str], widths: Sequence[int]) -> Iterable[Sequence[str]]:
    return zip_longest(*map(_wrapped, line, widths), fillvalue="")


def _wrapped(cell: str, width: int) -> list[str]:
    """Return a text in lines that are no longer than so many characters."""
    if len(cell) <= width:
        return [cell]
    lines = [""]
    for word in _WORDS.findall(cell):
        rest = word
        if len(lines[-1]) + len(rest.rstrip()) > width:
            lines.append("")
            while len(rest.rstrip()) > width:
                lines[-1:] = [rest[:width], ""]
                rest = rest[width:]
        lines[-1] += rest
    return [line.strip() for line in lines if line.strip()]
