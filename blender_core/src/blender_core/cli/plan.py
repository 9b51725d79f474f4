"""The command ``plan``: which rule every attribute gets."""

# Typer reads the annotations, so their names have to be there when the program runs.
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

from blender_core.cli import options
from blender_core.cli.formatting import print_json
from blender_core.cli.options import flag
from blender_core.cli.plan_options import PlanOptions, print_environment
from blender_core.common.wording import join_words, pluralize, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.cli.console import Output
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan

_BY: Final = {
    "default": "default",
    "schema": "the schema",
    "plugin": "plugins",
    "rules file": "rules files",
    "caller": "--override or --ignore",
}


def plan(
    *,
    plan_options: PlanOptions,
    remote_options: options.RemoteOptions,
    changed: Annotated[
        bool, flag("Only what differs from what the schema asks for.", "--changed")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show which rule every attribute gets, and why.

    This is the plan that a blend of files like FILE has, or of datamodels of a class. Nothing is
    blended, and of a file only the metadata are read.
    """
    from blender_core.cli.captured_warnings import Notes

    subject, notes = plan_options.subject(), Notes()
    with notes.about(""):
        blend_plan = plan_options.make_plan(subject, remote=remote_options.remote())
        plan_options.warn_of_unknown(blend_plan)
    printed = changed_assignments(blend_plan) if changed else list(blend_plan.values())
    if as_json:
        print_json(assignment_objects(printed, blend_plan))
    else:
        print_plan(blend_plan, printed)
        print_idle(blend_plan)
    print_environment()
    notes.print()


def changed_assignments(plan: "BlendPlan") -> "list[Assignment]":
    """Return what a plan treats in another way than the schema asks for."""
    return [assignment for assignment in plan.values() if _is_changed(assignment)]


def _is_changed(assignment: "Assignment") -> bool:
    from blender_core.plan.assignment import Tier

    if assignment.recorded != assignment.attribute.recorded or assignment.column is not None:
        return True
    choice = assignment.choice
    # What the schema or, if it says nothing, the engine asks for is always among them.
    own = next(each for each in (choice, *assignment.won_over) if each.tier <= Tier.SCHEMA)
    return (choice.name, choice.selection) != (own.name, own.selection)


def print_plan(plan: "BlendPlan", assignments: "Sequence[Assignment]") -> None:
    """Print assignments of a plan, on a terminal with a summary of the plan."""
    from blender_core.cli.console import Output

    output = Output()
    if output.is_terminal:
        _print_for_people(output, plan, assignments)
        return
    rows = [
        (
            assignment.attribute.path,
            assignment.attribute.keyword or "",
            assignment.choice.label,
            assignment.tier.label,
            assignment.source,
            str(assignment.provider),
            assignment.reason,
        )
        for assignment in assignments
    ]
    head = ("attribute", "keyword", "rule", "tier", "asked for by", "provider", "reason")
    output.table(head, rows)


def _print_for_people(
    output: "Output", plan: "BlendPlan", assignments: "Sequence[Assignment]"
) -> None:
    rules: dict[str, dict[str, None]] = {}
    for assignment in assignments:
        rules.setdefault(str(assignment.provider), {})[assignment.name] = None
    if assignments:
        output.table(
            ("keyword", "attribute", "rule", "why"),
            [
                (
                    assignment.attribute.keyword or "",
                    assignment.attribute.path,
                    assignment.choice.label,
                    _why(assignment),
                )
                for assignment in assignments
            ],
            folded=(1, 2, 3),
            two_names_from=80,
        )
        output.text("")
    tiers = Counter(assignment.tier for assignment in plan.values())
    numbers = ", ".join(f"{number} by {_BY[tier.label]}" for tier, number in sorted(tiers.items()))
    changed = f"; {len(assignments)} not as the schema asks for"
    if len(assignments) == len(plan):
        changed = ""
    output.text(f"{pluralize(len(plan), 'attribute')}: {numbers}{changed}.")
    for provider, names in rules.items():
        output.text(f"{', '.join(names)}: {provider}", "dim")


def _why(assignment: "Assignment") -> str:
    from blender_core.plan.assignment import Tier
    from blender_core.plan.schema_choices import DEFAULT_RULE

    if assignment.tier is Tier.SCHEMA:
        return assignment.source
    if assignment.tier is Tier.DEFAULT:
        return "default" if assignment.name == DEFAULT_RULE else assignment.reason
    return f"{assignment.source}: {assignment.reason}"


def print_idle(plan: "BlendPlan") -> None:
    """Say on standard error which of the user's overrides do not hold for the inputs, and why.

    options.Overrides of which a warning says that no input can meet their conditions are left out.
    """
    warned_of = {condition.sourced for condition in plan.unknown_conditions}
    attributes: dict[tuple[str, str], list[str]] = {}
    for sourced in plan.idle:
        if sourced not in warned_of:
            key = sourced.source, str(sourced.override.when)
            attributes.setdefault(key, []).append(sourced.override.attribute)
    number = sum(map(len, attributes.values()))
    if not number:
        return
    if number == 1:
        (((source, when), (attribute,)),) = attributes.items()
        text = f"the override of {attribute} by {source} does not hold here: it is for {when}"
    else:
        reasons = [
            f"{join_words(names)} by {source} for {when}"
            for (source, when), names in attributes.items()
        ]
        text = f"{pluralize(number, 'override')} do not hold here: {'; '.join(reasons)}"
    sys.stderr.write(visible(f"Note: {text}") + "\n")


def assignment_objects(
    assignments: "Sequence[Assignment]", plan: "BlendPlan"
) -> list[dict[str, Any]]:
    """Return what programs read of assignments of a plan."""
    return [
        {
            "attribute": assignment.attribute.path,
            "keyword": assignment.attribute.keyword,
            "rule": assignment.name,
            "settings": str(assignment.selection),
            "tier": assignment.tier.label,
            "asked_by": assignment.source,
            "provider": asdict(assignment.provider),
            "reason": assignment.reason,
            "column": plan.columns.get(assignment.attribute.path),
            "won_over": [
                {
                    "rule": choice.name,
                    "settings": str(choice.selection),
                    "tier": choice.tier.label,
                    "asked_by": choice.source,
                    "reason": choice.reason,
                }
                for choice in assignment.won_over
            ],
        }
        for assignment in assignments
    ]
