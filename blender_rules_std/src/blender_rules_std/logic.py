"""Rules for booleans and for the bits of integers."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Final

from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import quoted, require

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "all_true", "any_true", "bit_and", "bit_or"]


def any_true(values: Sequence[bool]) -> bool:
    """Return whether any value is true.

    Parameters
    ----------
    values : list of bool, shape (n_inputs,)
        Present values in input order: booleans, or 0 and 1.

    Returns
    -------
    truth : bool
        True if at least one value is.

    Raises
    ------
    RuleError
        If there are no values, or if one is neither true nor false.

    Examples
    --------
    >>> from blender_rules_std.logic import any_true
    >>> any_true([False, True])
    True
    """
    return any(_truths(values))


def all_true(values: Sequence[bool]) -> bool:
    """Return whether all values are true.

    Parameters
    ----------
    values : list of bool, shape (n_inputs,)
        Present values in input order: booleans, or 0 and 1.

    Returns
    -------
    truth : bool
        True if every value is.

    Raises
    ------
    RuleError
        If there are no values, or if one is neither true nor false.

    Examples
    --------
    >>> from blender_rules_std.logic import all_true
    >>> all_true([False, True])
    False
    """
    return all(_truths(values))


def bit_or(values: Sequence[int]) -> int:
    """Return the integer that has every bit that is set in any value.

    Parameters
    ----------
    values : list of int, shape (n_inputs,)
        Present values in input order: integers or booleans.

    Returns
    -------
    bits : int or bool
        The values joined by bitwise or; a boolean if all are booleans.

    Raises
    ------
    RuleError
        If there are no values, or if one is not an integer.

    Examples
    --------
    >>> from blender_rules_std.logic import bit_or
    >>> bit_or([0b001, 0b101])
    5
    """
    require(values, int, "integers")
    return reduce(operator.or_, values)


def bit_and(values: Sequence[int]) -> int:
    """Return the integer that has the bits that are set in all values.

    Parameters
    ----------
    values : list of int, shape (n_inputs,)
        Present values in input order: integers or booleans.

    Returns
    -------
    bits : int or bool
        The values joined by bitwise and; a boolean if all are booleans.

    Raises
    ------
    RuleError
        If there are no values, or if one is not an integer.

    Examples
    --------
    >>> from blender_rules_std.logic import bit_and
    >>> bit_and([0b001, 0b101])
    1
    """
    require(values, int, "integers")
    return reduce(operator.and_, values)


def _truths(values: Sequence[bool]) -> Sequence[bool]:
    """Return the values if they are booleans, or 0 and 1."""
    require(values, int, "booleans")
    wrong = [value for value in values if value not in (0, 1)]
    if wrong:
        msg = f"the rule takes booleans, or 0 and 1, not {quoted(wrong)}"
        raise RuleError(msg)
    return values


RULES: Final = (
    Rule(
        name="any",
        blend=any_true,
        summary="Whether any value is true.",
        gives=Gives.CONSTANT,
        constants=(False, True),
    ),
    Rule(
        name="all",
        blend=all_true,
        summary="Whether all values are true.",
        gives=Gives.CONSTANT,
        constants=(False, True),
    ),
    Rule(
        name="bit_or",
        blend=bit_or,
        summary="The bits that are set in any value.",
        gives=Gives.SAME_TYPE,
    ),
    Rule(
        name="bit_and",
        blend=bit_and,
        summary="The bits that are set in all values.",
        gives=Gives.SAME_TYPE,
    ),
)
