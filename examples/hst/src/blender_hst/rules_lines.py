"""The lines of a ``.rules`` file: what each asks for, or what is wrong with it.

A line has a keyword, perhaps a second name, perhaps a function. A keyword alone, or with a name,
asks for a column of HDRTAB; with a name and a function, for a value of the header. ``<delete>``
before a keyword, or before ``/`` and the title of a section, takes these out of the header.
"""

from __future__ import annotations

import difflib
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core import BlenderError, BlendErrorGroup, BlendWarning, RulesFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["FUNCTIONS", "MOST_LINES", "Line", "instrument_in", "is_pattern", "read_lines"]

FUNCTIONS: Final = (
    "first",
    "last",
    "min",
    "max",
    "mean",
    "sum",
    "stddev",
    "multi",
    "multi?",
    "zero",
    "int_one",
    "float_one",
)
"""Each of them is a rule of the same name."""

_DELETE: Final = "<delete>"
_LONGEST: Final = 400
MOST_LINES: Final = 5_000
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,68}")
_PATTERN: Final = re.compile(r"[A-Za-z0-9_*?-]{1,68}")
_COMMAND: Final = re.compile(r"!\s*(?P<name>\w+)\s*=\s*(?P<value>.*)")
_KNOWN_COMMANDS: Final = ("VERSION", "INSTRUMENT")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line asks for.

    `name` is a keyword, a pattern for keywords, or ``/`` and the title of a section. It is deleted,
    or gets the column or the header's keyword `target`: the latter if there is a function.
    """

    number: int
    name: str
    target: str = ""
    function: str | None = None
    deletes: bool = False

    @property
    def is_column(self) -> bool:
        """Whether it asks for a column."""
        return self.function is None and not self.deletes


def is_pattern(name: str) -> bool:
    """Tell whether a name means several keywords."""
    return name.startswith("/") or "*" in name or "?" in name


def read_lines(path: Path, text: str) -> list[Line]:
    """Return what a file asks for, line by line; all that is wrong with it is one error."""
    faults: list[RulesFileError] = []
    lines: list[Line] = []
    blank: list[int] = []
    for number, raw in enumerate(_lines(text), start=1):
        if number > MOST_LINES:
            faults.append(_fault(path, number, f"it has more than {MOST_LINES:,} lines"))
            break
        if len(raw) > _LONGEST:
            problem = f"it has {len(raw):,} characters, where a line has {_LONGEST} at most"
            faults.append(_fault(path, number, problem))
            continue
        line = raw.partition("#")[0].rstrip()
        if not line:
            continue
        if line[0] == " ":
            blank.append(number)
            continue
        try:
            lines += _read(path, number, line)
        except RulesFileError as fault:
            faults.append(fault)
    if not faults and not any(line.is_column for line in lines):
        problem = (
            "it asks for no column of HDRTAB: give it a line with a keyword alone, such as ROOTNAME"
        )
        faults.append(_fault(path, None, problem))
    renamed = _renamed(lines)
    faults += _columns_of_two(path, lines)
    _raise_all(path, faults)
    if blank:
        warnings.warn(_of_blanks(path, blank), stacklevel=2)
    for earlier, later in renamed:
        warnings.warn(_of_renamed(path, earlier, later), stacklevel=2)
    return lines


def instrument_in(text: str) -> str | None:
    """Return the instrument that a file says to be for; the last one, if it says several."""
    commands = (_COMMAND.fullmatch(line.partition("#")[0].rstrip()) for line in _lines(text))
    said = [each["value"] for each in commands if each and each["name"].upper() == "INSTRUMENT"]
    return (said[-1].strip() or None) if said else None


def _lines(text: str) -> list[str]:
    """Return the lines of a text, whatever machine it was written on."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _renamed(lines: Iterable[Line]) -> list[tuple[Line, Line]]:
    """Return the columns that a later line gives another name, with that line."""
    by_keyword: dict[str, Line] = {}
    pairs = []
    for line in lines:
        if line.is_column:
            earlier = by_keyword.get(line.name)
            if earlier is not None and earlier.target != line.target:
                pairs.append((earlier, line))
            by_keyword[line.name] = line
    return pairs


def _columns_of_two(path: Path, lines: Iterable[Line]) -> Iterator[RulesFileError]:
    """Tell of the columns that two keywords have, of whose lines the last ones count."""
    columns = {line.name: line for line in lines if line.is_column and not is_pattern(line.name)}
    owners: dict[str, Line] = {}
    for line in columns.values():
        # The FITS standard compares names of columns without case.
        owner = owners.setdefault(line.target.casefold(), line)
        if owner is not line:
            one, other = sorted((owner, line), key=lambda each: each.number)
            problem = f"the column {other.target} is that of {one.name} in line {one.number}"
            yield _fault(path, other.number, problem, other.name)


def _read(path: Path, number: int, line: str) -> Iterator[Line]:
    if line.startswith("!"):
        _check_command(path, number, line)
        return
    deletes = line.startswith(_DELETE)
    if deletes:
        line = line.removeprefix(_DELETE).strip()
    words = line.split()
    if not deletes and words[0].startswith("<"):
        raise _fault(path, number, f"{words[0]} is no command: there is {_DELETE}", words[0])
    if not words:
        raise _fault(path, number, f"{_DELETE} is followed by a keyword, or by / and a section")
    if line.startswith("/"):
        title = " ".join(line[1:].split())
        if not title:
            raise _fault(path, number, "/ is followed by the title of a section")
        yield Line(number, f"/ {title}", deletes=deletes)
        return
    name = words[0].upper()
    if not _PATTERN.fullmatch(name):
        raise _fault(path, number, f"{words[0]!r} is no keyword", words[0])
    if deletes:
        if len(words) > 1:
            raise _fault(path, number, f"{_DELETE} is for one keyword a line", name)
        yield Line(number, name, deletes=True)
        return
    yield _rule(path, number, name, words)


def _rule(path: Path, number: int, name: str, words: list[str]) -> Line:
    """Return what a line with a keyword asks for."""
    target, function = (*words[1:], "", "")[:2]
    target = target or name
    if len(words) > 3:
        problem = f"{' '.join(words[2:])!r} is no function: {_known()}"
        raise _fault(path, number, problem, name)
    if function and function not in FUNCTIONS:
        close = difflib.get_close_matches(function.lower(), FUNCTIONS, n=1)
        hint = f"did you mean {close[0]}?" if close else _known()
        raise _fault(path, number, f"{function!r} is no function: {hint}", name)
    if is_pattern(name):
        # What a pattern means keeps its name, whatever stands beside it.
        return Line(number, name, name, function or None)
    if not _NAME.fullmatch(target):
        raise _fault(path, number, f"{target!r} is no name of a keyword or column", name)
    if not function and target in FUNCTIONS:
        problem = f"{target!r} would name a column: for the function, write {name} {name} {target}"
        raise _fault(path, number, problem, name)
    return Line(number, name, target.upper() if function else target, function or None)


def _check_command(path: Path, number: int, line: str) -> None:
    match = _COMMAND.fullmatch(line)
    if match is None:
        raise _fault(path, number, f"{line!r} is no command, such as !VERSION = 1.1")
    name, value = match["name"].upper(), match["value"].strip()
    if name not in _KNOWN_COMMANDS:
        known = " and ".join(f"!{each}" for each in _KNOWN_COMMANDS)
        raise _fault(path, number, f"!{match['name']} is no command: there are {known}")
    if name == "VERSION" and not re.fullmatch(r"\d+(?:\.\d*)?", value):
        raise _fault(path, number, f"{value!r} is no number of a version, such as 1.1")


def _known() -> str:
    return f"there are {', '.join(FUNCTIONS)}"


def _of_blanks(path: Path, numbers: list[int]) -> BlendWarning:
    shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
    lines = "line" if len(numbers) == 1 else "lines"
    begin = "begins" if len(numbers) == 1 else "begin"
    return BlendWarning(
        f"rules file {path}: {lines} {shown} {begin} with a blank and "
        f"{'is' if len(numbers) == 1 else 'are'} passed over, as blendheaders does: begin a rule "
        "at the margin, and a remark with #"
    )


def _of_renamed(path: Path, earlier: Line, later: Line) -> BlendWarning:
    return BlendWarning(
        f"rules file {path}: {later.name} has the column {later.target}, by line {later.number}, "
        f"and not {earlier.target}, by line {earlier.number}: a keyword has one column"
    )


def _fault(path: Path, line: int | None, problem: str, key: str | None = None) -> RulesFileError:
    return RulesFileError(problem, path=path, line=line, key=key)


def _raise_all(path: Path, faults: list[RulesFileError]) -> None:
    if len(faults) == 1:
        raise faults[0]
    if faults:
        all_of_them: list[BlenderError] = [*faults]
        msg = f"rules file {path} cannot be used"
        raise BlendErrorGroup(msg, all_of_them)
