"""What a command says when it cannot do what it was asked."""

from __future__ import annotations

import errno
import os
import sys
import textwrap
import traceback
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer

from blender_core.common.advice import Advice, Argument, Extra
from blender_core.common.foreign import class_name, interruption, tried
from blender_core.common.provider import Provider
from blender_core.common.wording import describe_error, visible
from blender_core.errors import BlenderError, BlendErrorGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FINDINGS: Final = 1
"""The status of a command that did its work, and found something that its user has to look at."""

_FAILED: Final = 2
# A program that a signal ends has 128 and the number of the signal for its status.
_INTERRUPTED: Final = 128 + 2
_BROKEN_PIPE: Final = 128 + 13
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class CommandError(Exception):
    """A command cannot do what it was asked; the message tells its user why, in one line.

    ``lines`` are what the user may copy, and stand below it; ``remedy`` is what helps, and stands
    in the message. ``input`` is the file that it is about, and ``provider`` whose plugin.
    """

    def __init__(
        self,
        message: str,
        lines: Sequence[str] = (),
        *,
        remedy: str = "",
        input: Path | str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message)
        self.input = None if input is None else str(input)
        self.provider = provider
        self.lines = tuple(lines)
        self.remedy = remedy or "\n".join(lines)


def refuse(message: str, lines: Sequence[str] = (), **about: Any) -> NoReturn:
    """End a command that cannot do what it was asked: see `CommandError`."""
    raise CommandError(message, lines, **about)


@contextmanager
def reported(debug: bool, as_json: bool = False) -> Iterator[None]:
    """Report what goes wrong within on standard error, as a message or an object, and exit."""
    try:
        yield
        sys.stdout.flush()
    except typer.Exit:
        raise
    except KeyboardInterrupt as error:
        _exit(error, "Interrupted.", _INTERRUPTED, debug, as_json)
    except BrokenPipeError:
        drop_output()
        raise typer.Exit(_BROKEN_PIPE) from None
    except (CommandError, BlenderError, OSError) as error:
        _exit(error, _message(error), _FAILED, debug, as_json)
    except BaseException as error:
        # Also what would end the program without a word; but not what a handler of a signal asks.
        if interruption(error) is not None:
            raise
        hint = "" if debug else " --debug shows where."
        what = visible(describe_error(error).rstrip(" .:\n"))
        message = f"{what}. This is a fault of the program, please report it.{hint}"
        _exit(error, message, _FAILED, debug, as_json)


def in_options(message: str) -> str:
    """Return a message of the library with options of the command line for what it advises."""
    return message.spelled(_as_option) if isinstance(message, Advice) else message


def _as_option(argument: Argument) -> str:
    """Return the option that does what an argument of the library does."""
    if isinstance(argument, Extra):
        return str(argument)
    if argument.name == "later":
        return "--replace-later"
    if argument.name == "remote":
        return " ".join(
            _as_option(Argument(name, value)) for name, value in argument.value.changed.items()
        )
    if argument.name == "overrides":
        rules = argument.value or {}
        return " ".join(["--override", *(f"{path}={rule}" for path, rule in rules.items())])
    option = f"--{argument.name.replace('_', '-')}"
    if argument.value is True:
        return option
    values = argument.value if isinstance(argument.value, tuple) else (argument.value,)
    return " ".join(f"{option} {visible(str(value))}" for value in values)


def _message(error: Exception) -> str:
    if isinstance(error, OSError):
        reason = visible(error.strerror or str(error))
        where = error.filename
        if where is None and error.errno in _NO_ROOM:
            # Of files that it writes the library says which they are.
            drop_output()
            where = "standard output"
        return reason if where is None else f"{visible(str(where))}: {reason}"
    if isinstance(error, CommandError):
        return "\n".join([visible(str(error)), *(f"  {visible(line)}" for line in error.lines)])
    # A message of the library may have several lines.
    return in_options(error.advice) if isinstance(error, BlenderError) else visible(str(error))


def error_object(error: BaseException, message: str | None = None) -> dict[str, Any]:
    """Return what programs read of an error; of several in one, each as well."""
    content: dict[str, Any] = {
        "type": class_name(type(error)),
        "message": message,
        "attribute": None,
        "keyword": None,
        "input": None,
        "provider": None,
        "remedy": None,
    }
    if isinstance(error, CommandError):
        content["message"] = "\n".join([str(error), *error.lines])
        content["remedy"] = error.remedy or None
    if isinstance(error, (BlenderError, CommandError)):
        content["input"] = getattr(error.input, "name", error.input)
        if error.provider is not None:
            content["provider"] = asdict(error.provider)
    if isinstance(error, BlenderError):
        content["message"] = in_options(error.advice)
        content["attribute"], content["keyword"] = error.attribute, error.keyword
        content["remedy"] = "\n".join(map(_as_option, error.remedies)) or None
        for name, value in vars(error).items():
            if name not in content and not name.startswith("_"):
                content[name] = _for_programs(value)
    if isinstance(error, BlendErrorGroup):
        content["errors"] = [error_object(each) for each in error.exceptions]
    return content


def _for_programs(value: Any) -> Any:
    """Return what a program reads of what an error knows beside what all have."""
    if isinstance(value, Provider):
        return asdict(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, str):
        return str(value)
    if type(value) in (list, tuple):
        return [_for_programs(each) for each in value]
    return value


def write_error(error: BaseException, message: str, *, as_json: bool) -> None:
    """Write an error to standard error: for people, or as one line of JSON."""
    if as_json:
        from blender_core.common.json_text import json_text

        sys.stderr.write(json_text({"error": error_object(error, message)}, indent=None) + "\n")
    else:
        sys.stderr.write(f"{message}\n")


def drop_output() -> None:
    """Let go of what cannot be printed: Python would try again when it ends, and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit(error: BaseException, message: str, status: int, debug: bool, as_json: bool) -> NoReturn:
    if debug:
        text = tried(traceback.format_exc, fallback="(the traceback cannot be had)\n")
        # Further in than ours, for no line of a text of others to look like one of ours.
        sys.stderr.write(f"{textwrap.indent(text, '  ')}\n")
    prefix = "" if status == _INTERRUPTED or as_json else "Error: "
    write_error(error, f"{prefix}{message}", as_json=as_json)
    raise typer.Exit(status) from None
