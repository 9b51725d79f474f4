"""The options that commands have in common, and what is made of them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import unquote, urlsplit

import typer

from blender_core.cli import completion
from blender_core.cli.errors import refuse
from blender_core.common.urls import is_url, shown_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.formats.remote.settings import Remote
    from blender_core.plugins.override import Override

EXPOSURES: Final = (
    "Exposures: files or their URLs; patterns, also quoted ones; association files; or "
    "@list.txt, a file that names such on its lines."
)
"""What the argument INPUT takes."""


def argument(metavar: str, text: str, **more: Any) -> Any:
    """Return an argument, whose default is not part of the help."""
    return typer.Argument(metavar=metavar, show_default=False, help=text, **more)


def option(metavar: str, text: str, *names: str, **more: Any) -> Any:
    """Return an option with a value, whose default is not part of the help."""
    return typer.Option(*names, metavar=metavar, show_default=False, help=text, **more)


def flag(text: str, *names: str) -> Any:
    """Return an option without a value."""
    return typer.Option(*names, help=text)


def file_argument(metavar: str, text: str) -> Any:
    """Return an argument that is a file on this machine."""
    return argument(metavar, text, parser=_local_file)


def file_option(metavar: str, text: str, *names: str) -> Any:
    """Return an option whose value is a file on this machine."""
    return option(metavar, text, *names, parser=_local_file)


def _local_file(name: str) -> Path:
    # As a Path, a URL would lose one of its slashes.
    if is_url(name) and not os.path.lexists(name):
        url = shown_url(name)
        msg = f"{url} is a URL, and a file on this machine is asked for: download it first"
        raise typer.BadParameter(msg)
    return Path(name)


def exposure(name: str) -> Path | str:
    """Return a file on this machine, or a URL as it is."""
    if not is_url(name) or os.path.lexists(name):
        return Path(name)
    is_local = name.lower().startswith("file:")
    return Path(unquote(urlsplit(name).path)) if is_local else name


AsJson = Annotated[bool, flag("Print JSON, for programs to read.", "--json")]
Block = Annotated[
    list[str] | None,
    option(
        "PLUGIN",
        "Leave out an installed plugin, by its name or its distribution's. Repeatable.",
        autocompletion=completion.plugin_names,
    ),
]
Ignore = Annotated[
    list[str] | None,
    option(
        "ATTR",
        "Leave the product its own values of attributes whose paths begin so. Repeatable.",
        autocompletion=completion.paths,
    ),
]
Model = Annotated[
    str | None,
    option(
        "CLASS",
        "A class of stdatamodels.jwst.datamodels, such as ImageModel.",
        autocompletion=completion.model_types,
    ),
]
Overrides = Annotated[
    list[str] | None,
    option(
        "ATTR=RULE",
        "Give an attribute another rule: meta.exposure.duration=max. The attribute may be a "
        "keyword, a group or a pattern. Repeatable.",
        "--override",
        autocompletion=completion.overrides,
    ),
]
Product = Annotated[Path, file_argument("PRODUCT", "The product's file.")]
Quiet = Annotated[bool, flag("Print nothing but errors.", "--quiet", "-q")]
ReportFile = Annotated[
    Path | None, file_option("FILE", "Write a report of the blend, in HTML.", "--report")
]
Rules = Annotated[
    list[Path] | None,
    file_option(
        "FILE",
        "A rules file, with overrides: in TOML, or in a format that a plugin reads. Repeatable.",
    ),
]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BlendOptions:
    """How exposures are blended, with a product or without one."""

    rules: Rules = None
    override: Overrides = None
    ignore: Ignore = None
    block: Block = None
    mixed: Annotated[
        bool, flag("Take inputs of several model types and instruments.", "--mixed")
    ] = False
    expand: Annotated[
        bool,
        flag("Take an input that is a product itself for the exposures in its HDRTAB.", "--expand"),
    ] = False
    on_bad_input: Annotated[
        Literal["raise", "skip"],
        flag(
            "What to do about inputs that cannot be blended: refuse to blend, or leave them "
            "out and say so."
        ),
    ] = "raise"

    def settings(self) -> dict[str, Any]:
        """Return the settings of `blender_core.ModelBlender`, without what it ignores."""
        return {
            "overrides": parse_overrides(self.override or ()),
            "rules": self.rules or (),
            "block": self.block or (),
            "mixed": self.mixed,
            "expand": self.expand,
            "on_bad_input": self.on_bad_input,
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RemoteOptions:
    """How an input by URL is fetched."""

    download: Annotated[
        bool,
        flag(
            "Fetch inputs by URL as a whole, for servers that give no parts of files.", "--download"
        ),
    ] = False
    timeout: Annotated[
        float | None,
        option("SECONDS", "How long to wait for an answer when inputs are fetched: 30 by default."),
    ] = None
    most_bytes: Annotated[
        int | None,
        option("N", "How many bytes may be fetched of one input by URL: 64 MiB by default."),
    ] = None
    every_header: Annotated[
        bool,
        flag(
            "Fetch all headers of inputs by URL. By default, those between arrays are not fetched "
            "if a checksum in the file says what they are.",
            "--every-header",
        ),
    ] = False

    def remote(self) -> Remote:
        """Return how inputs by URL are fetched, as far as a user says it."""
        from blender_core.formats.remote.settings import Remote, problem_with

        said = {
            name: value for name, value in dataclasses.asdict(self).items() if value is not None
        }
        for name, value in said.items():
            if problem := problem_with(name, value):
                refuse(f"--{name.replace('_', '-')} {problem}")
        return Remote(**said)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInputsOptions(RemoteOptions):
    """How many inputs by URL are fetched."""

    concurrent: Annotated[
        int | None,
        option("N", "How many inputs by URL are fetched at the same time: 16 by default."),
    ] = None


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
            refuse(f"--override takes an attribute and a rule, such as EFFEXPTM=max, not {text!r}")
        require_no_settings(attribute, rule)
        overrides.append(Override(attribute=attribute, rule=rule, reason="--override"))
    return overrides
