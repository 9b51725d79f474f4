"""Rules that give the value that all inputs have, and something else where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.common.values import DROP, distinct
from blender_core.common.wording import preview
from blender_core.errors import RuleError
from blender_core.plugins.rule import Rule
from blender_rules_std.checks import NUMBERS, is_nan, quoted, require, require_some

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MULTIPLE", "QUESTION_MARK", "RULES", "common", "multiple", "question_mark", "same"]

T = TypeVar("T")
U = TypeVar("U")

MULTIPLE: Final = "MULTIPLE"
"""What ``multi`` says where the inputs differ."""

QUESTION_MARK: Final = "?"
"""What ``multi?`` says where the inputs differ."""


def multiple(values: Sequence[T]) -> T | str:
    """Return the common value, else ``MULTIPLE``.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    value : object
        The first value if all are the same: NaN is the same as NaN, and lists and mappings are
        compared by what they hold. Else the text ``MULTIPLE``.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    ``blend_rule: multi`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.agree import multiple
    >>> multiple(["F200W", "F200W"]), multiple(["F200W", "F115W"])
    ('F200W', 'MULTIPLE')
    """
    return values[0] if _agree(values) else MULTIPLE


def question_mark(values: Sequence[T]) -> T | str:
    """Return the common value, else ``?``.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    value : object
        The first value if all are the same, as for :func:`multiple`. Else the text ``?``.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    The rule ``multi?`` of fitsblender.

    Examples
    --------
    >>> from blender_rules_std.agree import question_mark
    >>> question_mark(["F200W", "F200W"]), question_mark(["F200W", "F115W"])
    ('F200W', '?')
    """
    return values[0] if _agree(values) else QUESTION_MARK


def common(values: Sequence[T], *, tolerance: float = 0, otherwise: U | None = None) -> T | U:
    """Return the common value, else say that the product has none.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.
    tolerance : float, optional
        By how much numbers may differ from the first, in their own unit, and still be the same.
    otherwise : object, optional
        What the product has where they differ; unless said, the product has none.

    Returns
    -------
    value : object
        The first value if all are the same, as for :func:`multiple`. Else `otherwise`, or
        ``DROP``.

    Raises
    ------
    RuleError
        If there are no values; with a tolerance, if one is no number, or the tolerance is none.

    References
    ----------
    With a tolerance, the rule ``WarnOmit`` of CIAO; with a value otherwise, its ``WarnPrefer``.

    Examples
    --------
    >>> from blender_rules_std.agree import common
    >>> common(["F200W", "F200W"]), common(["F200W", "F115W"])
    ('F200W', DROP)
    >>> common([6.53, 6.55], tolerance=0.05), common(["F200W", "F115W"], otherwise="MIXED")
    (6.53, 'MIXED')
    """
    if _agree(values, tolerance):
        return values[0]
    return DROP if otherwise is None else otherwise  # type: ignore[return-value]


def same(values: Sequence[T], *, tolerance: float = 0) -> T:
    """Return the common value, and refuse values that differ.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.
    tolerance : float, optional
        By how much numbers may differ from the first, in their own unit, and still be the same.

    Returns
    -------
    value : object
        The first value, which all are the same as, as for :func:`multiple`.

    Raises
    ------
    RuleError
        If there are no values, or if they differ; with a tolerance, if one is no number, or the
        tolerance is none.

    Examples
    --------
    >>> from blender_rules_std.agree import same
    >>> same(["MIRI", "MIRI"])
    'MIRI'
    >>> same(["MIRI", "NIRCAM"])
    Traceback (most recent call last):
    blender_core.errors.RuleError: the inputs differ: 'MIRI' (str), 'NIRCAM' (str)
    """
    if _agree(values, tolerance):
        return values[0]
    beyond = f" by more than {tolerance!r}" if tolerance else ""
    msg = f"the inputs differ{beyond}: {quoted(distinct(values))}"
    raise RuleError(msg)


def _agree(values: Sequence[Any], tolerance: float = 0) -> bool:
    if type(tolerance) not in NUMBERS or not tolerance >= 0:
        msg = f"a tolerance is a number that is not negative, and not {preview(tolerance)}"
        raise RuleError(msg)
    if not tolerance:
        require_some(values)
        return len(distinct(values)) == 1
    require(values, NUMBERS, "numbers where it has a tolerance")
    first = values[0]
    if is_nan(first):
        return all(map(is_nan, values))
    # An infinity is as far from itself as from nothing.
    return all(value == first or abs(value - first) <= tolerance for value in values)


RULES: Final = (
    Rule(
        name="multi",
        blend=multiple,
        summary="The common value, else MULTIPLE.",
        constants=(MULTIPLE,),
    ),
    Rule(
        name="multi?",
        blend=question_mark,
        summary="The common value, else a question mark.",
        constants=(QUESTION_MARK,),
    ),
    Rule(
        name="common",
        blend=common,
        summary="The common value, else the product has none.",
        parameters=("tolerance", "otherwise"),
        constant_parameters=("otherwise",),
    ),
    Rule(
        name="same",
        blend=same,
        summary="The common value; values that differ are an error.",
        parameters=("tolerance",),
    ),
)
