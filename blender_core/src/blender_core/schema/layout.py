"""The order in which a reader hands over the values of one input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.common.cached import cached_property
from blender_core.common.wording import pluralize
from blender_core.schema.attributes import unknown_attribute
from blender_core.schema.spans import spans_among
from blender_core.schema.validation import is_open

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from blender_core.schema.attributes import Attribute
    from blender_core.schema.spans import Span

__all__ = ["Group", "Layout"]

_MOST_KEPT: Final = 64


class Layout:
    """The order in which a reader hands over the values of one input.

    It is the order of a walk through the tree of attributes: a group's own values, then those of
    the groups in it. So a reader looks at each group once, and passes over those that an input
    lacks.

    Parameters
    ----------
    attributes : iterable of Attribute
        The wanted attributes, in any order.
    columns : mapping of str to str, optional
        Dotted path → column of HDRTAB, for those that are recorded. None if it is not known yet.
    known : mapping of str to Attribute, optional
        All attributes that the input's schema has, by dotted path, where it is asked what else the
        input has. None where nobody asks.
    once : bool, optional
        Whether they are wanted from one input only: nothing needs to be kept for others.
    of : str, optional
        What tells the inputs that it is read from apart from others of which the same is wanted.

    Attributes
    ----------
    root : Group
        The group of the first parts of all paths.
    paths : tuple of str
        The wanted paths, in the order of a reader's values.
    attributes : tuple of Attribute
        The wanted attributes, in the same order.
    known : mapping of str to Attribute or None
        As given.

    Examples
    --------
    >>> from blender_core.schema.layout import Layout
    >>> from blender_core.schema.attributes import Attribute
    >>> Layout(map(Attribute, ["meta.date", "meta.visit.id", "meta.origin"])).paths
    ('meta.date', 'meta.origin', 'meta.visit.id')
    """

    def __init__(
        self,
        attributes: Iterable[Attribute],
        columns: Mapping[str, str] | None = None,
        known: Mapping[str, Attribute] | None = None,
        *,
        once: bool = False,
        of: str = "",
    ) -> None:
        self._of = of
        self.columns = columns
        self.known = known
        self.once = once
        by_path = {attribute.path: attribute for attribute in attributes}
        nodes = {"": _Node("")}
        for path in by_path:
            parent, _, name = path.rpartition(".")
            _node_at(parent, nodes).wanted.append(name)
        for path in known or ():
            parent, _, name = path.rpartition(".")
            _node_at(parent, nodes).add_known(name)
        self.root = _group(nodes[""], known or {})
        self.paths = tuple(_paths(self.root, ()))
        self.attributes = tuple(by_path[path] for path in self.paths)
        self._parts: dict[tuple[str, ...], Layout] = {}
        self._beyond: dict[tuple[tuple[str, ...], bool], Layout] = {}

    def __repr__(self) -> str:
        return f"<Layout of {pluralize(len(self.paths), 'attribute')}>"

    def part(self, paths: tuple[str, ...]) -> Layout:
        """Return a layout of some of the attributes.

        Parameters
        ----------
        paths : tuple of str
            Dotted paths of wanted attributes.

        Returns
        -------
        part : Layout
            The same one for the same paths: readers keep what they learn of files by layout.

        Examples
        --------
        >>> from blender_core.schema.layout import Layout
        >>> from blender_core.schema.attributes import Attribute
        >>> layout = Layout(map(Attribute, ["meta.date", "meta.origin"]))
        >>> layout.part(("meta.origin",)).paths
        ('meta.origin',)
        """
        if paths not in self._parts:
            self._parts[paths] = Layout(self.attributes[self.places[path]] for path in paths)
        return self._parts[paths]

    def beyond(self, paths: tuple[str, ...], *, alone: bool = False) -> Layout:
        """Return the layout with attributes that the schema does not know, or that of these alone.

        It is mostly the same one for the same paths, as inputs are alike.
        """
        key = paths, alone
        if key not in self._beyond:
            if len(self._beyond) >= _MOST_KEPT:
                self._beyond.clear()
            own = () if alone else self.attributes
            self._beyond[key] = Layout([*own, *map(unknown_attribute, paths)])
        return self._beyond[key]

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The paths of attributes that no schema knows."""
        return tuple(each.path for each in self.attributes if not each.known)

    @cached_property
    def digest(self) -> bytes:
        """What it has in common with the layout of the same inputs in another process."""
        wanted = [(each.path, each.type, each.keyword, each.known) for each in self.attributes]
        return hashlib.sha256(repr((self._of, self.once, wanted)).encode()).digest()

    @cached_property
    def open(self) -> tuple[bool, ...]:
        """Whether the schema says nothing of which values an attribute may have, for each."""
        return tuple(is_open(each.subschema) for each in self.attributes)

    @cached_property
    def places(self) -> dict[str, int]:
        """Dotted path → where its value goes."""
        return {path: i for i, path in enumerate(self.paths)}

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where values are that have an order: beginnings, middles and ends."""
        return spans_among(self.attributes, self.places)

    @cached_property
    def has_tagged_keywords(self) -> bool:
        """Whether there are attributes that a header has in the form of some other object."""
        return any("tag" in each.subschema for each in self.attributes if each.keyword is not None)

    @cached_property
    def keywords(self) -> dict[str, tuple[tuple[int, ...], tuple[bytes, ...]]]:
        """Name of an HDU → where values go, and their keywords as they are on cards."""
        by_hdu: dict[str, list[tuple[int, bytes]]] = {}
        for i, attribute in enumerate(self.attributes):
            if attribute.keyword is not None:
                field = attribute.keyword.encode().ljust(8)
                by_hdu.setdefault(attribute.hdu, []).append((i, field))
        return {
            hdu: (tuple(i for i, _ in places), tuple(field for _, field in places))
            for hdu, places in by_hdu.items()
        }


@dataclass(frozen=True, slots=True)
class Group:
    """The wanted attributes of one group.

    Parameters
    ----------
    names : tuple of str
        Those that are the group's own.
    groups : tuple of (str, Group)
        The groups in it that have wanted attributes, by name.
    size : int
        How many wanted attributes there are, with those of the groups in it.
    path : str
        The dotted path of the group.
    known : frozenset of str or None
        All names in it that the schema has: then groups in it that have no wanted attributes are
        among its groups. None if nobody asks for others, or the group is an attribute itself.
    place : int or None
        Where its own value goes, if the group is a wanted attribute itself.
    members : mapping of str to int or Group
        Where the values of names go that are no groups; and the groups.
    """

    names: tuple[str, ...]
    groups: tuple[tuple[str, Group], ...]
    size: int
    path: str
    known: frozenset[str] | None
    place: int | None
    members: Mapping[str, int | Group]


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


def _paths(group: Group, parents: tuple[str, ...]) -> Iterator[str]:
    yield from (".".join([*parents, name]) for name in group.names)
    for name, below in group.groups:
        yield from _paths(below, (*parents, name))
