"""One plan of several, for inputs of different kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from blender_core.errors import OverrideConflictError, raise_all
from blender_core.plan.assignment import Tier
from blender_core.plan.diff import PlanDiff
from blender_core.plan.plan import BlendPlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.errors import UnknownAttributeError
    from blender_core.plan.assignment import Assignment

__all__ = ["DISAGREEMENT", "agreed", "united"]

DISAGREEMENT: Final = "the inputs are of different kinds, and their plans disagree"
"""What several such conflicts have in common."""


def united(plans: Mapping[str, BlendPlan]) -> BlendPlan:
    """Return the plan that has every attribute of several plans."""
    assignments, conflicts, unmatched = _union(plans)
    raise_all(DISAGREEMENT, [*conflicts, *unmatched])
    return _plan_of(assignments, plans)


def agreed(plans: Mapping[str, BlendPlan]) -> tuple[BlendPlan, list[OverrideConflictError]]:
    """Return the plan that has every attribute of several, and what has to be settled first."""
    assignments, conflicts, unmatched = _union(plans)
    if unmatched:
        raise_all(DISAGREEMENT, [*conflicts, *unmatched])
    return _plan_of(assignments, plans), conflicts


def _plan_of(assignments: Iterable[Assignment], plans: Mapping[str, BlendPlan]) -> BlendPlan:
    """Make a plan of several, which knows of the overrides that do not hold in any of them."""
    united = BlendPlan(assignments)
    first, *others = plans.values()
    united.idle = tuple(one for one in first.idle if all(one in other.idle for other in others))
    unknown = (one for plan in plans.values() for one in plan.unknown_conditions)
    united.unknown_conditions = tuple(dict.fromkeys(unknown))
    return united


def _union(
    plans: Mapping[str, BlendPlan],
) -> tuple[list[Assignment], list[OverrideConflictError], list[UnknownAttributeError]]:
    assignments: dict[str, Assignment] = {}
    whose: dict[str, str] = {}
    conflicts: list[OverrideConflictError] = []
    for kind, plan in plans.items():
        for path, one in plan.items():
            other = assignments.setdefault(path, one)
            whose.setdefault(path, kind)
            if other is one:
                continue
            # What one schema does not know, and an input has all the same, another may know.
            if _yields(other, one):
                assignments[path], whose[path] = one, kind
            if _yields(other, one) or _yields(one, other):
                continue
            if other.recorded != one.recorded and not (_is_told(other) or _is_told(one)):
                # One schema records what another does not.
                one, other = replace(one, recorded=True), replace(other, recorded=True)
            if PlanDiff.between({path: other}, {path: one}):
                conflicts.append(_conflict(other, whose[path], one, kind))
            assignments[path] = one if one.attribute.known > other.attribute.known else other
    # An override that means something in one of the plans need not in the others.
    told = [override for plan in plans.values() for override in plan.matched]
    unmatched: list[UnknownAttributeError] = []
    for override, fault in (pair for plan in plans.values() for pair in plan.unmatched):
        if override not in told:
            told.append(override)
            unmatched.append(fault)
    return list(assignments.values()), conflicts, unmatched


def _yields(assignment: Assignment, other: Assignment) -> bool:
    """Tell whether only the other schema knows the attribute, and nobody asks for a rule here."""
    unknown = other.attribute.known and not assignment.attribute.known
    return unknown and assignment.tier is Tier.DEFAULT


def _is_told(assignment: Assignment) -> bool:
    """Tell whether an override says that an attribute is to be recorded, or that it is not."""
    return assignment.recorded != assignment.attribute.recorded


def _conflict(
    one: Assignment, its_kind: str, other: Assignment, others_kind: str
) -> OverrideConflictError:
    (change,) = PlanDiff.between({"": one}, {"": other})
    msg = (
        f"inputs of different kinds disagree on {one.attribute.label}:\n"
        f"  - {change.said_here} for {its_kind}\n"
        f"  - {change.said_there} for {others_kind}\n"
        "Settle it with an override that holds for both: in a rules file, or with overrides= of "
        "the call."
    )
    sources = sorted({one.source, other.source})
    return OverrideConflictError(msg, attribute=one.attribute.path, sources=sources)
