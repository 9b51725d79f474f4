"""Take wanted values out of a tree of mappings, as datamodels and ASDF files have it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from blender_core.columns import Group, Layout

__all__ = ["collect", "is_plain", "plain", "scalars_beyond"]

_PLAIN = frozenset({bool, int, float, str, type(None)})


def collect(tree: Mapping[str, Any], layout: Layout) -> list[Any]:
    """Return the wanted values as the tree has them.

    Parameters
    ----------
    tree : mapping
        Groups are mappings in it.
    layout : Layout
        Which attributes are wanted, and in which order.

    Returns
    -------
    values : list, shape (n_attributes,)
        None where the tree has nothing.

    Examples
    --------
    >>> from blender_core.columns import Layout
    >>> from blender_core.readers.tree import collect
    >>> from blender_core.schema import Attribute
    >>> layout = Layout(map(Attribute, ["meta.target.ra", "meta.date"]))
    >>> layout.paths, collect({"meta": {"target": {"ra": 1.5}}}, layout)
    (('meta.date', 'meta.target.ra'), [None, 1.5])
    """
    values: list[Any] = []
    _collect(tree, layout.root, values)
    return values


def _collect(tree: Mapping[str, Any], group: Group, values: list[Any]) -> None:
    values.extend(map(tree.get, group.names))
    for name, below in group.groups:
        found = tree.get(name)
        if isinstance(found, dict):
            _collect(found, below, values)
        else:
            values.extend([None] * below.size)


def scalars_beyond(known: Collection[str], value: Any, path: str) -> Iterator[str]:
    """Give the paths of scalars that are none of the known attributes.

    Parameters
    ----------
    known : collection of str
        Dotted paths.
    value : object
        A tree, or what is in it.
    path : str
        Dotted path of `value`.

    Yields
    ------
    path : str
        Dotted path of a scalar. What lies within lists and known attributes is left out, and so
        is what no dotted path leads to: its name is no text, is empty or has a dot.

    Examples
    --------
    >>> from blender_core.readers.tree import scalars_beyond
    >>> list(scalars_beyond(["meta.a"], {"a": 1, "b": 2, "c": {"d": 3, "e": [4]}}, "meta"))
    ['meta.b', 'meta.c.d']
    """
    if path in known:
        return
    # What asdf has left for others to make an object of is no group, whatever it looks like.
    if (tag := getattr(value, "_tag", None)) is not None:
        if "/core/ndarray-" not in tag:
            yield path
    elif isinstance(value, dict):
        for name, below in value.items():
            if not isinstance(name, str) or not name or "." in name:
                continue
            yield from scalars_beyond(known, below, f"{path}.{name}")
    elif not isinstance(value, list) and plain(value) is not None:
        yield path


def is_plain(values: Collection[Any]) -> bool:
    """Tell whether all values are plain Python scalars or None.

    Parameters
    ----------
    values : collection
        The values.

    Returns
    -------
    plain : bool
        True if none of them has to be converted.

    Examples
    --------
    >>> from blender_core.readers.tree import is_plain
    >>> is_plain([1, "a", None]), is_plain([1, ["a"]])
    (True, False)
    """
    return _PLAIN.issuperset(map(type, values))


def plain(value: Any) -> Any:
    """Return a value as a plain Python object that shares nothing with its model.

    Parameters
    ----------
    value : object
        What a datamodel's tree holds.

    Returns
    -------
    value : object
        Text for times, Python scalars for those of numpy, copies of lists and mappings, in which
        arrays become lists, too. None for an array by itself. Objects of other kinds are returned
        as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from blender_core.readers.tree import plain
    >>> plain(np.float64(2.5)), plain((np.int16(1), np.zeros(2))), plain(np.zeros(3))
    (2.5, [1, [0.0, 0.0]], None)
    """
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
