"""The one plan of a blend whose inputs have several, which have to agree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from blender_core.common.advice import Advice, Argument
from blender_core.errors import OverrideConflictError, raise_all
from blender_core.plan.assignment import Tier
from blender_core.plan.diff import PlanDiff
from blender_core.plan.plan import BlendPlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.errors import UnknownAttributeError
    from blender_core.plan.assignment import Assignment

DISAGREEMENT: Final = "the inputs are of different kinds, and their plans disagree"
"""What several such conflicts have in common."""


def united(plans: Mapping[str, BlendPlan], told: set[str] | None = None) -> BlendPlan:
    """Return the plan that has every attribute of several plans."""
    assignments, conflicts, unmatched = _union(plans)
    raise_all(DISAGREEMENT, [*conflicts, *unmatched])
    return _plan_of(assignments, plans, told)


def agreed(plans: Mapping[str, BlendPlan]) -> tuple[BlendPlan, list[OverrideConflictError]]:
    """Return the plan that has every attribute of several, and what has to be settled first."""
    assignments, conflicts, unmatched = _union(plans)
    if unmatched:
        raise_all(DISAGREEMENT, [*conflicts, *unmatched])
    return _plan_of(assignments, plans), conflicts


def _plan_of(
    assignments: Iterable[Assignment],
    plans: Mapping[str, BlendPlan],
    told: set[str] | None = None,
) -> BlendPlan:
    """Make a plan of several, which knows of the overrides that do not hold in any of them."""
    plan = BlendPlan(assignments, told=told)
    first, *others = plans.values()
    plan.idle = tuple(each for each in first.idle if all(each in other.idle for other in others))
    unknown = (each for other in plans.values() for each in other.unknown_conditions)
    plan.unknown_conditions = tuple(dict.fromkeys(unknown))
    return plan


def _union(
    plans: Mapping[str, BlendPlan],
) -> tuple[list[Assignment], list[OverrideConflictError], list[UnknownAttributeError]]:
    assignments: dict[str, Assignment] = {}
    whose: dict[str, str] = {}
    conflicts: list[OverrideConflictError] = []
    for kind, plan in plans.items():
        for path, new in plan.items():
            old = assignments.setdefault(path, new)
            whose.setdefault(path, kind)
            # What one schema does not know, and an input has all the same, another may know.
            if old is new or _gives_way(new, old):
                continue
            if _gives_way(old, new):
                assignments[path], whose[path] = new, kind
                continue
            if old.recorded != new.recorded and not (_is_overridden(old) or _is_overridden(new)):
                # One schema records what another does not.
                old, new = replace(old, recorded=True), replace(new, recorded=True)
            if PlanDiff.between({path: old}, {path: new}):
                conflicts.append(_conflict(old, whose[path], new, kind))
            assignments[path] = new if new.attribute.known > old.attribute.known else old
    # An override that means something in one of the plans need not in the others.
    settled = [override for plan in plans.values() for override in plan.matched]
    unmatched: list[UnknownAttributeError] = []
    for override, fault in (pair for plan in plans.values() for pair in plan.unmatched):
        if override not in settled:
            settled.append(override)
            unmatched.append(fault)
    return list(assignments.values()), conflicts, unmatched


def _gives_way(assignment: Assignment, other: Assignment) -> bool:
    """Tell whether only the other schema knows the attribute, and nobody asks for a rule here."""
    unknown = other.attribute.known and not assignment.attribute.known
    return unknown and assignment.tier is Tier.DEFAULT


def _is_overridden(assignment: Assignment) -> bool:
    """Tell whether an override decided if the attribute is recorded."""
    return assignment.recorded != assignment.attribute.recorded


def _conflict(
    old: Assignment, old_kind: str, new: Assignment, new_kind: str
) -> OverrideConflictError:
    (change,) = PlanDiff.between({"": old}, {"": new})
    msg = Advice(
        f"inputs of different kinds disagree on {old.attribute.label}:\n"
        f"  - {change.in_words_here} for {old_kind}\n"
        f"  - {change.in_words_there} for {new_kind}\n"
        "Settle it with an override that holds for both: in a rules file, or with ",
        Argument("overrides"),
        ".",
    )
    sources = sorted({old.source, new.source})
    return OverrideConflictError(
        msg,
        attribute=old.attribute.path,
        keyword=old.attribute.keyword,
        sources=sources,
        providers=sorted({each.choice.provider for each in (old, new) if each.choice.provider}),
    )
