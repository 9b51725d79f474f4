"""The inputs' values of one attribute, in the form in which the page holds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.report.escaping import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["coded", "kind_of", "series"]

_KINDS: Final = {
    "time": re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?)?Z?", re.ASCII),
    "clock": re.compile(r"\d\d:\d\d(:\d\d(\.\d*)?)?", re.ASCII),
}
"""Texts that have a place on an axis."""

_NOWHERE: Final = -1


def kind_of(values: Iterable[Any]) -> str:
    """Tell on which kind of axis values have a place.

    Parameters
    ----------
    values : iterable
        Values as inputs have them; None where an input has none.

    Returns
    -------
    kind : str
        ``number``; ``time`` for dates with or without a time; ``clock`` for times of day;
        ``text`` for what has no place on any axis.

    Examples
    --------
    >>> from blender_core.report.encoding import kind_of
    >>> kind_of([1, None, 2.5]), kind_of(["2022-07-17"]), kind_of(["19:00:00.000"]), kind_of([True])
    ('number', 'time', 'clock', 'text')
    """
    present = [one for one in values if one is not None]
    types = set(map(type, present))
    if types and types <= {int, float}:
        return "number"
    if types == {str}:
        texts = set(present)
        for kind, form in _KINDS.items():
            if all(map(form.fullmatch, texts)):
                return kind
    return "text"


def series(values: Sequence[Any]) -> dict[str, Any]:
    """Return what the inputs said of one attribute, each different text once.

    Parameters
    ----------
    values : sequence, shape (n_inputs,)
        None where an input has none.

    Returns
    -------
    series : dict
        As `coded` returns it, and the ``kind`` of the values.
    """
    texts = [None if one is None else text_of(one) for one in values]
    return {"kind": kind_of(values), **coded(texts)}


def coded(texts: Sequence[str | None]) -> dict[str, Any]:
    """Return texts such that each different one is there once.

    Parameters
    ----------
    texts : sequence of str or None
        The texts.

    Returns
    -------
    coded : dict
        ``of``: the different texts. ``at``: the place of each text among these, -1 for None;
        left out if all are the same.

    Examples
    --------
    >>> from blender_core.report.encoding import coded
    >>> coded(["a", "b", None, "a"]), coded(["a", "a"])
    ({'of': ['a', 'b'], 'at': [0, 1, -1, 0]}, {'of': ['a']})
    """
    places: dict[str, int] = {}
    at = [_NOWHERE if one is None else places.setdefault(one, len(places)) for one in texts]
    if set(at) == {0}:
        return {"of": list(places)}
    return {"of": list(places), "at": at}
