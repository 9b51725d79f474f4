"""What the lines of a ``.rules`` file ask for, as overrides of Model Blender."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Final

from blender_core import Override
from blender_hst.moments import AS_MOMENTS
from blender_hst.places import DISTORTION, KEPT, MADE, OF_THE_FILE, group_of
from blender_hst.rules_lines import is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blender_hst.rules_lines import Line

__all__ = ["overrides_of"]

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
            reason="the file's own: its name, its arrays and where they point",
        )
        for attribute in (KEPT, *OF_THE_FILE.values())
    ),
    Override(
        attribute=DISTORTION,
        rule="drop",
        optional=True,
        reason="a drizzled image has no distortion",
    ),
    Override(
        attribute=MADE,
        rule="keep",
        optional=True,
        reason="the rules file makes no such keyword",
    ),
)
"""What holds with every file: it is all the rules that there are."""


def overrides_of(lines: Sequence[Line]) -> list[Override]:
    """Return the overrides that do what all lines of a file ask for."""
    return [*_ALWAYS, *_Wishes(lines).overrides()]


class _Wishes:
    """The lines by what they are about: later ones have replaced earlier ones.

    Of functions for one keyword of the header, there are those of its own values and those of
    another keyword's: each counts where there are such values, the later one where there are both.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._own: dict[str, Line] = {}
        self._of_others: dict[str, Line] = {}
        self._columns: dict[str, Line] = {}
        self._deleted: dict[str, Line] = {}
        for line in lines:
            if line.deletes:
                self._deleted[line.name] = line
            elif line.is_column:
                self._columns[line.name] = line
            elif line.name != line.target:
                self._of_others[line.target] = line
            else:
                self._replace_earlier(line)

    def _replace_earlier(self, line: Line) -> None:
        """Leave out the functions of what a later line means as well."""
        replaced = [line.target]
        if is_pattern(line.target):
            replaced = [each for each in self._own if fnmatch.fnmatchcase(each, line.target)]
        for each in replaced:
            self._own.pop(each, None)
        self._own[line.target] = line

    def overrides(self) -> Iterator[Override]:
        """Give an override, or two, for each keyword and pattern that the file names."""
        leaving = self._leaving()
        for name, line in self._columns.items():
            gives_way = name in self._of_others
            own = None if gives_way else self._own.get(name)
            yield self._column(line, own, None if gives_way else leaving.get(name))
        for target, line in self._own.items():
            if target not in self._columns or target in self._of_others:
                other = self._of_others.get(target)
                yield self._value(line, other is not None and other.number > line.number)
        for line in self._of_others.values():
            yield self._value(line)
        for name, line in leaving.items():
            gives_way = name in self._of_others
            if gives_way or name not in self._columns:
                attribute = _giving_way(name) if gives_way else name
                yield Override(
                    attribute=attribute, rule="drop", optional=True, reason=_reason([line])
                )

    def _leaving(self) -> dict[str, Line]:
        """Return what leaves the header: what is deleted, and what has a column alone."""
        columns = {
            line.name if is_pattern(line.name) else line.target.upper(): line
            for line in self._columns.values()
        }
        return {
            name: line
            for name, line in {**columns, **self._deleted}.items()
            if name not in self._own and (is_pattern(name) or group_of(name) == "meta")
        }

    def _column(self, line: Line, value: Line | None, leaving: Line | None) -> Override:
        lines = [line, *filter(None, (value, leaving))]
        rule, missing = _rule_of(value) if value else ("drop" if leaving else None, None)
        renamed = line.target != line.name and not is_pattern(line.name)
        return Override(
            attribute=line.name,
            rule=rule,
            missing=missing,
            record=None if renamed else True,
            column=line.target if renamed else None,
            optional=True,
            reason=_reason(lines),
        )

    def _value(self, line: Line, gives_way: bool = False) -> Override:
        rule, missing = _rule_of(line)
        return Override(
            attribute=_giving_way(line.target) if gives_way else line.target,
            rule=rule,
            missing=missing,
            blend_from=None if line.name == line.target else line.name,
            optional=True,
            reason=_reason([line]),
        )


def _giving_way(keyword: str) -> str:
    """Return a pattern that means one keyword: it gives way to the function of another's values."""
    return f"[{keyword[0]}]{keyword[1:]}"


def _rule_of(line: Line) -> tuple[str, str | None]:
    """Return the rule of a line with a function, and what is to become of missing values."""
    group = "meta" if is_pattern(line.target) else group_of(line.target)
    if group != "meta":
        return ("keep" if group == KEPT else "drop"), None
    function = line.function or ""
    if moments := AS_MOMENTS.get((line.name, line.target, function)):
        return moments, None
    return function, "skip" if function in ("first", "last") else None


def _reason(lines: Iterable[Line]) -> str:
    numbers = sorted({line.number for line in lines})
    return f"line{'s' if len(numbers) > 1 else ''} {' and '.join(map(str, numbers))}"
