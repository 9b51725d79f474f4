"""What a rule asks of its values before it computes, and how it says what is wrong with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import preview
from blender_core.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NUMBERS", "is_nan", "kinds", "quoted", "require", "require_some"]

NUMBERS: Final = (int, float)
"""The types of numbers; a boolean is an integer, 0 or 1."""

_SHOWN: Final = 5


def is_nan(value: object) -> bool:
    """Tell whether a value is NaN.

    Parameters
    ----------
    value : object
        Any value.

    Returns
    -------
    nan : bool
        True for the float NaN.

    Examples
    --------
    >>> from blender_rules_std.checks import is_nan
    >>> is_nan(float("nan")), is_nan("nan")
    (True, False)
    """
    return isinstance(value, float) and math.isnan(value)


def quoted(values: Sequence[Any]) -> str:
    """Show some values in a message, each with its type.

    Parameters
    ----------
    values : list, shape (n_values,)
        Any values.

    Returns
    -------
    text : str
        The first few values; how many more there are.

    Examples
    --------
    >>> from blender_rules_std.checks import quoted
    >>> quoted(["a", 1])
    "'a' (str), 1 (int)"
    """
    examples = [f"{preview(value)} ({type(value).__name__})" for value in values[:_SHOWN]]
    more = len(values) - len(examples)
    return ", ".join(examples) + (f" and {more} more" if more else "")


def require_some(values: Sequence[Any]) -> None:
    """Refuse to blend no values at all, which the engine never asks for.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        The values that the rule got.

    Raises
    ------
    RuleError
        If there are none.

    Examples
    --------
    >>> from blender_rules_std.checks import require_some
    >>> require_some([])
    Traceback (most recent call last):
    blender_core.errors.RuleError: there are no values to blend
    """
    if not values:
        msg = "there are no values to blend"
        raise RuleError(msg)


def kinds(values: Sequence[Any]) -> set[type]:
    """Return the types of the values.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        The values that the rule got.

    Returns
    -------
    found : set of type
        Each type once.

    Raises
    ------
    RuleError
        If there are no values.

    Examples
    --------
    >>> from blender_rules_std.checks import kinds
    >>> kinds([3, 1, 4])
    {<class 'int'>}
    """
    require_some(values)
    return set(map(type, values))


def require(values: Sequence[Any], allowed: type | tuple[type, ...], wanted: str) -> set[type]:
    """Refuse values that are not of the types that a rule can work with.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        The values that the rule got.
    allowed : type or tuple of type
        What they may be.
    wanted : str
        What they may be, in words.

    Returns
    -------
    found : set of type
        The types of the values.

    Raises
    ------
    RuleError
        If there are no values, or if one is of another type.

    Examples
    --------
    >>> from blender_rules_std.checks import NUMBERS, require
    >>> require([3, "a"], NUMBERS, "numbers")
    Traceback (most recent call last):
    blender_core.errors.RuleError: the rule takes numbers, not 'a' (str)
    """
    found = kinds(values)
    if not all(issubclass(kind, allowed) for kind in found):
        wrong = [value for value in values if not isinstance(value, allowed)]
        msg = f"the rule takes {wanted}, not {quoted(wrong)}"
        raise RuleError(msg)
    return found
