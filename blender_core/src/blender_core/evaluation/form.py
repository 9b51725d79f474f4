"""Outcomes as programs read them. ``outcomes.schema.json`` describes the form."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from blender_core.evaluation.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from astropy.table import MaskedColumn, Table

    from blender_core.evaluation.outcome import Outcome

_COLUMNS: Final[dict[str, type]] = {
    "attribute": str,
    "keyword": str,
    "status": str,
    "value": object,
    "rule": str,
    "settings": str,
    "tier": str,
    "asked_by": str,
    "provider": str,
    "reason": str,
    "remark": str,
    "n_inputs": int,
    "n_distinct": int,
    "n_seen": int,
    "row": int,
    "blended": object,
    "replaced": object,
    "values_of": str,
}
_FILLS: Final[dict[type, Any]] = {str: "", int: 0, object: None}

VERSION: Final = 1
"""The version of the form: another one where a program that reads this one would go wrong."""


def outcomes_object(
    outcomes: Iterable[Outcome],
    own: Mapping[str, Any],
    inputs: Mapping[str, Sequence[Any]] | None = None,
) -> dict[str, Any]:
    """Return all outcomes, with what the product has of its own, and what the inputs said."""
    return {
        "version": VERSION,
        "outcomes": [outcome_object(outcome, own, inputs) for outcome in outcomes],
    }


def outcome_object(
    outcome: Outcome, own: Mapping[str, Any], inputs: Mapping[str, Sequence[Any]] | None = None
) -> dict[str, Any]:
    """Return one outcome."""
    is_refused = outcome.status is Status.REFUSED
    is_without = is_refused or outcome.status is Status.DROPPED
    described = {
        "attribute": outcome.attribute,
        "keyword": outcome.keyword,
        "status": outcome.status.value,
        "value": None if is_without else own.get(outcome.attribute, outcome.value),
        "blended": outcome.value if is_refused else outcome.blended,
        "replaced": outcome.replaced,
        "after_amendment": outcome.after_amendment,
        "rule": outcome.rule,
        "settings": outcome.settings,
        "values_of": outcome.values_of,
        "tier": None if outcome.tier is None else outcome.tier.label,
        "asked_by": outcome.asked_by,
        "provider": None if outcome.provider is None else dataclasses.asdict(outcome.provider),
        "reason": outcome.reason,
        "remark": outcome.remark,
        "n_inputs": outcome.n_inputs,
        "n_distinct": outcome.n_distinct,
        "n_seen": outcome.n_seen,
        "row": None if outcome.from_input is None else outcome.from_input + 1,
    }
    if inputs is not None:
        values = inputs.get(outcome.source)
        described["inputs"] = None if values is None else [*values]
    return described


def outcomes_table(outcomes: Iterable[Outcome], own: Mapping[str, Any]) -> Table:
    """Return a row for each outcome, masked where there is nothing or it is not known."""
    from astropy.table import Table

    objects = [outcome_object(outcome, own) for outcome in outcomes]
    for each, outcome in zip(objects, outcomes, strict=True):
        each["provider"] = None if outcome.provider is None else str(outcome.provider)
    return Table(
        [masked_column(name, [each[name] for each in objects], _COLUMNS[name]) for name in _COLUMNS]
    )


def masked_column(name: str, values: Sequence[Any], dtype: type) -> MaskedColumn:
    """Return a column of texts, integers or anything, masked where a value is None."""
    from astropy.table import MaskedColumn

    fill = _FILLS[dtype]
    filled = [fill if value is None else value for value in values]
    if dtype is str:
        column = MaskedColumn(filled, dtype=dtype, name=name)
    else:
        # An array of lists would have more dimensions than one.
        column = MaskedColumn(length=len(filled), dtype=dtype, name=name)
        for row, value in enumerate(filled):
            column[row] = value
    column.mask = [value is None for value in values]
    return column
