"""Rules that give the value that all inputs have, and something else where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from blender_core.errors import RuleError
from blender_core.rules import DROP, Drop, Rule
from blender_core.values import distinct
from blender_rules_std.checks import quoted, require_some

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
    return _common(values, MULTIPLE)


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
    return _common(values, QUESTION_MARK)


def common(values: Sequence[T]) -> T | Drop:
    """Return the common value, else say that the product has none.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    value : object
        The first value if all are the same, as for :func:`multiple`. Else ``DROP``.

    Raises
    ------
    RuleError
        If there are no values.

    Examples
    --------
    >>> from blender_rules_std.agree import common
    >>> common(["F200W", "F200W"]), common(["F200W", "F115W"])
    ('F200W', DROP)
    """
    return _common(values, DROP)


def same(values: Sequence[T]) -> T:
    """Return the common value, and refuse values that differ.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    value : object
        The first value, which all are the same as, as for :func:`multiple`.

    Raises
    ------
    RuleError
        If there are no values, or if they differ.

    Examples
    --------
    >>> from blender_rules_std.agree import same
    >>> same(["MIRI", "MIRI"])
    'MIRI'
    >>> same(["MIRI", "NIRCAM"])
    Traceback (most recent call last):
    blender_core.errors.RuleError: the inputs differ: 'MIRI' (str), 'NIRCAM' (str)
    """
    require_some(values)
    different = distinct(values)
    if len(different) > 1:
        msg = f"the inputs differ: {quoted(different)}"
        raise RuleError(msg)
    return different[0]


def _common(values: Sequence[T], otherwise: U) -> T | U:
    require_some(values)
    different = distinct(values)
    return different[0] if len(different) == 1 else otherwise


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
    Rule(name="common", blend=common, summary="The common value, else the product has none."),
    Rule(name="same", blend=same, summary="The common value; values that differ are an error."),
)
