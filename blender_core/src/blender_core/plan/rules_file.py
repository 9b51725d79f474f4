"""Read overrides from a rules file that is written in TOML."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import format_error
from blender_core.errors import BlenderError, raise_all
from blender_core.plan.toml_lines import LongKeyError, TomlLines
from blender_core.plugins.named_file import NamedFile
from blender_core.plugins.override import Override
from blender_core.plugins.when import OverrideTypeError, OverrideValueError, When

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from blender_core.errors import RulesFileError

_TABLE: Final = "override"
_PROBLEMS: Final[dict[type[Exception], str]] = {
    RecursionError: "it is nested too deep",
    MemoryError: "it takes more memory than there is",
    ValueError: "a number has more digits than Python reads",
}
_KEYS: Final = tuple(field.name for field in dataclasses.fields(Override))
_CONDITIONS: Final = tuple(field.name for field in dataclasses.fields(When))


def read_rules_file(path: str | os.PathLike[str], variable: str | None = None) -> list[Override]:
    """Read the overrides of a rules file in TOML.

    The file has a table ``[[override]]`` for each of them, whose keys are the arguments of
    `Override`; ``when``, ``companions`` and ``parameters`` are tables in it.
    """
    file = NamedFile(Path(path), variable)
    return _RulesFile(file, file.text()).overrides()


class _RulesFile:
    def __init__(self, file: NamedFile, text: str) -> None:
        self._file = file
        try:
            self._lines = TomlLines(text)
        except LongKeyError as error:
            raise self._not_toml(error.line, str(error)) from error
        try:
            self._content = tomllib.loads(text)
        except (ValueError, RecursionError, MemoryError) as error:
            problem = _PROBLEMS.get(type(error)) or format_error(error)
            raise self._not_toml(self._lines.of_error(error), problem) from error

    def overrides(self) -> list[Override]:
        faults: list[BlenderError] = []
        for key in self._content:
            if key != _TABLE:
                remedy = f"a rules file has tables [[{_TABLE}]] and nothing else"
                faults.append(self._fault(f"unknown key: {remedy}", (key,)))
        tables = self._content.get(_TABLE, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            faults.append(self._fault(f"write [[{_TABLE}]], in two brackets", (_TABLE,)))
            tables = []
        overrides = []
        for number, table in enumerate(tables):
            try:
                overrides.append(self._override(number, table))
            except BlenderError as fault:
                faults.append(fault)
        raise_all(f"rules file {self._file} cannot be used", faults)
        return overrides

    def _override(self, number: int, table: dict[str, Any]) -> Override:
        where = (_TABLE, number)
        faults: list[BlenderError] = list(self._unknown(table, _KEYS, where))
        when = table.get("when", {})
        if isinstance(when, dict):
            faults += self._unknown(when, _CONDITIONS, (*where, "when"))
        else:
            problem = 'write the conditions as a table, such as { instrument = "MIRI" }'
            faults.append(self._fault(problem, (*where, "when")))
        if "attribute" not in table:
            faults.append(self._fault("an override needs the key 'attribute'", where))
        raise_all(f"rules file {self._file} cannot be used", faults)
        try:
            conditions = When(**when)
        except (OverrideTypeError, OverrideValueError) as error:
            raise self._refused(error, (*where, "when")) from error
        try:
            return Override(**{**table, "when": conditions})
        except (OverrideTypeError, OverrideValueError) as error:
            raise self._refused(error, where) from error

    def _refused(
        self, error: OverrideTypeError | OverrideValueError, where: tuple[str | int, ...]
    ) -> RulesFileError:
        place = where if error.key is None else (*where, error.key)
        return self._fault(format_error(error), place)

    def _unknown(
        self, table: dict[str, Any], known: tuple[str, ...], where: tuple[str | int, ...]
    ) -> Iterable[RulesFileError]:
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
                yield self._fault(f"unknown key: {hint}", (*where, key))

    def _fault(self, problem: str, where: tuple[str | int, ...]) -> RulesFileError:
        key = where[-1] if isinstance(where[-1], str) else None
        return self._file.fault(problem, line=self._lines.of(where, _TABLE), key=key)

    def _not_toml(self, line: int, problem: str) -> RulesFileError:
        return self._file.fault(f"it is not TOML: {problem}", line=line)
