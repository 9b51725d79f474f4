"""Rules that say around which number the values lie."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import NUMBERS, is_nan, quoted, require
from blender_rules_std.exact import nonfinite_sum, quotient, scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "mean", "median", "weighted_mean"]


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean, correctly rounded.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    mean : float
        The float nearest to the exact mean; infinities and NaN go as in a sum.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    References
    ----------
    ``blend_rule: mean`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.averages import mean
    >>> mean([0.1, 0.2, 0.3])
    0.2
    """
    require(values, NUMBERS, "numbers")
    nonfinite = nonfinite_sum(values)
    if nonfinite is not None:
        return nonfinite
    numerators, denominator = scaled(values)
    return quotient(sum(numerators), denominator * len(numerators))


def median(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the two in the middle.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    median : float
        The median, correctly rounded; NaN if any value is NaN.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    Examples
    --------
    >>> from blender_rules_std.averages import median
    >>> median([4, 1, 3, 2])
    2.5
    """
    require(values, NUMBERS, "numbers")
    if any(map(is_nan, values)):
        return math.nan
    ranked = sorted(values)
    return mean(ranked[(len(ranked) - 1) // 2 : len(ranked) // 2 + 1])


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted mean Σwx/Σw, correctly rounded.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.
    weights : list of float, shape (n_inputs,)
        The weight of each value, finite and not negative.

    Returns
    -------
    mean : float
        The float nearest to the exact weighted mean; an infinity or a NaN of weight zero
        makes it NaN.

    Raises
    ------
    RuleError
        If there are no values, if one is not a number, if a value has no weight or one that
        cannot be a weight, or if all weights are zero.

    Examples
    --------
    >>> from blender_rules_std.averages import weighted_mean
    >>> weighted_mean([10.0, 20.0], weights=[3.0, 1.0])
    12.5
    """
    require(values, NUMBERS, "numbers")
    if len(weights) != len(values):
        msg = f"each value needs a weight: {len(values)} values have {len(weights)} weights"
        raise RuleError(msg)
    require(weights, NUMBERS, "weights that are numbers")
    wrong = [weight for weight in weights if not 0 <= weight < math.inf]  # NaN is wrong too
    if wrong:
        msg = f"a weight is finite and not negative, unlike {quoted(wrong)}"
        raise RuleError(msg)
    parts, _ = scaled(weights)
    whole = sum(parts)
    if not whole:
        msg = "all weights are zero"
        raise RuleError(msg)
    # A weight's size does not matter to infinities and NaN, only whether it is zero.
    terms = (value * min(part, 1) for value, part in zip(values, parts, strict=True))
    nonfinite = nonfinite_sum(terms)
    if nonfinite is not None:
        return nonfinite
    numerators, denominator = scaled(values)
    products = (part * value for part, value in zip(parts, numerators, strict=True))
    return quotient(sum(products), denominator * whole)


RULES: Final = (
    Rule(
        name="mean",
        blend=mean,
        summary="The arithmetic mean, correctly rounded.",
        gives=Gives.NUMBER,
    ),
    Rule(
        name="median",
        blend=median,
        summary="The middle value, or the mean of the two in the middle.",
        gives=Gives.NUMBER,
    ),
    Rule(
        name="weighted_mean",
        blend=weighted_mean,
        summary="The mean weighted by another attribute.",
        gives=Gives.NUMBER,
        companions=("weights",),
    ),
)
