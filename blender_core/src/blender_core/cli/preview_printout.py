"""Tell what a blend of exposures gives: for people, as JSON, or as a table in ECSV."""

from __future__ import annotations

import io
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.blend_printout import count_of_values, input_facts, result_object
from blender_core.cli.console import Output
from blender_core.cli.formatting import list_some, one_line, truncate
from blender_core.common.values import identity
from blender_core.common.wording import pluralize, visible
from blender_core.evaluation.form import masked_column, outcome_object, outcomes_table
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blender_core.blending.result import BlendResult
    from blender_core.evaluation.outcome import Outcome

_LONGEST: Final = 40
_MOST_SAID: Final = 4
_WIDE: Final = 100
_VERY_WIDE: Final = 160
_ECSV_COLUMNS: Final = [
    *("attribute", "keyword", "value", "rule", "settings", "provider", "asked_by"),
    *("n_inputs", "n_distinct"),
]
_WITHOUT_VALUE: Final = {
    Status.DROPPED: "(dropped)",
    Status.KEPT: "(the product's own)",
    Status.REFUSED: "(refused)",
}
"""What stands where a blend gives no value."""


def preview_object(
    result: BlendResult, names: Sequence[str], report: Path | None, warnings: Sequence[str]
) -> dict[str, Any]:
    """Return what programs read of a blend without a product."""
    return {
        "inputs": list(names),
        **result_object(result, report, warnings),
        "outcomes": [
            {
                **outcome_object(outcome, result.values, result.inputs),
                "said": [
                    {"value": value, "inputs": number} for value, number in _said(outcome, result)
                ],
            }
            for outcome in _listed(result, show_all=True)
        ],
    }


def print_ecsv(result: BlendResult, *, show_all: bool) -> None:
    """Print a row for each attribute, in ECSV; values of all types are texts there."""
    outcomes = _listed(result, show_all=show_all)
    table = outcomes_table(outcomes, {})[_ECSV_COLUMNS]
    values = [str(each.value) if each.status is Status.SET else None for each in outcomes]
    table["value"] = masked_column("value", values, str)
    table["provider"] = masked_column("provider", [each.provided_by for each in outcomes], str)
    text = io.StringIO()
    table.write(text, format="ascii.ecsv")
    sys.stdout.write(text.getvalue())


def print_preview(result: BlendResult, report: Path | None, *, show_all: bool) -> None:
    """Tell a person what a blend gives: on a terminal with a summary."""
    output = Output()
    outcomes = _listed(result, show_all=show_all)
    head = ["keyword", "attribute", "value", "rule", "values"]
    rows = [
        [
            outcome.keyword or "",
            outcome.attribute,
            _value(outcome),
            outcome.rule or "",
            f"{outcome.n_distinct} in {outcome.n_inputs}",
        ]
        for outcome in outcomes
    ]
    if not output.is_terminal or output.width >= _VERY_WIDE:
        head.append("said")
        for row, outcome in zip(rows, outcomes, strict=True):
            said = _said_in_words(outcome, result)
            row.append(truncate(visible(said), _LONGEST) if output.is_terminal else said)
    output.table(head, rows, folded=(1, 2, 5), two_names_from=_WIDE)
    for fault in result.skipped:
        output.lines(f"Left out: {fault}", "yellow")
    if not output.is_terminal:
        return
    output.text("")
    output.text(f"{result.n_inputs_in_words} would be blended", "bold")
    facts = {**input_facts(result), "values": count_of_values(result)}
    if report is not None:
        facts["report"] = str(report)
    output.facts(facts)
    if more := len(_listed(result, show_all=True)) - len(outcomes):
        number = pluralize(more, "attribute")
        output.text(f"{number} without a rule, of one value, left out (--all).")
    output.text("values: how many different ones there are, in how many inputs.", "dim")
    output.text("What each of them says: --report FILE or --json.", "dim")


def _listed(result: BlendResult, *, show_all: bool) -> list[Outcome]:
    """Return the outcomes of attributes that some input has: all, or those with more to say."""
    return [
        outcome
        for outcome in result.outcomes.values()
        if outcome.n_inputs
        and outcome.attribute not in OF_A_FILE
        and (show_all or outcome.tier is not Tier.DEFAULT or (outcome.n_distinct or 0) > 1)
    ]


def _value(outcome: Outcome) -> str:
    if outcome.status is Status.SET:
        return one_line(outcome.value)
    return _WITHOUT_VALUE.get(outcome.status, "")


def _said(outcome: Outcome, result: BlendResult) -> list[tuple[Any, int]]:
    """Return the values that inputs have, the most frequent first, each with their number."""
    values = [each for each in result.inputs.get(outcome.source, ()) if each is not None]
    first = {identity(value): value for value in reversed(values)}
    return [(first[key], number) for key, number in Counter(map(identity, values)).most_common()]


def _said_in_words(outcome: Outcome, result: BlendResult) -> str:
    said = _said(outcome, result)
    words = [
        truncate(str(value), _LONGEST) + (f" ({number})" if number > 1 else "")
        for value, number in said[: _MOST_SAID + 1]
    ]
    more = [""] * (len(said) - len(words))
    return list_some([*words, *more], _MOST_SAID)
