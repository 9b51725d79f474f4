"""The command ``model-blender`` and its subcommands.

A module of a command imports what is heavy in its functions, so that ``--help`` answers at once.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from blender_core.cli.amend import amend
from blender_core.cli.bash_words import in_whole_words
from blender_core.cli.blend import blend
from blender_core.cli.check import check
from blender_core.cli.command import as_command
from blender_core.cli.demo import demo
from blender_core.cli.diff import diff
from blender_core.cli.errors import write_error
from blender_core.cli.explain import explain
from blender_core.cli.new_plugin import new_plugin
from blender_core.cli.plan import plan
from blender_core.cli.plugins import plugins
from blender_core.cli.preview import preview
from blender_core.cli.report import report
from blender_core.cli.rules import rules
from blender_core.cli.streams import visible_streams
from blender_core.cli.table import table

# Typer adds the types of Python to the names of arguments, and braces to those that are required.
_TYPE: Final = re.compile(r"^(  [A-Z]+) <\w+(?:\[\w+\])?>", re.MULTILINE)
_REQUIRED: Final = re.compile(r"\{([A-Z]+)\}")

_COMPLETE: Final = "_MODEL_BLENDER_COMPLETE"
"""By this variable of the environment, typer lets a shell ask for completion."""
_INSTALL: Final = "--install-completion"
_JSON: Final = "--json"
_AS_JSON: Final = "blender_core.as_json"
"""By this name, a command's context says whether JSON is asked for."""


class _Command(TyperCommand):
    """A command whose help has the names of arguments without types of Python."""

    def get_help(self, ctx: Any) -> str:
        text: str = super().get_help(ctx)
        text = _TYPE.sub(lambda match: match[1].ljust(len(match[0])), text)
        return _REQUIRED.sub(r"\1", text)

    def get_usage(self, ctx: Any) -> str:
        text: str = super().get_usage(ctx)
        return _REQUIRED.sub(r"\1", text)


class _Commands(TyperGroup):
    """All commands, whose output shows what is invisible: that of typer itself, too."""

    def main(self, *args: Any, **settings: Any) -> Any:
        with visible_streams(), in_whole_words(_COMPLETE):
            return super().main(*args, **settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[_AS_JSON] = _JSON in args
        if _INSTALL in args:  # typer's own message has colours
            ctx.color = False
        with _usage_errors(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with _usage_errors(ctx):
            return super().invoke(ctx)


@contextmanager
def _usage_errors(context: Any) -> Iterator[None]:
    """Report what typer refuses as other errors are, for programs that ask for JSON."""
    try:
        yield
    except Exception as error:
        # Typer 0.29 has names for its errors, which earlier ones have not.
        format_message = getattr(error, "format_message", None)
        if format_message is None or not context.meta[_AS_JSON]:
            raise
        write_error(error, format_message(), as_json=True)
        raise typer.Exit(getattr(error, "exit_code", 2)) from None


app = typer.Typer(
    name="model-blender",
    cls=_Commands,
    no_args_is_help=True,
    # Errors of the user get one line; those of the program a traceback that can be sent on.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    # Without a say on colours, typer takes those that a file name has out of it (typer 0.29).
    context_settings={"help_option_names": ["-h", "--help"], "color": True},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from blender_core.common.provider import engine_version

        typer.echo(f"model-blender {engine_version()}")
        raise typer.Exit


@app.callback()
def _model_blender(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Blend the metadata of many exposures into that of one product.

    Rules decide what the product says; plugins bring the rules. The product keeps a table,
    HDRTAB, of what every exposure said.

    The status is 0 if all went well, 1 if something was found that wants a look (by check and
    diff), and 2 if a command could not do what it was asked.
    """


_COMMANDS: Final = (
    *(blend, preview, amend, plan, check, rules, plugins),
    *(explain, table, diff, report, demo, new_plugin),
)
for _command in _COMMANDS:
    app.command(cls=_Command)(as_command(_command))
