"""Trees of which the same attributes are wanted, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.readers.similar.template import TreeTemplate, UnusualTreeError
from blender_core.schema.attributes import unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.readers.reader import Beyond
    from blender_core.schema.layout import Layout

__all__ = ["KnownTrees"]

_MOST: Final = 64
_OTHER_LINE_BREAKS: Final = "\r\x85\u2028\u2029\ufeff"


class KnownTrees:
    """The trees that have been parsed of which the same attributes are wanted."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._templates: list[TreeTemplate] = []

    def values(self, asdf: AsdfText) -> tuple[list[Any], Beyond] | None:
        """Return the wanted values of a tree that is like one that is known, and those beyond.

        If there are, its checksum is what its text seems to say.
        """
        try:
            text = asdf.text
        except UnicodeDecodeError:
            return None
        for template in self._templates:
            values = template.values(text)
            if values is not None:
                if template is not self._templates[0]:
                    # The next tree will most likely be like this one.
                    self._templates.remove(template)
                    self._templates.insert(0, template)
                if values.pop() != asdf.stated_checksum:
                    return None
                asdf.checksum = asdf.stated_checksum
                if not template.beyond:
                    return values, ()
                size = len(self._layout.paths)
                beyond = zip(template.beyond, values[size:], strict=True)
                return values[:size], [
                    (unknown_attribute(path), value) for path, value in beyond if value is not None
                ]
        return None

    def add(self, asdf: AsdfText, values: Sequence[Any], beyond: Mapping[str, Any]) -> None:
        """Learn from a tree that has been parsed, and has values that the schema does not know."""
        # Where lines are broken in other ways, YAML counts the characters in other ways as well.
        if any(char in asdf.text for char in _OTHER_LINE_BREAKS):
            return
        try:
            template = TreeTemplate(asdf, self._layout, values, beyond)
        except UnusualTreeError:
            return
        self._templates = [template, *self._templates][:_MOST]
