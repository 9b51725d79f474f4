"""Attributes that an override has made of others: what `Override.blend_from` means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.common.advice import Advice
from blender_core.common.attribute_paths import OF_OTHERS
from blender_core.errors import PlanError
from blender_core.plan.assignment import without_asker
from blender_core.schema.attribute_index import AttributeIndex
from blender_core.schema.attributes import Attribute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from blender_core.common.attribute_paths import Specificity
    from blender_core.plan.assignment import SourcedOverride

_KEYWORD: Final = re.compile(r"[A-Z0-9_-]{1,8}")


@dataclass(frozen=True, slots=True)
class Pair:
    """An attribute, and the one whose values are blended for it."""

    target: Attribute
    source: Attribute


class Made:
    """The attributes that overrides have made beside those that the inputs have.

    `index` has all of them. An override that says whose values are blended gives way to one of the
    attribute's own, and the latter means none that was made by another of the same author: in one
    file, both can stand beside each other, for inputs that have the attribute and others.
    """

    def __init__(
        self, attributes: Collection[Attribute], overrides: Iterable[SourcedOverride]
    ) -> None:
        self._given = AttributeIndex(attributes)
        self._makers: dict[str, set[str]] = {}
        made: dict[str, Attribute] = {}
        for sourced in overrides:
            if sourced.override.blend_from is None:
                continue
            for pair in pairs_of(sourced, self._given, self._given):
                if not self._given.has(pair.target.path):
                    made.setdefault(pair.target.path, pair.target)
                    self._makers.setdefault(pair.target.path, set()).add(sourced.author)
        self.index = AttributeIndex([*attributes, *made.values()]) if made else self._given

    def matches(
        self, sourced: SourcedOverride
    ) -> list[tuple[Attribute, Specificity, Attribute | None]]:
        """Return what an override means, how narrowly, and whose values are to be blended."""
        override = sourced.override
        if override.blend_from is not None:
            pairs = pairs_of(sourced, self._given, self.index)
            return [(pair.target, OF_OTHERS, pair.source) for pair in pairs]
        return [
            (attribute, specificity, None)
            for attribute, specificity in self.index.matches(override.attribute)
            if sourced.author not in self._makers.get(attribute.path, ())
        ]


def pairs_of(sourced: SourcedOverride, given: AttributeIndex, index: AttributeIndex) -> list[Pair]:
    """Return whose values an override has blended for which attributes."""
    override = sourced.override
    sources = [attribute for attribute, _ in given.matches(override.blend_from or "")]
    if "." not in override.attribute:
        return [Pair(_beside(source, override.attribute, index), source) for source in sources]
    if len(sources) > 1:
        paths = " or ".join(source.path for source in sources)
        msg = (
            f"blend_from {override.blend_from!r} in the override of {override.attribute!r} by "
            f"{sourced.source} may be {paths}: give the path"
        )
        raise PlanError(
            Advice(msg, without_asker(sourced)),
            attribute=override.attribute,
            provider=sourced.provider,
        )
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
