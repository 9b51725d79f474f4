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
    """Tell on which kind of axis values have a place."""
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
    """Return what the inputs said of one attribute, each different text once."""
    texts = [None if one is None else text_of(one) for one in values]
    return {"kind": kind_of(values), **coded(texts)}


def coded(texts: Sequence[str | None]) -> dict[str, Any]:
    """Return texts such that each different one is there once."""
    places: dict[str, int] = {}
    at = [_NOWHERE if one is None else places.setdefault(one, len(places)) for one in texts]
    if set(at) == {0}:
        return {"of": list(places)}
    return {"of": list(places), "at": at}
