"""All assignments of a plan: the columns that they make, and what has to be read for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.common.wording import pluralize
from blender_core.display.text import terminal_width, text_table
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.plan.assignment import Assignment, SourcedOverride, Tier
from blender_core.plan.columns import name_columns
from blender_core.schema.by_attribute import AttributeMapping, ByAttribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.errors import UnknownAttributeError


class Assignments(AttributeMapping[Assignment], Viewed):
    """Attribute → assignment, in the order in which they are given; printed, a table.

    `BlendPlan` adds how they are made, and describes attributes. Beside these, `unmatched` are the
    overrides that mean none of its attributes, and may mean those of other inputs, and `matched`
    those that mean one, where there may be others. What was `told` before is not warned of again.
    """

    def __init__(
        self,
        assignments: Iterable[Assignment],
        unmatched: Iterable[tuple[SourcedOverride, UnknownAttributeError]] = (),
        matched: Iterable[SourcedOverride] = (),
        told: set[str] | None = None,
    ) -> None:
        self.unmatched, self.matched = tuple(unmatched), tuple(matched)
        by_path = {each.attribute.path: each for each in assignments}
        self.keywords = {path: each.attribute.keyword for path, each in by_path.items()}
        super().__init__(ByAttribute(by_path, self.keywords))
        self.columns = name_columns(
            ((each.attribute, each.column) for each in self.values() if each.recorded), told
        )
        needed = {path for each in self.values() for path in each.selection.needs}
        self.wanted = tuple(
            path
            for path, each in self.items()
            if path in needed or path in self.columns or _wants_all(each)
        )
        wanted = set(self.wanted)
        self.wanted_once = tuple(
            path for path, each in self.items() if each.rule is not None and path not in wanted
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._count}>"

    def __str__(self) -> str:
        return text_table(
            ("attribute", "keyword", "rule", "tier", "asked for by", "provider", "reason"),
            (
                (
                    path,
                    each.attribute.keyword or "",
                    each.choice.label,
                    each.tier.label,
                    each.source,
                    str(each.provider),
                    each.reason,
                )
                for path, each in self.items()
            ),
            terminal_width(),
        )

    @property
    def _count(self) -> str:
        overridden = sum(each.tier > Tier.SCHEMA for each in self.values())
        return f"{len(self)} attributes, {overridden} of them overridden"

    def _view(self) -> View:
        by_tier: dict[Tier, list[Assignment]] = {}
        for each in self.values():
            by_tier.setdefault(each.tier, []).append(each)
        tables = [_table_of_tier(tier, by_tier[tier]) for tier in sorted(by_tier, reverse=True)]
        return View(f"Plan for {self._count}", tables=tables)


def _table_of_tier(tier: Tier, assignments: Sequence[Assignment]) -> ViewTable:
    """Return what is asked for in one tier. Of defaults, there is nothing more to tell."""
    rows = [
        [each.attribute.keyword or "", each.attribute.path, each.choice.label]
        for each in assignments
    ]
    head = ["keyword", "attribute", "rule"]
    if tier > Tier.SCHEMA:
        head += ["asked for by", "reason"]
        for row, each in zip(rows, assignments, strict=True):
            row += [each.source, each.reason]
    title = f"{tier.label}: {pluralize(len(rows), 'attribute')}"
    return ViewTable(head, rows, title, is_folded=tier <= Tier.SCHEMA)


def _wants_all(assignment: Assignment) -> bool:
    """Tell whether the values of all inputs are wanted though nothing records them."""
    if assignment.rule is None:
        return False
    return assignment.tier > Tier.DEFAULT or assignment.attribute.keyword is not None
