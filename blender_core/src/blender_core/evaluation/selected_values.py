"""Which of the inputs' values a rule sees, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.datetimes import CALENDAR, CLOCK
from blender_core.common.values import identity
from blender_core.errors import RuleError
from blender_core.inputs.column import kinds_of
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.plugins.rule import Missing

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from blender_core.inputs.row_labels import RowLabels
    from blender_core.plan.assignment import Selection

_THEIR_OWN_IDENTITY: Final = frozenset({str, int, bool, NoneType})


@dataclass(frozen=True, slots=True)
class SelectedValues:
    """What a rule sees: values, which input each is from, and the companions' values of these.

    There are no values if the rule is not to be called at all. Of exposures that count once,
    `differing` has pairs of inputs of one exposure: the one whose value counts, and the first that
    has another; `unidentified` has the inputs of which it is not known which exposure they are
    of, so that each counts for itself. Inputs are counted from 0.
    """

    values: list[Any]
    inputs: list[int]
    companions: dict[str, list[Any]]
    differing: list[tuple[int, int]]
    unidentified: list[int]


def select(values: Sequence[Any], missing: Missing, labels: RowLabels = BY_NUMBER) -> list[Any]:
    """Return the values that a rule sees where nobody has asked for a selection."""
    absent = values.count(None)
    if absent == len(values):
        return []
    if not absent or missing is Missing.KEEP:
        return list(values)
    if missing is Missing.SKIP:
        return [value for value in values if value is not None]
    if missing in (Missing.PROPAGATE, Missing.DROP):
        return []
    lacking = [i for i, value in enumerate(values) if value is None]
    raise _missing_error(lacking, len(values), labels)


def select_with(
    selection: Selection,
    missing: Missing,
    values: Sequence[Any],
    others: Mapping[str, Sequence[Any]],
    labels: RowLabels = BY_NUMBER,
) -> SelectedValues:
    """Return what a rule sees.

    The inputs are put in order first, then exposures are told apart, then comes what is to happen
    where the value is missing.
    """
    missing = selection.missing or missing
    has_default = selection.default is not None
    values = list(values)  # they are asked for one by one, for which a column is slow
    inputs: Sequence[int] = range(len(values))
    if selection.order_by is not None:
        needed = [has_default or value is not None for value in values]
        inputs, unordered = _in_order(
            others[selection.order_by], selection.order_by, needed, labels
        )
        # Nobody knows whether such an input is the first or the last, and it has no value either.
        if missing in (Missing.REQUIRE, Missing.PROPAGATE, Missing.DROP):
            inputs += unordered
    differing: list[tuple[int, int]] = []
    unidentified: list[int] = []
    if selection.once_per:
        identifiers = [others[path] for path in selection.once_per]
        inputs, differing, unidentified = _once_each(inputs, identifiers, values)
        unidentified = [i for i in unidentified if has_default or values[i] is not None]
    candidates = [values[i] for i in inputs]
    if has_default:
        candidates = [selection.default if value is None else value for value in candidates]
    lacking = {i for i, value in zip(inputs, candidates, strict=True) if value is None}
    if missing is Missing.REQUIRE and 0 < len(lacking) < len(candidates):
        # By their numbers in the blend, which are others than their places among the candidates.
        noun = "exposure" if selection.once_per else labels.noun
        raise _missing_error(sorted(lacking), len(values), labels, noun)
    selected = select(candidates, missing)
    if not selected:
        inputs = []
    elif len(selected) < len(candidates):
        inputs = [i for i in inputs if i not in lacking]
    companions = {}
    for name, path in selection.companions:
        companions[name] = [others[path][i] for i in inputs]
        alone = [
            i
            for i, value, companion in zip(inputs, selected, companions[name], strict=True)
            if companion is None and value is not None
        ]
        if alone:
            lack = "lacks" if len(alone) == 1 else "lack"
            msg = (
                f"{path} is needed as {name} beside each value, and "
                f"{labels.names(sorted(alone))} {lack} it"
            )
            raise RuleError(msg)
    return SelectedValues(selected, list(inputs), companions, differing, unidentified)


def _missing_error(
    lacking: Sequence[int], n_inputs: int, labels: RowLabels, noun: str = ""
) -> RuleError:
    of = f", {len(lacking)} of {n_inputs} rows," if labels.are_of_several else f" of {n_inputs}"
    msg = (
        f"every {noun or labels.noun} must have the value, but {labels.names(lacking)}{of} "
        f"{'has' if len(lacking) == 1 else 'have'} none"
    )
    return RuleError(msg)


def _in_order(
    order: Sequence[Any], name: str, needed: Sequence[bool], labels: RowLabels
) -> tuple[list[int], list[int]]:
    """Return the inputs in the order of an attribute, and those that do not have it."""
    lost = [i for i, value in enumerate(order) if value is None or value != value]  # noqa: PLR0124
    if needing := [i for i in lost if needed[i]]:
        msg = f"there is no {name} to put {labels.names(needing)} in order by"
        raise RuleError(msg)
    without = set(lost)
    ordered = [i for i in range(len(order)) if i not in without]
    places = {i: order[i] for i in ordered}
    if set(map(type, places.values())) == {str}:
        places = dict(zip(ordered, _as_moments(list(places.values())), strict=True))
    try:
        ordered.sort(key=places.__getitem__)
    except TypeError as error:
        kinds = " and ".join(sorted({type(order[i]).__name__ for i in ordered}))
        msg = f"{labels.noun}s cannot be ordered by {name}: it has values of types {kinds}"
        raise RuleError(msg) from error
    return ordered, lost


def _as_moments(texts: list[str]) -> Sequence[Any]:
    """Return what sorts as the moments do that all texts stand for; else the texts."""
    for form in (CALENDAR, CLOCK):
        if form.sorts_as_text(texts):
            return texts
        try:
            return [form.instant(text) for text in texts]
        except ValueError:
            continue
    return texts


def _once_each(
    inputs: Sequence[int], identifiers: Sequence[Sequence[Any]], values: Sequence[Any]
) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Return one input for each exposure, those that differ, and those of unknown exposures."""
    keys = list(zip(*map(_identities, identifiers), strict=True))
    if len(set(keys)) == len(keys) and not any(None in key for key in keys):
        return list(inputs), [], []
    value_keys = _identities(values)
    exposures: dict[Hashable, list[int]] = {}
    unidentified = []
    for i in inputs:
        key: Hashable = keys[i]
        if None in keys[i]:
            unidentified.append(i)
            key = i
        exposures.setdefault(key, []).append(i)
    chosen, differing = [], []
    for members in exposures.values():
        present = [i for i in members if values[i] is not None]
        first = (present or members)[0]
        chosen.append(first)
        other = next((i for i in present if value_keys[i] != value_keys[first]), None)
        if other is not None:
            differing.append((first, other))
    return chosen, differing, sorted(unidentified)


def _identities(values: Sequence[Any]) -> Sequence[Any]:
    """Return what is equal for values that are the same, and None where there is none."""
    if kinds_of(values) <= _THEIR_OWN_IDENTITY:
        return values
    return [identity(value) for value in values]
