"""Values of the types that a schema asks for: scalars of another type, and what rules make."""

from __future__ import annotations

from typing import Any, Final

from blender_core.common.foreign import Guard, bounded, type_name
from blender_core.common.plain_values import plain_scalar
from blender_core.common.wording import describe_error, preview
from blender_core.errors import RuleError
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.schema.validation import INTEGERS

_DEEPEST: Final = 100
"""How many lists and mappings may lie within each other. Those that hold themselves have no end."""


def to_schema_type(value: Any, schema_type: str) -> Any:
    """Return a plain scalar in a type of the schema; None if it cannot be had without loss.

    Whole floats are integers, 0 and 1 are booleans, and every scalar has a text.
    """
    kind = type(value)
    if kind in PYTHON_TYPES[schema_type]:
        return value
    if schema_type == "integer" and kind is float and value.is_integer():
        return int(value)
    if schema_type == "boolean" and kind in (int, float) and value in (0, 1):
        return bool(value)
    if schema_type == "string" and kind in (bool, int, float):
        return str(value)
    return None


def rule_result(value: Any, schema_type: str | None) -> Any:
    """Return what a rule made as a product has it: in plain Python, numbers of the schema's type.

    What else is not of the schema's type stays as it is, for the schema to forbid. It is somebody
    else's object: what comes out is not, and may be compared and shown.
    """
    with Guard(lambda error: _unusable(value, error), passes=RuleError):
        value = _plain(value)
    if type(value) is float and schema_type == "integer":
        integer = to_schema_type(value, schema_type)
        return value if integer is None else integer
    if type(value) is int and schema_type == "number" and value not in INTEGERS:
        return float(value)  # the integer could not be saved
    return value


def _plain(value: Any, depth: int = 0) -> Any:
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        items = value if type(value) in (list, tuple) else bounded(value)
        return [_plain(item, _below(depth)) for item in items]
    if isinstance(value, dict):
        pairs = value.items() if type(value) is dict else bounded(value.items())
        return {_key(key): _plain(item, _below(depth)) for key, item in pairs}
    scalar = plain_scalar(value)
    if scalar is None:
        raise _not_plain(value)
    return scalar


def _below(depth: int) -> int:
    if depth == _DEEPEST:
        msg = f"it gives more than {_DEEPEST} lists and dicts within each other"
        raise RuleError(msg)
    return depth + 1


def _key(value: Any) -> bool | int | str:
    key = plain_scalar(value)
    if key is None or isinstance(key, float):  # as ASDF files have it
        raise _not_plain(value)
    return key


def _not_plain(value: Any) -> RuleError:
    msg = (
        f"it gives {preview(value)}, which is of type {type_name(value)}, and not a str, an "
        "int, a float or a bool, nor a list or dict of these"
    )
    return RuleError(msg)


def _unusable(value: Any, error: BaseException) -> RuleError:
    msg = (
        f"it gives {preview(value)}, of type {type_name(value)}, which cannot be looked at: "
        f"{describe_error(error)}"
    )
    return RuleError(msg)
