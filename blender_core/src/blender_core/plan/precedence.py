"""Which of several overrides wins: the question is answered by rank, never by order.

Tiers rise from plugins over rules files to the caller. Within a tier, one override ranks above
another if it means the attribute at least as narrowly, and has all the conditions of the other,
and is narrower in one of both. A condition on the detector counts as one on the instrument too,
and that as one on the telescope. Those that nothing ranks above have to agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.errors import OverrideConflictError
from blender_core.plan.assignment import Choice, Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blender_core.common.attribute_paths import Specificity
    from blender_core.plan.override_sources import SourcedOverride
    from blender_core.plugins.override import Override
    from blender_core.schema.attributes import Attribute

__all__ = ["Claim", "ranked"]


@dataclass(frozen=True, slots=True)
class Claim:
    """An override that means an attribute.

    Parameters
    ----------
    sourced : SourcedOverride
        The override, and whose it is.
    specificity : Specificity
        How narrowly it means the attribute.
    choice : Choice or None
        The rule that it asks for; None if it leaves the rule as it is.
    """

    sourced: SourcedOverride
    specificity: Specificity
    choice: Choice | None

    @property
    def override(self) -> Override:
        """The override itself."""
        return self.sourced.override

    @property
    def tier(self) -> Tier:
        """Of which kind its source is."""
        return self.sourced.tier

    @property
    def record(self) -> bool | None:
        """Whether the attribute is to be recorded; None if it says nothing of that."""
        return True if self.override.column is not None else self.override.record

    def ranks_above(self, other: Claim) -> bool:
        """Tell whether it wins over another of its tier."""
        mine, others = self.override.when.scope, other.override.when.scope
        narrower = (self.specificity, mine) != (other.specificity, others)
        return narrower and self.specificity >= other.specificity and mine >= others


def ranked(
    claims: Iterable[Claim], wanted: Callable[[Claim], Any], attribute: Attribute, what: str
) -> list[Claim]:
    """Return claims with the winner first, the others from high to low."""
    saying = [claim for claim in claims if wanted(claim) is not None]
    if not saying:
        return []
    top = max(claim.tier for claim in saying)
    peers = [claim for claim in saying if claim.tier is top]
    best = [one for one in peers if not any(other.ranks_above(one) for other in peers)]
    if any(not _agree(wanted(one), wanted(best[0])) for one in best):
        raise _conflict(best, wanted, attribute, what)
    others = [claim for claim in saying if claim is not best[0]]
    others.sort(
        key=lambda one: (one.tier, one.specificity, len(one.override.when.scope)),
        reverse=True,
    )
    return [best[0], *others]


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, Choice):
        # Who asks and why does not matter.
        return (one.name, one.selection) == (other.name, other.selection)
    return bool(one == other)


def _conflict(
    claims: list[Claim], wanted: Callable[[Claim], Any], attribute: Attribute, what: str
) -> OverrideConflictError:
    lines = []
    for claim in claims:
        want = wanted(claim)
        if isinstance(want, Choice):
            want = want.label
        when = f" when {claim.override.when}" if claim.override.when.conditions else ""
        source = claim.sourced.source
        lines.append(f"  - {want} by {source}, for {claim.override.attribute!r}{when}")
    remedy = {
        Tier.PLUGIN: "Settle it in a rules file, or with overrides= of the call.",
        Tier.RULES_FILE: "Make one more specific, or settle it with overrides= of the call.",
        Tier.CALLER: "Leave one of them out, or make it more specific.",
    }[claims[0].tier]
    listing = "\n".join(sorted(lines))
    msg = f"overrides of one rank disagree on {attribute.label}, {what}:\n{listing}\n{remedy}"
    sources = sorted({claim.sourced.source for claim in claims})
    return OverrideConflictError(msg, attribute=attribute.path, sources=sources)
