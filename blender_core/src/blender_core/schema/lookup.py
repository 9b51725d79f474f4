"""The attributes of a schema, found by what overrides call them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from blender_core.common.attribute_paths import Specificity, is_pattern, specificity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from blender_core.schema.attributes import Attribute

__all__ = ["ITSELF", "AttributeIndex"]

ITSELF: Final = Specificity(2, 0)
"""How narrowly a path or keyword means its own attribute."""


class AttributeIndex:
    """The attributes of a schema, found by what overrides call them.

    Parameters
    ----------
    attributes : collection of Attribute
        What the schema has.
    """

    def __init__(self, attributes: Collection[Attribute]) -> None:
        self.attributes = attributes
        # Hundreds of attributes, dozens of overrides with several paths each: worth an index.
        self._by_name: dict[str, list[Attribute]] = {}
        for attribute in attributes:
            for name in _names(attribute):
                self._by_name.setdefault(name, []).append(attribute)

    def meant(self, text: str) -> list[tuple[Attribute, Specificity]]:
        """Return the attributes that a text means, and how narrowly it means each."""
        if is_pattern(text):
            candidates = self.attributes
        else:
            candidates = self._by_name.get(text if _is_path(text) else text.upper(), ())
        return [
            (attribute, found)
            for attribute in candidates
            if (found := specificity(text, attribute.path, attribute.keyword))
        ]

    def named(self, text: str) -> list[Attribute]:
        """Return the attributes whose own path or keyword a text is."""
        return [attribute for attribute, found in self.meant(text) if found == ITSELF]

    def close(self, text: str) -> list[str]:
        """Return the attributes that may be meant by a path or keyword that none has."""
        if "." not in text:
            by_name = {one.keyword.casefold(): one.label for one in self.attributes if one.keyword}
        else:
            by_name = {one.path.casefold(): one.label for one in self.attributes}
        text = text.casefold()
        close = difflib.get_close_matches(text, by_name, n=3)
        # The name may be right, and the group another.
        name = text.rpartition(".")[2]
        same_name = [one for one in by_name if one.rpartition(".")[2] == name]
        found = dict.fromkeys([*close[:1], *same_name, *close])
        return [by_name[one] for one in list(found)[:3]]


def _is_path(text: str) -> bool:
    return "." in text or text == "meta"


def _names(attribute: Attribute) -> Iterator[str]:
    """Return what an attribute can be found by: its path, the groups it is in, its keyword."""
    name = attribute.path
    while name:
        yield name
        name = name.rpartition(".")[0]
    if attribute.keyword is not None:
        yield attribute.keyword.upper()
