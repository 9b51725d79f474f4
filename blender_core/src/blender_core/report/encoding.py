"""Values as the page holds them: texts without anything invisible, each different one once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import preview, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["axis_kind", "encode_texts", "encode_values", "to_text", "visible"]

_LONGEST: Final = 2000

_FORMS: Final = {
    "time": re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?)?Z?", re.ASCII),
    "clock": re.compile(r"\d\d:\d\d(:\d\d(\.\d*)?)?", re.ASCII),
}
"""Texts that have a place on an axis."""


def visible(text: str) -> str:
    r"""Return a text with all that cannot be seen written as Python escapes it.

    That is line ends, control characters, what turns the direction of writing round, and what
    no encoding has: a page is not to look other than its values are.
    """
    text = shorten(text, _LONGEST)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def to_text(value: Any) -> str:
    """Return a value as a page shows it."""
    if type(value) is float:  # most values are, and have nothing that is invisible
        return repr(value)
    return visible(value if isinstance(value, str) else preview(value))


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


def encode_values(values: Sequence[Any]) -> dict[str, Any]:
    """Return the inputs' values of one attribute, with the kind of their axis."""
    texts = [None if value is None else to_text(value) for value in values]
    return {"kind": axis_kind(values), **encode_texts(texts)}


def encode_texts(texts: Sequence[str | None]) -> dict[str, Any]:
    """Return each different text once, and which of them each place has; -1 for none."""
    numbers: dict[str, int] = {}
    at = [-1 if text is None else numbers.setdefault(text, len(numbers)) for text in texts]
    if set(at) == {0}:
        return {"of": list(numbers)}
    return {"of": list(numbers), "at": at}
