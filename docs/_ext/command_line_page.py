"""Write what every command says of itself into the reference, so that it cannot be out of date."""

import os
from pathlib import Path

import typer
from typer.testing import CliRunner

from blender_core.cli.app import app as command_line


def write_command_line(app):
    """Write the help of each command, as it is on a terminal of 80 characters."""
    os.environ["COLUMNS"] = "80"
    lines = []
    for name in typer.main.get_command(command_line).commands:
        shown = CliRunner().invoke(command_line, [name, "--help"], prog_name="model-blender")
        lines += [f"``{name}``", "-" * (len(name) + 4), "", ".. code-block:: text", ""]
        lines += [f"   {line}".rstrip() for line in shown.output.rstrip().splitlines()] + [""]
    target = Path(app.srcdir) / "reference" / "command_line.inc"
    target.write_text("\n".join(lines), encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", write_command_line)
    return {"parallel_read_safe": True}
