"""The options that commands have in common, and what is made of them."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import unquote, urlsplit

import typer

from blender_core.cli import completion
from blender_core.cli.errors import CommandError
from blender_core.common.urls import is_url, shown_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Completion = Callable[[typer.Context, str], list[str | tuple[str, str]]]

    from blender_core.formats.remote.settings import Remote
    from blender_core.plugins.override import Override

__all__ = [
    "EXPOSURES",
    "All",
    "AsJson",
    "Block",
    "Concurrent",
    "Debug",
    "Detector",
    "Download",
    "EveryHeader",
    "ExpType",
    "Expand",
    "File",
    "Ignore",
    "Instrument",
    "Mixed",
    "Model",
    "MostBytes",
    "OnBadInput",
    "OnBadInputOption",
    "Overrides",
    "Overwrite",
    "Product",
    "Quiet",
    "ReportFile",
    "Rules",
    "Timeout",
    "argument",
    "file_argument",
    "file_option",
    "flag",
    "option",
    "parse_overrides",
    "remote_of",
    "split_names",
]

EXPOSURES: Final = (
    "Exposures: files or their URLs; patterns, also quoted ones; association files; or "
    "@list.txt, a file that names such on its lines."
)
"""What the argument INPUT takes."""


def argument(metavar: str, text: str, complete: Completion | None = None) -> Any:
    """Return an argument, whose default is not part of the help; with what completes it."""
    return typer.Argument(metavar=metavar, show_default=False, help=text, autocompletion=complete)


def file_argument(metavar: str, text: str) -> Any:
    """Return an argument that is a file on this machine."""
    return typer.Argument(metavar=metavar, show_default=False, help=text, parser=_local_file)


def file_option(metavar: str, text: str, *names: str) -> Any:
    """Return an option whose value is a file on this machine."""
    return typer.Option(*names, metavar=metavar, show_default=False, help=text, parser=_local_file)


def _local_file(name: str) -> Path:
    # As a Path, a URL would lose one of its slashes.
    if is_url(name) and not os.path.lexists(name):
        url = shown_url(name)
        msg = f"{url} is a URL, and a file on this machine is asked for: download it first"
        raise typer.BadParameter(msg)
    return Path(name)


def _exposure(name: str) -> Path | str:
    """Return a file on this machine, or a URL as it is."""
    if not is_url(name) or os.path.lexists(name):
        return Path(name)
    is_local = name.lower().startswith("file:")
    return Path(unquote(urlsplit(name).path)) if is_local else name


def option(metavar: str, text: str, *names: str, complete: Completion | None = None) -> Any:
    """Return an option with a value, whose default is not part of the help."""
    return typer.Option(
        *names, metavar=metavar, show_default=False, help=text, autocompletion=complete
    )


def flag(text: str, *names: str) -> Any:
    """Return an option without a value."""
    return typer.Option(*names, help=text)


All = Annotated[bool, flag("Show the values that stay as they are, too.", "--all")]


class OnBadInput(enum.Enum):
    """What to do about inputs that cannot be blended."""

    RAISE = "raise"
    SKIP = "skip"


AsJson = Annotated[bool, flag("Print JSON, for programs to read.", "--json")]
Block = Annotated[
    list[str] | None,
    option(
        "PLUGIN",
        "Leave out an installed plugin, by its name or its distribution's. Repeatable.",
        complete=completion.plugin_names,
    ),
]
Debug = Annotated[bool, flag("Show the traceback of an error.", "--debug")]
Detector = Annotated[
    str | None,
    option("NAME", "The detector, for overrides that hold for one only. By default, that of FILE."),
]
Expand = Annotated[
    bool,
    flag("Take an input that is a product itself for the exposures in its HDRTAB.", "--expand"),
]
ExpType = Annotated[
    str | None,
    option(
        "NAME",
        "The type of exposure, for overrides that hold for one only. By default, that of FILE.",
    ),
]
File = Annotated[
    Any,
    typer.Argument(
        metavar="FILE", show_default=False, help="An exposure, or its URL.", parser=_exposure
    ),
]
Ignore = Annotated[
    list[str] | None,
    option(
        "ATTR",
        "Leave the product its own values of attributes whose paths begin so. Repeatable.",
        complete=completion.paths,
    ),
]
Instrument = Annotated[
    str | None,
    option(
        "NAME", "The instrument, for overrides that hold for one only. By default, that of FILE."
    ),
]
Mixed = Annotated[bool, flag("Take inputs of several model types and instruments.", "--mixed")]
Model = Annotated[
    str | None,
    option(
        "CLASS",
        "A class of stdatamodels.jwst.datamodels, such as ImageModel.",
        complete=completion.model_types,
    ),
]
OnBadInputOption = Annotated[
    OnBadInput,
    flag(
        "What to do about inputs that cannot be blended: refuse to blend, or leave them "
        "out and say so."
    ),
]
Overrides = Annotated[
    list[str] | None,
    option(
        "ATTR=RULE",
        "Give an attribute another rule: meta.exposure.duration=max. The attribute may be a "
        "keyword, a group or a pattern. Repeatable.",
        "--override",
        complete=completion.overrides,
    ),
]
Overwrite = Annotated[bool, flag("Replace a file that --output names.", "--overwrite")]
Product = Annotated[Path, file_argument("PRODUCT", "The product's file.")]
Quiet = Annotated[bool, flag("Print nothing but errors.", "--quiet", "-q")]
ReportFile = Annotated[
    Path | None, file_option("FILE", "Write a report of the blend, in HTML.", "--report")
]
Concurrent = Annotated[
    int | None,
    option("N", "How many inputs by URL are fetched at the same time: 16 by default."),
]
Download = Annotated[
    bool,
    flag("Fetch inputs by URL as a whole, for servers that give no parts of files.", "--download"),
]
EveryHeader = Annotated[
    bool,
    flag(
        "Fetch all headers of inputs by URL. By default, those between arrays are not fetched if a "
        "checksum in the file says what they are.",
        "--every-header",
    ),
]
MostBytes = Annotated[
    int | None, option("N", "How many bytes may be fetched of one input by URL: 64 MiB by default.")
]
Timeout = Annotated[
    float | None,
    option("SECONDS", "How long to wait for an answer when inputs are fetched: 30 by default."),
]
Rules = Annotated[
    list[Path] | None,
    file_option(
        "FILE",
        "A rules file, with overrides: in TOML, or in a format that a plugin reads. Repeatable.",
    ),
]


def remote_of(**given: Any) -> Remote:
    """Return how inputs by URL are fetched, as far as a user says it."""
    from blender_core.formats.remote.settings import Remote, problem_with

    said = {name: value for name, value in given.items() if value is not None}
    for name, value in said.items():
        if problem := problem_with(name, value):
            msg = f"--{name.replace('_', '-')} {problem}"
            raise CommandError(msg)
    return Remote(**said)


def split_names(texts: Iterable[str]) -> list[str]:
    """Return the names that a user gives with commas between, or one by one."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def parse_overrides(texts: Iterable[str]) -> list[Override]:
    """Return the overrides that a user asks for, each as ``ATTR=RULE``."""
    from blender_core.cli.override_settings import require_no_settings
    from blender_core.plugins.override import Override

    overrides = []
    for text in texts:
        attribute, _, rule = (part.strip() for part in text.partition("="))
        if not attribute or not rule:
            msg = f"--override takes an attribute and a rule, such as EFFEXPTM=max, not {text!r}"
            raise CommandError(msg)
        require_no_settings(attribute, rule)
        overrides.append(Override(attribute=attribute, rule=rule, reason="--override"))
    return overrides
