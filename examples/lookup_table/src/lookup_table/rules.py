"""The rules of a lookup table that tell of what they see, as no standard rule does.

They see ``None`` where an input has no value. What is :class:`~blender_core.Noted` has a remark,
which becomes a warning of the blend, and stays in the outcome and in the product's HDRRULES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core import DROP, Missing, Noted, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "fail", "warn_first", "warn_omit", "warn_prefer"]


def fail(values: Sequence[Any]) -> Any:
    """Return the common value; where one differs or is missing, the product has none."""
    return values[0] if _agree(values) else Noted(DROP, _differ(values))


def warn_first(values: Sequence[Any]) -> Any:
    """Return the first value, or none if it is missing there."""
    first = DROP if values[0] is None else values[0]
    return first if _agree(values) else Noted(first, _differ(values))


def warn_omit(values: Sequence[Any], *, tolerance: float = 0.0) -> Any:
    """Return the first value; where one is further from it or missing, the product has none."""
    if None in values:
        return Noted(DROP, _differ(values))
    if all(abs(value - values[0]) <= tolerance for value in values):
        return values[0]
    return Noted(DROP, f"{_differ(values)}, by more than {tolerance:g}")


def warn_prefer(values: Sequence[Any], *, prefer: bool | float | str | None = None) -> Any:
    """Return the common value, else the one that is preferred."""
    return values[0] if _agree(values) else Noted(prefer, _differ(values))


def _agree(values: Sequence[Any]) -> bool:
    return all(value == values[0] for value in values)


def _differ(values: Sequence[Any]) -> str:
    differing = dict.fromkeys("none" if value is None else repr(value) for value in values)
    return f"differ: {', '.join(differing)}"


RULES: Final = (
    Rule(
        name="fail",
        blend=fail,
        summary="The common value; none, and a warning, where one differs or is missing.",
        missing=Missing.KEEP,
    ),
    Rule(
        name="warn_first",
        blend=warn_first,
        summary="The first value; a warning where one differs or is missing.",
        missing=Missing.KEEP,
    ),
    Rule(
        name="warn_omit",
        blend=warn_omit,
        summary="The first value; none, and a warning, where one is far from it or missing.",
        missing=Missing.KEEP,
        parameters=("tolerance",),
    ),
    Rule(
        name="warn_prefer",
        blend=warn_prefer,
        summary="The common value, else the preferred one and a warning.",
        missing=Missing.KEEP,
        parameters=("prefer",),
        constant_parameters=("prefer",),
    ),
)
