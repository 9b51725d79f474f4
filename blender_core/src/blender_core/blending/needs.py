"""What a blend cannot do without of inputs, and whether the HDRTAB of a product tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.blending.expand import Exposure
from blender_core.common.wording import preview
from blender_core.errors import ExpansionError, warn
from blender_core.plan.assignment import AS_THEY_ARE
from blender_core.plan.schema_choices import DEFAULT_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.plan.plan import BlendPlan
    from blender_core.plan.planner import Kind
    from blender_core.readers.reader import Reader
    from blender_core.schema.layout import Layout


@dataclass(frozen=True, slots=True)
class Needs:
    """What a blend cannot do without of inputs of one layout.

    That is what for, and what messages call it, by dotted path.
    """

    layout: Layout
    purposes: Mapping[str, str]
    labels: Mapping[str, str]


def needs_of(kind: Kind) -> Needs:
    """Return what a blend cannot do without of inputs of a kind."""
    purposes = _purposes(kind.plan)
    labels = {path: kind.attributes[path].label for path in purposes if path in kind.attributes}
    return Needs(kind.layout, purposes, labels)


def require_recorded(exposures: Sequence[Reader], needs: Iterable[Needs]) -> None:
    """Refuse a product whose HDRTAB lacks what the blend cannot do without."""
    first = exposures[0]
    if not isinstance(first, Exposure):
        return
    product = first.product
    lost: dict[str, str] = {}
    unrecorded: dict[str, str] = {}
    for each in needs:
        for path, value in product.own.get(each.layout, {}).items():
            if value is not None and path in each.purposes:
                lost[path] = f"\n- {each.labels[path]}: {each.purposes[path]}"
        for path, value in product.without_column(each.layout, each.purposes).items():
            unrecorded[path] = f"\n- {each.labels[path]}, which is {preview(value)}"
    if lost:
        msg = (
            f"{product.source.what} cannot be expanded, because its HDRTAB does not tell what each "
            f"exposure had of{''.join(lost.values())}\nBlend the exposures themselves, or make "
            "such products with Override(record=True) for these attributes."
        )
        raise ExpansionError(msg, attribute=next(iter(lost)))
    if unrecorded:
        msg = (
            f"{product.source.what} has values of which its HDRTAB has no column, so that no "
            f"exposure is taken to have had any:{''.join(unrecorded.values())}\nIf the product was "
            "made with overrides, blend it with the same: they tell which columns there are."
        )
        warn(msg)


def _purposes(plan: BlendPlan) -> dict[str, str]:
    """Return what more than the first exposure's value is wanted for, by dotted path."""
    blended: dict[str, str] = {}
    helping: dict[str, str] = {}
    for path, assignment in plan.items():
        selection = assignment.selection
        if assignment.rule is None:
            continue
        if selection is AS_THEY_ARE and assignment.rule.name == DEFAULT_RULE:
            continue
        if selection.values_of is None:
            blended[path] = f"its rule is {assignment.choice.label}, as {assignment.source} asks"
        for needed in selection.needs:
            helping.setdefault(needed, f"{assignment.attribute.label} is blended with its help")
    return blended | helping
