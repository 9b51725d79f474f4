"""Which attributes of a schema a path, a keyword, a group, a section or a pattern means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.common.advice import Advice
from blender_core.common.attribute_paths import (
    ITSELF,
    OF_SECTION,
    SECTION,
    Specificity,
    is_path,
    is_pattern,
    specificity,
)
from blender_core.errors import AmbiguousAttributeError, UnknownAttributeError
from blender_core.schema.by_attribute import close_labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from blender_core.common.provider import Provider
    from blender_core.schema.attributes import Attribute


class AttributeIndex:
    """The attributes of a schema, found by what overrides call them."""

    def __init__(self, attributes: Collection[Attribute]) -> None:
        self.attributes = attributes
        # Made when it is asked for: that takes as long as the rest of a plan without overrides.
        self._by_name: dict[str, list[Attribute]] = {}

    def matches(self, text: str) -> list[tuple[Attribute, Specificity]]:
        """Return the attributes that a text means, and how narrowly it means each."""
        if text.startswith(SECTION):
            title = text.removeprefix(SECTION).strip().casefold()
            return [
                (attribute, OF_SECTION)
                for attribute in self.attributes
                if title and title in attribute.section.casefold()
            ]
        if is_pattern(text):
            candidates = self.attributes
        else:
            if not self._by_name:
                self._by_name = _by_name(self.attributes)
            candidates = self._by_name.get(text if is_path(text) else text.upper(), ())
        return [
            (attribute, match)
            for attribute in candidates
            if (match := specificity(text, attribute.path, attribute.keyword))
        ]

    def has(self, path: str) -> bool:
        """Tell whether there is an attribute of a dotted path."""
        return any(attribute.path == path for attribute in self.named(path))

    def named(self, text: str) -> list[Attribute]:
        """Return the attributes whose own path or keyword a text is."""
        return [attribute for attribute, match in self.matches(text) if match == ITSELF]

    def path(
        self,
        text: str,
        purpose: str,
        where: str,
        hint: str = "",
        provider: Provider | None = None,
    ) -> str:
        """Return the dotted path of the one attribute whose own path or keyword a text is.

        The purpose, where the text stands, the hint and whose it is are for an error.
        """
        paths = [attribute.path for attribute in self.named(text)]
        if len(paths) > 1:
            msg = f"{purpose} {text!r} in {where} may be {' or '.join(paths)}: give the path"
            raise AmbiguousAttributeError(
                Advice(msg, hint), attribute=text, paths=paths, provider=provider
            )
        if not paths:
            raise self.unknown(text, purpose, where, hint, provider)
        return paths[0]

    def unknown(
        self,
        text: str,
        purpose: str,
        where: str,
        hint: str = "",
        provider: Provider | None = None,
    ) -> UnknownAttributeError:
        """Return the error that a text means no attribute."""
        problem = "means no attribute" if is_pattern(text) else "is not an attribute"
        close = self.close(text)
        guess = f"\nDid you mean {' or '.join(close)}?" if close else ""
        msg = f"{purpose} {text!r} in {where} {problem} of the inputs' schema{guess}"
        return UnknownAttributeError(
            Advice(msg, hint), attribute=text, close=close, provider=provider
        )

    def close(self, text: str) -> list[str]:
        """Return the attributes that may be meant by a path or keyword that none has."""
        return close_labels(text, {each.path: each.keyword for each in self.attributes})


def _by_name(attributes: Collection[Attribute]) -> dict[str, list[Attribute]]:
    """Return the attributes by all that they can be found by."""
    by_name: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        for name in _names(attribute):
            by_name.setdefault(name, []).append(attribute)
    return by_name


def _names(attribute: Attribute) -> Iterator[str]:
    """Return what an attribute can be found by: its path, the groups it is in, its keyword."""
    name = attribute.path
    while name:
        yield name
        name = name.rpartition(".")[0]
    if attribute.keyword is not None:
        yield attribute.keyword.upper()
