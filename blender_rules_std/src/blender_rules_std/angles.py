"""The rules for angles, of which 359° and 1° lie around 0°."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final

from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import NUMBERS, quoted, require
from blender_rules_std.exact import nonfinite_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "angle_range", "angle_spread", "mean_angle"]

_TURN: Final = 360

# A mean direction shorter than this, of 1, is made of rounding as much as of the angles.
_SHORTEST: Final = 1e-9


def mean_angle(values: Sequence[float]) -> float:
    """Return the mean of angles in degrees: the direction of the sum of their unit vectors.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order, in degrees.

    Returns
    -------
    angle : float
        The mean in degrees, at least 0 and less than 360; NaN if any value is NaN or infinite.

    Raises
    ------
    RuleError
        If there are no values, if one is not a number, or if the angles cancel each other and
        thus have no mean.

    References
    ----------
    K. V. Mardia and P. E. Jupp, *Directional Statistics*, section 2.2.1.

    Examples
    --------
    >>> from blender_rules_std.angles import mean_angle
    >>> mean_angle([359.0, 3.0])
    1.0
    """
    require(values, NUMBERS, "numbers")
    if nonfinite_sum(values) is not None:
        return math.nan
    turned = _turned(values)
    zero = min(turned)
    angles = [math.radians(angle - zero) for angle in turned]
    east = math.fsum(map(math.cos, angles))
    north = math.fsum(map(math.sin, angles))
    if math.hypot(east, north) < _SHORTEST * len(angles):
        msg = f"angles that cancel each other have no mean: {quoted(values)}"
        raise RuleError(msg)
    angle = (zero + math.degrees(math.atan2(north, east))) % _TURN
    return angle if angle < _TURN else 0.0  # a tiny negative angle is rounded to a whole turn


def angle_spread(values: Sequence[float]) -> float:
    """Return the standard deviation of angles in degrees on the circle.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order, in degrees.

    Returns
    -------
    deviation : float
        The root of -2 ln R in degrees, where R is the length of the mean of their unit vectors: for
        angles that are near each other, the standard deviation of :func:`numpy.std`. NaN if any
        value is NaN or infinite.

    Raises
    ------
    RuleError
        If there are no values, if one is not a number, or if the angles cancel each other, so that
        the deviation is infinite.

    References
    ----------
    K. V. Mardia and P. E. Jupp, *Directional Statistics*, section 2.3.1; `scipy.stats.circstd`.

    Examples
    --------
    >>> from blender_rules_std.angles import angle_spread
    >>> round(angle_spread([355.0, 5.0]), 3)
    5.003
    """
    mean = mean_angle(values)
    if math.isnan(mean):
        return math.nan
    # 1 - R is summed from the distances to the mean, each as small as it is. R itself is nearly 1,
    # and as a float has lost what distinguishes angles that are near each other.
    distances = (math.radians(math.remainder(angle - mean, _TURN)) for angle in _turned(values))
    shortfall = 2 * math.fsum(math.sin(distance / 2) ** 2 for distance in distances) / len(values)
    return math.degrees(math.sqrt(-2 * math.log1p(-shortfall)))


def angle_range(values: Sequence[float]) -> float:
    """Return the length in degrees of the smallest arc that holds all angles.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order, in degrees.

    Returns
    -------
    arc : int or float
        The length, at least 0 and less than 360, an integer of integers; NaN if any value is NaN
        or infinite.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a number.

    References
    ----------
    K. V. Mardia and P. E. Jupp, *Directional Statistics*, section 2.3.2, the circular range.

    Examples
    --------
    >>> from blender_rules_std.angles import angle_range
    >>> angle_range([350.0, 20.0, 5.0])
    30.0
    """
    types = require(values, NUMBERS, "numbers")
    if nonfinite_sum(values) is not None:
        return math.nan
    turned = sorted(_turned(values))
    # All but one of the gaps between neighbours make an arc that holds all.
    around = turned[-1] - turned[0]
    arcs = (math.fsum((_TURN, low, -high)) for low, high in itertools.pairwise(turned))
    arc = min((around, *arcs))
    return arc if float in types else int(arc)


def _turned(values: Sequence[float]) -> list[float]:
    """Return finite angles from -180 to 180. The remainder is exact.

    The smallest is the same in whichever order they come. Angles that are measured from it have,
    if they are equal, just that angle as their mean.
    """
    return [
        math.remainder(value % _TURN if isinstance(value, int) else value, _TURN)
        for value in values
    ]


RULES: Final = (
    Rule(
        name="mean_angle",
        blend=mean_angle,
        summary="The circular mean of angles in degrees, from 0 up to 360.",
        gives=Gives.NUMBER,
    ),
    Rule(
        name="angle_spread",
        blend=angle_spread,
        summary="The standard deviation of angles on the circle, in degrees.",
        gives=Gives.NUMBER,
    ),
    Rule(
        name="angle_range",
        blend=angle_range,
        summary="The smallest arc that holds all angles, in degrees.",
        gives=Gives.SAME_TYPE,
    ),
)
