"""TODO."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["is_plain", "plain"]


_PLAIN = frozenset({bool, int, float, str, type(None)})


def is_plain(values: Collection[Any]) -> bool:
    """Tell whether all values are plain Python scalars or None."""
    return _PLAIN.issuperset(map(type, values))


def plain(value: Any) -> Any:
    """Return a value as a plain Python object that shares nothing with its model."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, np.generic):
        item = value.item()
        return float(item) if isinstance(item, np.floating) else item  # a long double stays one
    if isinstance(value, (list, tuple)):
        return [_item(item) for item in value]
    if isinstance(value, dict):
        return {key: _item(item) for key, item in value.items()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return None if _is_array(value) else _plain_subclass(value)


def _item(value: Any) -> Any:
    if type(value) in _PLAIN or not _is_array(value):
        return plain(value)
    # Quantities and the like have no lists of their own, and asdf's lazy arrays no mask.
    array = value if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    return plain(array.tolist())


def _is_array(value: Any) -> bool:
    """Tell whether a value is an array: numpy's own, or a lazy one of asdf."""
    if isinstance(value, np.generic):
        return False
    return hasattr(value, "dtype") and hasattr(value, "__array__")


def _plain_subclass(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    from astropy.time import Time

    return str(value) if isinstance(value, Time) else value
