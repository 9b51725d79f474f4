"""Put the inputs in an order, and tell which of them are one exposure."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.datetimes import CALENDAR, CLOCK
from blender_core.common.values import identity
from blender_core.common.wording import join_words
from blender_core.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["in_order", "inputs_in_words", "once_each"]

_THEIR_OWN_IDENTITY: Final = frozenset({str, int, bool, NoneType})


def in_order(
    order: Sequence[Any], name: str, needed: Sequence[bool]
) -> tuple[list[int], list[int]]:
    """Return the inputs in the order of an attribute."""
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
    """Return one input for each exposure."""
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
    """Return which inputs are meant, as messages count them."""
    noun = "input" if len(indices) == 1 else "inputs"
    return f"{noun} {join_words([str(i + 1) for i in indices])}"


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
