"""Apply a rule to what the inputs said, and make sure that a value comes out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.assignment import Tier
from blender_core.errors import RuleError
from blender_core.readers.tree import is_plain, plain
from blender_core.rules import DROP, Gives
from blender_core.selection import AS_THEY_ARE, select, select_with
from blender_core.validity import INTEGERS
from blender_core.values import said, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.assignment import Assignment
    from blender_core.doubts import Doubts
    from blender_core.rules import Rule

__all__ = ["apply", "converted"]

_SCALARS: Final = frozenset({bool, int, float, str})


def apply(
    assignment: Assignment,
    values: Sequence[Any],
    others: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    doubts: Doubts | None = None,
) -> Any:
    """Return the blended value of one attribute.

    Parameters
    ----------
    assignment : Assignment
        The attribute and its rule.
    values : sequence, shape (n_inputs,)
        What the inputs said, None where one has no value. The rule cannot change them.
    others : mapping of str to sequence, shape (n_inputs,), optional
        What they said of the attributes that the assignment needs beside, by dotted path.
    doubts : Doubts, optional
        Where to note what cannot be known for certain: whether inputs are of one exposure.

    Returns
    -------
    value : object
        One of the values, or a plain one that the rule made; None if the product's own is to
        stay, ``DROP`` if it is to have none.

    Raises
    ------
    RuleError
        If the rule fails, or returns what is no value.

    Examples
    --------
    >>> from blender_core import BlendPlan
    >>> from blender_core.applying import apply
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> apply(BlendPlan.for_model(ImageModel)["meta.exposure.start_time"], [2.5, None, 1.5])
    1.5
    """
    try:
        rule = assignment.rule
        assert rule is not None  # noqa: S101  # for the type checker: the caller looked
        if assignment.selection is AS_THEY_ARE:
            return _value(assignment, rule, select(values, rule.missing), {})
        seen = select_with(assignment.selection, rule.missing, values, others)
        arguments = {**seen.companions, **dict(assignment.selection.parameters)}
        value = _value(assignment, rule, seen.values, arguments)
    except Exception as error:
        raise _rule_error(assignment, values, error) from error
    if doubts is not None:
        doubts.note(assignment, values, seen, others)
    return value


def _value(assignment: Assignment, rule: Rule, seen: list[Any], arguments: dict[str, Any]) -> Any:
    if not seen:
        return None
    if is_plain(seen):
        value = rule.blend(seen, **arguments)
    else:
        # The rule may do what it likes with lists and mappings: they are copies.
        seen = [plain(one) for one in seen]
        value = rule.blend(list(seen), **arguments)
        if any(value is one for one in seen):
            return plain(value)
    if value is None or value is DROP:
        return value
    if type(value) not in _SCALARS:
        value = _made(value)
    if rule.gives is Gives.INPUT and any(value is one for one in seen):
        return value
    return _of_type(value, assignment.attribute.type)


def converted(value: Any, wanted: str | None) -> Any:
    """Return what a rule made as a product has it: in plain Python, of the schema's type.

    Parameters
    ----------
    value : object
        What the rule made.
    wanted : str or None
        The JSON type that the schema asks for.

    Returns
    -------
    value : object
        Its like; of the type asked for only where that loses nothing.

    Raises
    ------
    RuleError
        If it is not a text, a number or a boolean, nor a list or mapping of these.

    Examples
    --------
    >>> from blender_core.applying import converted
    >>> converted(2.0, "integer"), converted((0.5, 1), "array")
    (2, [0.5, 1])
    """
    return _of_type(_made(value), wanted)


def _made(value: Any) -> Any:
    """Return what a rule made in plain Python values."""
    if type(value) in _SCALARS or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [_made(item) for item in value]
    if isinstance(value, dict):
        return {_key(key): _made(item) for key, item in value.items()}
    scalar = _scalar(value)
    if scalar is None:
        raise _not_plain(value)
    return scalar


def _key(value: Any) -> bool | int | str:
    key = _scalar(value)
    if key is None or isinstance(key, float):  # as ASDF files have it
        raise _not_plain(value)
    return key


def _not_plain(value: Any) -> RuleError:
    msg = (
        f"it gives {shown(value)}, which is of type {type(value).__name__}, and not a text, a "
        "number or a boolean, nor a list or mapping of these"
    )
    return RuleError(msg)


def _scalar(value: Any) -> bool | int | float | str | None:
    # Subclasses of arrays are something else: masked ones, or those with a unit.
    if isinstance(value, np.generic) or (type(value) is np.ndarray and value.ndim == 0):
        item = value.item()
        if isinstance(item, np.floating):  # a long double stays one
            item = float(item)
        return item if type(item) in _SCALARS else None
    if isinstance(value, str):
        return str.__str__(value)  # members of enumerations have a str of their own
    return next((kind(value) for kind in (bool, int, float) if isinstance(value, kind)), None)


def _of_type(value: Any, wanted: str | None) -> Any:
    """Return a computed number in the type that the schema asks for, where that loses nothing."""
    if wanted == "integer" and type(value) is float and value.is_integer():
        return int(value)
    if wanted == "number" and type(value) is int and value not in INTEGERS:
        return float(value)  # the integer could not be saved
    return value


def _rule_error(assignment: Assignment, values: Sequence[Any], error: Exception) -> RuleError:
    seen = ", ".join(map(shown, values[:5])) + (", …" if len(values) > 5 else "")
    what = said(error) if isinstance(error, RuleError) else f"{type(error).__name__}: {said(error)}"
    asked = f", asked for by {assignment.source}," if assignment.tier > Tier.SCHEMA else ""
    msg = (
        f"rule {assignment.name!r} of {assignment.provider}{asked} fails for "
        f"{assignment.attribute.label} with the values {seen}: {what}"
    )
    return RuleError(
        msg,
        attribute=assignment.attribute.path,
        rule=assignment.name,
        provider=assignment.provider,
    )
