"""Say in words how a value came about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from blender_core.values import counted, identity, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.outcome import Outcome

__all__ = ["explained"]

_MOST_SHOWN: Final = 5


def explained(outcome: Outcome, values: Sequence[Any] | None) -> str:
    """Say in words how the value of an attribute came about.

    Parameters
    ----------
    outcome : Outcome
        How it came about.
    values : sequence, shape (n_inputs,), or None
        What the inputs said; None if that is not known.

    Returns
    -------
    text : str
        A sentence on each line: what it is, which rule and whose, what the inputs said.
    """
    lines = [_result(outcome), *_rule(outcome)]
    if outcome.n_inputs is None:
        lines.append("Only the first input was asked: nothing calls for the others' values.")
    elif values is None:
        many = f", with {counted(outcome.n_distinct or 0, 'different value')}"
        lines.append(
            f"{counted(outcome.n_inputs, 'input')} had it{many if outcome.n_inputs else ''}."
        )
    else:
        lines.append(_inputs(outcome, values))
    if outcome.n_seen is not None and outcome.n_seen != outcome.n_inputs:
        lines.append(f"The rule saw {counted(outcome.n_seen, 'value')} of these.")
    if outcome.varied:
        lines.append("The inputs differ, and the first was taken because nobody asked for a rule.")
    return "\n".join(lines)


def _result(outcome: Outcome) -> str:
    status = outcome.status.value
    if status == "set":
        origin = ""
        if outcome.from_input is not None:
            origin = f", taken from input {outcome.from_input + 1}"
        return f"{outcome.label} is {shown(outcome.value)}{origin}."
    if status == "kept":
        return f"{outcome.label} is what the product had before the blend."
    if status == "dropped":
        return f"{outcome.label} is none: the product has no such value, as the rule says."
    refused = "" if outcome.value is None else f" {shown(outcome.value)}"
    return f"{outcome.label} is none: the product's schema forbids the blended value{refused}."


def _rule(outcome: Outcome) -> list[str]:
    settings = f" ({outcome.settings})" if outcome.settings else ""
    whose = "" if outcome.rule in ("keep", "drop") else f" of {outcome.provider}"
    return [
        f"The rule is {outcome.rule!r}{settings}{whose}.",
        f"It was asked for by {outcome.asked_by}: {outcome.reason}.",
    ]


def _inputs(outcome: Outcome, values: Sequence[Any]) -> str:
    present = [one for one in values if one is not None]
    if not present:
        return f"None of {counted(len(values), 'input')} has it."
    counts = Counter(map(identity, present))
    examples = {identity(one): one for one in reversed(present)}
    said = [
        f"{shown(examples[key])} ({count})" if len(counts) < len(present) else shown(examples[key])
        for key, count in counts.most_common(_MOST_SHOWN)
    ]
    more = ", …" if len(counts) > _MOST_SHOWN else ""
    have = f"{outcome.n_inputs} of {counted(len(values), 'input')} {'has' if len(present) == 1 else 'have'} it"
    if len(counts) == 1:
        return f"{have}, with the same value {shown(present[0])}."
    return f"{have}, with {len(counts)} different values: {', '.join(said)}{more}."
