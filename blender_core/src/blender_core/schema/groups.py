"""The groups of attributes that are wanted of inputs, one within another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Group:
    """The wanted attributes of one group, by the names that they have in it."""

    names: tuple[str, ...]
    """Those that are the group's own."""
    groups: tuple[tuple[str, Group], ...]
    """The groups in it that have wanted attributes."""
    size: int
    """How many wanted attributes there are, with those of the groups in it."""
    path: str
    known: frozenset[str] | None
    """All names in it that the schema has: then groups in it that have no wanted attributes are
    among its groups. None if nobody asks for others, or the group is an attribute itself."""
    place: int | None
    """Where its own value goes, if the group is a wanted attribute itself."""
    members: Mapping[str, int | Group]
    """Where the values of names go that are no groups; and the groups."""


def grouped(paths: Iterable[str], known: Collection[str]) -> Group:
    """Return the group of all wanted paths, with the names of all that are known."""
    nodes = {"": _Node("")}
    for path in paths:
        parent, _, name = path.rpartition(".")
        _node_at(parent, nodes).wanted.append(name)
    for path in known:
        parent, _, name = path.rpartition(".")
        _node_at(parent, nodes).add_known(name)
    return _group(nodes[""], known)


def paths_in(group: Group, parents: tuple[str, ...] = ()) -> Iterator[str]:
    """Give the wanted paths in the order of their places."""
    yield from (".".join([*parents, name]) for name in group.names)
    for name, below in group.groups:
        yield from paths_in(below, (*parents, name))


class _Node:
    """A group in the making."""

    __slots__ = ("groups", "known", "name", "parent", "path", "wanted")

    def __init__(self, path: str, parent: _Node | None = None) -> None:
        self.path, self.parent = path, parent
        self.name = path.rpartition(".")[2]
        self.wanted: list[str] = []
        self.groups: dict[str, _Node] = {}
        self.known: set[str] = set()

    def add_known(self, name: str) -> None:
        """Add a name that the schema has."""
        if not self.known and self.parent is not None:
            self.parent.add_known(self.name)
        self.known.add(name)


def _node_at(path: str, nodes: dict[str, _Node]) -> _Node:
    """Return the node of a group."""
    node = nodes.get(path)
    if node is None:
        above, _, name = path.rpartition(".")
        parent = _node_at(above, nodes)
        node = nodes[path] = parent.groups[name] = _Node(path, parent)
    return node


def _group(node: _Node, known: Collection[str], start: int = 0, place: int | None = None) -> Group:
    names = tuple(node.wanted)
    places = {name: start + i for i, name in enumerate(names)}
    groups = []
    end = start + len(names)
    for name, below in node.groups.items():
        group = _group(below, known, end, places.get(name))
        groups.append((name, group))
        end += group.size
    # Beside ``meta`` there is what is not of concern here.
    is_asked = node.known and node.path and node.path not in known
    return Group(
        names,
        tuple(groups),
        end - start,
        node.path,
        frozenset(node.known) if is_asked else None,
        place,
        {**places, **dict(groups)},
    )
