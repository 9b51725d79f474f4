"""Take wanted values out of a tree of mappings, as datamodels and ASDF files have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from blender_core.schema.layout import Group, Layout

__all__ = ["collect", "scalars_beyond"]


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
    >>> from blender_core.schema.layout import Layout
    >>> from blender_core.schema.tree import collect
    >>> from blender_core.schema.attributes import Attribute
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
    >>> from blender_core.schema.tree import scalars_beyond
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
