"""Arithmetic without rounding: every float is a fraction, and Python's integers are exact.

A result is rounded once, at its end, and so does not depend on the order of the inputs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["nonfinite_sum", "quotient", "root", "scaled"]

# Digits of a square root before it is rounded to the 53 of a float.
_BITS: Final = 64


def nonfinite_sum(values: Iterable[int | float]) -> float | None:
    """Return what the infinities and NaNs among the values add up to.

    Parameters
    ----------
    values : iterable of float
        Numbers, integers of any size among them.

    Returns
    -------
    total : float or None
        An infinity or NaN, which is the sum of all the values too; None if all are finite.

    Examples
    --------
    >>> from blender_rules_std.exact import nonfinite_sum
    >>> nonfinite_sum([1.5, float("inf")])
    inf
    """
    # A huge integer is finite, and math.isfinite cannot take it.
    found = [value for value in values if isinstance(value, float) and not math.isfinite(value)]
    return sum(found) if found else None


def scaled(values: Sequence[float]) -> tuple[list[int], int]:
    """Return the values as integers over one denominator.

    Parameters
    ----------
    values : list of float, shape (n_values,)
        Finite numbers, at least one.

    Returns
    -------
    numerators : list of int, shape (n_values,)
        The values times the denominator.
    denominator : int
        A power of two.

    Examples
    --------
    >>> from blender_rules_std.exact import scaled
    >>> scaled([0.5, 3, 0.25])
    ([2, 12, 1], 4)
    """
    ratios = [value.as_integer_ratio() for value in values]
    # The largest power of two is a multiple of all the others.
    denominator = max(ratio[1] for ratio in ratios)
    return [top * (denominator // bottom) for top, bottom in ratios], denominator


def quotient(numerator: int, denominator: int) -> float:
    """Return the float nearest to a fraction.

    Parameters
    ----------
    numerator : int
        Of any size and sign.
    denominator : int
        Of any size, positive.

    Returns
    -------
    value : float
        The fraction, correctly rounded: an infinity if it is beyond the largest float.

    Examples
    --------
    >>> from blender_rules_std.exact import quotient
    >>> quotient(1, 3)
    0.3333333333333333
    """
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def root(numerator: int, denominator: int) -> float:
    """Return the float nearest to the square root of a fraction.

    Parameters
    ----------
    numerator : int
        Of any size, not negative.
    denominator : int
        Of any size, positive.

    Returns
    -------
    value : float
        The root, correctly rounded: an infinity if it is beyond the largest float.

    Examples
    --------
    >>> from blender_rules_std.exact import root
    >>> root(1, 4)
    0.5
    """
    # Scaled by 4 ** shift the fraction is so large that its whole root has enough digits.
    shift = max(0, _BITS - (numerator.bit_length() - denominator.bit_length()) // 2)
    square, rest = divmod(numerator << 2 * shift, denominator)
    whole = math.isqrt(square)
    if rest or whole * whole != square:
        whole |= 1  # an odd last digit keeps the end from looking like a tie
    return quotient(whole, 1 << shift)
