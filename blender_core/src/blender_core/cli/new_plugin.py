"""The command ``new-plugin``: a distribution with a plugin, to begin with."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import Annotated

from blender_core.cli import options
from blender_core.cli.options import argument, flag, option


def new_plugin(
    name: Annotated[
        str, argument("NAME", "Name of the distribution, and of the folder: acme-rules.")
    ],
    rule: Annotated[
        str | None,
        option("RULE", "With a rule of this name. It has one if nothing is asked for.", "--rule"),
    ] = None,
    reader: Annotated[
        bool, flag("With a reader for FITS files of another telescope, and a product.", "--reader")
    ] = False,
    overrides: Annotated[
        str | None,
        option("INSTRUMENT", "With an override for an instrument of JWST.", "--overrides"),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Write a plugin to begin with, ready to test and to publish.

    Its tests, ruff and mypy pass at once, and the commands to run them are printed.
    """
    from blender_core.cli.console import Output
    from blender_core.cli.formatting import print_json
    from blender_core.cli.new_plugin_files import PluginFiles

    plugin = PluginFiles(name, rule=rule, reader=reader, instrument=overrides)
    paths = plugin.write(Path(name))
    commands = [
        f"cd {name}",
        "python -m pip install --group dev --editable .  # pip 25.1 or later",
        "python -m pytest",
        "ruff check .",
        "mypy",
        f"model-blender check --plugin {name}" if overrides else "model-blender plugins",
    ]
    if as_json:
        print_json(
            {
                "distribution": plugin.distribution,
                "package": plugin.package,
                "files": list(map(str, paths)),
                "commands": commands,
            }
        )
        return
    output = Output()
    output.text(f"{name} is a plugin now: {plugin.contents}. Next:")
    for command in commands:
        output.lines(f"  {command}")
