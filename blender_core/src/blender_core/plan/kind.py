"""Inputs that are alike: what they have, what holds for them, and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plan.plan import BlendPlan
    from blender_core.plugins.context import Context
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["Kind"]


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
