"""Values in a tree of mappings, as datamodels and ASDF files have it: taken out, and put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import is_plain, plain
from blender_core.schema.walk import is_part, what_is_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from blender_core.schema.layout import Layout


def collect(tree: Mapping[str, Any], layout: Layout) -> list[Any]:
    """Return the wanted values as the tree has them."""
    return collect_all(tree, layout)[0]


def collect_all(
    tree: Mapping[str, Any], layout: Layout
) -> tuple[list[Any], bool, Sequence[tuple[str, Any]]]:
    """Return the wanted values, and all that stands where the layout's schema knows no name.

    Between them stands whether all values are plain scalars or None. The latter come with their
    dotted paths, in the order of the tree, whatever they are: see `scalars_within`.
    """
    found = [*map(tree.get, layout.root.members)]
    step = layout.first_step
    while (place := step.next_place) is not None:  # with each input: of tens of groups
        group = found[place]
        if type(group) is dict:
            step = step[tuple(group)]
        else:
            told, group = what_is_in(group)
            step = step[told]
        found += group.values()
    values: list[Any] = [None] * layout.root.size
    present = [*map(found.__getitem__, step.places)]
    for where, value in zip(step.wanted, present, strict=True):
        values[where] = value
    strangers = [(path, found[there]) for _, path, there in step.strangers]
    return values, is_plain(present), strangers


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
            if is_part(name):
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
