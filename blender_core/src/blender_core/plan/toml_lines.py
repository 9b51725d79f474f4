"""In which line of a TOML text something begins: found by going through the text once.

The parser of Python tells no places, and its errors tell theirs as words only (until 3.14).
"""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# Whatever the text: each token begins where the one before ended, and no character is in two. Texts
# in quotes that have no end reach to the end of their line, or of all.
_TOKEN: Final = re.compile(
    r'''
      \n | [^\S\n]++ | \#[^\n]*+
    | """(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*+(?:"{3,5}|\\?\Z) | "(?:[^"\\\n]|\\[^\n])*+"?
    | \'\'\'(?:[^']|'{1,2}(?!'))*+(?:'{3,5}|\Z) | '[^'\n]*+'?
    | [\[\]{}=,] | [^\s\#"'\[\]{}=,]++
    ''',
    re.VERBOSE,
)
_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)\Z")
_MOST_PARTS: Final = 100
"""The parts of a dotted key: tomllib takes a time that grows with their square (Python 3.11)."""


class LongKeyError(ValueError):
    """A key has more parts than any that means something."""

    def __init__(self, line: int) -> None:
        super().__init__(f"a key has more than {_MOST_PARTS} parts")
        self.line = line


class _Statement(NamedTuple):
    """A table's header, or a key with its value."""

    line: int
    head: str
    """The header, or the key."""
    is_value: bool


class TomlLines:
    """The statements of a text, each with the line that it begins in, counted from 1.

    Of a text that is not TOML, those before the fault, and the one with the fault, are told right.
    """

    def __init__(self, text: str) -> None:
        self._statements: list[_Statement] = []
        self._deepest = 1
        """The line of the statement that is nested deepest."""
        self._longest = 1
        """The line with the longest number, or other word."""
        self._unclosed = math.inf
        """The line of the first text in single quotes that lacks the second one."""
        line, begins, depth, deepest, longest, n_dots = 1, 1, 0, 0, 0, 0
        start: int | None = None
        end = equals = 0
        for match in _TOKEN.finditer(text):
            token = match[0]
            kind = token[0]
            if kind == "\n" and not depth and start is not None:
                head = text[start : equals or end]
                self._statements.append(_Statement(begins, head, equals > 0))
                start = None
            if kind in "\n,=[{]}":
                n_dots = 0
            if kind != "#" and not token.isspace():
                if start is None:
                    start, begins, equals = match.start(), line, 0
                end = match.end()
                if kind == "=" and not depth and not equals:
                    equals = match.start()
                elif kind in "[{":
                    depth += 1
                    if depth > deepest:
                        deepest, self._deepest = depth, begins
                elif kind in "]}":
                    depth = max(0, depth - 1)
                elif kind == "'" and not token[1:].endswith(kind):
                    self._unclosed = min(self._unclosed, begins)
                elif kind not in "\"'":
                    if len(token) > longest:
                        longest, self._longest = len(token), line
                    n_dots += token.count(".")
                    if n_dots >= _MOST_PARTS:
                        raise LongKeyError(begins)
            line += token.count("\n")
        if start is not None:
            head = text[start : equals or end]
            self._statements.append(_Statement(begins, head, equals > 0))
        self._places: _Places | None = None

    def of_error(self, error: Exception) -> int:
        """Return the line of the statement that tomllib cannot read."""
        if isinstance(error, RecursionError):
            return self._deepest
        if not isinstance(error, tomllib.TOMLDecodeError):
            return self._longest
        place = _PLACE.search(str(error))
        # At the end of the document, say those that a text without an end has swallowed.
        at = self._unclosed if place is None else int(place[1])
        return max((each.line for each in self._statements if each.line <= at), default=1)

    def of(self, where: Sequence[str | int], array: str) -> int:
        """Return the line in which something of a valid text begins, by the keys that lead to it.

        The second of them may be a number, of the tables of an array on the top.
        """
        if self._places is None:
            self._places = _places(self._statements, array)
        lines, values = self._places
        path = tuple(where)
        if path in lines:
            return lines[path]
        # Within a value.
        within = (path[:i] for i in range(len(path) - 1, 0, -1))
        return next((values[group] for group in within if group in values), 1)


_Places = tuple[dict[tuple[Any, ...], int], dict[tuple[Any, ...], int]]
_LONGEST_PATH: Final = 4


def _places(statements: Sequence[_Statement], array: str) -> _Places:
    """Return where groups and values begin, and where values do that may have others in them."""
    lines: dict[tuple[Any, ...], int] = {}
    values: dict[tuple[Any, ...], int] = {}
    table: tuple[Any, ...] = ()
    number = -1
    for line, head, is_value in statements:
        path: tuple[Any, ...] = _path(f"{head} = 0" if is_value else head)
        if is_value:
            path = (*table, *path)
            values.setdefault(path, line)
        else:
            if path == (array,) and head.startswith("[["):
                number += 1
            if path[0] == array and number >= 0:
                path = (array, number, *path[1:])
            table = path
        for i in range(1, min(len(path), _LONGEST_PATH) + 1):
            lines.setdefault(path[:i], line)
    return lines, values


def _path(statement: str) -> tuple[str, ...]:
    """Return the keys that a statement names."""
    path = []
    content: Any = tomllib.loads(statement)
    while content:
        if isinstance(content, list):
            (content,) = content
        else:
            ((key, content),) = content.items()
            path.append(key)
    return tuple(path)
