"""JSON that any program can read, of anything; and what a file in JSON says, if it is one thing."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, Final, NoReturn

from blender_core.common.wording import preview

SCALARS: Final = frozenset({bool, int, float, str, type(None)})
"""The types of what JSON can say, beside lists and objects."""

_TEXT: Final = r'"(?:[^"\\]|\\[\s\S])*+"?'
_NESTING: Final = re.compile(rf"{_TEXT}|([\[{{])|([\]}}])")
_NUMBER: Final = re.compile(rf"{_TEXT}|(\d{{4001,}})")


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


def parsed(content: bytes) -> Any:
    """Return what a JSON text says, or raise a `ValueError` that tells why not, and where."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"it is not UTF-8 text: line {line}"
        raise ValueError(msg) from error
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except (json.JSONDecodeError, _FaultError):
        raise
    except RecursionError as error:
        msg = f"it is nested too deep: line {_line(text, _deepest(text))}"
        raise ValueError(msg) from error
    except MemoryError as error:
        msg = "it takes more memory than there is"
        raise ValueError(msg) from error
    except ValueError as error:
        place = next((match.start() for match in _NUMBER.finditer(text) if match[1]), 0)
        msg = f"a number has more digits than Python reads: line {_line(text, place)}"
        raise ValueError(msg) from error


class _FaultError(ValueError):
    """What JSON does not have, or nobody means."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        name, _ = (Counter(name for name, _ in pairs)).most_common(1)[0]
        msg = f"an object has the key {preview(name)} twice"
        raise _FaultError(msg)
    return content


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is not a value of JSON"
    raise _FaultError(msg)


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _deepest(text: str) -> int:
    """Return the place that is nested deepest."""
    depth = deepest = place = 0
    for match in _NESTING.finditer(text):
        depth += 1 if match[1] else -1 if match[2] else 0
        if depth > deepest:
            deepest, place = depth, match.start()
    return place
