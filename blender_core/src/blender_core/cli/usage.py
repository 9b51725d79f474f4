"""How a command says what it takes, in the words of the field."""

from __future__ import annotations

import re
from typing import Any, Final

from typer.core import TyperCommand

__all__ = ["Command"]

# Typer adds the types of Python to the names of arguments, and braces to those that are required.
_TYPE: Final = re.compile(r"^(  [A-Z]+) <\w+(?:\[\w+\])?>", re.MULTILINE)
_REQUIRED: Final = re.compile(r"\{([A-Z]+)\}")


class Command(TyperCommand):
    """A command whose help has the names of arguments without types of Python."""

    def get_help(self, ctx: Any) -> str:
        """Return what ``--help`` prints."""
        text: str = super().get_help(ctx)
        return _REQUIRED.sub(r"\1", _TYPE.sub(_blank, text))

    def get_usage(self, ctx: Any) -> str:
        """Return what is printed before an error about the arguments."""
        text: str = super().get_usage(ctx)
        return _REQUIRED.sub(r"\1", text)


def _blank(found: re.Match[str]) -> str:
    return found[1].ljust(len(found[0]))
