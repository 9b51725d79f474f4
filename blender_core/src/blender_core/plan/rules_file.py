"""Read overrides from a rules file, which is written in TOML."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import format_error, preview, visible
from blender_core.errors import BlenderError, RulesFileError, raise_all
from blender_core.formats.files.source_file import read_whole
from blender_core.plan.toml_lines import LongKeyError, TomlLines
from blender_core.plugins.override import Override, OverrideTypeError, OverrideValueError, When

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

__all__ = ["file_name", "read_rules_file"]

_TABLE: Final = "override"
_MOST_BYTES: Final = 4 << 20
"""Overrides for all attributes of JWST many times over, and tomllib reads them in seconds."""
_PROBLEMS: Final[dict[type[Exception], str]] = {
    RecursionError: "it is nested too deep",
    MemoryError: "it takes more memory than there is",
    ValueError: "a number has more digits than Python reads",
}
_KEYS: Final = tuple(field.name for field in dataclasses.fields(Override))
_CONDITIONS: Final = tuple(field.name for field in dataclasses.fields(When))


def read_rules_file(path: str | os.PathLike[str], variable: str | None = None) -> list[Override]:
    """Read the overrides of a rules file.

    The file has a table ``[[override]]`` for each of them, whose keys are the arguments of
    `Override`; ``when``, ``companions`` and ``parameters`` are tables in it.
    """
    path = Path(path)
    name = file_name(path, variable)
    try:
        content = read_whole(path, _MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        msg = f"rules file {name} cannot be read: {reason}"
        raise RulesFileError(msg, path=path, variable=variable) from error
    try:
        # Some editors begin a file with the byte order mark, which is not shown.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        msg = f"rules file {name}, line {line}: it is not UTF-8 text, as TOML is"
        raise RulesFileError(msg, path=path, line=line, variable=variable) from error
    return _RulesFile(path, text.replace("\r\n", "\n"), variable).overrides()


def file_name(path: str | os.PathLike[str], variable: str | None = None) -> str:
    """Return what messages call a rules file."""
    name = visible(str(path))
    return name if variable is None else f"{name} ({variable})"


class _RulesFile:
    def __init__(self, path: Path, text: str, variable: str | None) -> None:
        self._path = path
        self._variable = variable
        self._name = file_name(path, variable)
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
        raise_all(f"rules file {self._name} cannot be used", faults)
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
        raise_all(f"rules file {self._name} cannot be used", faults)
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
        line = self._lines.of(where, _TABLE)
        key = where[-1] if isinstance(where[-1], str) else None
        about = "" if key is None else f", key {preview(key)}"
        msg = f"rules file {self._name}, line {line}{about}: {problem}"
        return RulesFileError(msg, path=self._path, line=line, key=key, variable=self._variable)

    def _not_toml(self, line: int, problem: str) -> RulesFileError:
        msg = f"rules file {self._name}, line {line}: it is not TOML: {problem}"
        return RulesFileError(msg, path=self._path, line=line, variable=self._variable)
