"""What the rules of a plan make of what the inputs said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.drop import DROP
from blender_core.errors import RuleError, raise_all
from blender_core.evaluation.apply import apply
from blender_core.evaluation.exposure_warnings import Doubts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.errors import BlenderError
    from blender_core.plan.assignment import Assignment

__all__ = ["evaluate"]


def evaluate(
    assignments: Iterable[Assignment],
    inputs: Mapping[str, Sequence[Any]],
    once: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the blended values."""
    blended: dict[str, Any] = {}
    faults: list[BlenderError] = []
    doubts = Doubts()
    for assignment in assignments:
        path = assignment.attribute.path
        if assignment.name == "drop":
            blended[path] = DROP
        if assignment.rule is None:
            continue
        values = inputs[path] if path in inputs else (once.get(path),)
        try:
            value = apply(assignment, values, inputs, doubts)
        except RuleError as fault:
            faults.append(fault)
        else:
            if value is not None:
                blended[path] = value
    doubts.warn()
    raise_all("rules cannot make values of what the inputs have", faults)
    return blended
