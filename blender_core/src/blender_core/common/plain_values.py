"""Values as plain Python objects: bool, int, float and str, and lists and dicts of these."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.foreign import bounded

if TYPE_CHECKING:
    from collections.abc import Collection

_SCALARS: Final = frozenset({bool, int, float, str})
PLAIN: Final = _SCALARS | {type(None)}
"""The types of plain scalars, and of None."""


def is_plain(values: Collection[Any]) -> bool:
    """Tell whether all values are plain Python scalars or None."""
    return PLAIN.issuperset(map(type, values))


def plain(value: Any) -> Any:
    """Return a value as a plain Python object that shares nothing with its model.

    An array is none, but for one in a list or dict; other objects stay as they are.
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, np.generic):
        scalar = plain_scalar(value)
        return value.item() if scalar is None else scalar
    if isinstance(value, (list, tuple)):
        return [_item(item) for item in (value if type(value) is list else bounded(value))]
    if isinstance(value, dict):
        items = value.items()
        return {
            key: _item(item) for key, item in (items if type(value) is dict else bounded(items))
        }
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if _is_array(value):
        return None
    scalar = plain_scalar(value)
    if scalar is not None:
        return scalar
    from astropy.time import Time

    return str(value) if isinstance(value, Time) else value


def plain_scalar(value: Any) -> bool | int | float | str | None:
    """Return the Python scalar that a value is; None if it is something else."""
    if type(value) in _SCALARS:
        return value  # type: ignore[no-any-return]
    # Subclasses of arrays are something else: masked ones, or those with a unit.
    if isinstance(value, np.generic) or (type(value) is np.ndarray and value.ndim == 0):
        item = value.item()
        if isinstance(item, np.floating):  # a long double stays one
            item = float(item)
        return item if type(item) in _SCALARS else None
    # Members of enumerations, and other subclasses, have methods of their own.
    if issubclass(type(value), str):
        return str.__str__(value)
    if issubclass(type(value), int):
        return int.__int__(value)
    return float.__float__(value) if issubclass(type(value), float) else None


def _item(value: Any) -> Any:
    if type(value) in PLAIN or not _is_array(value):
        return plain(value)
    # Quantities and the like have no lists of their own, and asdf's lazy arrays no mask.
    array = value if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    return plain(array.tolist())


def _is_array(value: Any) -> bool:
    """Tell whether a value is an array: numpy's own, or a lazy one of asdf."""
    if isinstance(value, np.generic):
        return False
    return hasattr(value, "dtype") and hasattr(value, "__array__")
