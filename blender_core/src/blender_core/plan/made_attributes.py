"""Attributes that an override has made of others: what `Override.blend_from` means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.errors import PlanError
from blender_core.schema.attributes import Attribute, AttributeIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plugins.override import Override

__all__ = ["Pair", "index_with_made", "pairs_of"]

_KEYWORD: Final = re.compile(r"[A-Z0-9_-]{1,8}")


@dataclass(frozen=True, slots=True)
class Pair:
    """An attribute, and the one whose values are blended for it."""

    target: Attribute
    source: Attribute


def index_with_made(
    attributes: Collection[Attribute], overrides: Iterable[SourcedOverride]
) -> AttributeIndex:
    """Return the attributes with those that overrides have made beside others."""
    index = AttributeIndex(attributes)
    made: dict[str, Attribute] = {}
    for sourced in overrides:
        if sourced.override.blend_from is not None:
            for pair in pairs_of(sourced.override, index):
                made.setdefault(pair.target.path, pair.target)
    new = [attribute for path, attribute in made.items() if not index.has(path)]
    return AttributeIndex([*attributes, *new]) if new else index


def pairs_of(override: Override, index: AttributeIndex) -> list[Pair]:
    """Return whose values an override has blended for which attributes."""
    sources = [attribute for attribute, _ in index.matches(override.blend_from or "")]
    if "." not in override.attribute:
        return [Pair(_beside(source, override.attribute, index), source) for source in sources]
    if len(sources) > 1:
        paths = " or ".join(source.path for source in sources)
        msg = (
            f"blend_from {override.blend_from!r} in the override of {override.attribute!r} may be "
            f"{paths}: give the path"
        )
        raise PlanError(msg, attribute=override.attribute)
    return [Pair(_at(override.attribute, source, index), source) for source in sources]


def _beside(source: Attribute, keyword: str, index: AttributeIndex) -> Attribute:
    """Return the attribute with a keyword in the HDU of another one, or make it."""
    for attribute in index.named(keyword):
        if attribute.hdu == source.hdu:
            return attribute
    parent = source.path.rpartition(".")[0]
    return _made(f"{parent}.{keyword}", keyword.upper(), source)


def _at(path: str, source: Attribute, index: AttributeIndex) -> Attribute:
    for attribute in index.named(path):
        return attribute
    name = path.rpartition(".")[2].upper()
    return _made(path, name if source.keyword and _KEYWORD.fullmatch(name) else None, source)


def _made(path: str, keyword: str | None, source: Attribute) -> Attribute:
    """Return an attribute that the inputs do not have, which is what its source is."""
    return Attribute(
        path,
        title=source.title,
        unit=source.unit,
        keyword=keyword,
        hdu=source.hdu,
        blend_from=source.path,  # for whoever asks for another rule
        once_per=source.once_per,
        section=source.section,
        recordable=False,
    )
