"""The command ``check``: what cannot come out right, before any work."""

# Typer reads the annotations, so their names have to be there when the program runs.
import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from blender_core.cli import options
from blender_core.cli.completion import plugin_names
from blender_core.cli.errors import FINDINGS, refuse
from blender_core.cli.formatting import print_json
from blender_core.cli.options import flag, option
from blender_core.cli.plan_options import PlanOptions
from blender_core.common.urls import shown_url
from blender_core.errors import BlenderError, BlendErrorGroup, ColumnWarning, UnknownAttributeError
from blender_core.plan.findings import FindingKind
from blender_core.schema.model_class import model_classes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.findings_printout import FindingsByPlan
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.findings import Finding
    from blender_core.testing.override_trials import OverridesTrial

_KINDS: Final = ", ".join(kind.value for kind in FindingKind)


def check(
    *,
    plan_options: PlanOptions,
    remote_options: options.RemoteOptions,
    all_models: Annotated[
        bool, flag("Check the plans of all classes of datamodels.", "--all")
    ] = False,
    plugin: Annotated[
        str | None,
        option(
            "NAME",
            "Check an installed plugin, by its name or its distribution's: try each of its "
            "overrides with all classes of datamodels and all instruments.",
            autocompletion=plugin_names,
        ),
    ] = None,
    except_kind: Annotated[
        list[FindingKind] | None,
        option(
            "KIND", f"Leave out what is found of a kind, one of {_KINDS}. Repeatable.", "--except"
        ),
    ] = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Check a plan for what cannot come out right, or may not.

    The plan is the one that a blend of files like FILE has, or of datamodels of a class. Nothing is
    blended. The status is 1 if anything is found that you can mend; what only the observatory's own
    schema could is told for information.
    """
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.findings_printout import print_findings
    from blender_core.cli.plugin_check import print_check

    if plugin is not None:
        if all_models or except_kind or replace(plan_options, block=None) != PlanOptions():
            refuse(
                "--plugin tries all overrides of a plugin with all that there is: of the "
                "other options, it takes --block, --json, --quiet and --debug"
            )
        from blender_core.cli.plugin_check import check_plugins

        if check_plugins(plugin, plan_options.block or [], as_json=as_json, quiet=quiet):
            raise typer.Exit(FINDINGS)
        return
    if all_models and (plan_options.file, plan_options.model) != (None, None):
        refuse("--all is for all classes of datamodels: name neither a file nor --model with it")
    notes = Notes()
    faults: dict[str, BlenderError] = {}
    tried: OverridesTrial | None = None
    if all_models:
        if plan_options.rules:
            tried = _try_rules_files(plan_options, notes, quiet=quiet)
        findings, faults = _check_all(plan_options, except_kind or (), notes, quiet=quiet)
        if not (findings or tried):
            raise next(iter(faults.values()))
    else:
        subject = plan_options.subject()
        with notes.about(""), _without_column_warnings():
            plan = plan_options.make_plan(subject, remote=remote_options.remote())
            plan_options.warn_of_unknown(plan)
            name = subject.__name__ if isinstance(subject, type) else shown_url(str(subject))
            findings = {
                name: [each for each in plan.check() if each.kind not in (except_kind or ())]
            }
    # What classes lack is told with the overrides that were tried, and not once more.
    n_faulty = len(faults)
    if tried is not None:
        faults = dict(_not_told(faults, tried))
    if as_json:
        _print_json(findings, faults, tried)
    elif not quiet:
        print_findings(findings, faults)
        if tried is not None:
            print_check(tried, n_faulty - len(faults))
    if not quiet:
        notes.print()
    # That a class has not what an override means is no fault of the override.
    is_faulty = any(not isinstance(each, UnknownAttributeError) for each in faults.values())
    is_found = any(not each.is_information for each in itertools.chain(*findings.values()))
    if is_faulty or is_found or (tried is not None and tried.findings):
        raise typer.Exit(FINDINGS)


def _try_rules_files(plan_options: PlanOptions, notes: "Notes", *, quiet: bool) -> "OverridesTrial":
    """Try each override of rules files with all that there is, as plugins' are."""
    from blender_core.cli.plugin_check import check_rules_files
    from blender_core.cli.progress import bar
    from blender_core.plugins.manager import Plugins

    with bar("Trying", quiet=quiet) as progress, notes.about(""):
        plugins = Plugins.discover(plan_options.block or ())
        return check_rules_files(plan_options.rules or (), plugins, progress)


def _check_all(
    plan_options: PlanOptions,
    except_kind: "Collection[FindingKind]",
    notes: "Notes",
    *,
    quiet: bool,
) -> "tuple[dict[str, list[Finding]], dict[str, BlenderError]]":
    """Return what is found for each class of datamodels, and for which there is no plan at all."""
    from blender_core.cli.progress import bar
    from blender_core.plugins.manager import Plugins

    classes = model_classes()
    findings: dict[str, list[Finding]] = {}
    faults: dict[str, BlenderError] = {}
    assignments: dict[str, Assignment] = {}
    with bar("Checking", quiet=quiet) as progress, notes.about(""), _without_column_warnings():
        plugins = Plugins.discover(plan_options.block or ())
        for done, (name, model_class) in enumerate(classes.items(), start=1):
            try:
                plan = plan_options.make_plan(model_class, plugins)
            except BlenderError as fault:
                faults[name] = fault
            else:
                assignments.update(plan)
                findings[name] = [each for each in plan.check() if each.kind not in except_kind]
            if progress:
                progress(done, len(classes))
        plan_options.warn_of_unknown(assignments)
    return findings, faults


def _not_told(
    faults: "Mapping[str, BlenderError]", tried: "OverridesTrial"
) -> "Iterator[tuple[str, BlenderError]]":
    """Give the classes without a plan, and why, for which trying overrides does not tell it all."""
    for name, fault in faults.items():
        several = fault.exceptions if isinstance(fault, BlendErrorGroup) else (fault,)
        left = [
            each
            for each in several
            if isinstance(each, BlenderError) and not tried.tells(each, name)
        ]
        if left:
            yield (
                name,
                left[0] if len(left) == 1 else BlendErrorGroup("overrides cannot be used", left),
            )


@contextmanager
def _without_column_warnings() -> Iterator[None]:
    """Ignore warnings of what the findings say."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColumnWarning)
        yield


def _print_json(
    by_plan: "FindingsByPlan", faults: "Mapping[str, BlenderError]", tried: "OverridesTrial | None"
) -> None:
    from blender_core.cli.findings_printout import findings_object
    from blender_core.cli.plugin_check import findings_objects as overrides_objects

    print_json(
        {
            **findings_object(by_plan),
            "without_a_plan": {name: str(fault) for name, fault in faults.items()},
            **({} if tried is None else {"overrides": overrides_objects(tried)}),
        }
    )
