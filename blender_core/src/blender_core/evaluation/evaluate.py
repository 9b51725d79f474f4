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
    """Return the blended values.

    Parameters
    ----------
    assignments : iterable of Assignment
        The attributes and their rules.
    inputs : mapping of str to sequence, shape (n_inputs,)
        What the inputs said, by dotted path.
    once : mapping of str to object
        What the first input said, for attributes that are read from it alone.

    Returns
    -------
    values : dict of str to object
        By dotted path; ``DROP`` where the product is to have none. Attributes that keep the
        product's own value are left out.

    Raises
    ------
    RuleError
        If a rule cannot make a value. Several come as a `BlendErrorGroup`.

    Warns
    -----
    BlendWarning
        If inputs that are taken for one exposure differ, or do not say of which they are.
    """
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
