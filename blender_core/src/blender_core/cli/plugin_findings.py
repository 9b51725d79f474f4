"""What the check of a plugin came to, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.captured_warnings import Notes
from blender_core.cli.console import Output
from blender_core.cli.json_output import print_json, provider_object
from blender_core.cli.plugin_check import check_plugin
from blender_core.cli.plugin_overrides import Offer, providers_named
from blender_core.cli.progress import bar
from blender_core.common.wording import pluralize
from blender_core.plugins.manager import Plugins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.cli.plugin_check import OverrideFinding, PluginCheck

__all__ = ["report_on_plugins"]

_FEW: Final = 4
_HEAD: Final = ("kind", "attribute", "override", "for", "problem", "classes")


def report_on_plugins(name: str, block: Sequence[str], *, as_json: bool, quiet: bool) -> bool:
    """Check the plugins of a name, and tell what came of it."""
    notes = Notes()
    with bar("Checking", quiet=quiet) as progress, notes.about(""):
        plugins = Plugins.discover(block)
        checks = [check_plugin(one, plugins, progress) for one in providers_named(name, plugins)]
    if as_json:
        print_json([_check_object(one) for one in checks])
    elif not quiet:
        for one in checks:
            _print(one)
    if not quiet:
        notes.print()
    return any(one.findings for one in checks)


def _check_object(check: PluginCheck) -> dict[str, Any]:
    return {
        "provider": provider_object(check.provider),
        "overrides": len(check.overrides),
        "findings": [_object(check, one) for one in check.findings],
        "remarks": [_object(check, one) for one in check.remarks],
    }


def _print(check: PluginCheck) -> None:
    output = Output()
    if not check.n_classes:
        output.say(f"{check.provider} overrides nothing.")
        return
    tried = (
        f"{check.provider}: {pluralize(len(check.overrides), 'override')}, tried with "
        f"{check.n_classes} classes of datamodels and {check.n_instruments} instruments"
    )
    if output.is_terminal:
        for style, findings in (("bold", check.findings), ("dim", check.remarks)):
            for one in findings:
                told = _object(check, one)
                about = " ".join(filter(None, (told["attribute"], told["asks_for"])))
                output.say(f"{about or 'its hook'}: {one.problem}", style)
                where = f"for {told['condition']}" if told["condition"] else ""
                classes = f"in {_listed(one.classes)}" if one.classes else ""
                output.say("; ".join(filter(None, (one.kind, where, classes))), "dim", indent=2)
    elif check.findings:
        rows = [[*_object(check, one).values()] for one in check.findings]
        output.table(_HEAD, [(*row[:-1], _listed(row[-1])) for row in rows])
    found = pluralize(len(check.findings), "finding") if check.findings else "nothing found"
    output.say(f"{tried}: {found}.")
    if not output.is_terminal:
        for one in check.remarks:
            about = _object(check, one)["attribute"]
            classes = f" (in {_listed(one.classes)})" if one.classes else ""
            output.say(f"Not counted: {about}: {one.problem}{classes}")


def _object(check: PluginCheck, one: OverrideFinding) -> dict[str, Any]:
    offer = None if one.override is None else Offer(one.override, check.provider, "")
    return {
        "kind": one.kind,
        "attribute": offer.override.attribute if offer else "",
        "asks_for": offer.asks_for if offer else "",
        "condition": str(offer.override.when) if offer else "",
        "problem": one.problem,
        "classes": list(one.classes),
    }


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_FEW])
    return shown if len(names) <= _FEW else f"{shown} and {len(names) - _FEW} more"
