"""The kinds of inputs that a blend has, and the one plan for them all.

Inputs of one class of datamodels are a kind, and so are a plugin's of one model type and schema. In
the end, the plan of a model type has the attributes of all its schemas, and what its inputs have
that no schema knows. Where overrides have conditions, inputs of a kind may have plans of their own,
by their instruments or detectors; all plans have to agree in the end.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.errors import BlenderError
from blender_core.plan.conditions import unknown_conditions, warn_of_conditions
from blender_core.plan.plan import BlendPlan
from blender_core.plan.schemas import merged, warn_of_differences
from blender_core.plan.union import united
from blender_core.plugins.context import Context, context_paths
from blender_core.plugins.source import attributes_of, name_of
from blender_core.readers.reader import layout_of
from blender_core.schema.attribute_index import AttributeIndex
from blender_core.schema.attributes import read_attributes, unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blender_core.inputs.columns import Columns
    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plan.conditions import UnknownCondition
    from blender_core.plan.override_sources import OverrideSources
    from blender_core.plugins.registry import Registry
    from blender_core.readers.reader import Reader
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Inputs of one class of datamodels, or of one model type and schema of a plugin's.

    `attributes` are what the schema has, by dotted path; `context` is what the first such input,
    which is `like`, says of itself, None if no override wants to know; `holding` are the overrides
    that hold for it, and `plan` is the plan for such inputs, unless it `is_provisional`: without
    overrides that mean what inputs that are still to come may have. `layout` is read from all of
    them, and what `once` names from the first input only, if it is of this kind.
    """

    model_type: type | str
    like: str
    attributes: dict[str, Attribute]
    context: Context | None
    holding: list[SourcedOverride]
    plan: BlendPlan
    is_provisional: bool
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
        self._told: set[str] = set()

    @property
    def has_overrides(self) -> bool:
        """Whether anybody may ask for other rules than the schema's."""
        return bool(self._overrides)

    def kind(self, source: Reader, beyond: Collection[str] = ()) -> Kind:
        """Begin with inputs of a class, or of a schema.

        If they have something beyond the schema that is to be read with the rest, its paths are
        given.
        """
        known = read_attributes(source.schema)
        attributes = {
            **known,
            **{path: unknown_attribute(path) for path in beyond if path not in known},
        }
        context, holding = None, []
        wanted = set(beyond)
        if self._overrides:
            own = attributes_of(source)
            context = Context.of_source(source, own)
            holding = self._overrides.holding(context)
            wanted.update(context_paths(own).values())
        plan, later = self._first_plan(attributes, context, holding)
        if context is not None:
            later = [*later, *self._overrides.waiting(context)]
        wanted.update(plan.wanted)
        index = AttributeIndex(attributes.values())
        for sourced in later:
            wanted.update(_meant(sourced, index))
        if self._mixed or source.schema_content:
            # Inputs of another class or schema may call for what those of this one say.
            wanted.update(path for path, each in attributes.items() if each.type != "array")
        attributes_wanted = (each for path, each in attributes.items() if path in wanted)
        layout = layout_of(source, known, attributes_wanted, plan.columns)
        once = tuple(path for path in plan.wanted_once if path not in wanted)
        return Kind(
            source.model_type,
            source.what,
            attributes,
            context,
            holding,
            plan,
            bool(later),
            layout,
            once,
        )

    def _first_plan(
        self,
        attributes: Mapping[str, Attribute],
        context: Context | None,
        holding: Sequence[SourcedOverride],
    ) -> tuple[BlendPlan, Sequence[SourcedOverride]]:
        """Return the plan for the first input of a kind, and overrides that may mean others'.

        What these mean, it does not have; of the optional ones, the plan knows.
        """
        index = AttributeIndex(attributes.values())
        optional = [
            each
            for each in holding
            if each.override.optional
            and _names(each)
            and not index.matches(each.override.attribute)
        ]
        try:
            return self._plan(attributes.values(), context, holding), optional
        except BlenderError:
            later = [each for each in holding if _lacks_something(each, index)]
            usable = [each for each in holding if each not in later]
            if not later:
                raise
            with contextlib.suppress(BlenderError):
                return self._plan(attributes.values(), context, usable), [*later, *optional]
            raise

    def plan(self, kinds: Sequence[Kind], columns: Columns) -> BlendPlan:
        """Return the plan for all inputs."""
        plans = self.plans(kinds, columns)
        if len(plans) == 1 and not self._mixed:
            return next(iter(plans.values()))
        return united(plans, self._told)

    def plans(self, kinds: Sequence[Kind], columns: Columns) -> dict[str, BlendPlan]:
        """Return the plans that inputs would have by themselves."""
        plans: dict[str, BlendPlan] = {}
        candidates: list[tuple[Context, Mapping[str, Attribute], Sequence[SourcedOverride]]] = []
        by_type: dict[type | str, list[Kind]] = {}
        for kind in kinds:
            by_type.setdefault(kind.model_type, []).append(kind)
        contexts = {kind: _contexts(alike, columns) for kind, alike in by_type.items()}
        everyone = [*itertools.chain(*contexts.values())]
        for model_type, alike in by_type.items():
            candidates += self._add_plans(plans, alike, columns, contexts[model_type], everyone)
        unknown = unknown_conditions(candidates)
        warn_of_conditions(each for each in unknown if each not in self._warned_of)
        self._warned_of.update(unknown)
        for plan in plans.values():
            plan.unknown_conditions = unknown
        return plans

    def asked(
        self, plan: BlendPlan, columns: Columns
    ) -> tuple[Mapping[str, Sequence[Any]], Mapping[str, Any]]:
        """Return what all inputs are asked for, and what the first alone is.

        Where nobody asks for more than the first value, and the first input has one, that of an
        attribute that no schema knows is as that of one that nothing records.
        """
        inputs = columns.by_attribute()
        if self._mixed or not columns.unknown:
            return inputs, columns.once
        wanted = {*plan.wanted}
        alone = {
            path: inputs[path][0]
            for path in columns.unknown
            if path not in wanted and inputs[path][0] is not None
        }
        rest = {path: values for path, values in inputs.items() if path not in alone}
        return rest, {**columns.once, **alone}

    def _add_plans(
        self,
        plans: dict[str, BlendPlan],
        kinds: Sequence[Kind],
        columns: Columns,
        contexts: Sequence[Context],
        everyone: Sequence[Context],
    ) -> list[tuple[Context, Mapping[str, Attribute], Sequence[SourcedOverride]]]:
        """Add the plans for inputs of one model type, and return what overrides there are."""
        first = kinds[0]
        attributes = first.attributes
        ways: Sequence[tuple[str, dict[str, Attribute]]] = ()
        is_as_first = len(kinds) == 1 and not columns.attributes_beyond(first.layout)
        if not is_as_first:
            schemas: list[tuple[str, Mapping[str, Attribute]]]
            schemas = [(kind.like, kind.attributes) for kind in kinds]
            for kind in kinds:
                beyond = columns.attributes_beyond(kind.layout)
                schemas += [("", {each.path: each}) for one in beyond.values() for each in one]
            attributes, ways, differences = merged(schemas, columns.unknown)
            warn_of_differences(name_of(first.model_type), differences, self._told)
        plan, own_holding = first.plan, first.holding
        if first.context is not None:
            own_holding = self._overrides.holding(first.context, everyone)
        plan_for = functools.partial(self._plan, everyone=everyone, several=bool(ways))
        if first.is_provisional or not is_as_first:
            plan = plan_for(attributes.values(), first.context, own_holding)
        plans[_label(first.context, first.model_type, plans)] = plan
        for like, own in ways:
            label = _label(first.context, first.model_type, plans, like)
            plans[label] = plan_for({**attributes, **own}.values(), first.context, own_holding)
        for context in contexts:
            holding = self._overrides.holding(context, everyone)
            if context != first.context and holding != own_holding:
                plan = plan_for(attributes.values(), context, holding)
                plans[_label(context, first.model_type, plans)] = plan
        return [(context, attributes, self._overrides.all_for(context)) for context in contexts]

    def _plan(
        self,
        attributes: Iterable[Attribute],
        context: Context | None,
        holding: Sequence[SourcedOverride],
        *,
        everyone: Sequence[Context] = (),
        several: bool = False,
    ) -> BlendPlan:
        plan = BlendPlan.for_attributes(
            attributes,
            self._registry,
            overrides=holding,
            ignore=self._ignore,
            some_of_several=self._mixed or several,
            told=self._told,
        )
        if context is not None:
            plan.idle = self._overrides.idle(context, everyone)
        return plan


def _contexts(kinds: Sequence[Kind], columns: Columns) -> list[Context]:
    """Return what inputs of a model type say of themselves; that of the first is the last."""
    first = kinds[0].context
    if first is None:  # no override wants to know
        return []
    attributes: dict[str, Attribute] = {}
    for kind in kinds:
        beyond = columns.attributes_beyond(kind.layout)
        own = {**kind.attributes, **{path: ways[0] for path, ways in beyond.items()}}
        attributes = {**own, **attributes}
    paths = context_paths(attributes)
    distinct = dict.fromkeys(
        values for kind in kinds for values in columns.combinations(kind.layout, [*paths.values()])
    )
    blank = Context(model_type=first.model_type)
    contexts = [blank.updated(dict(zip(paths, values, strict=True))) for values in distinct]
    return [*(context for context in contexts if context != first), first]


def _names(sourced: SourcedOverride) -> list[str]:
    """Return the other attributes that an override takes to help."""
    override = sourced.override
    names = (override.order_by, *override.once_per, *override.companions.values())
    return [name for name in names if name]


def _subject(sourced: SourcedOverride) -> str:
    """Return what an override means of the attributes that inputs have."""
    return sourced.override.blend_from or sourced.override.attribute


def _lacks_something(sourced: SourcedOverride, index: AttributeIndex) -> bool:
    """Tell whether an override means something that is not there."""
    is_there = index.matches(_subject(sourced)) or sourced.override.optional
    return not (is_there and all(map(index.named, _names(sourced))))


def _meant(sourced: SourcedOverride, index: AttributeIndex) -> Iterable[str]:
    """Give the attributes that an override means or takes to help, as far as they are there."""
    for attribute, _ in index.matches(_subject(sourced)):
        yield attribute.path
    for name in _names(sourced):
        yield from (attribute.path for attribute in index.named(name))


def _label(
    context: Context | None, model_type: type | str, taken: Collection[str], like: str = ""
) -> str:
    """Return what inputs are, in words; classes of one name get numbers."""
    label = name = name_of(model_type) if context is None else str(context)
    if like:
        label = name = f"{name} like {like}"
    number = 1
    while label in taken:
        number += 1
        label = f"{name} ({number})"
    return label
