"""The options that commands have in common, and what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blender_core.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.plugins.override import Override

__all__ = [
    "All",
    "AsJson",
    "Block",
    "Debug",
    "Detector",
    "ExpType",
    "File",
    "Ignore",
    "Instrument",
    "Model",
    "Overrides",
    "Product",
    "Quiet",
    "Rules",
    "names_in",
    "overrides_of",
]

All = Annotated[
    bool,
    typer.Option("--all", help="Show the values that stay as they are, too."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs to read.")]
Block = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PLUGIN",
        show_default=False,
        help="Leave out an installed plugin, by its name or its distribution's. Repeatable.",
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Detector = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        show_default=False,
        help="The detector, for overrides that hold for one only. A file tells.",
    ),
]
ExpType = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        show_default=False,
        help="The type of exposure, for overrides that hold for one only. A file tells.",
    ),
]
File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        show_default=False,
        help="An exposure.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ATTR",
        show_default=False,
        help="Leave the product its own values of attributes whose paths begin so. Repeatable.",
    ),
]
Instrument = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        show_default=False,
        help="The instrument, for overrides that hold for one only. A file tells.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="CLASS",
        show_default=False,
        help="A class of stdatamodels.jwst.datamodels, such as ImageModel.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        metavar="ATTR=RULE",
        show_default=False,
        help="Give an attribute another rule: meta.exposure.duration=max. The attribute may be a "
        "keyword, a group or a pattern. Repeatable.",
    ),
]
Product = Annotated[
    Path, typer.Argument(metavar="PRODUCT", show_default=False, help="The product's file.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Rules = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="A rules file in TOML, with overrides. Repeatable.",
    ),
]


def names_in(given: Iterable[str]) -> list[str]:
    """Return the names that a user gives with commas between, or one by one."""
    return [name.strip() for text in given for name in text.split(",") if name.strip()]


def overrides_of(given: Iterable[str]) -> list[Override]:
    """Return the overrides that a user asks for."""
    from blender_core.plugins.override import Override

    found = []
    for text in given:
        attribute, _, rule = (part.strip() for part in text.partition("="))
        if not attribute or not rule:
            msg = f"--override takes an attribute and a rule, such as EFFEXPTM=max, not {text!r}"
            raise CommandError(msg)
        found.append(Override(attribute=attribute, rule=rule, reason="--override"))
    return found
