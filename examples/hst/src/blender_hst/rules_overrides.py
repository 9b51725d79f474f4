"""What the lines of a ``.rules`` file ask for, as overrides of Model Blender.

A function wins over a deletion and over the column that a keyword has alone, and a later function
over an earlier one; so does that of a later file. `Override.precedence` says so.
"""

from __future__ import annotations

import dataclasses
import fnmatch
from typing import TYPE_CHECKING, Final

from blender_core import Override, When
from blender_hst.moments import AS_MOMENTS
from blender_hst.places import (
    DISTORTION,
    EACH,
    HDUS,
    KEPT,
    MADE_KEYWORDS,
    OF_THE_FILE,
    group_of,
    path_of,
)
from blender_hst.rules_lines import MOST_LINES, is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blender_hst.rules_lines import Line

__all__ = ["overrides_of"]

_LEAVING: Final = 1
_FIRST_LINE: Final = 2
_BEYOND_ALL: Final = 1_000_000_000
_OF_EXPOSURES: Final = ("PRIMARY", "SCI", "ERR", "DQ")

_ALWAYS: Final = (
    Override(
        attribute="meta.**",
        rule="first",
        record=False,
        reason="the rules file has no rule for it: the first input's",
    ),
    *(
        Override(
            attribute=attribute,
            rule="keep",
            optional=True,
            precedence=_BEYOND_ALL,
            reason="the file's own: its name, its arrays and where they point",
        )
        for attribute in (KEPT, *OF_THE_FILE.values(), EACH)
    ),
    Override(
        attribute=path_of("PRIMARY", "TELESCOP"),
        rule="first",
        missing="skip",
        optional=True,
        precedence=_BEYOND_ALL,
        reason="without it, a file is not known to be of HST",
    ),
    Override(
        attribute=DISTORTION,
        rule="drop",
        optional=True,
        precedence=_BEYOND_ALL,
        reason="a drizzled image has no distortion",
    ),
    *(
        Override(
            attribute=path_of("PRIMARY", keyword),
            rule="first",
            blend_from=path_of("PRIMARY", keyword),
            optional=True,
            reason="the rules file makes no such keyword: the first input's own, if it has any",
        )
        for keyword in MADE_KEYWORDS
    ),
)
"""What holds with every file: it is all the rules that there are."""


def overrides_of(
    lines: Sequence[Line], number: int = 0, instrument: str | None = None
) -> list[Override]:
    """Return the overrides that do what all lines of a file ask for.

    The file has a number among several, and may speak for one instrument: then it holds for all
    inputs if one of them is of that.
    """
    overrides = [*_ALWAYS, *_asked_for(lines, number * MOST_LINES)]
    if instrument is None:
        return overrides
    when = When(instrument=instrument)
    return [dataclasses.replace(each, when=when, for_all=True) for each in overrides]


def _asked_for(lines: Sequence[Line], n_before: int) -> Iterator[Override]:
    """Give an override for each column, for each function, and for what leaves the header."""
    # Of lines that ask for the same, the last one counts.
    columns = {line.name: line for line in lines if line.is_column}
    leaving = {
        (line.name if is_pattern(line.name) else line.target.upper()): line
        for line in columns.values()
    }
    leaving |= {line.name: line for line in lines if line.deletes}
    functions = {(line.name, line.target): line for line in lines if line.function is not None}
    for line in columns.values():
        if line.name not in leaving or line.target != line.name:
            yield _column(line, n_before)
    for name, line in leaving.items():
        yield Override(
            attribute=name,
            rule="drop",
            record=True if name in columns and columns[name].target == name else None,
            optional=True,
            precedence=_LEAVING,
            reason=f"line {line.number}",
        )
    for line in functions.values():
        # What a file has of its own, nobody else's values replace.
        if line.name == line.target or group_of(line.target) == "meta":
            yield from _values(line, n_before)


def _column(line: Line, n_before: int) -> Override:
    is_renamed = line.target != line.name and not is_pattern(line.name)
    return Override(
        attribute=line.name,
        record=None if is_renamed else True,
        column=line.target if is_renamed else None,
        optional=True,
        precedence=_FIRST_LINE + n_before + line.number,
        reason=f"line {line.number}",
    )


def _values(line: Line, n_before: int) -> Iterator[Override]:
    """Give the overrides of a line with a function; one for each made keyword that it means."""
    function = line.function or ""
    override = Override(
        attribute=line.target,
        rule=AS_MOMENTS.get((line.name, line.target, function), function),
        missing="skip" if function in ("first", "last") else None,
        blend_from=None if line.name == line.target else line.name,
        optional=True,
        precedence=_FIRST_LINE + n_before + line.number,
        reason=f"line {line.number}",
    )
    if line.name == line.target:
        # Such rules are for what inputs have themselves, and not for what is made of others.
        if line.name not in MADE_KEYWORDS:
            yield override
        for keyword in fnmatch.filter(MADE_KEYWORDS, line.name):
            yield dataclasses.replace(override, attribute=keyword, blend_from=keyword)
    elif all(path_of(hdu, line.name) == f"meta.{group}.{line.name}" for hdu, group in HDUS.items()):
        yield override
    else:
        # What it gives is beside other keywords, and not in the group that it is from.
        for hdu in _OF_EXPOSURES:
            source, target = path_of(hdu, line.name), path_of(hdu, line.target)
            yield dataclasses.replace(override, attribute=target, blend_from=source)
