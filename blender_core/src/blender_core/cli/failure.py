"""What a command says when it cannot do what it was asked."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

from blender_core.errors import BlenderError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CommandError", "reported"]

_STATUS: Final = 2


class CommandError(Exception):
    """A command cannot do what it was asked; the message tells its user why, in one line."""


@contextmanager
def reported(debug: bool) -> Iterator[None]:
    """Report what goes wrong within as a line on standard error, and exit.

    Errors that nobody foresaw pass: their traceback is what a report of them needs.

    Parameters
    ----------
    debug : bool
        Whether to show the traceback, too.

    Raises
    ------
    typer.Exit
        With status 2, if something went wrong.
    """
    try:
        yield
    except (CommandError, BlenderError, OSError) as error:
        if debug:
            typer.echo(traceback.format_exc(), err=True)
        typer.echo(f"Error: {_line(error)}", err=True)
        raise typer.Exit(_STATUS) from error


def _line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
