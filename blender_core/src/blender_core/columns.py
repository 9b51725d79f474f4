"""What the inputs said: attribute → values in input order, None where an input has none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.schema import Attribute

__all__ = ["Columns", "Group", "Layout"]

_OWN: Final = None
"""Where a tree of names has the group's own: no name, not even an empty one, is like it."""


class Layout:
    """The order in which a reader hands over the values of one input.

    It is the order of a walk through the tree of attributes: a group's own values, then those of
    the groups in it. So a reader looks at each group once, and passes over those that an input
    lacks.

    Parameters
    ----------
    attributes : iterable of Attribute
        The wanted attributes, in any order.

    Attributes
    ----------
    root : Group
        The group of the first parts of all paths.
    paths : tuple of str
        The wanted paths, in the order of a reader's values.
    attributes : tuple of Attribute
        The wanted attributes, in the same order.

    Examples
    --------
    >>> from blender_core.columns import Layout
    >>> from blender_core.schema import Attribute
    >>> Layout(map(Attribute, ["meta.date", "meta.visit.id", "meta.origin"])).paths
    ('meta.date', 'meta.origin', 'meta.visit.id')
    """

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        by_path = {attribute.path: attribute for attribute in attributes}
        tree: dict[str | None, Any] = {}
        for path in by_path:
            *parents, name = path.split(".")
            node = tree
            for parent in parents:
                node = node.setdefault(parent, {})
            node.setdefault(_OWN, []).append(name)
        self.root = _group(tree)
        self.paths = tuple(_paths(self.root, ()))
        self.attributes = tuple(by_path[path] for path in self.paths)

    @cached_property
    def places(self) -> dict[str, int]:
        """Dotted path → where its value goes."""
        return {path: i for i, path in enumerate(self.paths)}

    @cached_property
    def has_tagged_keywords(self) -> bool:
        """Whether there are attributes that a header has in the form of some other object."""
        return any("tag" in one.subschema for one in self.attributes if one.keyword is not None)

    @cached_property
    def keywords(self) -> dict[str, tuple[tuple[int, ...], tuple[bytes, ...]]]:
        """Name of an HDU → where values go, and their keywords as they are on cards."""
        by_hdu: dict[str, list[tuple[int, bytes]]] = {}
        for i, attribute in enumerate(self.attributes):
            if attribute.keyword is not None:
                field = attribute.keyword.encode().ljust(8)
                by_hdu.setdefault(attribute.hdu, []).append((i, field))
        return {
            hdu: (tuple(i for i, _ in found), tuple(field for _, field in found))
            for hdu, found in by_hdu.items()
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
    """

    names: tuple[str, ...]
    groups: tuple[tuple[str, Group], ...]
    size: int


def _group(tree: Mapping[str | None, Any]) -> Group:
    names = tuple(tree.get(_OWN, ()))
    groups = tuple((name, _group(below)) for name, below in tree.items() if name is not _OWN)
    return Group(names, groups, len(names) + sum(group.size for _, group in groups))


def _paths(group: Group, parents: tuple[str, ...]) -> Iterator[str]:
    yield from (".".join([*parents, name]) for name in group.names)
    for name, below in group.groups:
        yield from _paths(below, (*parents, name))


class Columns:
    """The values of every wanted attribute, a row for each input.

    This is the only store of what the inputs said; blended values and HDRTAB both come from it.

    Parameters
    ----------
    layout : Layout
        What is wanted from every input, and in which order readers hand it over.
    once : mapping of str to object, optional
        Attributes that are wanted from the first input only, with its values.
    """

    def __init__(self, layout: Layout, once: Mapping[str, Any] | None = None) -> None:
        self.layout = layout
        self.once = dict(once or {})
        self._rows: list[Sequence[Any]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def append(self, row: Sequence[Any]) -> None:
        """Add the values of one more input.

        Parameters
        ----------
        row : sequence, shape (n_attributes,)
            The values in the order of the layout.
        """
        self._rows.append(row)

    def by_attribute(self) -> dict[str, tuple[Any, ...]]:
        """Return the values of each attribute that is wanted from every input.

        Returns
        -------
        values : dict of str to tuple, shape (n_inputs,)
            By dotted path. Later inputs do not change what was returned.
        """
        return dict(zip(self.layout.paths, zip(*self._rows, strict=True), strict=True))
