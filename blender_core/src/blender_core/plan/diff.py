"""What is different between two plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.common.listing import Listing
from blender_core.common.wording import pluralize
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.plan.assignment import Assignment


@dataclass(frozen=True, slots=True)
class PlanChange:
    """An attribute that two plans treat differently.

    Its assignment is None in a plan that does not have the attribute.
    """

    attribute: str
    here: Assignment | None
    there: Assignment | None

    def __repr__(self) -> str:
        words = f"{self.in_words_here} → {self.in_words_there}"
        return f"<PlanChange {self.attribute}: {words}>"

    @property
    def in_words_here(self) -> str:
        """The one assignment in words, as far as it differs from the other."""
        return _in_words(self.here, self.there)

    @property
    def in_words_there(self) -> str:
        """The other assignment in words, as far as it differs from the one."""
        return _in_words(self.there, self.here)


class PlanDiff(Listing[PlanChange], Viewed):
    """What is different between two plans, in their order; printed, a table."""

    @classmethod
    def between(cls, here: Mapping[str, Assignment], there: Mapping[str, Assignment]) -> PlanDiff:
        """Compare two plans."""
        return cls(
            PlanChange(path, here.get(path), there.get(path))
            for path in dict.fromkeys([*here, *there])
            if _meaning(here.get(path)) != _meaning(there.get(path))
        )

    def __str__(self) -> str:
        return str(self._table()) or "no difference"

    def _table(self) -> ViewTable:
        return ViewTable(
            ("attribute", "here", "there"),
            [(change.attribute, change.in_words_here, change.in_words_there) for change in self],
        )

    def _view(self) -> View:
        number = pluralize(len(self), "attribute") if self else "No attribute"
        return View(f"{number} treated differently by two plans", tables=[self._table()])


def _meaning(assignment: Assignment | None) -> object:
    """Return what makes a difference to a product: not who asked for it, and why."""
    if assignment is None:
        return None
    column = (assignment.recorded, assignment.column)
    return assignment.name, assignment.selection, assignment.provider, column


def _in_words(assignment: Assignment | None, other: Assignment | None) -> str:
    if assignment is None:
        return "not in this plan"
    parts = [assignment.choice.label]
    if other and assignment.rule and other.rule and assignment.provider != other.provider:
        parts.append(f"of {assignment.provider}")
    if assignment.tier > Tier.SCHEMA:
        parts.append(f"by {assignment.source}")
    if other is not None and assignment.recorded != other.recorded:
        parts.append("and recorded" if assignment.recorded else "and not recorded")
    elif other is not None and assignment.column != other.column:
        parts.append(f"in column {assignment.column or assignment.attribute.keyword}")
    return " ".join(parts)
