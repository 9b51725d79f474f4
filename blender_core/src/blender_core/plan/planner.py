"""The kinds of inputs that a blend has, and the one plan for them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.plan.conditions import unknown_conditions, warn_of_conditions
from blender_core.plan.plan import BlendPlan
from blender_core.plan.union import united
from blender_core.plugins.context import Context, context_paths
from blender_core.plugins.source import attributes_of, name_of
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from blender_core.inputs.columns import Columns
    from blender_core.plan.conditions import UnknownCondition
    from blender_core.plan.override_sources import OverrideSources, SourcedOverride
    from blender_core.plugins.registry import Registry
    from blender_core.plugins.source import Source
    from blender_core.schema.attributes import Attribute

__all__ = ["Kind", "Planner"]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Inputs of one class of datamodels.

    Parameters
    ----------
    model_type : type or str
        The class, or what a plugin calls it.
    attributes : dict of str to Attribute
        What its schema and the first such input have, by dotted path.
    context : Context or None
        What that input says of itself; None if no override wants to know.
    holding : list of SourcedOverride
        The overrides that hold for it.
    plan : BlendPlan
        The plan for inputs that are like it.
    layout : Layout
        What is read from all of them.
    once : tuple of str
        Dotted paths of what is read from the first input only, if it is of this kind.
    """

    model_type: type | str
    attributes: dict[str, Attribute]
    context: Context | None
    holding: list[SourcedOverride]
    plan: BlendPlan
    layout: Layout
    once: tuple[str, ...]


class Planner:
    """Makes the plan of a blend.

    Parameters
    ----------
    registry : Registry
        The rules that are there.
    overrides : OverrideSources
        All overrides.
    ignore : sequence of str
        Attributes whose paths begin with one of these keep the product's own value.
    mixed : bool
        Whether there may be inputs of several classes.
    """

    def __init__(
        self, registry: Registry, overrides: OverrideSources, ignore: Sequence[str], mixed: bool
    ) -> None:
        self._registry = registry
        self._overrides = overrides
        self._ignore = ignore
        self._mixed = mixed
        self._told: set[UnknownCondition] = set()

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
            wanted.update(path for path, one in attributes.items() if one.type != "array")
        found = (one for path, one in attributes.items() if path in wanted)
        layout = Layout(found, plan.columns)
        once = tuple(path for path in plan.wanted_once if path not in wanted)
        return Kind(source.model_type, attributes, context, holding, plan, layout, once)

    def plan(self, kinds: Sequence[Kind], columns: Columns) -> BlendPlan:
        """Return the plan for all inputs."""
        plans = self.plans(kinds, columns)
        return kinds[0].plan if len(plans) == 1 and not self._mixed else united(plans)

    def plans(self, kinds: Sequence[Kind], columns: Columns) -> dict[str, BlendPlan]:
        """Return the plans that inputs would have by themselves."""
        plans: dict[str, BlendPlan] = {}
        asked = []
        for kind in kinds:
            plans[_label(kind.context, kind.model_type, plans)] = kind.plan
            if kind.context is None:
                continue
            others = self._others(kind, columns)
            asked += [(one, kind.attributes, self._overrides.asked(one)) for one in others]
            asked.append((kind.context, kind.attributes, self._overrides.asked(kind.context)))
            for context in others:
                holding = self._overrides.holding(context)
                if holding != kind.holding:
                    plan = self._plan(kind.attributes.values(), context, holding)
                    plans[_label(context, kind.model_type, plans)] = plan
        unknown = unknown_conditions(asked)
        warn_of_conditions(one for one in unknown if one not in self._told)
        self._told.update(unknown)
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
        said = dict.fromkeys(
            tuple(row[place] for place in places.values()) for row in columns.rows_of(kind.layout)
        )
        nothing = Context(model_type=kind.context.model_type)
        contexts = [nothing.updated(dict(zip(places, values, strict=True))) for values in said]
        return [context for context in contexts if context != kind.context]


def _label(context: Context | None, model_type: type | str, taken: Collection[str]) -> str:
    """Return what inputs are, in words; classes of one name get numbers."""
    label = name = name_of(model_type) if context is None else str(context)
    number = 1
    while label in taken:
        number += 1
        label = f"{name} ({number})"
    return label
