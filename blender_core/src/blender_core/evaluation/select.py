"""Which of the inputs' values a rule sees, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.errors import RuleError
from blender_core.evaluation.ordering import in_order, inputs_in_words, once_each
from blender_core.plugins.rule import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.plan.assignment import Selection

__all__ = ["Seen", "select", "select_with"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule sees.

    Parameters
    ----------
    values : list
        The values. Empty if the rule is not to be called at all.
    inputs : list of int
        Which input each value is from, counted from 0.
    companions : dict of str to list
        The companions' values for the same inputs.
    differing : list of (int, int)
        Inputs that are of one exposure and do not have the same value: the one whose value
        counts, and the first that differs from it.
    unidentified : list of int
        Inputs that have a value and do not say of which exposure they are; each counts for itself.
    """

    values: list[Any]
    inputs: list[int]
    companions: dict[str, list[Any]]
    differing: list[tuple[int, int]]
    unidentified: list[int]


def select(values: Sequence[Any], missing: Missing) -> list[Any]:
    """Return the values that a rule sees where nobody has asked for a selection."""
    absent = values.count(None)
    if absent == len(values):
        return []
    if not absent or missing is Missing.KEEP:
        return list(values)
    if missing is Missing.SKIP:
        return [value for value in values if value is not None]
    if missing is Missing.PROPAGATE:
        return []
    lacking = [i for i, value in enumerate(values) if value is None]
    raise _required(lacking, len(values))


def select_with(
    selection: Selection,
    missing: Missing,
    values: Sequence[Any],
    others: Mapping[str, Sequence[Any]],
) -> Seen:
    """Return what a rule sees.

    The inputs are put in order first, then exposures are told apart, then comes what is to happen
    where the value is missing.
    """
    missing = selection.missing or missing
    stands_in = selection.default is not None
    inputs: Sequence[int] = range(len(values))
    if selection.order_by is not None:
        needed = [stands_in or value is not None for value in values]
        inputs, lost = in_order(others[selection.order_by], selection.order_by, needed)
        # Nobody knows whether such an input is the first or the last, and it has no value either.
        if missing in (Missing.REQUIRE, Missing.PROPAGATE):
            inputs += lost
    differing: list[tuple[int, int]] = []
    unidentified: list[int] = []
    if selection.once_per:
        identifiers = [others[path] for path in selection.once_per]
        inputs, differing, unidentified = once_each(inputs, identifiers, values)
        unidentified = [i for i in unidentified if stands_in or values[i] is not None]
    found = [values[i] for i in inputs]
    if stands_in:
        found = [selection.default if value is None else value for value in found]
    lacking = {i for i, value in zip(inputs, found, strict=True) if value is None}
    if missing is Missing.REQUIRE and 0 < len(lacking) < len(found):
        # By their numbers in the blend, which are others than their places among what is found.
        raise _required(sorted(lacking), len(values), "exposure" if selection.once_per else "input")
    kept = select(found, missing)
    if not kept:
        inputs = []
    elif len(kept) < len(found):
        inputs = [i for i in inputs if i not in lacking]
    companions = {}
    for name, path in selection.companions:
        companions[name] = [others[path][i] for i in inputs]
        alone = [
            i
            for i, value, beside in zip(inputs, kept, companions[name], strict=True)
            if beside is None and value is not None
        ]
        if alone:
            raise _lacking_companion(name, path, sorted(alone))
    return Seen(kept, list(inputs), companions, differing, unidentified)


def _lacking_companion(name: str, path: str, inputs: Sequence[int]) -> RuleError:
    lack = "lacks" if len(inputs) == 1 else "lack"
    msg = f"{path} is needed as {name} beside each value, and {inputs_in_words(inputs)} {lack} it"
    return RuleError(msg)


def _required(lacking: Sequence[int], n_inputs: int, what: str = "input") -> RuleError:
    msg = (
        f"every {what} must have the value, but {inputs_in_words(lacking)} of {n_inputs} "
        f"{'has' if len(lacking) == 1 else 'have'} none"
    )
    return RuleError(msg)
