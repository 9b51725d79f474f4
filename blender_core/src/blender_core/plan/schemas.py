"""The attributes of several schemas that inputs of one kind have, as those of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.common.wording import join_words, preview
from blender_core.errors import warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.schema.attributes import Attribute

Schemas: TypeAlias = Sequence[tuple[str, Mapping[str, "Attribute"]]]
"""Attributes by dotted path, and the input that they were first seen in: empty if it is unknown."""

_MOST_ALTERNATIVES: Final = 32
_OF_A_PLAN: Final = ("rule", "settings", "blend_from", "column", "keyword")
_TOLD: Final = {"type": "its type", "keyword": "its keyword", "hdu": "its HDU", "unit": "its unit"}
_NUMBERS: Final = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What schemas say differently of an attribute: pairs of the input and what its schema says."""

    attribute: Attribute
    subject: str
    said: tuple[tuple[str, Any], ...]


def merged(
    schemas: Schemas, order: Iterable[str]
) -> tuple[dict[str, Attribute], list[tuple[str, dict[str, Attribute]]], list[Difference]]:
    """Return the attributes of all, other ways in which some have them, and what is to be told.

    Attributes that a schema knows come first, in the order of the schemas, and then those that none
    knows, in the order that is given. Other ways are such as may lead to other plans: all of them,
    each with the input whose schema has it so.
    """
    seen: dict[str, dict[str, tuple[str, Attribute]]] = {}
    unknown: dict[str, Attribute] = {}
    for like, described in schemas:
        for path, attribute in described.items():
            if not attribute.known:
                unknown[path] = attribute
                continue
            ways = seen.setdefault(path, {})
            if not ways:
                ways[""] = like, attribute
            elif not _is_same(attribute, ways[""][1]):
                ways.setdefault(repr((attribute, attribute.subschema)), (like, attribute))
    attributes: dict[str, Attribute] = {}
    others: list[tuple[str, dict[str, Attribute]]] = []
    differences: list[Difference] = []
    for path, ways in seen.items():
        (_, attribute), *more = ways.values()
        if more:
            differences += _differences([*ways.values()])
            common = _common([each for _, each in ways.values()])
            plans = [_of_a_plan(attribute)]
            for like, each in more:
                if _of_a_plan(each) not in plans:
                    plans.append(_of_a_plan(each))
                    others.append((like, {path: _with(common, each)}))
            attribute = _with(common, attribute)
        attributes[path] = attribute
    lacking = unknown.keys() - seen.keys()
    attributes.update((path, unknown[path]) for path in order if path in lacking)
    return attributes, others, differences


def warn_of_differences(kind: str, differences: Iterable[Difference], told: set[str]) -> None:
    """Warn of what schemas disagree on, once."""
    for each in differences:
        said = [
            f"{preview(value) if value else 'none'}{f' in that of {like}' if like else ''}"
            for like, value in each.said
        ]
        is_type = each.subject == _TOLD["type"]
        taken = "values of any type are taken" if is_type else "the first counts"
        msg = (
            f"schemas of inputs of the kind {kind} disagree on {each.attribute.label}: "
            f"{each.subject} is {join_words(said)}; {taken}"
        )
        if msg not in told:
            told.add(msg)
            warn(msg, problem=msg)


def _is_same(attribute: Attribute, other: Attribute) -> bool:
    if attribute is other:
        return True
    return attribute == other and attribute.subschema == other.subschema


def _of_a_plan(attribute: Attribute) -> tuple[Any, ...]:
    is_list = attribute.type == "array"
    return (is_list, *(getattr(attribute, name) for name in _OF_A_PLAN))


def _common(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """Return what the attributes are together."""
    types = dict.fromkeys(each.type for each in attributes)
    kind = next(iter(types)) if len(types) == 1 else None
    if len(types) > 1 and types.keys() <= _NUMBERS:
        kind = "number"
    enum: tuple[Any, ...] | None = None
    if all(each.enum is not None for each in attributes):
        enum = tuple(dict.fromkeys(value for each in attributes for value in each.enum or ()))
    subschemas: list[Mapping[str, Any]] = []
    for each in attributes:
        if each.subschema not in subschemas and len(subschemas) <= _MOST_ALTERNATIVES:
            subschemas.append(each.subschema)
    subschema: Mapping[str, Any] = {"anyOf": subschemas}
    if len(subschemas) == 1:
        subschema = subschemas[0]
    elif len(subschemas) > _MOST_ALTERNATIVES:
        subschema = {}
    return {
        "type": kind,
        "enum": enum,
        "recorded": any(each.recorded for each in attributes),
        "recordable": any(each.recordable for each in attributes),
        "subschema": subschema,
    }


def _with(common: Mapping[str, Any], attribute: Attribute) -> Attribute:
    own = {} if attribute.type != "array" else {"type": "array", "recorded": False}
    return replace(attribute, **{**common, **own})


def _differences(ways: Sequence[tuple[str, Attribute]]) -> list[Difference]:
    found = []
    for name, subject in _TOLD.items():
        said: dict[Any, str] = {}
        for like, attribute in ways:
            said.setdefault(getattr(attribute, name), like)
        if len(said) > 1 and not (name == "type" and said.keys() <= _NUMBERS):
            pairs = tuple((like, value) for value, like in said.items())
            found.append(Difference(ways[0][1], subject, pairs))
    return found
