"""Rules for attributes whose values are lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from blender_core.common.values import distinct
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import require

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "concatenate", "union"]

T = TypeVar("T")


def concatenate(values: Sequence[list[T]]) -> list[T]:
    """Return the elements of all lists, in input order.

    Parameters
    ----------
    values : list of list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    elements : list
        A new list of all elements.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a list.

    Examples
    --------
    >>> from blender_rules_std.lists import concatenate
    >>> concatenate([["a", "b"], ["b", "c"]])
    ['a', 'b', 'b', 'c']
    """
    require(values, list, "lists")
    return [element for value in values for element in value]


def union(values: Sequence[list[T]]) -> list[T]:
    """Return the different elements of all lists, in the order in which they first come.

    Parameters
    ----------
    values : list of list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    elements : list
        A new list that has each element once.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a list.

    Examples
    --------
    >>> from blender_rules_std.lists import union
    >>> union([["a", "b"], ["b", "c"]])
    ['a', 'b', 'c']
    """
    return distinct(concatenate(values))


RULES: Final = (
    Rule(
        name="concatenate",
        blend=concatenate,
        summary="The elements of all lists, in input order.",
        gives=Gives.LIST,
    ),
    Rule(
        name="union",
        blend=union,
        summary="The different elements of all lists, in the order they first come.",
        gives=Gives.LIST,
    ),
)
