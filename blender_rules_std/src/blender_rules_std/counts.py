"""Rules that count: the values, the different ones, how often each comes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.common.values import distinct, identity
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import require_some

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "count", "count_distinct", "mode"]

T = TypeVar("T")


def count(values: Sequence[Any]) -> int:
    """Return how many inputs have the attribute.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Values in input order; None is none.

    Returns
    -------
    n : int
        The number of values.

    Examples
    --------
    >>> from blender_rules_std.counts import count
    >>> count(["F200W", "F115W", "F200W"])
    3
    """
    return sum(value is not None for value in values)


def count_distinct(values: Sequence[Any]) -> int:
    """Return how many different values the inputs have.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Values in input order; None is none.

    Returns
    -------
    n : int
        The number of different values; NaN is the same as NaN.

    Examples
    --------
    >>> from blender_rules_std.counts import count_distinct
    >>> count_distinct(["F200W", "F115W", "F200W"])
    2
    """
    return count(distinct(values))


def mode(values: Sequence[T]) -> T:
    """Return the value that comes most often, the first of those that tie.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    value : object
        The most frequent value.

    Raises
    ------
    RuleError
        If there are no values.

    Examples
    --------
    >>> from blender_rules_std.counts import mode
    >>> mode(["SHALLOW4", "RAPID", "SHALLOW4"])
    'SHALLOW4'
    """
    require_some(values)
    keys = [identity(value) for value in values]
    ((frequent, _),) = Counter(keys).most_common(1)
    return values[keys.index(frequent)]


RULES: Final = (
    Rule(
        name="count", blend=count, summary="How many inputs have the attribute.", gives=Gives.COUNT
    ),
    Rule(
        name="count_distinct",
        blend=count_distinct,
        summary="How many different values the inputs have.",
        gives=Gives.COUNT,
    ),
    Rule(name="mode", blend=mode, summary="The most frequent value, the first of those that tie."),
)
