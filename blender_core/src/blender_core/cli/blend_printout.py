"""Tell what a blend came to, or would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.amend import change_objects, print_changes
from blender_core.cli.console import Output
from blender_core.cli.findings_printout import findings_object, print_findings
from blender_core.cli.formatting import list_some
from blender_core.cli.plan import (
    assignment_objects,
    changed_assignments,
    print_idle,
    print_plan,
)
from blender_core.common.values import distinct
from blender_core.common.wording import join_words, pluralize
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from blender_core.blending.amendment import Amendment
    from blender_core.blending.result import BlendResult
    from blender_core.errors import OverrideConflictError
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.findings import Findings
    from blender_core.plan.plan import BlendPlan

_MOST_NAMES: Final = 6
_MOST_VALUES: Final = 8


def input_facts(result: BlendResult) -> dict[str, str]:
    """Return what a person asks first about the inputs of a blend."""

    def values(attribute: str) -> str:
        present = (value for value in result.inputs.get(attribute, ()) if value is not None)
        return list_some([*map(str, distinct(present))], _MOST_VALUES)

    facts = {
        "instrument": values("meta.instrument.name"),
        "detectors": values("meta.instrument.detector"),
        "filters": values("meta.instrument.filter"),
    }
    begin = result.values.get("meta.observation.date_beg")
    end = result.values.get("meta.observation.date_end")
    if begin and end:
        facts["time"] = f"{begin} to {end} UTC"
    return {name: fact for name, fact in facts.items() if fact}


def count_of_values(result: BlendResult) -> str:
    """Return how many values are by which rules, in words."""
    blended = [outcome for outcome in result.outcomes.values() if outcome.status is Status.SET]
    ruled = sum(outcome.tier is Tier.SCHEMA for outcome in blended)
    overridden = sum(outcome.overridden for outcome in blended)
    firsts = len(blended) - ruled - overridden
    return f"{ruled} by rules of the schema, {overridden} by overrides, {firsts} of the first input"


def blend_object(
    result: BlendResult, output: Path, report: Path | None, warnings: Sequence[str]
) -> dict[str, Any]:
    """Return what programs read of a blend."""
    return {
        "product": str(output),
        **result_object(result, report, warnings),
        **_later_object(result),
    }


def result_object(
    result: BlendResult, report: Path | None, warnings: Sequence[str]
) -> dict[str, Any]:
    """Return what programs read of a blend, with a product or without one."""
    return {
        "report": None if report is None else str(report),
        "n_inputs": result.n_inputs,
        "skipped": [str(fault) for fault in result.skipped],
        "values": {path: value for path, value in result.values.items() if path not in OF_A_FILE},
        "varied": [outcome.attribute for outcome in result.varied()],
        "columns": result.table.colnames,
        "warnings": list(warnings),
    }


def print_blend(result: BlendResult, output: Path, report: Path | None) -> None:
    """Tell a person what a blend came to."""
    console = Output()
    n_rows = max(map(len, result.inputs.values()), default=0)
    facts = {
        **input_facts(result),
        "values": count_of_values(result),
        "HDRTAB": f"{pluralize(n_rows, 'row')}, {pluralize(len(result.table.colnames), 'column')}",
    }
    if varied := [outcome.keyword or outcome.attribute for outcome in result.varied()]:
        names = list_some(varied, _MOST_NAMES)
        facts["varied"] = f"{names}: no rule is set, so they are the first input's"
    if report is not None:
        facts["report"] = str(report)
    console.text(f"{output}: {result.n_inputs_in_words} blended", "bold")
    console.facts(facts)
    for line in _later_lines(result):
        console.text(line)
    for fault in result.skipped:
        console.lines(f"Left out: {fault}", "yellow")


def _later_object(result: BlendResult) -> dict[str, dict[str, Any]]:
    """Return what programs read of values that were set after an earlier blend."""
    replaced = {path: later.value for path, later in result.later_values.items() if not later.stays}
    return {"later": result.later, "replaced": replaced}


def _later_lines(result: BlendResult) -> Iterator[str]:
    """Tell what becomes of values that were set after an earlier blend."""
    kept: list[str] = []
    replaced: list[str] = []
    for path, later in result.later_values.items():
        names = kept if later.stays else replaced
        names.append(result.plan[path].attribute.keyword or path)
    if kept:
        was, stays = ("was", "stays") if len(kept) == 1 else ("were", "stay")
        number = pluralize(len(kept), "value")
        yield f"{number} {was} set after the blend and {stays}: {join_words(kept)}"
    if replaced:
        was, is_ = ("was", "is") if len(replaced) == 1 else ("were", "are")
        number = pluralize(len(replaced), "value")
        names_text = join_words(replaced)
        yield f"{number} {was} set after the blend and {is_} replaced by overrides: {names_text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a blend would do.

    ``kinds`` are those of the inputs, in words, if there are several that the plan is for. If their
    plans disagree, there are ``conflicts`` and neither changes nor a result.
    """

    inputs: Sequence[Path | str]
    output: Path
    plan: BlendPlan
    findings: Findings
    kinds: Sequence[str]
    conflicts: Sequence[OverrideConflictError]
    changes: Sequence[Amendment]
    result: BlendResult | None

    @property
    def changed_assignments(self) -> list[Assignment]:
        """What is not as the schema asks for, as far as it is settled."""
        unsettled = {conflict.attribute for conflict in self.conflicts}
        return [
            assignment
            for assignment in changed_assignments(self.plan)
            if assignment.attribute.path not in unsettled
        ]


def rehearsal_object(rehearsal: Rehearsal, warnings: Sequence[str]) -> dict[str, Any]:
    """Return what programs read of a blend that is only tried."""
    return {
        "product": str(rehearsal.output),
        "inputs": [str(path) for path in rehearsal.inputs],
        "missing": [str(path) for path in rehearsal.inputs if _is_missing(path)],
        "changed": assignment_objects(rehearsal.changed_assignments, rehearsal.plan),
        "conflicts": [
            {
                "attribute": conflict.attribute,
                "asked_by": conflict.sources,
                "problem": str(conflict),
            }
            for conflict in rehearsal.conflicts
        ],
        **findings_object({"": rehearsal.findings}),
        "values": change_objects(rehearsal.changes, "now", "then"),
        **({} if rehearsal.result is None else _later_object(rehearsal.result)),
        "warnings": list(warnings),
    }


def print_rehearsal(rehearsal: Rehearsal) -> None:
    """Tell a person what a blend would do."""
    console = Output()
    inputs = rehearsal.inputs
    console.text(f"Would blend {pluralize(len(inputs), 'input')} into {rehearsal.output}.", "bold")
    console.text("")
    if rehearsal.kinds:
        console.text("They are of several kinds, and the plan is for all of them:", "bold")
        for kind in rehearsal.kinds:
            console.text(kind, indent=2)
        console.text("")
    if changed := rehearsal.changed_assignments:
        console.text("The plan, where it is not what the schema asks for:", "bold")
        print_plan(rehearsal.plan, changed)
    else:
        console.text("The plan: every attribute has the rule that the schema asks for.", "bold")
    console.text("")
    console.text("Its check:", "bold")
    # Nobody who blends can do anything about the others.
    telling = [each for each in rehearsal.findings if not each.is_information]
    print_findings({"the plan": telling}, has_except=False)
    console.text("")
    if rehearsal.result is not None:
        _print_changes(rehearsal.changes, rehearsal.result)
    console.text("The inputs:", "bold")
    missing = [path for path in inputs if _is_missing(path)]
    named = list(dict.fromkeys([*inputs[:_MOST_NAMES], *missing]))
    for path in named:
        console.text(f"{path}{'  (there is no such file)' if path in missing else ''}", indent=2)
    if len(inputs) > len(named):
        console.text(f"and {len(inputs) - len(named)} more", indent=2)
    console.text("")
    console.text("Nothing has been written.", "bold")
    print_idle(rehearsal.plan)


def _is_missing(name: Path | str) -> bool:
    return not isinstance(name, str) and not name.exists()


def _print_changes(changes: Sequence[Amendment], result: BlendResult) -> None:
    console = Output()
    number = sum(change.is_change for change in changes)
    heading = f"The values, of which {number} would change:"
    if number == len(changes):
        heading = "The values that would change:" if changes else "No value would change."
    console.text(heading, "bold")
    if changes:
        print_changes(changes, "now", "then")
    for line in _later_lines(result):
        console.text(line)
    console.text("")
