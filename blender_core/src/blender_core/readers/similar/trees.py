"""Trees of which the same attributes are wanted, and what is known of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from blender_core.readers.similar.entry_pattern import JOINT, entries_of
from blender_core.readers.similar.row import SimilarRow
from blender_core.readers.similar.template import TreeTemplate, UnusualTreeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.schema.layout import Layout

_MOST: Final = 64
_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
_OTHER_LINE_BREAKS: Final = "\r\x85\u2028\u2029\ufeff"


class KnownTrees:
    """The trees that have been parsed of which the same attributes are wanted."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._size = len(layout.paths)
        self._templates: list[TreeTemplate] = []
        self._latest: TreeTemplate | None = None

    def values(self, asdf: AsdfText, own: Mapping[int, Any] = _NOTHING) -> SimilarRow | None:
        """Return the wanted values of a tree that is like one that is known.

        If there are, its checksum is known as well, and beyond them is what the layout's schema
        does not know. Some are the file's own, by place, whatever the tree has.
        """
        try:
            text = asdf.text
        except UnicodeDecodeError:
            return None
        if JOINT in text or (fitting := self._fitting(text)) is None:
            return None
        template, differences = fitting
        if template is self._latest and template is not self._templates[0]:
            # Two of a kind one after the other: the next will most likely be like them.
            self._templates.remove(template)
            self._templates.insert(0, template)
        self._latest = template
        rest = enumerate(template.rest, self._size)
        *beyond, checksum = [differences.pop(place, value) for place, value in rest]
        asdf.checksum = checksum if isinstance(checksum, str) else None
        asdf.beyond = tuple(zip(template.beyond, beyond, strict=True))
        differences.update(own)
        return SimilarRow.of(template.base, differences)

    def _fitting(self, text: str) -> tuple[TreeTemplate, dict[int, Any]] | None:
        """Return a tree that a text is like, and the values that are not the same."""
        entries = entries_of(text)
        # To look through all of a text takes several times as long as to see which it is like.
        for thoroughly in (False, True):
            for template in self._templates:
                differences = template.differences(entries, thoroughly=thoroughly)
                if differences is None and thoroughly:
                    differences = template.differences_in_text(text)
                if differences is not None:
                    return template, differences
        return None

    def add(
        self, asdf: AsdfText, values: Sequence[Any], beyond: Mapping[str, Any] = _NOTHING
    ) -> None:
        """Learn from a tree that has been parsed, and has values that the schema does not know."""
        # Where lines are broken in other ways, YAML counts the characters in other ways as well.
        if any(char in asdf.text for char in _OTHER_LINE_BREAKS):
            return
        try:
            template = TreeTemplate(asdf, self._layout, values, beyond)
        except UnusualTreeError:
            return
        self._templates = [template, *self._templates][:_MOST]
