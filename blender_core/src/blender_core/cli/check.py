"""The command ``check``: what cannot come out right, before any work."""

# Typer reads the annotations, so their names have to be there when the program runs.
import itertools
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from blender_core.cli.completion import plugin_names
from blender_core.cli.errors import FINDINGS, CommandError, in_options, reported
from blender_core.cli.formatting import list_some, print_json, provider_object
from blender_core.cli.options import (
    AsJson,
    Block,
    Debug,
    Detector,
    Download,
    EveryHeader,
    ExpType,
    File,
    Ignore,
    Instrument,
    Model,
    MostBytes,
    Overrides,
    Quiet,
    Rules,
    Timeout,
    flag,
    option,
    remote_of,
)
from blender_core.cli.plan_options import PlanOptions, plan_subject
from blender_core.common.urls import shown_url
from blender_core.common.wording import pluralize
from blender_core.errors import BlenderError, BlendErrorGroup, ColumnWarning, UnknownAttributeError
from blender_core.plan.findings import Finding, FindingKind
from blender_core.schema.model_class import model_classes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.plan.assignment import Assignment
    from blender_core.testing.override_trials import OverridesTrial

__all__ = ["check", "findings_object", "print_findings"]

_Findings: TypeAlias = "Mapping[str, Sequence[Finding]]"
"""By the name of the file or class that a plan is for."""

_KINDS: Final = ", ".join(kind.value for kind in FindingKind)
_MOST_CLASSES: Final = 4
"""How many classes are named that have a finding in common."""


def check(
    file: File = None,
    model: Model = None,
    all_models: Annotated[
        bool, flag("Check the plans of all classes of datamodels.", "--all")
    ] = False,
    plugin: Annotated[
        str | None,
        option(
            "NAME",
            "Check an installed plugin, by its name or its distribution's: try each of its "
            "overrides with all classes of datamodels and all instruments.",
            complete=plugin_names,
        ),
    ] = None,
    instrument: Instrument = None,
    exp_type: ExpType = None,
    detector: Detector = None,
    rules: Rules = None,
    override: Overrides = None,
    ignore: Ignore = None,
    block: Block = None,
    download: Download = False,
    timeout: Timeout = None,
    most_bytes: MostBytes = None,
    every_header: EveryHeader = False,
    except_kind: Annotated[
        list[FindingKind] | None,
        option(
            "KIND", f"Leave out what is found of a kind, one of {_KINDS}. Repeatable.", "--except"
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Check a plan for what cannot come out right, or may not.

    The plan is the one that a blend of files like FILE has, or of datamodels of a class. Nothing is
    blended. The status is 1 if anything is found that you can mend; what only the observatory's own
    schema could is told for information.
    """
    with reported(debug, as_json):
        from blender_core.cli.captured_warnings import Notes
        from blender_core.cli.plugin_check import print_check

        if plugin is not None:
            others = (file, model, all_models, instrument, exp_type, detector, rules, override)
            if any((*others, ignore, except_kind)):
                msg = (
                    "--plugin tries all overrides of a plugin with all that there is: of the "
                    "other options, it takes --block, --json, --quiet and --debug"
                )
                raise CommandError(msg)
            from blender_core.cli.plugin_check import check_plugins

            if check_plugins(plugin, block or [], as_json=as_json, quiet=quiet):
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
            remote=remote_of(
                download=download,
                timeout=timeout,
                most_bytes=most_bytes,
                every_header=every_header,
            ),
        )
        if all_models and not (file is None and model is None):
            msg = "--all is for all classes of datamodels: name neither a file nor --model with it"
            raise CommandError(msg)
        notes = Notes()
        faults: dict[str, BlenderError] = {}
        tried: OverridesTrial | None = None
        if all_models:
            if rules:
                tried = _try_rules_files(rules, block or (), notes, quiet=quiet)
            findings, faults = _check_all(options, except_kind or (), notes, quiet=quiet)
            if not (findings or tried):
                raise next(iter(faults.values()))
        else:
            subject = plan_subject(file, model)
            with notes.about(""), _without_column_warnings():
                plan = options.make_plan(subject)
                options.warn_of_unknown(plan)
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


def _try_rules_files(
    files: "Sequence[Path]", block: "Sequence[str]", notes: "Notes", *, quiet: bool
) -> "OverridesTrial":
    """Try each override of rules files with all that there is, as plugins' are."""
    from blender_core.cli.plugin_check import check_rules_files
    from blender_core.cli.progress import bar
    from blender_core.plugins.manager import Plugins

    with bar("Trying", quiet=quiet) as progress, notes.about(""):
        return check_rules_files(files, Plugins.discover(block), progress)


def _check_all(
    options: PlanOptions, except_kind: "Collection[FindingKind]", notes: "Notes", *, quiet: bool
) -> "tuple[dict[str, list[Finding]], dict[str, BlenderError]]":
    """Return what is found for each class of datamodels, and for which there is no plan at all."""
    from blender_core.cli.progress import bar
    from blender_core.plugins.manager import Plugins

    classes = model_classes()
    findings: dict[str, list[Finding]] = {}
    faults: dict[str, BlenderError] = {}
    assignments: dict[str, Assignment] = {}
    with bar("Checking", quiet=quiet) as progress, notes.about(""), _without_column_warnings():
        plugins = Plugins.discover(options.block or ())
        for done, (name, model_class) in enumerate(classes.items(), start=1):
            try:
                plan = options.make_plan(model_class, plugins)
            except BlenderError as fault:
                faults[name] = fault
            else:
                assignments.update(plan)
                findings[name] = [each for each in plan.check() if each.kind not in except_kind]
            if progress:
                progress(done, len(classes))
        options.warn_of_unknown(assignments)
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


def print_findings(
    by_plan: _Findings,
    faults: "Mapping[str, BlenderError] | None" = None,
    *,
    has_except: bool = True,
) -> None:
    """Print what was found, and for what there is no plan; with the option that leaves some out."""
    from blender_core.cli.console import Output

    output = Output()
    information = [each for each in itertools.chain(*by_plan.values()) if each.is_information]
    by_plan = {
        name: [each for each in findings if not each.is_information]
        for name, findings in by_plan.items()
    }
    classes: dict[Finding, list[str]] = {}
    for name, findings in by_plan.items():
        for finding in findings:
            classes.setdefault(finding, []).append(name)
    if output.is_terminal:
        for finding, names in classes.items():
            _print_finding(output, finding, names if len(by_plan) > 1 else [])
    elif classes:
        head = ("where", "kind", "attribute", "keyword", "rule", "provider", "asked for by")
        output.table(
            (*head, "problem", "remedy"),
            [
                (
                    name,
                    finding.kind.value,
                    finding.attribute,
                    finding.keyword or "",
                    finding.rule,
                    str(finding.provider),
                    finding.source,
                    finding.problem,
                    in_options(finding.remedy),
                )
                for name, findings in by_plan.items()
                for finding in findings
            ],
        )
    without: dict[str, list[str]] = {}
    for name, fault in (faults or {}).items():
        without.setdefault(in_options(fault.advice), []).append(name)
    for message, names in without.items():
        listed = list_some(names, _MOST_CLASSES)
        output.text(f"Not checked, because there is no plan: {listed}", "bold")
        output.lines(message, indent=2)
    if not classes and by_plan:
        output.text(f"Nothing found in {_where(by_plan)}.")
    elif classes and output.is_terminal:
        kinds = Counter(finding.kind.value for finding in classes)
        numbers = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        output.text(f"{pluralize(len(classes), 'finding')} in {_where(by_plan)}: {numbers}.")
        if has_except:
            output.text(f"--except {next(iter(kinds))} leaves out those of this kind.", "dim")
    for sentence in _in_short(information):
        output.text(f"For information: {sentence}.", "dim")


def _in_short(information: "Iterable[Finding]") -> "Iterator[str]":
    """Give in a sentence for each kind what only who writes the schema can mend."""
    of_kinds: dict[FindingKind, dict[Finding, None]] = {}
    for finding in information:
        of_kinds.setdefault(finding.kind, {})[finding] = None
    if deprecated := of_kinds.pop(FindingKind.DEPRECATED, None):
        rules = {each.rule: each.keyword or each.attribute for each in deprecated}
        names = ", ".join(f"{rule} ({keyword})" for rule, keyword in rules.items())
        ask = "asks for the deprecated rule" + ("s" if len(rules) > 1 else "")
        yield (
            f"the schema {ask} {names}; the values are right, and only the schema can change that"
        )
    for finding in itertools.chain(*of_kinds.values()):
        yield f"{finding.keyword or finding.attribute} ({finding.attribute}): {finding.problem}"


def _print_finding(output: "Output", finding: Finding, classes: "Sequence[str]") -> None:
    attribute = finding.attribute
    if finding.keyword:
        attribute = f"{attribute} ({finding.keyword})"
    output.lines(f"{attribute}: {finding.problem}", "bold")
    rule = f"{finding.rule} of {finding.provider}, asked for by {finding.source}"
    output.text(f"{finding.kind.value}: {rule}", indent=2)
    output.lines(in_options(finding.remedy), indent=2)
    if classes:
        output.text(f"in {list_some(classes, _MOST_CLASSES)}", "dim", indent=2)
    output.text("")


def _where(by_plan: _Findings) -> str:
    names = [name for name, findings in by_plan.items() if findings] or list(by_plan)
    if len(by_plan) == 1:
        return names[0]
    if len(names) < len(by_plan):
        return f"{len(names)} of {len(by_plan)} classes"
    return f"{len(by_plan)} classes"


def findings_object(by_plan: _Findings) -> dict[str, Any]:
    """Return what programs read of findings: those to mend, and those for information."""
    objects: dict[str, list[dict[str, Any]]] = {"findings": [], "information": []}
    for name, findings in by_plan.items():
        for finding in findings:
            kind = "information" if finding.is_information else "findings"
            objects[kind].append({**({"where": name} if name else {}), **_finding_object(finding)})
    return objects


def _finding_object(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "attribute": finding.attribute,
        "keyword": finding.keyword,
        "rule": finding.rule,
        "provider": provider_object(finding.provider),
        "asked_by": finding.source,
        "problem": finding.problem,
        "remedy": finding.remedy,
    }


def _print_json(
    by_plan: _Findings, faults: "Mapping[str, BlenderError]", tried: "OverridesTrial | None"
) -> None:
    from blender_core.cli.plugin_check import findings_objects as overrides_objects

    print_json(
        {
            **findings_object(by_plan),
            "without_a_plan": {name: str(fault) for name, fault in faults.items()},
            **({} if tried is None else {"overrides": overrides_objects(tried)}),
        }
    )
