"""The command ``plan``: which rule every attribute gets."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blender_core.cli.errors import reported
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
    Rules,
)
from blender_core.cli.plan_options import PlanOptions, subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan

__all__ = ["assignment_object", "changed_in", "plan", "print_idle", "print_plan"]

_BY: Final = {
    "default": "default",
    "schema": "the schema",
    "plugin": "plugins",
    "rules file": "rules files",
    "caller": "--override or --ignore",
}


def plan(
    file: File = None,
    model: Model = None,
    instrument: Instrument = None,
    exp_type: ExpType = None,
    detector: Detector = None,
    rules: Rules = None,
    override: Overrides = None,
    ignore: Ignore = None,
    block: Block = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what differs from what the schema asks for.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show which rule every attribute gets, and why.

    This is the plan that a blend of files like FILE has, or of datamodels of a class. Nothing is
    blended, and of a file only the metadata are read.
    """
    with reported(debug):
        from blender_core.cli.captured_warnings import Notes
        from blender_core.cli.environment import print_environment
        from blender_core.cli.json_output import print_json

        options = PlanOptions(
            instrument=instrument,
            exp_type=exp_type,
            detector=detector,
            rules=rules,
            override=override,
            ignore=ignore,
            block=block,
        )
        about, notes = subject(file, model), Notes()
        with notes.about(""):
            made = options.plan_for(about)
        shown = changed_in(made) if changed else list(made.values())
        if as_json:
            print_json(
                [assignment_object(one, made.columns.get(one.attribute.path)) for one in shown]
            )
        else:
            print_plan(made, shown)
            print_idle(made)
        print_environment()
        notes.print()


def changed_in(plan: "BlendPlan") -> "list[Assignment]":
    """Return what a plan treats in another way than the schema asks for."""
    return [one for one in plan.values() if _differs(one)]


def _differs(one: "Assignment") -> bool:
    from blender_core.plan.assignment import Tier

    if one.recorded != one.attribute.recorded or one.column is not None:
        return True
    # What the schema or, if it says nothing, the engine asks for is always among them.
    own = next(other for other in (one.choice, *one.won_over) if other.tier <= Tier.SCHEMA)
    return (one.choice.name, one.choice.selection) != (own.name, own.selection)


def print_plan(plan: "BlendPlan", shown: "Sequence[Assignment]") -> None:
    """Print assignments, and what there is in the plan beside."""
    from collections import Counter

    from blender_core.cli.console import Output
    from blender_core.common.wording import pluralize
    from blender_core.plan.assignment import Tier
    from blender_core.plan.claims import DEFAULT_RULE

    output = Output()
    if not output.is_terminal:
        rows = [
            (
                one.attribute.path,
                one.attribute.keyword or "",
                one.choice.label,
                one.tier.label,
                one.source,
                str(one.provider),
                one.reason,
            )
            for one in shown
        ]
        head = ("attribute", "keyword", "rule", "tier", "asked for by", "provider", "reason")
        output.table(head, rows)
        return
    brief = []
    providers: dict[str, dict[str, None]] = {}
    for one in shown:
        why = f"{one.source}: {one.reason}"
        if one.tier is Tier.SCHEMA:
            why = one.source
        elif one.tier is Tier.DEFAULT:
            why = "default" if one.name == DEFAULT_RULE else one.reason
        brief.append((one.attribute.keyword or "", one.attribute.path, one.choice.label, why))
        providers.setdefault(str(one.provider), {})[one.name] = None
    if brief:
        output.table(
            ("keyword", "attribute", "rule", "why"),
            brief,
            styles=("bold", "", "bold cyan", "dim"),
            folded=(1, 2, 3),
            two_names_from=80,
        )
        output.say("")
    tiers = Counter(one.tier for one in plan.values())
    said = [f"{number} by {_BY[tier.label]}" for tier, number in sorted(tiers.items())]
    changed = f"; {len(brief)} not as the schema asks for" if len(brief) < len(plan) else ""
    output.say(f"{pluralize(len(plan), 'attribute')}: {', '.join(said)}{changed}.")
    for provider, names in providers.items():
        output.say(f"{', '.join(names)}: {provider}", "dim")


def print_idle(plan: "BlendPlan") -> None:
    """Say on standard error which of the user's overrides do not hold for the inputs, and why.

    Overrides of which a warning says that no input can meet their conditions are left out.
    """
    import sys

    from blender_core.cli.console import printable
    from blender_core.common.wording import join_words, pluralize

    told = {one.sourced for one in plan.unknown_conditions}
    alike: dict[tuple[str, str], list[str]] = {}
    for one in plan.idle:
        if one not in told:
            key = one.source, str(one.override.when)
            alike.setdefault(key, []).append(one.override.attribute)
    number = sum(map(len, alike.values()))
    if number == 1:
        (((source, when), (attribute,)),) = alike.items()
        what = f"the override of {attribute} by {source} does not hold here: it is for {when}"
    else:
        each = [f"{join_words(names)} by {one} for {when}" for (one, when), names in alike.items()]
        what = f"{pluralize(number, 'override')} do not hold here: {'; '.join(each)}"
    if number:
        sys.stderr.write(printable(f"Note: {what}") + "\n")


def assignment_object(one: "Assignment", column: str | None) -> dict[str, Any]:
    """Return what programs read of an assignment."""
    from blender_core.cli.json_output import provider_object

    return {
        "attribute": one.attribute.path,
        "keyword": one.attribute.keyword,
        "rule": one.name,
        "settings": str(one.selection),
        "tier": one.tier.label,
        "asked_by": one.source,
        "provider": provider_object(one.provider),
        "reason": one.reason,
        "column": column,
        "won_over": [
            {
                "rule": other.name,
                "settings": str(other.selection),
                "tier": other.tier.label,
                "asked_by": other.source,
                "reason": other.reason,
            }
            for other in one.won_over
        ],
    }
