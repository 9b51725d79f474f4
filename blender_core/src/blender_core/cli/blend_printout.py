"""Tell what a blend came to, or would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.check import finding_object, print_findings
from blender_core.cli.console import Output
from blender_core.cli.plan import assignment_object, changed_in, print_idle, print_plan
from blender_core.cli.summary import facts_of
from blender_core.cli.value_changes import change_object, print_changes
from blender_core.common.wording import join_words, pluralize
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.plan.assignment import Tier
from blender_core.plan.findings import FindingKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from blender_core.blending.amendment import Amendment
    from blender_core.blending.result import BlendResult
    from blender_core.errors import OverrideConflictError
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.findings import Findings
    from blender_core.plan.plan import BlendPlan

__all__ = ["Rehearsal", "blend_object", "print_blend", "print_rehearsal", "rehearsal_object"]

_FEW: Final = 6


def blend_object(
    result: BlendResult, output: Path, report: Path | None, notes: Sequence[str]
) -> dict[str, Any]:
    """Return what programs read of a blend."""
    return {
        "product": str(output),
        "report": None if report is None else str(report),
        "n_inputs": _rows(result),
        "skipped": [str(fault) for fault in result.skipped],
        "values": {path: one for path, one in result.values.items() if path not in OF_A_FILE},
        **_later_object(result),
        "varied": [one.attribute for one in result.varied()],
        "columns": result.table.colnames,
        "warnings": list(notes),
    }


def print_blend(result: BlendResult, output: Path, report: Path | None) -> None:
    """Tell a person what a blend came to."""
    console = Output()
    n_inputs = _rows(result)
    made = [one for one in result.outcomes.values() if one.status is Status.SET]
    ruled = sum(one.tier is Tier.SCHEMA for one in made)
    overridden = sum(one.overridden for one in made)
    firsts = len(made) - ruled - overridden
    varied = result.varied()
    facts = {
        **facts_of(result),
        "values": f"{ruled} by rules of the schema, {overridden} by overrides, "
        f"{firsts} of the first input",
        "HDRTAB": f"{pluralize(n_inputs, 'row')}, "
        f"{pluralize(len(result.table.colnames), 'column')}",
    }
    if varied:
        names = ", ".join(one.keyword or one.attribute for one in varied[:_FEW])
        more = f" and {len(varied) - _FEW} more" if len(varied) > _FEW else ""
        facts["varied"] = f"{names}{more}: no rule is set, so they are the first input's"
    if report is not None:
        facts["report"] = str(report)
    console.say(f"{output}: {pluralize(n_inputs, 'input')} blended", "bold")
    console.facts(facts)
    for line in _later_lines(result):
        console.say(line)
    for fault in result.skipped:
        console.say(f"Left out: {fault}", "yellow")


def _later_object(result: BlendResult) -> dict[str, dict[str, Any]]:
    """Return what programs read of values that were set after an earlier blend."""
    replaced = {path: own.value for path, own in result.later_values.items() if not own.stays}
    return {"later": result.later, "replaced": replaced}


def _later_lines(result: BlendResult) -> Iterator[str]:
    """Tell what becomes of values that were set after an earlier blend."""
    stay: list[str] = []
    go: list[str] = []
    for path, own in result.later_values.items():
        (stay if own.stays else go).append(result.plan[path].attribute.keyword or path)
    if stay:
        was, stays = ("was", "stays") if len(stay) == 1 else ("were", "stay")
        number = pluralize(len(stay), "value")
        yield f"{number} {was} set after the blend and {stays}: {join_words(stay)}"
    if go:
        was, is_ = ("was", "is") if len(go) == 1 else ("were", "are")
        number = pluralize(len(go), "value")
        names = join_words(go)
        yield f"{number} {was} set after the blend and {is_} replaced by overrides: {names}"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a blend would do.

    Parameters
    ----------
    inputs : sequence of Path
        The files that would be read.
    output : Path
        Where the product would lie.
    plan : BlendPlan
        The plan.
    findings : Findings
        What its check found.
    kinds : sequence of str, optional
        The kinds of inputs that the plan is for, in words, if there are several.
    conflicts : sequence of OverrideConflictError, optional
        Why it could not be carried out: what the plans of the kinds disagree on.
    values : sequence of Amendment, optional
        The values that are to be told: those that would change, or all.
    result : BlendResult or None, optional
        What it would come to, if it could be carried out.
    """

    inputs: Sequence[Path]
    output: Path
    plan: BlendPlan
    findings: Findings
    kinds: Sequence[str] = ()
    conflicts: Sequence[OverrideConflictError] = ()
    values: Sequence[Amendment] = ()
    result: BlendResult | None = None

    @property
    def changed(self) -> list[Assignment]:
        """What is not as the schema asks for, as far as it is settled."""
        unsettled = {one.attribute for one in self.conflicts}
        return [one for one in changed_in(self.plan) if one.attribute.path not in unsettled]


def rehearsal_object(rehearsal: Rehearsal, notes: Sequence[str]) -> dict[str, Any]:
    """Return what programs read of a blend that is only tried."""
    plan = rehearsal.plan
    return {
        "product": str(rehearsal.output),
        "inputs": [str(path) for path in rehearsal.inputs],
        "missing": [str(path) for path in rehearsal.inputs if not path.exists()],
        "changed": [
            assignment_object(one, plan.columns.get(one.attribute.path))
            for one in rehearsal.changed
        ],
        "conflicts": [
            {"attribute": one.attribute, "asked_by": one.sources, "problem": str(one)}
            for one in rehearsal.conflicts
        ],
        "findings": [finding_object(one) for one in rehearsal.findings],
        "values": [change_object(one, "now", "then") for one in rehearsal.values],
        **({} if rehearsal.result is None else _later_object(rehearsal.result)),
        "warnings": list(notes),
    }


def print_rehearsal(rehearsal: Rehearsal) -> None:
    """Tell a person what a blend would do."""
    console = Output()
    inputs, plan = rehearsal.inputs, rehearsal.plan
    console.say(f"Would blend {pluralize(len(inputs), 'input')} into {rehearsal.output}.", "bold")
    console.say("")
    if rehearsal.kinds:
        console.say("They are of several kinds, and the plan is for all of them:", "bold")
        console.say("\n".join(rehearsal.kinds), indent=2)
        console.say("")
    if rehearsal.changed:
        console.say("The plan, where it is not what the schema asks for:", "bold")
        print_plan(plan, rehearsal.changed)
    else:
        console.say("The plan: every attribute has the rule that the schema asks for.", "bold")
    console.say("")
    console.say("Its check:", "bold")
    # Nobody who blends can do anything about these.
    telling = [one for one in rehearsal.findings if one.kind is not FindingKind.DEPRECATED]
    print_findings({"the plan": telling})
    console.say("")
    if rehearsal.result is not None:
        _print_values(rehearsal.values, rehearsal.result)
    console.say("The inputs:", "bold")
    missing = [path for path in inputs if not path.exists()]
    named = list(dict.fromkeys([*inputs[:_FEW], *missing]))
    for path in named:
        console.say(f"{path}{'  (there is no such file)' if path in missing else ''}", indent=2)
    if len(inputs) > len(named):
        console.say(f"and {len(inputs) - len(named)} more", indent=2)
    console.say("")
    console.say("Nothing has been written.", "bold")
    print_idle(plan)


def _print_values(values: Sequence[Amendment], result: BlendResult) -> None:
    console = Output()
    changes = sum(value.is_change for value in values)
    heading = f"The values, of which {changes} would change:"
    if changes == len(values):
        heading = "The values that would change:" if changes else "No value would change."
    console.say(heading, "bold")
    if values:
        print_changes(values, "now", "then")
    for line in _later_lines(result):
        console.say(line)
    console.say("")


def _rows(result: BlendResult) -> int:
    return max(map(len, result.inputs.values()), default=0)
