"""Values as the page holds them: texts without anything invisible, each different one once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import preview, shorten, visible
from blender_core.inputs.column import Repeated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST: Final = 2000

_FORMS: Final = {
    "time": re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?)?Z?", re.ASCII),
    "clock": re.compile(r"\d\d:\d\d(:\d\d(\.\d*)?)?", re.ASCII),
}
"""Texts that have a place on an axis."""


def shown(text: str) -> str:
    """Return a text as a page shows it, which is not to look other than its values are."""
    return visible(shorten(text, _LONGEST))


def to_text(value: Any) -> str:
    """Return a value as a page shows it."""
    if type(value) is float:  # most values are, and have nothing that is invisible
        return repr(value)
    return shown(value if isinstance(value, str) else preview(value))


def axis_kind(values: Iterable[Any]) -> str:
    """Tell on which kind of axis values have a place: number, time or clock; text if on none."""
    present = [value for value in values if value is not None]
    types = set(map(type, present))
    if types and types <= {int, float}:
        return "number"
    if types == {str}:
        texts = set(present)
        for kind, form in _FORMS.items():
            if all(map(form.fullmatch, texts)):
                return kind
    return "text"


def encode_values(values: Sequence[Any] | Repeated) -> dict[str, Any]:
    """Return the inputs' values of one attribute, with the kind of their axis."""
    if isinstance(values, Repeated):
        texts = [None if values.value is None else to_text(values.value)] * len(values)
    else:
        texts = [None if value is None else to_text(value) for value in values]
    return {"kind": axis_kind(values), **encode_texts(texts)}


def encode_texts(texts: Sequence[str | None]) -> dict[str, Any]:
    """Return each different text once, and which of them each place has; -1 for none."""
    numbers: dict[str, int] = {}
    at = [-1 if text is None else numbers.setdefault(text, len(numbers)) for text in texts]
    if set(at) == {0}:
        return {"of": list(numbers)}
    return {"of": list(numbers), "at": at}
