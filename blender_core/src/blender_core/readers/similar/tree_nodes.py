"""Find out where in the text of an ASDF tree its scalars are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.readers.similar.outline import WCS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from blender_core.schema.layout import Group

__all__ = ["Place", "UnusualTreeError", "places", "wanted_nodes"]

_MERGE: Final = "tag:yaml.org,2002:merge"
_STEP: Final = 2


class UnusualTreeError(Exception):
    """A tree has nodes that depend on others: aliases, merged mappings, keys that are not scalars.

    So the text of such a node does not tell its value.
    """


class Place(NamedTuple):
    """Where a node is.

    Parameters
    ----------
    node : yaml.Node
        A key, or a value.
    indent : int or None
        How far lines are indented there if it is within braces or brackets, where line breaks and
        indents mean nothing. None elsewhere.
    is_value : bool
        Whether it is a scalar that is a value, or an item of a list.
    """

    node: Any
    indent: int | None
    is_value: bool


def places(text: str, root: Any, wanted: Collection[str]) -> list[Place]:
    """Return all keys and scalars below some keys of a tree."""
    found: list[Place] = []
    for key, value in _items(root):
        if key.value in wanted:
            passed = ("wcs",) if key.value == "meta" and WCS not in wanted else ()
            _find(found, text, value, passed=passed)
    return found


def _items(node: Any) -> list[tuple[Any, Any]]:
    if any(key.id != "scalar" or key.tag == _MERGE for key, _ in node.value):
        raise UnusualTreeError
    return node.value  # type: ignore[no-any-return]


def _find(
    found: list[Place],
    text: str,
    node: Any,
    indent: int | None = None,
    passed: Collection[str] = (),
) -> None:
    if node.id == "scalar":
        found.append(Place(node, indent, is_value=True))
        return
    if node.flow_style:
        indent = _STEP + (_indent(text, node.start_mark.index) if indent is None else indent)
    if node.id == "sequence":
        for value in node.value:
            _find(found, text, value, indent)
        return
    for key, value in _items(node):
        if key.value not in passed:
            found.append(Place(key, indent, is_value=False))
            _find(found, text, value, indent)


def _indent(text: str, index: int) -> int:
    """Return how far the line is indented that has a certain place in the text."""
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return len(line) - len(line.lstrip(" "))


def wanted_nodes(node: Any, group: Group) -> Iterator[Any]:
    """Give the nodes of the wanted values."""
    found = {}
    if node is not None and node.id == "mapping":
        found = {key.value: value for key, value in node.value if key.id == "scalar"}
    yield from map(found.get, group.names)
    for name, below in group.groups:
        yield from wanted_nodes(found.get(name), below)
