"""The plan that a user asks for, for a file or for a class of datamodels."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from blender_core.cli import options
from blender_core.cli.errors import refuse
from blender_core.cli.model_classes import model_class
from blender_core.common.wording import visible
from blender_core.errors import warn
from blender_core.inputs.named_files import file_of_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.formats.remote.settings import Remote
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan
    from blender_core.plugins.manager import Plugins

_TELESCOPE: Final = "telescope"
"""What inputs are, too, and no option says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What a user says of a plan: what the inputs are, and what is to be done with them."""

    file: Annotated[
        Any, options.argument("FILE", "An exposure, or its URL.", parser=options.exposure)
    ] = None
    model: options.Model = None
    instrument: Annotated[
        str | None,
        options.option(
            "NAME",
            "The instrument, for overrides that hold for one only. By default, that of FILE.",
        ),
    ] = None
    exp_type: Annotated[
        str | None,
        options.option(
            "NAME",
            "The type of exposure, for overrides that hold for one only. By default, that of FILE.",
        ),
    ] = None
    detector: Annotated[
        str | None,
        options.option(
            "NAME", "The detector, for overrides that hold for one only. By default, that of FILE."
        ),
    ] = None
    rules: options.Rules = None
    override: options.Overrides = None
    ignore: options.Ignore = None
    block: options.Block = None

    def subject(self) -> Path | str | type[Any]:
        """Return what the plan is for: a file that is there, a URL, or a class."""
        file: Path | str | None = self.file
        if (file is None) == (self.model is None):
            refuse("name either an exposure's file or, with --model, a class such as ImageModel")
        if file is None:
            return model_class(self.model or "")
        if isinstance(file, Path) and not file.exists() and file_of_part(str(file)) is None:
            remedy = f"--model {file}" if file.name.isidentifier() else ""
            hint = remedy and f": for a class of datamodels, say {remedy}"
            refuse(f"there is no file {file}{hint}", remedy=remedy, input=file)
        return file

    def make_plan(
        self,
        subject: Path | str | type[Any],
        plugins: Plugins | None = None,
        remote: Remote | None = None,
    ) -> BlendPlan:
        """Make the plan for a file or a class, with these plugins or with those that are found."""
        from blender_core.plan.plan import BlendPlan

        require_beginnings(self.ignore or ())
        return BlendPlan.for_model(
            subject,
            # All classes of datamodels that can be named here are of this telescope.
            telescope="JWST" if isinstance(subject, type) else None,
            instrument=self.instrument,
            exp_type=self.exp_type,
            detector=self.detector,
            ignore=self.ignore or (),
            overrides=options.parse_overrides(self.override or ()),
            rules=self.rules or (),
            block=self.block or (),
            plugins=plugins,
            remote=remote,
        )

    def warn_of_unknown(self, plan: Mapping[str, Assignment]) -> None:
        """Warn of what the user says and no attribute of a plan, or of several, has."""
        from blender_core.plugins.context import context_paths

        warn_of_unknown(self.ignore or (), plan)
        attributes = {path: assignment.attribute for path, assignment in plan.items()}
        for option, path in context_paths(attributes).items():
            value = None if option == _TELESCOPE else getattr(self, option)
            known = plan[path].attribute.enum
            if value is None or not known or value.upper() in known:
                continue
            close = difflib.get_close_matches(value.upper(), map(str, known), n=1)
            hint = f": did you mean {close[0]}?" if close else ""
            warn(f"the schema has no {option.replace('_', ' ')} {value!r}{hint}")


def require_beginnings(ignore: Iterable[str]) -> None:
    """Refuse to ignore what begins with nothing: that is every attribute."""
    if "" in ignore:
        refuse(
            "--ignore takes what paths of attributes begin with, and it is empty: is a variable of "
            "the shell not set? For all attributes, say --ignore meta"
        )


def warn_of_unknown(ignore: Iterable[str], plan: Mapping[str, Assignment]) -> None:
    """Warn of what is to be ignored and is not there: it may be misspelt, or a keyword."""
    for beginning in ignore:
        if any(path.startswith(beginning) for path in plan):
            continue
        keyword = beginning.upper()
        paths = [path for path, each in plan.items() if each.attribute.keyword == keyword]
        hint = f": {keyword} is {' and '.join(paths)}" if paths else ""
        warn(f"--ignore {beginning} means nothing, as no attribute's path begins so{hint}")


def print_environment() -> None:
    """Say on standard error what environment variables ask of every blend."""
    from blender_core.common.environment import (
        BLOCK,
        RECORD_RULES,
        RULES,
        blocked_plugins,
        rules_files,
    )
    from blender_core.tables.hdrrules import record_rules

    lines = [f"{RULES} adds the rules file {path}" for path in rules_files()]
    lines += [f"{BLOCK} leaves out the plugin {name}" for name in blocked_plugins()]
    recorded = record_rules()
    if recorded is not None:
        with_or_without = "with" if recorded else "without"
        lines.append(f"{RECORD_RULES} makes products {with_or_without} the table HDRRULES")
    for line in lines:
        sys.stderr.write(visible(f"Note: {line}") + "\n")
