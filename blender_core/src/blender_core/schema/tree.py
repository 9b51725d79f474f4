"""Take wanted values out of a tree of mappings, as datamodels and ASDF files have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from blender_core.schema.layout import Group, Layout

__all__ = ["collect", "collect_all", "scalars_beyond", "scalars_within"]


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


def collect_all(
    tree: Mapping[str, Any], layout: Layout
) -> tuple[list[Any], Sequence[tuple[str, Any]]]:
    """Return the wanted values, and all that stands where the layout's schema knows no name.

    The latter with its dotted path, in the order of the tree, whatever it is: see `scalars_within`.
    """
    values: list[Any] = []
    return values, _collect_all(tree, layout.root, values)


def _collect_all(
    tree: Mapping[str, Any], group: Group, values: list[Any]
) -> Sequence[tuple[str, Any]]:
    # With each input: nearly all have nothing but what the schema knows.
    values.extend(map(tree.get, group.names))
    strangers: dict[Any, Sequence[tuple[str, Any]]] = {}
    for name, below in group.groups:
        subtree = tree.get(name)
        if isinstance(subtree, dict):
            if found := _collect_all(subtree, below, values):
                strangers[name] = found
            # What asdf has left for others to make an object of is no group.
            if type(subtree) is dict or getattr(subtree, "_tag", None) is None:
                continue
        else:
            values.extend([None] * below.size)
        if subtree is not None and below.known is not None:
            strangers[name] = [(below.path, subtree)]
    if group.known is not None and not group.known.issuperset(tree):
        for name in tree:
            # A file may have names that are no texts.
            if name not in group.known and _is_part(name):
                strangers[name] = [(f"{group.path}.{name}", tree[name])]
    if len(strangers) < 2:  # which has an order of its own
        return next(iter(strangers.values()), ())
    return [each for name in tree if name in strangers for each in strangers[name]]


def _is_part(name: Any) -> bool:
    """Tell whether a name can be a part of a dotted path."""
    return isinstance(name, str) and bool(name) and "." not in name


def scalars_beyond(known: Collection[str], value: Any, path: str) -> Iterator[str]:
    """Give the paths of scalars that are none of the known attributes."""
    return (
        found for found, scalar in scalars_within(value, path, known) if plain(scalar) is not None
    )


def scalars_within(value: Any, path: str, known: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Give the paths of scalars that are none of the known attributes, with what stands there.

    That is None, or what is not plain, where a tree has it so.
    """
    if path in known:
        return
    # As above, whatever it looks like.
    if (tag := getattr(value, "_tag", None)) is not None:
        if "/core/ndarray-" not in tag:
            yield path, value
    elif isinstance(value, dict):
        for name, below in value.items():
            if _is_part(name):
                yield from scalars_within(below, f"{path}.{name}", known)
    elif not isinstance(value, list):
        yield path, value
