"""Rules that choose one of the values: by its place or by its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from blender_core.errors import RuleError
from blender_core.plugins.rule import Missing, Rule
from blender_rules_std.checks import NUMBERS, kinds, quoted, require_some

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "first", "last", "maximum", "minimum"]

T = TypeVar("T")


def first(values: Sequence[T]) -> T:
    """Return the first input's value.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Values in input order, None where an input has none.

    Returns
    -------
    value : object or None
        The first value, even if it is None.

    Raises
    ------
    RuleError
        If there are no values.

    Examples
    --------
    >>> from blender_rules_std.choose import first
    >>> first(["NRCA1", "NRCB1"])
    'NRCA1'
    """
    require_some(values)
    return values[0]


def last(values: Sequence[T]) -> T:
    """Return the last input's value.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Values in input order, None where an input has none.

    Returns
    -------
    value : object or None
        The last value, even if it is None.

    Raises
    ------
    RuleError
        If there are no values.

    Examples
    --------
    >>> from blender_rules_std.choose import last
    >>> last(["NRCA1", "NRCB1"])
    'NRCB1'
    """
    require_some(values)
    return values[-1]


def minimum(values: Sequence[T]) -> T:
    """Return the smallest value, the first of those that tie.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order; all numbers or all texts.

    Returns
    -------
    value : float
        The smallest value; NaN only if all values are NaN.

    Raises
    ------
    RuleError
        If there are no values, or if they cannot be ordered together.

    References
    ----------
    ``blend_rule: min`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.choose import minimum
    >>> minimum([60310.5, float("nan"), 60310.25])
    60310.25
    """
    return min(_ordered(values))  # type: ignore[type-var]


def maximum(values: Sequence[T]) -> T:
    """Return the largest value, the first of those that tie.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order; all numbers or all texts.

    Returns
    -------
    value : float
        The largest value; NaN only if all values are NaN.

    Raises
    ------
    RuleError
        If there are no values, or if they cannot be ordered together.

    References
    ----------
    ``blend_rule: max`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.choose import maximum
    >>> maximum([60310.5, float("nan"), 60310.25])
    60310.5
    """
    return max(_ordered(values))  # type: ignore[type-var]


def _ordered(values: Sequence[T]) -> Sequence[T]:
    """Return the values that take part in a comparison: all but NaN, or all if all are NaN."""
    found = kinds(values)
    if not any(all(issubclass(kind, alike) for kind in found) for alike in (NUMBERS, str)):
        examples = {type(value): value for value in values}
        msg = f"numbers can be ordered, or texts, but not {quoted(list(examples.values()))}"
        raise RuleError(msg)
    return [value for value in values if value == value] or values  # noqa: PLR0124  # but NaN


RULES: Final = (
    Rule(
        name="first",
        blend=first,
        summary="The first input's value, even if it is missing there.",
        missing=Missing.KEEP,
    ),
    Rule(
        name="last",
        blend=last,
        summary="The last input's value, even if it is missing there.",
        missing=Missing.KEEP,
    ),
    Rule(name="min", blend=minimum, summary="The smallest value; NaN only if all are NaN."),
    Rule(name="max", blend=maximum, summary="The largest value; NaN only if all are NaN."),
)
