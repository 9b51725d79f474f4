"""What this distribution offers to ``blender_core``: its rules, each under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.plugins.hookspecs import hookimpl
from blender_rules_std import (
    agree,
    angles,
    averages,
    choose,
    constants,
    counts,
    lists,
    logic,
    mean_times,
    spread,
    sums,
    texts,
    times,
)

if TYPE_CHECKING:
    from blender_core.plugins.rule import Rule

__all__ = ["blender_rules"]


@hookimpl
def blender_rules() -> tuple[Rule, ...]:
    """Offer the standard rules.

    Returns
    -------
    rules : tuple of Rule
        All of them, by kin.

    Examples
    --------
    >>> from blender_rules_std.plugin import blender_rules
    >>> [rule.name for rule in blender_rules()][:4]
    ['first', 'last', 'min', 'max']
    """
    return (
        *choose.RULES,
        *times.RULES,
        *mean_times.RULES,
        *agree.RULES,
        *texts.RULES,
        *sums.RULES,
        *averages.RULES,
        *angles.RULES,
        *spread.RULES,
        *constants.RULES,
        *counts.RULES,
        *logic.RULES,
        *lists.RULES,
    )
