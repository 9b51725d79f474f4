"""The check of the overrides of a plugin, or of rules files.

Each is tried with all classes of datamodels and all instruments of JWST.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.captured_warnings import Notes
from blender_core.cli.console import Output
from blender_core.cli.formatting import list_some, print_json
from blender_core.cli.plugin_overrides import (
    find_providers,
    request_text,
    warn_of_misspelt_groups,
)
from blender_core.cli.progress import bar
from blender_core.common.wording import pluralize
from blender_core.plan.override_sources import overrides_in
from blender_core.plugins.manager import Plugins
from blender_core.plugins.named_file import NamedFile
from blender_core.testing.override_trials import overrides_of_plugin, try_overrides

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blender_core.cli.progress import Bar
    from blender_core.testing.override_trials import OverrideFinding, OverridesTrial

_MOST_CLASSES: Final = 4
"""How many classes are named that have a finding in common."""


def check_plugins(name: str, block: Sequence[str], *, as_json: bool, quiet: bool) -> bool:
    """Check the plugins of a name, print the findings, and tell whether there are any."""
    notes = Notes()
    with bar("Checking", quiet=quiet) as progress, notes.about(""):
        plugins = Plugins.discover(block)
        warn_of_misspelt_groups()
        checks = {
            each: overrides_of_plugin(each, plugins, progress)
            for each in find_providers(name, plugins)
        }
    if as_json:
        print_json(
            [
                {
                    "provider": asdict(provider),
                    "overrides": check.n_overrides,
                    **findings_objects(check),
                }
                for provider, check in checks.items()
            ]
        )
    elif not quiet:
        for check in checks.values():
            print_check(check)
    if not quiet:
        notes.print()
    return any(check.findings for check in checks.values())


def check_rules_files(
    files: Sequence[Path], plugins: Plugins, progress: Bar | None
) -> OverridesTrial:
    """Try each override of rules files with all classes of datamodels and all instruments."""
    overrides = [each for path in files for each in overrides_in(NamedFile(path), plugins, files)]
    source = ", ".join(map(str, files))
    return try_overrides(source, lambda *_: overrides, plugins, progress)


def findings_objects(check: OverridesTrial) -> dict[str, Any]:
    """Return what programs read of a check."""
    return {
        "findings": list(map(_finding_object, check.findings)),
        "remarks": list(map(_finding_object, check.remarks)),
    }


def print_check(check: OverridesTrial, n_without_plan: int = 0) -> None:
    """Print what is wrong with overrides, and how many classes have no plan for what they lack."""
    output = Output()
    if not check.n_overrides:
        output.text(f"{check.source} overrides nothing.")
        return
    tried = (
        f"{check.source}: {pluralize(check.n_overrides, 'override')}, tried with "
        f"{check.n_classes} classes of datamodels and {check.n_instruments} instruments"
    )
    if output.is_terminal:
        for style, findings in (("bold", check.findings), ("dim", check.remarks)):
            for finding in findings:
                content = _finding_object(finding)
                about = " ".join(filter(None, (content["attribute"], content["asks_for"])))
                output.lines(f"{about or 'its hook'}: {finding.problem}", style)
                where = f"for {content['condition']}" if content["condition"] else ""
                classes = _in_classes(finding)
                output.text(
                    "; ".join(filter(None, (finding.kind, where, classes))), "dim", indent=2
                )
    elif check.findings:
        rows = [
            (*cells, list_some(classes, _MOST_CLASSES))
            for *cells, classes in (_finding_object(each).values() for each in check.findings)
        ]
        output.table(("kind", "attribute", "override", "for", "problem", "classes"), rows)
    number = pluralize(len(check.findings), "finding") if check.findings else "nothing found"
    output.text(f"{tried}: {number}.")
    if not output.is_terminal:
        for finding in check.remarks:
            about = _finding_object(finding)["attribute"]
            classes = f" ({_in_classes(finding)})" if finding.classes else ""
            output.lines(f"Not counted: {about}: {finding.problem}{classes}")
    if n_without_plan:
        lack = "1 class lacks" if n_without_plan == 1 else f"{n_without_plan} classes lack"
        output.text(f"{lack} an attribute that is named above, so there is no plan to check.")


def _in_classes(finding: OverrideFinding) -> str:
    return f"in {list_some(finding.classes, _MOST_CLASSES)}" if finding.classes else ""


def _finding_object(finding: OverrideFinding) -> dict[str, Any]:
    override = finding.override
    return {
        "kind": finding.kind,
        "attribute": override.attribute if override else "",
        "asks_for": request_text(override) if override else "",
        "condition": str(override.when) if override else "",
        "problem": finding.problem,
        "classes": list(finding.classes),
    }
