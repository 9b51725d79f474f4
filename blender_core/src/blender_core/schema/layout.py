"""The order in which a reader returns the values of an input."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from blender_core.common.cached import cached_property
from blender_core.common.wording import pluralize
from blender_core.schema.attributes import unknown_attribute
from blender_core.schema.groups import grouped, paths_in
from blender_core.schema.spans import spans_among
from blender_core.schema.validation import is_open
from blender_core.schema.walk import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.schema.attributes import Attribute
    from blender_core.schema.spans import Span

_MOST_KEPT: Final = 64


class Layout:
    """The order in which a reader returns the values of an input.

    In each group, the values of the group itself come first, and then those of the groups in it. So
    a reader visits each group once, and can skip groups that an input does not have.

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
        self.root = grouped(by_path, known or {})
        self.paths = tuple(paths_in(self.root))
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
    def first_step(self) -> Step:
        """Where to begin with the tree of an input."""
        return Step.first(self.root)

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
