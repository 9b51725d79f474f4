"""Rules that say how far the values lie from each other, or from zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import NUMBERS, require
from blender_rules_std.choose import maximum, minimum
from blender_rules_std.exact import nonfinite_sum, root, scaled
from blender_rules_std.sums import total

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "extent", "rms", "stddev"]


def stddev(values: Sequence[float]) -> float:
    """Return the standard deviation of the values as a whole population, correctly rounded.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    deviation : float
        The root of the mean squared distance from the mean, as `numpy.std` computes it; NaN if
        any value is NaN or infinite.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    Examples
    --------
    >>> from blender_rules_std.spread import stddev
    >>> stddev([2, 4, 4, 4, 5, 5, 7, 9])
    2.0
    """
    require(values, NUMBERS, "numbers")
    if nonfinite_sum(values) is not None:
        return math.nan
    numerators, denominator = scaled(values)
    n = len(numerators)
    squares = sum(numerator * numerator for numerator in numerators)
    # Without rounding, the textbook's difference of two large numbers is exact.
    return root(n * squares - sum(numerators) ** 2, (n * denominator) ** 2)


def rms(values: Sequence[float]) -> float:
    """Return the root of the mean square, correctly rounded.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    rms : float
        The root mean square; NaN if any value is NaN, else infinity if one is infinite.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    Examples
    --------
    >>> from blender_rules_std.spread import rms
    >>> rms([1.0, -7.0])
    5.0
    """
    require(values, NUMBERS, "numbers")
    nonfinite = nonfinite_sum(map(abs, values))
    if nonfinite is not None:
        return nonfinite
    numerators, denominator = scaled(values)
    squares = sum(numerator * numerator for numerator in numerators)
    return root(squares, len(numerators) * denominator**2)


def extent(values: Sequence[float]) -> float:
    """Return the largest value minus the smallest.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    range : int or float
        The difference, exact for integers and correctly rounded for floats; NaN only if all
        values are NaN, or if all the others are one and the same infinity.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    Examples
    --------
    >>> from blender_rules_std.spread import extent
    >>> extent([3, 9, 5])
    6
    """
    require(values, NUMBERS, "numbers")
    return total([maximum(values), -minimum(values)])


RULES: Final = (
    Rule(
        name="stddev",
        blend=stddev,
        summary="The standard deviation of the values as a whole population.",
        gives=Gives.NUMBER,
    ),
    Rule(name="rms", blend=rms, summary="The root of the mean square.", gives=Gives.NUMBER),
    Rule(
        name="range",
        blend=extent,
        summary="The largest value minus the smallest.",
        gives=Gives.SAME_TYPE,
    ),
)
