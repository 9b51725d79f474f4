"""The assignments of all attributes: a mapping, a text, and what has to be read for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from blender_core.common.wording import text_table
from blender_core.plan.assignment import Assignment, Tier
from blender_core.plan.columns import name_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blender_core.errors import UnknownAttributeError
    from blender_core.plan.override_sources import SourcedOverride

__all__ = ["Assignments"]


class Assignments(Mapping[str, Assignment]):
    """Attribute → assignment, in the order in which they are given; printed, a table.

    `BlendPlan`, which adds how they are made, describes parameters and attributes.
    """

    def __init__(
        self,
        assignments: Iterable[Assignment],
        unmatched: Iterable[tuple[SourcedOverride, UnknownAttributeError]] = (),
        matched: Iterable[SourcedOverride] = (),
    ) -> None:
        self.unmatched, self.matched = tuple(unmatched), tuple(matched)
        self._assignments = {one.attribute.path: one for one in assignments}
        self.columns = name_columns(self._assignments.values())
        needed = {path for one in self._assignments.values() for path in one.selection.needs}
        self.wanted = tuple(
            path
            for path, one in self._assignments.items()
            if path in needed or path in self.columns or _wants_all(one)
        )
        wanted = set(self.wanted)
        self.wanted_once = tuple(
            path
            for path, one in self._assignments.items()
            if one.rule is not None and path not in wanted
        )

    def __getitem__(self, path: str) -> Assignment:
        return self._assignments[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._assignments)

    def __len__(self) -> int:
        return len(self._assignments)

    def __repr__(self) -> str:
        overridden = sum(one.tier > Tier.SCHEMA for one in self.values())
        return f"<{type(self).__name__} of {len(self)} attributes, {overridden} of them overridden>"

    def __str__(self) -> str:
        return text_table(
            ("attribute", "keyword", "rule", "tier", "asked for by", "provider", "reason"),
            (
                (
                    path,
                    one.attribute.keyword or "",
                    one.choice.label,
                    one.tier.label,
                    one.source,
                    str(one.provider),
                    one.reason,
                )
                for path, one in self.items()
            ),
        )


def _wants_all(assignment: Assignment) -> bool:
    """Tell whether the values of all inputs are wanted though nothing records them."""
    if assignment.rule is None:
        return False
    return assignment.tier > Tier.DEFAULT or assignment.attribute.keyword is not None
