"""The rule for angles, of which 359° and 1° lie around 0°."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import NUMBERS, quoted, require
from blender_rules_std.exact import nonfinite_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "mean_angle"]

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
    # Turned so that one of them is zero, equal angles have just that angle as their mean. The
    # smallest is the same in whichever order they come. The remainder is exact.
    turned = [
        math.remainder(value % _TURN if isinstance(value, int) else value, _TURN)
        for value in values
    ]
    zero = min(turned)
    angles = [math.radians(angle - zero) for angle in turned]
    east = math.fsum(map(math.cos, angles))
    north = math.fsum(map(math.sin, angles))
    if math.hypot(east, north) < _SHORTEST * len(angles):
        msg = f"angles that cancel each other have no mean: {quoted(values)}"
        raise RuleError(msg)
    angle = (zero + math.degrees(math.atan2(north, east))) % _TURN
    return angle if angle < _TURN else 0.0  # a tiny negative angle is rounded to a whole turn


RULES: Final = (
    Rule(
        name="mean_angle",
        blend=mean_angle,
        summary="The circular mean of angles in degrees, from 0 up to 360.",
        gives=Gives.NUMBER,
    ),
)
