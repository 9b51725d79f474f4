"""A rules file that somebody names, and how its faults are told, whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import bounded
from blender_core.common.plain_values import plain_scalar
from blender_core.common.wording import format_error, preview, visible
from blender_core.errors import BlendErrorGroup, RulesFileError
from blender_core.formats.files.source_file import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from blender_core.common.provider import Provider

_TOML: Final = ".toml"
_MOST_BYTES: Final = 4 << 20
"""Overrides for all attributes of JWST many times over, and tomllib reads them in seconds."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """The path of a rules file, and the environment variable that names it, if one does."""

    path: Path
    variable: str | None = None

    def __str__(self) -> str:
        return self.as_read_by(None)

    @property
    def is_toml(self) -> bool:
        """Whether it is the engine's by its name, so that no plugin is asked."""
        return self.path.suffix.lower() == _TOML

    def text(self) -> str:
        """Return what is in it, whatever the machine that it was written on ends lines with."""
        try:
            content = read_whole(self.path, _MOST_BYTES)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            msg = f"rules file {self} cannot be read: {reason}"
            raise RulesFileError(msg, path=self.path, variable=self.variable) from error
        try:
            # Some editors begin a file with the byte order mark, which is not shown.
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problem = "it is not UTF-8 text, as rules files are"
            raise self.fault(problem, line=line) from error
        # The parser of TOML refuses it by itself, and plugins need not think of it.
        if "\0" in text and not self.is_toml:
            line = text[: text.index("\0")].count("\n") + 1
            problem = "it is not text: there is a zero byte"
            raise self.fault(problem, line=line)
        return text.replace("\r\n", "\n")

    def as_read_by(self, provider: Provider | None) -> str:
        """Return what plans and messages call it, with the plugin that reads it, if one does."""
        name = visible(str(self.path))
        sources = ", ".join(str(each) for each in (self.variable, provider) if each is not None)
        return f"{name} ({sources})" if sources else name

    def fault(
        self,
        problem: str,
        *,
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
        provider: Provider | None = None,
    ) -> RulesFileError:
        """Return the error that tells a fault, with its place."""
        places = [f"rules file {self.as_read_by(provider)}"]
        places += [f"line {line}"] if line is not None else []
        places += [f"column {column}"] if column is not None else []
        places += [f"key {preview(key)}"] if key is not None else []
        return RulesFileError(
            f"{', '.join(places)}: {problem}",
            path=self.path,
            line=line,
            column=column,
            key=key,
            variable=self.variable,
            provider=provider,
        )

    def faults_found_by(self, provider: Provider, error: BaseException) -> Iterator[RulesFileError]:
        """Give the faults that a plugin tells, as the engine's own errors, or raise what is none.

        The error is the plugin's, and so is whatever looking at it raises.
        """
        if issubclass(type(error), BlendErrorGroup):
            for each in bounded(error.exceptions):  # type: ignore[attr-defined]
                yield from self.faults_found_by(provider, each)
            return
        if not isinstance(error, RulesFileError):
            raise error
        fault = self.fault(
            format_error(error),
            line=_number(error, "line"),
            column=_number(error, "column"),
            key=_text(error.key),
            provider=provider,
        )
        fault.__cause__ = error
        yield fault


def _number(error: RulesFileError, name: str) -> int | None:
    value: Any = getattr(error, name)
    number = plain_scalar(value)
    if value is not None and (type(number) is not int or number < 1):
        msg = f"{name} of a RulesFileError is a number, counted from 1, not {preview(value)}"
        raise TypeError(msg)
    return number  # type: ignore[return-value]


def _text(key: Any) -> str | None:
    text = plain_scalar(key)
    if key is not None and type(text) is not str:
        msg = f"key of a RulesFileError is a str, not {preview(key)}"
        raise TypeError(msg)
    return text  # type: ignore[return-value]
