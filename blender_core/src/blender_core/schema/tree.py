"""Take wanted values out of a tree of mappings, as datamodels and ASDF files have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from blender_core.schema.layout import Group, Layout

__all__ = ["collect", "scalars_beyond"]


def collect(tree: Mapping[str, Any], layout: Layout) -> list[Any]:
    """Return the wanted values as the tree has them."""
    values: list[Any] = []
    _collect(tree, layout.root, values)
    return values


def _collect(tree: Mapping[str, Any], group: Group, values: list[Any]) -> None:
    values.extend(map(tree.get, group.names))
    for name, below in group.groups:
        subtree = tree.get(name)
        if isinstance(subtree, dict):
            _collect(subtree, below, values)
        else:
            values.extend([None] * below.size)


def scalars_beyond(known: Collection[str], value: Any, path: str) -> Iterator[str]:
    """Give the paths of scalars that are none of the known attributes."""
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
