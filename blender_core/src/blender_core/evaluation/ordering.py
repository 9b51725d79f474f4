"""Put the inputs in an order, and tell which of them are one exposure."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.datetimes import CALENDAR, CLOCK
from blender_core.common.values import identity
from blender_core.common.wording import listed
from blender_core.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["in_order", "inputs_in_words", "once_each"]

_THEIR_OWN_IDENTITY: Final = frozenset({str, int, bool, NoneType})


def in_order(
    order: Sequence[Any], name: str, needed: Sequence[bool]
) -> tuple[list[int], list[int]]:
    """Return the inputs in the order of an attribute.

    Parameters
    ----------
    order : sequence, shape (n_inputs,)
        The attribute's values, None where an input has none. Dates and times are moments,
        however they are written.
    name : str
        The attribute's path, for messages.
    needed : sequence of bool, shape (n_inputs,)
        Which inputs have to have a place.

    Returns
    -------
    placed : list of int
        The inputs that have a place; those with the same value in input order.
    lost : list of int
        Those that have none, because the value is missing or NaN.

    Raises
    ------
    RuleError
        If one has no place that needs one, or values cannot be ordered together.

    Examples
    --------
    >>> from blender_core.evaluation.ordering import in_order
    >>> in_order([59000.5, None, 59000.25], "meta.exposure.start_time", [True, False, True])
    ([2, 0], [1])
    """
    lost = [i for i, value in enumerate(order) if value is None or value != value]  # noqa: PLR0124
    if astray := [i for i in lost if needed[i]]:
        msg = f"there is no {name} to put {inputs_in_words(astray)} in order by"
        raise RuleError(msg)
    without = set(lost)
    placed = [i for i in range(len(order)) if i not in without]
    places = {i: order[i] for i in placed}
    if set(map(type, places.values())) == {str}:
        places = dict(zip(placed, _as_moments(list(places.values())), strict=True))
    try:
        placed.sort(key=places.__getitem__)
    except TypeError as error:
        kinds = " and ".join(sorted({type(order[i]).__name__ for i in placed}))
        msg = f"inputs cannot be ordered by {name}: it has values of types {kinds}"
        raise RuleError(msg) from error
    return placed, lost


def once_each(
    inputs: Sequence[int], identifiers: Sequence[Sequence[Any]], values: Sequence[Any]
) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Return one input for each exposure.

    Parameters
    ----------
    inputs : sequence of int
        The inputs, in order.
    identifiers : sequence of sequence, shape (n_attributes, n_inputs)
        The values of the attributes that tell exposures apart.
    values : sequence, shape (n_inputs,)
        The values of the attribute of which each exposure has one.

    Returns
    -------
    chosen : list of int
        Of each exposure the first input that has a value, else its first.
    differing : list of (int, int)
        Inputs of one exposure with different values: the chosen, and the first that differs.
    unidentified : list of int
        Inputs, counted from 0, of which it is not known which exposure they are of.

    Examples
    --------
    >>> from blender_core.evaluation.ordering import once_each
    >>> once_each([0, 1, 2], [[7, 7, None]], [10.0, 10.5, 10.0])
    ([0, 2], [(0, 1)], [2])
    """
    keys = list(zip(*map(_identities, identifiers), strict=True))
    same = _identities(values)
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
        one = (present or members)[0]
        chosen.append(one)
        other = next((i for i in present if same[i] != same[one]), None)
        if other is not None:
            differing.append((one, other))
    return chosen, differing, sorted(unidentified)


def inputs_in_words(indices: Sequence[int]) -> str:
    """Return which inputs are meant, as messages count them.

    Parameters
    ----------
    indices : sequence of int
        The inputs, counted from 0.

    Returns
    -------
    words : str
        Those inputs, counted from 1.

    Examples
    --------
    >>> from blender_core.evaluation.ordering import inputs_in_words
    >>> inputs_in_words([0]), inputs_in_words([0, 2, 4])
    ('input 1', 'inputs 1, 3 and 5')
    """
    noun = "input" if len(indices) == 1 else "inputs"
    return f"{noun} {listed([str(i + 1) for i in indices])}"


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


def _identities(values: Sequence[Any]) -> Sequence[Any]:
    """Return what is equal for values that are the same, and None where there is none."""
    if _THEIR_OWN_IDENTITY.issuperset(map(type, values)):
        return values
    return [identity(value) for value in values]
