"""The plan that a user asks for, for a file or for a class of datamodels."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.errors import CommandError
from blender_core.cli.models import model_class
from blender_core.cli.options import overrides_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan

__all__ = ["PlanOptions", "require_beginnings", "subject", "warn_of_unknown"]

_TELESCOPE: Final = "telescope"
"""What inputs are, too, and no option says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What a user says of a plan.

    Parameters
    ----------
    instrument, exp_type, detector : str or None
        What the inputs are.
    rules : sequence of Path or None
        Rules files.
    override : sequence of str or None
        Each an attribute and a rule, ``ATTR=RULE``.
    ignore, block : sequence of str or None
        Attributes that keep the product's own values, and plugins to leave out.
    """

    instrument: str | None
    exp_type: str | None
    detector: str | None
    rules: Sequence[Path] | None
    override: Sequence[str] | None
    ignore: Sequence[str] | None
    block: Sequence[str] | None

    def plan_for(self, subject: Path | type[Any]) -> BlendPlan:
        """Make the plan."""
        plan = self.made_for(subject)
        self.warn_of(plan)
        return plan

    def made_for(self, subject: Path | type[Any]) -> BlendPlan:
        """Make the plan, one of several, without a word about what no attribute of it has."""
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
            overrides=overrides_of(self.override or ()),
            rules=self.rules or (),
            block=self.block or (),
        )

    def warn_of(self, plan: Mapping[str, Assignment]) -> None:
        """Warn of what the user says and no attribute has."""
        from blender_core.errors import warn
        from blender_core.plugins.context import context_paths

        warn_of_unknown(self.ignore or (), plan)
        paths = context_paths({path: one.attribute for path, one in plan.items()})
        for option, path in paths.items():
            said = None if option == _TELESCOPE else getattr(self, option)
            known = plan[path].attribute.enum
            if said is None or not known or said.upper() in known:
                continue
            close = difflib.get_close_matches(said.upper(), map(str, known), n=1)
            hint = f": did you mean {close[0]}?" if close else ""
            warn(f"the schema has no {option.replace('_', ' ')} {said!r}{hint}")


def require_beginnings(ignore: Iterable[str]) -> None:
    """Refuse to ignore what begins with nothing: that is every attribute."""
    if "" in ignore:
        msg = (
            "--ignore takes what paths of attributes begin with, and it is empty: is a variable of "
            "the shell not set? For all attributes, say --ignore meta"
        )
        raise CommandError(msg)


def warn_of_unknown(ignore: Iterable[str], plan: Mapping[str, Assignment]) -> None:
    """Warn of what is to be ignored and is not there: it may be misspelt, or a keyword."""
    from blender_core.errors import warn

    for beginning in ignore:
        if any(path.startswith(beginning) for path in plan):
            continue
        keyword = beginning.upper()
        paths = [path for path, one in plan.items() if one.attribute.keyword == keyword]
        hint = f": {keyword} is {' and '.join(paths)}" if paths else ""
        warn(f"--ignore {beginning} means nothing, as no attribute's path begins so{hint}")


def subject(file: Path | None, model: str | None) -> Path | type[Any]:
    """Return what a plan is to be made for."""
    if (file is None) == (model is None):
        msg = "name either an exposure's file or, with --model, a class such as ImageModel"
        raise CommandError(msg)
    if model is not None:
        return model_class(model)
    assert file is not None  # noqa: S101  # one of them is named
    if not file.exists():
        hint = (
            f": for a class of datamodels, say --model {file}" if file.name.isidentifier() else ""
        )
        msg = f"there is no file {file}{hint}"
        raise CommandError(msg)
    return file
