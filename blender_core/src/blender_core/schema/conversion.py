"""TODO."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from blender_core.common.wording import preview
from blender_core.errors import RuleError
from blender_core.schema.validation import INTEGERS

__all__ = ["converted"]


_SCALARS: Final = frozenset({bool, int, float, str})


def converted(value: Any, wanted: str | None) -> Any:
    """Return what a rule made as a product has it: in plain Python, of the schema's type."""
    return _of_type(_made(value), wanted)


def _made(value: Any) -> Any:
    """Return what a rule made in plain Python values."""
    if type(value) in _SCALARS or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [_made(item) for item in value]
    if isinstance(value, dict):
        return {_key(key): _made(item) for key, item in value.items()}
    scalar = _scalar(value)
    if scalar is None:
        raise _not_plain(value)
    return scalar


def _key(value: Any) -> bool | int | str:
    key = _scalar(value)
    if key is None or isinstance(key, float):  # as ASDF files have it
        raise _not_plain(value)
    return key


def _not_plain(value: Any) -> RuleError:
    msg = (
        f"it gives {preview(value)}, which is of type {type(value).__name__}, and not a text, a "
        "number or a boolean, nor a list or mapping of these"
    )
    return RuleError(msg)


def _scalar(value: Any) -> bool | int | float | str | None:
    # Subclasses of arrays are something else: masked ones, or those with a unit.
    if isinstance(value, np.generic) or (type(value) is np.ndarray and value.ndim == 0):
        item = value.item()
        if isinstance(item, np.floating):  # a long double stays one
            item = float(item)
        return item if type(item) in _SCALARS else None
    if isinstance(value, str):
        return str.__str__(value)  # members of enumerations have a str of their own
    return next((kind(value) for kind in (bool, int, float) if isinstance(value, kind)), None)


def _of_type(value: Any, wanted: str | None) -> Any:
    """Return a computed number in the type that the schema asks for, where that loses nothing."""
    if wanted == "integer" and type(value) is float and value.is_integer():
        return int(value)
    if wanted == "number" and type(value) is int and value not in INTEGERS:
        return float(value)  # the integer could not be saved
    return value
