"""The command ``check``: what cannot come out right, before any work."""

# Typer reads the annotations, so their names have to be there when the program runs.
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blender_core.cli.errors import FINDINGS, CommandError, reported
from blender_core.cli.options import (
    AsJson,
    Block,
    Debug,
    Detector,
    ExpType,
    File,
    Ignore,
    Instrument,
    Model,
    Overrides,
    Quiet,
    Rules,
)
from blender_core.cli.plan_options import PlanOptions, subject
from blender_core.errors import BlenderError, ColumnWarning, UnknownAttributeError
from blender_core.plan.findings import Finding, FindingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from blender_core.cli.captured_warnings import Notes
    from blender_core.plan.assignment import Assignment

__all__ = ["check", "finding_object", "print_findings"]

_KINDS: Final = ", ".join(one.value for one in FindingKind)
_FEW: Final = 4
"""How many classes are named that have a finding in common."""


def check(
    file: File = None,
    model: Model = None,
    all_models: Annotated[
        bool, typer.Option("--all", help="Check the plans of all classes of datamodels.")
    ] = False,
    plugin: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="Check an installed plugin, by its name or its distribution's: try each of its "
            "overrides with all classes of datamodels and all instruments.",
        ),
    ] = None,
    instrument: Instrument = None,
    exp_type: ExpType = None,
    detector: Detector = None,
    rules: Rules = None,
    override: Overrides = None,
    ignore: Ignore = None,
    block: Block = None,
    except_kind: Annotated[
        list[FindingKind] | None,
        typer.Option(
            "--except",
            metavar="KIND",
            show_default=False,
            help=f"Leave out what is found of a kind, one of {_KINDS}. Repeatable.",
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Check a plan for what cannot come out right, or may not.

    The plan is the one that a blend of files like FILE has, or of datamodels of a class. Nothing is
    blended. The status is 1 if anything is found.
    """
    with reported(debug):
        from blender_core.cli.captured_warnings import Notes

        if plugin is not None:
            others = (file, model, all_models, instrument, exp_type, detector, rules, override)
            if any((*others, ignore, except_kind)):
                msg = (
                    "--plugin tries all overrides of a plugin with all that there is: of the "
                    "other options, it takes --block, --json, --quiet and --debug"
                )
                raise CommandError(msg)
            from blender_core.cli.plugin_findings import report_on_plugins

            if report_on_plugins(plugin, block or [], as_json=as_json, quiet=quiet):
                raise typer.Exit(FINDINGS)
            return
        options = PlanOptions(
            instrument=instrument,
            exp_type=exp_type,
            detector=detector,
            rules=rules,
            override=override,
            ignore=ignore,
            block=block,
        )
        if all_models and not (file is None and model is None):
            msg = "--all is for all classes of datamodels: name neither a file nor --model with it"
            raise CommandError(msg)
        leave_out = set(except_kind or ())
        notes = Notes()
        faults: dict[str, BlenderError] = {}
        if all_models:
            found, faults = _all(options, leave_out, notes, quiet=quiet)
        else:
            about = subject(file, model)
            with notes.about(""), _without_findings():
                findings = options.plan_for(about).check()
            name = about.__name__ if isinstance(about, type) else str(about)
            found = {name: [one for one in findings if one.kind not in leave_out]}
        if as_json:
            _print_json(found, faults)
        elif not quiet:
            print_findings(found, faults)
        if not quiet:
            notes.print()
        # That a class has not what an override means is no fault of the override.
        wrong = [one for one in faults.values() if not isinstance(one, UnknownAttributeError)]
        if wrong or any(found.values()):
            raise typer.Exit(FINDINGS)


def _all(
    options: PlanOptions, leave_out: "Collection[FindingKind]", notes: "Notes", *, quiet: bool
) -> "tuple[dict[str, list[Finding]], dict[str, BlenderError]]":
    """Return what is found for each class of datamodels, and for which there is no plan at all."""
    from blender_core.cli.models import model_classes
    from blender_core.cli.progress import bar

    classes = model_classes()
    found: dict[str, list[Finding]] = {}
    faults: dict[str, BlenderError] = {}
    assignments: dict[str, Assignment] = {}
    with bar("Checking", quiet=quiet) as progress, notes.about(""), _without_findings():
        for done, (name, one) in enumerate(classes.items(), start=1):
            try:
                plan = options.made_for(one)
            except BlenderError as fault:
                faults[name] = fault
            else:
                assignments.update(plan)
                found[name] = [one for one in plan.check() if one.kind not in leave_out]
            if progress:
                progress(done, len(classes))
        options.warn_of(assignments)
    if not found:
        raise next(iter(faults.values()))
    return found, faults


@contextmanager
def _without_findings() -> "Iterator[None]":
    """Ignore warnings of what the findings say."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColumnWarning)
        yield


def print_findings(
    found: "Mapping[str, Sequence[Finding]]", faults: "Mapping[str, BlenderError] | None" = None
) -> None:
    """Print what was found."""
    from collections import Counter

    from blender_core.cli.console import Output
    from blender_core.cli.errors import in_options
    from blender_core.common.wording import pluralize

    output = Output()
    where: dict[Finding, list[str]] = {}
    for name, findings in found.items():
        for one in findings:
            where.setdefault(one, []).append(name)
    if output.is_terminal:
        for one, names in where.items():
            label = f"{one.attribute} ({one.keyword})" if one.keyword else one.attribute
            output.say(f"{label}: {one.problem}", "bold")
            output.say(
                f"{one.kind.value}: {one.rule} of {one.provider}, asked for by {one.source}",
                indent=2,
            )
            output.say(in_options(one.remedy), indent=2)
            if len(found) > 1:
                output.say(f"in {_listed(names)}", "dim", indent=2)
            output.say("")
    elif where:
        head = ("where", "kind", "attribute", "keyword", "rule", "provider", "asked for by")
        output.table(
            (*head, "problem", "remedy"),
            [
                (
                    name,
                    one.kind.value,
                    one.attribute,
                    one.keyword or "",
                    one.rule,
                    str(one.provider),
                    one.source,
                    one.problem,
                    in_options(one.remedy),
                )
                for name, findings in found.items()
                for one in findings
            ],
        )
    without: dict[str, list[str]] = {}
    for name, fault in (faults or {}).items():
        without.setdefault(in_options(fault.advice), []).append(name)
    for message, names in without.items():
        output.say(f"Not checked, because there is no plan: {_listed(names)}", "bold")
        output.say(message, indent=2)
    if not where:
        output.say(f"Nothing found in {_what(found)}.")
    elif output.is_terminal:
        kinds = Counter(one.kind.value for one in where)
        said = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        output.say(f"{pluralize(len(where), 'finding')} in {_what(found)}: {said}.")
        output.say(f"--except {next(iter(kinds))} leaves out those of this kind.", "dim")


def _what(found: "Mapping[str, Sequence[Finding]]") -> str:
    names = [name for name, findings in found.items() if findings] or list(found)
    if len(found) == 1:
        return names[0]
    return (
        f"{len(names)} of {len(found)} classes"
        if len(names) < len(found)
        else f"{len(found)} classes"
    )


def _listed(names: "Sequence[str]") -> str:
    shown = ", ".join(names[:_FEW])
    return shown if len(names) <= _FEW else f"{shown} and {len(names) - _FEW} more"


def finding_object(one: Finding) -> dict[str, Any]:
    """Return what programs read of a finding."""
    from blender_core.cli.json_output import provider_object

    return {
        "kind": one.kind.value,
        "attribute": one.attribute,
        "keyword": one.keyword,
        "rule": one.rule,
        "provider": provider_object(one.provider),
        "asked_by": one.source,
        "problem": one.problem,
        "remedy": one.remedy,
    }


def _print_json(
    found: "Mapping[str, Sequence[Finding]]", faults: "Mapping[str, BlenderError]"
) -> None:
    from blender_core.cli.json_output import print_json

    print_json(
        {
            "findings": [
                {"where": name, **finding_object(one)}
                for name, findings in found.items()
                for one in findings
            ],
            "without_a_plan": {name: str(fault) for name, fault in faults.items()},
        }
    )
