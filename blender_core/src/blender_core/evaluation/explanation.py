"""How the value of an attribute came about, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.values import identity
from blender_core.common.wording import pluralize, preview
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.inputs.row_labels import BY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.inputs.row_labels import RowLabels

_MOST_SHOWN: Final = 5


def explanation(
    outcome: Outcome,
    values: Sequence[Any] | None,
    own: Mapping[str, Any] | None = None,
    labels: RowLabels = BY_NUMBER,
) -> str:
    """Say in words how the value of an attribute came about."""
    lines = [_result(outcome, own, labels)]
    if outcome.rule is not None:
        of_maker = f" of the {_maker(outcome)}" if outcome.status is Status.LATER else ""
        settings = f" ({outcome.settings})" if outcome.settings else ""
        provider = "" if outcome.rule in ("keep", "drop") else f" of {outcome.provider}"
        lines.append(f"The rule{of_maker} is {outcome.rule!r}{settings}{provider}.")
        lines.append(f"It was asked for by {outcome.asked_by}: {outcome.reason.removesuffix('.')}.")
    if values is not None:
        lines.append(_inputs(outcome, values, labels.noun))
    elif outcome.status is Status.OWN:
        return lines[0]
    elif outcome.rule is None:
        lines.append("The product's table has no column that tells what the inputs had.")
    elif outcome.n_inputs is None:
        lines.append("Only the first input was asked: nothing calls for the others' values.")
    else:
        values_had = f", with {pluralize(outcome.n_distinct or 0, 'different value')}"
        many = values_had if outcome.n_inputs else ""
        lines.append(f"{pluralize(outcome.n_inputs, labels.noun)} had it{many}.")
    n_seen, n_inputs = outcome.n_seen, outcome.n_inputs or 0
    if n_seen is not None and n_seen > n_inputs:
        seen = f"{pluralize(n_seen, 'value')}, with something in place of those that are missing"
        lines.append(f"The rule saw {seen}.")
    elif n_seen is not None and n_seen < n_inputs:
        lines.append(f"The rule saw {pluralize(n_seen, 'value') if n_seen else 'none'} of these.")
    if outcome.remark:
        lines.append(f"The rule remarks: {outcome.remark.removesuffix('.')}.")
    if outcome.replaced is not None and outcome.status is Status.SET:
        lines.append(
            f"It replaces {preview(outcome.replaced)}, which was set after an earlier blend."
        )
    if outcome.varied:
        lines.append("The inputs differ, and the first was taken because nobody asked for a rule.")
    return "\n".join(lines)


def _maker(outcome: Outcome) -> str:
    return "amendment" if outcome.after_amendment else "blend"


def _result(outcome: Outcome, own: Mapping[str, Any] | None, labels: RowLabels) -> str:
    """Say what the product has, and where that is from."""
    label, value, source = outcome.label, preview(outcome.value), outcome.from_input
    taken = "" if source is None else f", taken from {labels.name(source)}"
    match outcome.status:
        case Status.SET:
            return f"{label} is {value}{taken}."
        case Status.AMENDED:
            before = "" if outcome.replaced is None else f", instead of {preview(outcome.replaced)}"
            after = "none" if outcome.value is None else value
            return f"{label} is {after}{taken}, amended{before}."
        case Status.LATER:
            return _later(outcome)
        case Status.UNKNOWN | Status.OWN if outcome.value is None:
            return f"{label} is none: the product has no such value."
        case Status.OWN:
            return f"{label} is {value}: the file has its own."
        case Status.UNKNOWN:
            origin = "" if source is None else f", as {labels.name(source)} has it"
            if source is None and outcome.n_inputs:
                origin = ", which no input has"
            return f"{label} is {value}{origin}."
        case Status.KEPT:
            return _kept(outcome, own)
        case Status.DROPPED:
            return f"{label} is none: the product has no such value, as the rule says."
    refused = "" if outcome.value is None else f" {value}"
    return f"{label} is none: the product's schema forbids the blended value{refused}."


def _kept(outcome: Outcome, own: Mapping[str, Any] | None) -> str:
    if own is None:
        return f"{outcome.label} is what the product had before the blend."
    # It may be from before the blend, or from after it.
    if outcome.attribute not in own:
        return f"{outcome.label} is none: the product has none of its own."
    return f"{outcome.label} is {preview(own[outcome.attribute])}, the product's own."


def _later(outcome: Outcome) -> str:
    blended, maker = "none", _maker(outcome)
    if outcome.blended is not None:
        number = outcome.n_inputs if outcome.n_seen is None else outcome.n_seen
        of = "" if number is None else f" of {number}"
        blended = f"{preview(outcome.blended)} ({outcome.rule}{of})"
    if outcome.value is None:
        return f"{outcome.label} is none: it was taken out after the {maker}, which gave {blended}."
    value = preview(outcome.value)
    return f"{outcome.label} is {value}, set after the {maker}; the {maker} gave {blended}."


def _inputs(outcome: Outcome, values: Sequence[Any], noun: str) -> str:
    """Say what the inputs have."""
    present = [value for value in values if value is not None]
    if not present:
        return f"None of {pluralize(len(values), noun)} has it."
    counts = Counter(map(identity, present))
    examples = {identity(value): value for value in reversed(present)}
    has = "has" if len(present) == 1 else "have"
    have = f"{outcome.n_inputs} of {pluralize(len(values), noun)} {has} it"
    if len(counts) == 1:
        return f"{have}, with the same value {preview(present[0])}."
    repeated = len(counts) < len(present)
    listing = ", ".join(
        f"{preview(examples[key])} ({count})" if repeated else preview(examples[key])
        for key, count in counts.most_common(_MOST_SHOWN)
    )
    more = ", …" if len(counts) > _MOST_SHOWN else ""
    return f"{have}, with {len(counts)} different values: {listing}{more}."
