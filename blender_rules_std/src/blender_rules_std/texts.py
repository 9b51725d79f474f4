"""Rules that make one text of the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.common.values import LONGEST_TEXT, distinct
from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import NUMBERS, is_nan, require, require_some

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["OUTSIDE", "RULES", "WITHIN", "join", "wheel_tolerance"]

OUTSIDE: Final = "outside calibration tolerance"
WITHIN: Final = "within commanded tolerance"
_BETWEEN: Final = ", "


def join(values: Sequence[Any], *, sort: bool = False) -> str:
    """Return the different values as one text, with ``, `` between them.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order: texts, numbers or booleans.
    sort : bool, optional
        Whether they are sorted, numbers before texts, instead of in input order.

    Returns
    -------
    text : str
        Each different value once.

    Raises
    ------
    RuleError
        If there are no values, or if one is neither a text nor a number, or if they are too many
        for a text that a FITS header can be given.

    Examples
    --------
    >>> from blender_rules_std.texts import join
    >>> join(["F184", "F158", "F184"])
    'F184, F158'
    >>> join(["F184", "F158", "F184"], sort=True)
    'F158, F184'
    """
    require(values, (str, *NUMBERS), "texts and numbers")
    different = distinct(values)
    if sort:
        # Neither a text nor NaN is ever compared with a number.
        different.sort(key=lambda value: (isinstance(value, str), is_nan(value), value))
    texts, length = [], -len(_BETWEEN)
    for value in different:
        texts.append(str(value))
        length += len(_BETWEEN) + len(texts[-1])
        if length > LONGEST_TEXT:
            msg = (
                f"the first {len(texts):,} of {len(different):,} different values have "
                f"{length:,} characters together, and a FITS header is given {LONGEST_TEXT:,} at "
                "most: take another rule, such as 'multi' or 'count_distinct'. The table HDRTAB "
                "has what every input said"
            )
            raise RuleError(msg)
    return _BETWEEN.join(texts)


def wheel_tolerance(values: Sequence[str]) -> str:
    """Return whether any wheel position is outside its calibration's tolerance.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    text : str
        ``outside calibration tolerance`` if any value says so, else
        ``within commanded tolerance``.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    ``blend_rule: wheeltol`` in the core schema of stdatamodels (FWPOSTOL, PWPOSTOL).

    Examples
    --------
    >>> from blender_rules_std.texts import wheel_tolerance
    >>> wheel_tolerance(["within commanded tolerance", "outside calibration tolerance"])
    'outside calibration tolerance'
    """
    require_some(values)
    return OUTSIDE if OUTSIDE in values else WITHIN


RULES: Final = (
    Rule(
        name="join",
        blend=join,
        summary="The different values in input order, joined by commas.",
        gives=Gives.TEXT,
        parameters=("sort",),
    ),
    Rule(
        name="wheeltol",
        blend=wheel_tolerance,
        summary="Whether any wheel position is outside calibration tolerance.",
        gives=Gives.CONSTANT,
        constants=(OUTSIDE, WITHIN),
    ),
)
