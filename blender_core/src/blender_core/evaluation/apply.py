"""Apply a rule to what the inputs said, and make sure that a value comes out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from blender_core.common.drop import DROP
from blender_core.common.plain_values import is_plain, plain
from blender_core.common.wording import format_error, preview
from blender_core.errors import RuleError
from blender_core.evaluation.select import select, select_with
from blender_core.plan.assignment import AS_THEY_ARE, Tier
from blender_core.plugins.rule import Gives
from blender_core.schema.conversion import converted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.evaluation.exposure_warnings import Doubts
    from blender_core.plan.assignment import Assignment
    from blender_core.plugins.rule import Rule

__all__ = ["apply"]


def apply(
    assignment: Assignment,
    values: Sequence[Any],
    others: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    doubts: Doubts | None = None,
) -> Any:
    """Return the blended value of one attribute."""
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
    if rule.gives is Gives.INPUT and any(value is one for one in seen):
        return value
    return converted(value, assignment.attribute.type)


def _rule_error(assignment: Assignment, values: Sequence[Any], error: Exception) -> RuleError:
    seen = ", ".join(map(preview, values[:5])) + (", …" if len(values) > 5 else "")
    what = (
        format_error(error)
        if isinstance(error, RuleError)
        else f"{type(error).__name__}: {format_error(error)}"
    )
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
