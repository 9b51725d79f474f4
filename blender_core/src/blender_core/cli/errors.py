"""What a command says when it cannot do what it was asked."""

from __future__ import annotations

import errno
import os
import sys
import textwrap
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

import typer

from blender_core.common.advice import Advice, Argument
from blender_core.common.foreign import interruption, tried
from blender_core.common.wording import describe_error, visible
from blender_core.errors import BlenderError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FINDINGS", "CommandError", "drop_output", "in_options", "reported"]

FINDINGS: Final = 1
"""The status of a command that did its work, and found something that its user has to look at."""

_FAILED: Final = 2
# A program that a signal ends has 128 and the number of the signal for its status.
_INTERRUPTED: Final = 128 + 2
_BROKEN_PIPE: Final = 128 + 13
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class CommandError(Exception):
    """A command cannot do what it was asked; the message tells its user why."""


@contextmanager
def reported(debug: bool) -> Iterator[None]:
    """Report what goes wrong within as a message on standard error, and exit."""
    try:
        yield
        sys.stdout.flush()
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        _exit("Interrupted.", _INTERRUPTED, debug)
    except BrokenPipeError:
        drop_output()
        raise typer.Exit(_BROKEN_PIPE) from None
    except (CommandError, BlenderError, OSError) as error:
        _exit(f"Error: {_message(error)}", _FAILED, debug)
    except BaseException as error:
        # Also what would end the program without a word; but not what a handler of a signal asks.
        if interruption(error) is not None:
            raise
        hint = "" if debug else " --debug shows where."
        what = visible(describe_error(error).rstrip(" .:\n"))
        message = f"Error: {what}. This is a fault of the program, please report it.{hint}"
        _exit(message, _FAILED, debug)


def in_options(message: str) -> str:
    """Return a message of the library with options of the command line for what it advises."""
    return message.spelled(_as_option) if isinstance(message, Advice) else message


def _as_option(argument: Argument) -> str:
    """Return the option that does what an argument of the library does."""
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
    # A message of the library may have several lines, one of a command has one.
    return in_options(error.advice) if isinstance(error, BlenderError) else visible(str(error))


def drop_output() -> None:
    """Let go of what cannot be printed: Python would try again when it ends, and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit(message: str, status: int, debug: bool) -> NoReturn:
    trace = ""
    if debug:
        text = tried(traceback.format_exc, fallback="(the traceback cannot be had)\n")
        # Further in than ours, for no line of a text of others to look like one of ours.
        trace = f"{textwrap.indent(text, '  ')}\n"
    sys.stderr.write(f"{trace}{message}\n")
    raise typer.Exit(status) from None
