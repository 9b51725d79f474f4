"""What is different between two plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from blender_core.common.wording import text_table
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from blender_core.plan.assignment import Assignment

__all__ = ["PlanChange", "PlanDiff"]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """An attribute that two plans treat differently.

    Parameters
    ----------
    attribute : str
        Dotted path.
    here, there : Assignment or None
        Its assignments in both; None if one plan does not have the attribute.
    """

    attribute: str
    here: Assignment | None
    there: Assignment | None

    @property
    def said_here(self) -> str:
        """The one assignment in words, as far as it differs from the other."""
        return _said(self.here, self.there)

    @property
    def said_there(self) -> str:
        """The other assignment in words, as far as it differs from the one."""
        return _said(self.there, self.here)


class PlanDiff(Sequence[PlanChange]):
    """What is different between two plans; printed, a table.

    Parameters
    ----------
    changes : iterable of PlanChange
        In the order of the plans.
    """

    def __init__(self, changes: Iterable[PlanChange]) -> None:
        self._changes = tuple(changes)

    @classmethod
    def between(cls, here: Mapping[str, Assignment], there: Mapping[str, Assignment]) -> PlanDiff:
        """Compare two plans."""
        return cls(
            PlanChange(path, here.get(path), there.get(path))
            for path in dict.fromkeys([*here, *there])
            if _meaning(here.get(path)) != _meaning(there.get(path))
        )

    @overload
    def __getitem__(self, index: int) -> PlanChange: ...
    @overload
    def __getitem__(self, index: slice) -> PlanDiff: ...
    def __getitem__(self, index: int | slice) -> PlanChange | PlanDiff:
        if isinstance(index, slice):
            return PlanDiff(self._changes[index])
        return self._changes[index]

    def __len__(self) -> int:
        return len(self._changes)

    def __str__(self) -> str:
        if not self:
            return "no difference"
        return text_table(
            ("attribute", "here", "there"),
            ((one.attribute, one.said_here, one.said_there) for one in self),
        )


def _meaning(assignment: Assignment | None) -> object:
    """Return what makes a difference to a product: not who asked for it, and why."""
    if assignment is None:
        return None
    column = (assignment.recorded, assignment.column)
    return assignment.name, assignment.selection, assignment.provider, column


def _said(assignment: Assignment | None, other: Assignment | None) -> str:
    if assignment is None:
        return "not in this plan"
    parts = [assignment.choice.label]
    rules = [one and one.rule for one in (assignment, other)]
    if None not in rules and other is not None and assignment.provider != other.provider:
        parts.append(f"of {assignment.provider}")
    if assignment.tier > Tier.SCHEMA:
        parts.append(f"by {assignment.source}")
    if other is not None and assignment.recorded != other.recorded:
        parts.append("and recorded" if assignment.recorded else "and not recorded")
    elif other is not None and assignment.column != other.column:
        parts.append(f"in column {assignment.column or assignment.attribute.keyword}")
    return " ".join(parts)
