"""The command ``model-blender`` and its subcommands.

A module of a command imports what is heavy in its functions, so that ``--help`` answers at once.
"""

from typing import Annotated

import typer

from blender_core.cli.amend import amend
from blender_core.cli.blend import blend
from blender_core.cli.check import check
from blender_core.cli.demo import demo
from blender_core.cli.diff import diff
from blender_core.cli.explain import explain
from blender_core.cli.plan import plan
from blender_core.cli.plugins import plugins, rules
from blender_core.cli.report import report
from blender_core.cli.table import table
from blender_core.cli.usage import Command

__all__ = ["app"]

app = typer.Typer(
    name="model-blender",
    no_args_is_help=True,
    # Errors of the user get one line; those of the program a traceback that can be sent on.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"model-blender {version('blender-core')}")
        raise typer.Exit


@app.callback()  # and so `demo` is a subcommand even while there is no other
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


app.command(cls=Command)(blend)
app.command(cls=Command)(amend)
app.command(cls=Command)(plan)
app.command(cls=Command)(check)
app.command(cls=Command)(rules)
app.command(cls=Command)(plugins)
app.command(cls=Command)(explain)
app.command(cls=Command)(table)
app.command(cls=Command)(diff)
app.command(cls=Command)(report)
app.command(cls=Command)(demo)
