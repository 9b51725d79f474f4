"""What is shown of outcomes: those that are worth a look first, a row each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import pluralize, preview
from blender_core.display.view import ViewTable
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_HEAD: Final = ("keyword", "attribute", "value", "rule", "values in inputs")


def is_notable(outcome: Outcome) -> bool:
    """Tell whether there is more to say than that the first input's value was taken."""
    if outcome.status in (Status.LATER, Status.AMENDED):
        return True
    is_ruled = outcome.tier not in (None, Tier.DEFAULT) and bool(outcome.n_inputs)
    return is_ruled or (outcome.n_distinct or 0) > 1


def rule_in_words(outcome: Outcome) -> str:
    """Return the rule, and that it is not the rule of what the product has, if so."""
    mark = {Status.LATER: "set later", Status.AMENDED: "amended"}.get(outcome.status)
    if outcome.status is Status.LATER and outcome.value is None:
        mark = "taken out later"
    return ", ".join(filter(None, [outcome.rule, mark]))


def count_in_words(outcome: Outcome) -> str:
    """Return how many different values there are in how many inputs, as far as it is known."""
    return "" if outcome.n_inputs is None else f"{outcome.n_distinct} in {outcome.n_inputs}"


def statuses_in_words(outcomes: Iterable[Outcome]) -> str:
    """Return how many there are of each status, the most frequent first."""
    counts = Counter(outcome.status.value for outcome in outcomes)
    return ", ".join(f"{number} {status}" for status, number in counts.most_common())


def tables_of(outcomes: Collection[Outcome]) -> list[ViewTable]:
    """Return the outcomes that are worth a look, and the others folded."""
    rows: dict[str, list[tuple[str, ...]]] = {
        "with a rule, or of which inputs differ": [],
        "without a rule, of which inputs do not differ": [],
        "that no input has": [],
    }
    notable, alike, lacking = rows.values()
    for outcome in outcomes:
        is_lacking = outcome.n_inputs == 0 and outcome.value is None
        others = lacking if is_lacking else alike
        (notable if is_notable(outcome) else others).append(_row(outcome))
    return [
        ViewTable(
            _HEAD,
            of_kind,
            f"{pluralize(len(of_kind), 'attribute')} {kind}",
            is_folded=of_kind is not notable,
        )
        for kind, of_kind in rows.items()
    ]


def _row(outcome: Outcome) -> tuple[str, ...]:
    value = f"({outcome.status.value})" if outcome.value is None else preview(outcome.value)
    return (
        outcome.keyword or "",
        outcome.attribute,
        value,
        rule_in_words(outcome),
        count_in_words(outcome),
    )
