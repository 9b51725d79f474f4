"""JSON that any program can read, of anything."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from blender_core.common.wording import preview

__all__ = ["SCALARS", "json_scalar", "json_text"]

SCALARS: Final = frozenset({bool, int, float, str, type(None)})
"""The types of what JSON can say, beside lists and objects."""


def json_text(content: Any, *, indent: int | None = 2) -> str:
    """Return something as JSON in ASCII: numbers that JSON does not have are texts."""
    text = json.dumps(_jsonable(content), indent=indent, allow_nan=False)
    return text.replace("\x7f", "\\u007f")  # the one that json leaves, and terminals obey


def json_scalar(value: Any) -> str:
    """Return the JSON text of a number, a text, a truth value or nothing."""
    return json_text(value, indent=None)


def _jsonable(content: Any) -> Any:
    if type(content) is float and not math.isfinite(content):
        return json.dumps(content)
    if type(content) is dict:
        return {str(key): _jsonable(value) for key, value in content.items()}
    if type(content) in (list, tuple):
        return [_jsonable(value) for value in content]
    # What a plugin says of itself may hold anything.
    return content if type(content) in SCALARS else preview(content)
