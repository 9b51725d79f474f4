"""The rule that adds the values up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import NUMBERS, require
from blender_rules_std.exact import nonfinite_sum, quotient, scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "total"]


def total(values: Sequence[float]) -> float:
    """Return the sum, exact for integers and correctly rounded for floats.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order. Booleans count as 0 and 1.

    Returns
    -------
    total : int or float
        An integer if no value is a float, else the float nearest to the exact sum; infinities
        and NaN go as in any addition.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    References
    ----------
    ``blend_rule: sum`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.sums import total
    >>> total([1e16, 1.0, 1.0, -1e16])
    2.0
    >>> total([2**53, 1])
    9007199254740993
    """
    found = require(values, NUMBERS, "numbers")
    if not any(issubclass(kind, float) for kind in found):
        return sum(values)
    if len(found) == 1:
        try:
            return math.fsum(values)
        except (OverflowError, ValueError):
            pass  # on the way to the sum, not always in the sum: the exact way tells
    nonfinite = nonfinite_sum(values)
    if nonfinite is not None:
        return nonfinite
    numerators, denominator = scaled(values)
    return quotient(sum(numerators), denominator)


RULES: Final = (
    Rule(
        name="sum",
        blend=total,
        summary="The sum, exact for integers and correctly rounded for floats.",
        gives=Gives.SAME_TYPE,
    ),
)
