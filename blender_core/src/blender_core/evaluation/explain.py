"""Say in words how a value came about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.values import identity
from blender_core.common.wording import pluralize, preview
from blender_core.evaluation.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.evaluation.outcome import Outcome

__all__ = ["explained"]

_MOST_SHOWN: Final = 5


def explained(
    outcome: Outcome, values: Sequence[Any] | None, own: Mapping[str, Any] | None = None
) -> str:
    """Say in words how the value of an attribute came about."""
    lines = [_result(outcome, own), *_rule(outcome)]
    if values is not None:
        lines.append(_inputs(outcome, values))
    elif outcome.status is Status.OWN:
        return lines[0]
    elif outcome.rule is None:
        lines.append("The product's table has no column that tells what the inputs had.")
    elif outcome.n_inputs is None:
        lines.append("Only the first input was asked: nothing calls for the others' values.")
    else:
        many = f", with {pluralize(outcome.n_distinct or 0, 'different value')}"
        lines.append(
            f"{pluralize(outcome.n_inputs, 'input')} had it{many if outcome.n_inputs else ''}."
        )
    lines += _seen(outcome)
    if outcome.replaced is not None and outcome.status is Status.SET:
        lines.append(
            f"It replaces {preview(outcome.replaced)}, which was set after an earlier blend."
        )
    if outcome.varied:
        lines.append("The inputs differ, and the first was taken because nobody asked for a rule.")
    return "\n".join(lines)


def _result(outcome: Outcome, own: Mapping[str, Any] | None) -> str:
    value, source = preview(outcome.value), outcome.from_input
    taken = "" if source is None else f", taken from input {source + 1}"
    match outcome.status:
        case Status.SET:
            return f"{outcome.label} is {value}{taken}."
        case Status.AMENDED:
            before = "" if outcome.replaced is None else f", instead of {preview(outcome.replaced)}"
            after = "none" if outcome.value is None else value
            return f"{outcome.label} is {after}{taken}, amended{before}."
        case Status.LATER:
            return _later(outcome)
        case Status.UNKNOWN | Status.OWN if outcome.value is None:
            return f"{outcome.label} is none: the product has no such value."
        case Status.OWN:
            return f"{outcome.label} is {value}: the file has its own."
        case Status.UNKNOWN:
            origin = "" if source is None else f", as input {source + 1} has it"
            if source is None and outcome.n_inputs:
                origin = ", which no input has"
            return f"{outcome.label} is {value}{origin}."
        case Status.KEPT:
            return _kept(outcome, own)
        case Status.DROPPED:
            return f"{outcome.label} is none: the product has no such value, as the rule says."
    refused = "" if outcome.value is None else f" {value}"
    return f"{outcome.label} is none: the product's schema forbids the blended value{refused}."


def _kept(outcome: Outcome, own: Mapping[str, Any] | None) -> str:
    if own is None:
        return f"{outcome.label} is what the product had before the blend."
    # It may be from before the blend, or from after it.
    if outcome.attribute not in own:
        return f"{outcome.label} is none: the product has none of its own."
    return f"{outcome.label} is {preview(own[outcome.attribute])}, the product's own."


def _later(outcome: Outcome) -> str:
    gave = "none"
    if outcome.blended is not None:
        number = outcome.n_inputs if outcome.n_seen is None else outcome.n_seen
        of = "" if number is None else f" of {number}"
        gave = f"{preview(outcome.blended)} ({outcome.rule}{of})"
    if outcome.value is None:
        return f"{outcome.label} is none: it was taken out after the blend, which gave {gave}."
    return (
        f"{outcome.label} is {preview(outcome.value)}, set after the blend; the blend gave {gave}."
    )


def _rule(outcome: Outcome) -> list[str]:
    if outcome.rule is None:
        return []
    is_ = "The rule of the blend is" if outcome.status is Status.LATER else "The rule is"
    settings = f" ({outcome.settings})" if outcome.settings else ""
    whose = "" if outcome.rule in ("keep", "drop") else f" of {outcome.provider}"
    return [
        f"{is_} {outcome.rule!r}{settings}{whose}.",
        f"It was asked for by {outcome.asked_by}: {outcome.reason.removesuffix('.')}.",
    ]


def _seen(outcome: Outcome) -> list[str]:
    """Say how many values the rule saw, if those are not what inputs have."""
    n_seen, n_inputs = outcome.n_seen, outcome.n_inputs or 0
    if n_seen is None or n_seen == n_inputs:
        return []
    if n_seen > n_inputs:
        told = f"{pluralize(n_seen, 'value')}, with something in place of those that are missing"
    else:
        told = f"{pluralize(n_seen, 'value') if n_seen else 'none'} of these"
    return [f"The rule saw {told}."]


def _inputs(outcome: Outcome, values: Sequence[Any]) -> str:
    present = [one for one in values if one is not None]
    if not present:
        return f"None of {pluralize(len(values), 'input')} has it."
    counts = Counter(map(identity, present))
    examples = {identity(one): one for one in reversed(present)}
    said = [
        f"{preview(examples[key])} ({count})"
        if len(counts) < len(present)
        else preview(examples[key])
        for key, count in counts.most_common(_MOST_SHOWN)
    ]
    more = ", …" if len(counts) > _MOST_SHOWN else ""
    has = "has" if len(present) == 1 else "have"
    have = f"{outcome.n_inputs} of {pluralize(len(values), 'input')} {has} it"
    if len(counts) == 1:
        return f"{have}, with the same value {preview(present[0])}."
    return f"{have}, with {len(counts)} different values: {', '.join(said)}{more}."
