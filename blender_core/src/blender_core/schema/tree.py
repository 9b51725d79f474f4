"""Values in a tree of mappings, as datamodels and ASDF files have it: taken out, and put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from blender_core.schema.layout import Group, Layout

__all__ = ["collect", "collect_all", "put", "scalars_beyond", "scalars_within"]


def collect(tree: Mapping[str, Any], layout: Layout) -> list[Any]:
    """Return the wanted values as the tree has them."""
    return collect_all(tree, layout)[0]


def collect_all(
    tree: Mapping[str, Any], layout: Layout
) -> tuple[list[Any], Sequence[tuple[str, Any]]]:
    """Return the wanted values, and all that stands where the layout's schema knows no name.

    The latter with its dotted path, in the order of the tree, whatever it is: see `scalars_within`.
    """
    values: list[Any] = [None] * layout.root.size
    strangers: list[tuple[str, Any]] = []
    _collect(tree, layout.root, values, strangers)
    return values, strangers


def _collect(
    tree: Mapping[str, Any], group: Group, values: list[Any], strangers: list[tuple[str, Any]]
) -> None:
    # With each input, which has far less than is wanted, and mostly nothing else.
    members, known = group.members, group.known
    for name, value in tree.items():
        member = members.get(name)
        if isinstance(member, int):
            values[member] = value
        elif member is not None:
            _collect_group(value, member, values, strangers)
        # A file may have names that are no texts.
        if known is not None and name not in known and _is_part(name):
            strangers.append((f"{group.path}.{name}", value))


def _collect_group(
    value: Any, group: Group, values: list[Any], strangers: list[tuple[str, Any]]
) -> None:
    if group.place is not None:
        values[group.place] = value
    is_known = group.known is not None
    if isinstance(value, dict):
        n_before = len(strangers)
        _collect(value, group, values, strangers)
        # What asdf has left for others to make an object of is no group.
        if type(value) is dict or not is_known or getattr(value, "_tag", None) is None:
            return
        del strangers[n_before:]
    if value is not None and is_known:
        strangers.append((group.path, value))


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


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into a tree, and make the groups that it is in."""
    *parents, name = path.split(".")
    for parent in parents:
        if not isinstance(tree.get(parent), dict):
            tree[parent] = {}
        tree = tree[parent]
    tree[name] = value
