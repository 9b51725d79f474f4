"""The kinds of inputs that a blend has, and the one plan for them all.

Inputs of one class of datamodels are a kind. Where overrides have conditions, inputs of a kind may
have plans of their own, by their instruments or detectors; all plans have to agree in the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from blender_core.common.advice import Advice, Argument
from blender_core.errors import OverrideConflictError, raise_all
from blender_core.plan.assignment import Tier
from blender_core.plan.conditions import unknown_conditions, warn_of_conditions
from blender_core.plan.diff import PlanDiff
from blender_core.plan.plan import BlendPlan
from blender_core.plugins.context import Context, context_paths
from blender_core.plugins.source import attributes_of, name_of
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blender_core.errors import UnknownAttributeError
    from blender_core.inputs.columns import Columns
    from blender_core.plan.assignment import Assignment, SourcedOverride
    from blender_core.plan.conditions import UnknownCondition
    from blender_core.plan.override_sources import OverrideSources
    from blender_core.plugins.registry import Registry
    from blender_core.plugins.source import Source
    from blender_core.schema.attributes import Attribute

__all__ = ["DISAGREEMENT", "Kind", "Planner", "agreed", "united"]

DISAGREEMENT: Final = "the inputs are of different kinds, and their plans disagree"
"""What several such conflicts have in common."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Inputs of one class of datamodels, or of one kind of a plugin's.

    `attributes` are what the schema and the first such input have, by dotted path; `context` is
    what that input says of itself, None if no override wants to know; `holding` are the overrides
    that hold for it, and `plan` is the plan for inputs like it. `layout` is read from all of them,
    and what `once` names from the first input only, if it is of this kind.
    """

    model_type: type | str
    attributes: dict[str, Attribute]
    context: Context | None
    holding: list[SourcedOverride]
    plan: BlendPlan
    layout: Layout
    once: tuple[str, ...]


class Planner:
    """Makes the plan of a blend, whose inputs may be of several classes if it is mixed."""

    def __init__(
        self, registry: Registry, overrides: OverrideSources, ignore: Sequence[str], mixed: bool
    ) -> None:
        self._registry = registry
        self._overrides = overrides
        self._ignore = ignore
        self._mixed = mixed
        self._warned_of: set[UnknownCondition] = set()

    @property
    def has_overrides(self) -> bool:
        """Whether anybody may ask for other rules than the schema's."""
        return bool(self._overrides)

    def kind(self, source: Source) -> Kind:
        """Begin with inputs of a class."""
        attributes = attributes_of(source)
        context, holding = None, []
        wanted: set[str] = set()
        if self._overrides:
            context = Context.of_source(source, attributes)
            holding = self._overrides.holding(context)
            wanted.update(context_paths(attributes).values())
        plan = self._plan(attributes.values(), context, holding)
        wanted.update(plan.wanted)
        if self._mixed:
            # Inputs of another class may call for what those of this one say.
            wanted.update(path for path, each in attributes.items() if each.type != "array")
        layout = Layout((each for path, each in attributes.items() if path in wanted), plan.columns)
        once = tuple(path for path in plan.wanted_once if path not in wanted)
        return Kind(source.model_type, attributes, context, holding, plan, layout, once)

    def plan(self, kinds: Sequence[Kind], columns: Columns) -> BlendPlan:
        """Return the plan for all inputs."""
        plans = self.plans(kinds, columns)
        return kinds[0].plan if len(plans) == 1 and not self._mixed else united(plans)

    def plans(self, kinds: Sequence[Kind], columns: Columns) -> dict[str, BlendPlan]:
        """Return the plans that inputs would have by themselves."""
        plans: dict[str, BlendPlan] = {}
        candidates = []
        for kind in kinds:
            plans[_label(kind.context, kind.model_type, plans)] = kind.plan
            if kind.context is None:
                continue
            others = self._others(kind, columns)
            candidates += [
                (context, kind.attributes, self._overrides.all_for(context))
                for context in (*others, kind.context)
            ]
            for context in others:
                holding = self._overrides.holding(context)
                if holding != kind.holding:
                    plan = self._plan(kind.attributes.values(), context, holding)
                    plans[_label(context, kind.model_type, plans)] = plan
        unknown = unknown_conditions(candidates)
        warn_of_conditions(each for each in unknown if each not in self._warned_of)
        self._warned_of.update(unknown)
        for plan in plans.values():
            plan.unknown_conditions = unknown
        return plans

    def _plan(
        self,
        attributes: Iterable[Attribute],
        context: Context | None,
        holding: Sequence[SourcedOverride],
    ) -> BlendPlan:
        plan = BlendPlan.for_attributes(
            attributes,
            self._registry,
            overrides=holding,
            ignore=self._ignore,
            some_of_several=self._mixed,
        )
        if context is not None:
            plan.idle = self._overrides.idle(context)
        return plan

    def _others(self, kind: Kind, columns: Columns) -> list[Context]:
        """Return what inputs of a kind say of themselves where it is not what its first said."""
        assert kind.context is not None  # noqa: S101  # overrides want to know
        places = {
            name: kind.layout.places[path] for name, path in context_paths(kind.attributes).items()
        }
        distinct = dict.fromkeys(
            tuple(row[place] for place in places.values()) for row in columns.rows_of(kind.layout)
        )
        blank = Context(model_type=kind.context.model_type)
        contexts = [blank.updated(dict(zip(places, values, strict=True))) for values in distinct]
        return [context for context in contexts if context != kind.context]


def _label(context: Context | None, model_type: type | str, taken: Collection[str]) -> str:
    """Return what inputs are, in words; classes of one name get numbers."""
    label = name = name_of(model_type) if context is None else str(context)
    number = 1
    while label in taken:
        number += 1
        label = f"{name} ({number})"
    return label


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
    plan = BlendPlan(assignments)
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
    return OverrideConflictError(msg, attribute=old.attribute.path, sources=sources)
