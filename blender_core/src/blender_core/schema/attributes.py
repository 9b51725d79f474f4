"""What a datamodel's schema says of each attribute below ``meta``."""

from __future__ import annotations

import functools
import marshal
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import (
    ITSELF,
    OF_SECTION,
    SECTION,
    Specificity,
    is_path,
    is_pattern,
    label_of,
    specificity,
)
from blender_core.common.cached import cached_property
from blender_core.common.caught_warnings import kept_apart
from blender_core.errors import PlanError, UnknownAttributeError
from blender_core.schema.by_attribute import close_labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = [
    "PYTHON_TYPES",
    "Attribute",
    "AttributeIndex",
    "ClassSchema",
    "json_type",
    "read_attributes",
    "subschema_at",
    "unknown_attribute",
]

PYTHON_TYPES: Final[Mapping[str, frozenset[type]]] = {
    "boolean": frozenset({bool}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "string": frozenset({str}),
}
"""The scalar types of a schema → the Python types of their values, narrower ones first."""

NEVER: Final = "never"
"""What ``blend_table`` says of an attribute that has no column, whoever asks for one."""
_EITHER: Final = ("anyOf", "oneOf")
_CANONICAL: Final = 2
"""The version of `marshal` that writes the same for what is equal, whoever else refers to it."""
_UNIT_IN_TITLE = re.compile(r"\[([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, as its schema describes it.

    Parameters
    ----------
    path : str
        Dotted path, such as ``meta.exposure.start_time``.
    type : str, optional
        JSON type: ``string``, ``number``, ``integer``, ``boolean``, ``array`` or ``object``.
        ``None`` if the schema leaves it open, or does not know the attribute.
    title : str, optional
        One line that says what the attribute is.
    keyword : str, optional
        FITS keyword, such as ``EXPSTART``.
    hdu : str, optional
        Name of the HDU whose header has the keyword.
    enum : tuple or None, optional
        The only values that are allowed.
    unit : str, optional
        Unit in the notation of the FITS standard, as the title begins with it: ``[d]``.
    rule : str, optional
        The rule that the schema asks for.
    settings : mapping, optional
        How the values are selected that the rule sees: what ``blend_rule`` says beside the rule.
    blend_from : str, optional
        The path or keyword of the attribute whose values are blended instead of its own.
    recorded : bool, optional
        Whether each input's value is kept in HDRTAB.
    recordable : bool, optional
        Whether it can be kept there at all.
    column : str, optional
        Its column there, if the schema gives it a name.
    once_per : str or list of str, optional
        The paths or keywords of what identifies an exposure, where each of the exposure's rows has
        the same value.
    section : str, optional
        The title of the section of the header that the keyword stands in.
    known : bool, optional
        Whether the schema has the attribute at all.
    subschema : mapping, optional
        What the schema says of the attribute, to the letter.
    """

    path: str
    type: str | None = None
    title: str = ""
    keyword: str | None = None
    hdu: str = "PRIMARY"
    enum: tuple[Any, ...] | None = None
    unit: str | None = None
    rule: str | None = None
    recorded: bool = False
    known: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    blend_from: str | None = None
    recordable: bool = True
    column: str | None = None
    once_per: str | tuple[str, ...] | None = None
    section: str = ""
    subschema: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """The path, and the keyword where there is one: for messages."""
        return label_of(self.path, self.keyword)


@functools.lru_cache(maxsize=4096)
def unknown_attribute(path: str) -> Attribute:
    """Return an attribute that no schema knows: the same one for the same path."""
    return Attribute(path, known=False)


def read_attributes(schema: Mapping[str, Any]) -> dict[str, Attribute]:
    """Return the attributes below ``meta`` that can have a value, in the schema's order."""
    if isinstance(schema, ClassSchema):
        return dict(schema.attributes)
    meta = schema.get("properties", {}).get("meta", {})
    # Each datamodel has a copy of its class's schema, which may have been extended or changed.
    try:
        copy, attributes = _copied(marshal.dumps(meta, _CANONICAL))
        if copy == meta:
            return dict(attributes)
    except ValueError:  # there are objects in it, or arrays
        pass
    return _attributes_below(meta)


@functools.lru_cache(maxsize=16)
def _copied(content: bytes) -> tuple[Mapping[str, Any], Mapping[str, Attribute]]:
    """Return a copy of a schema of metadata, and its attributes: to read them takes a while."""
    copy = marshal.loads(content)  # noqa: S302  # from above
    return copy, _attributes_below(copy)


def _attributes_below(meta: Mapping[str, Any]) -> dict[str, Attribute]:
    # Imported where a model is touched: it takes a second.
    from stdatamodels.schema import walk_schema

    drafts: dict[str, _Draft] = {}

    def visit(
        subschema: dict[str, Any],
        path: list[str],
        combiner: str | None,
        _context: Any,
        _recurse: Any,
    ) -> bool:
        if "items" in path:
            return True
        if path and not subschema.get("properties"):
            # What is said below anyOf and oneOf is said of the attribute that has them.
            end = None
            if combiner is not None:
                end = min((path.index(name) for name in _EITHER if name in path), default=None)
            dotted = ".".join(["meta", *path[:end]])
            drafts.setdefault(dotted, _Draft()).add(subschema, end is not None)
        return False

    walk_schema(meta, visit)
    return {path: draft.attribute(path) for path, draft in drafts.items()}


class ClassSchema(dict[str, Any]):
    """The schema of a class of datamodels, which nobody changes: its attributes are read once."""

    content: bytes = b""
    """What tells it from others that a plugin's sources of one kind have."""

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """Its attributes by dotted path."""
        return read_attributes(dict(self))


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

    def path(self, text: str, purpose: str, where: str, hint: str = "") -> str:
        """Return the dotted path of the one attribute whose own path or keyword a text is.

        The purpose, where the text stands and the hint are for the message of an error.
        """
        paths = [attribute.path for attribute in self.named(text)]
        if len(paths) > 1:
            msg = f"{purpose} {text!r} in {where} may be {' or '.join(paths)}: give the path"
            raise PlanError(msg, attribute=text)
        if not paths:
            raise self.unknown(text, purpose, where, hint)
        return paths[0]

    def unknown(self, text: str, purpose: str, where: str, hint: str = "") -> UnknownAttributeError:
        """Return the error that a text means no attribute."""
        problem = "means no attribute" if is_pattern(text) else "is not an attribute"
        close = self.close(text)
        guess = f"\nDid you mean {' or '.join(close)}?" if close else ""
        msg = f"{purpose} {text!r} in {where} {problem} of the inputs' schema{guess}{hint}"
        return UnknownAttributeError(msg, attribute=text, close=close)

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


def json_type(value: Any) -> str:
    """Return the type of a plain value as a schema names it."""
    if isinstance(value, dict):
        return "object"
    return next((name for name, kinds in PYTHON_TYPES.items() if type(value) in kinds), "array")


def subschema_at(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the part of a schema that describes one attribute."""
    for part in path.split("."):
        schema = next(_properties_named(schema, part), {})
        if not schema:
            break
    return schema


def _properties_named(schema: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    if subschema := schema.get("properties", {}).get(name):
        yield subschema
    for combiner in ("allOf", "anyOf", "oneOf"):
        for alternative in schema.get(combiner, ()):
            yield from _properties_named(alternative, name)


@dataclass(slots=True)
class _Draft:
    """What is known of an attribute so far, from visits to it and to its alternatives."""

    type: str | None = None
    title: str = ""
    keyword: str | None = None
    hdu: str = "PRIMARY"
    enum: list[Any] | None = None
    rule: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    blend_from: str | None = None
    recorded: bool = False
    recordable: bool = True
    column: str | None = None
    once_per: Any = None
    section: str = ""
    array: bool = False
    subschema: Mapping[str, Any] | None = None
    open_types: set[Any] = field(default_factory=set)

    def add(self, subschema: Mapping[str, Any], alternative: bool) -> None:
        if self.subschema is None:
            self.subschema = subschema
        kind = subschema.get("type")
        self.array |= kind == "array"
        if alternative:
            self.open_types.add(kind if isinstance(kind, str) else None)
        elif isinstance(kind, str):
            self.type = kind
        if allowed := subschema.get("enum"):
            self.enum = [*(self.enum or ()), *allowed]
        # What is not a str where one belongs is passed over.
        self.title = self.title or _text(subschema, "title") or ""
        self.keyword = _text(subschema, "fits_keyword") or self.keyword
        self.hdu = _text(subschema, "fits_hdu") or self.hdu
        if "blend_rule" in subschema:
            self.rule, self.settings = subschema["blend_rule"], {}
            if isinstance(self.rule, dict) and self.rule:  # an empty one is no name
                self.settings = {**self.rule}
                self.rule = self.settings.pop("rule", None)
        self.blend_from = subschema.get("blend_from", self.blend_from)
        self.column = subschema.get("blend_column", self.column)
        self.once_per = subschema.get("blend_once_per", self.once_per)
        self.section = _text(subschema, "fits_section") or self.section
        table = subschema.get("blend_table")
        self.recordable &= table != NEVER
        # A list has no cell in a table, whatever its schema asks for.
        is_recorded = bool(table) or "blend_column" in subschema
        self.recorded |= is_recorded and kind != "array"

    def attribute(self, path: str) -> Attribute:
        kind = self.type
        if kind is None and len(self.open_types) == 1:
            (kind,) = self.open_types
        return Attribute(
            path=path,
            type="array" if self.array else kind,
            title=self.title,
            keyword=self.keyword,
            hdu=self.hdu,
            enum=None if self.enum is None else tuple(self.enum),
            unit=_unit(self.title),
            rule=self.rule,
            recorded=self.recorded and self.recordable,
            settings=self.settings,
            blend_from=self.blend_from,
            recordable=self.recordable,
            column=self.column,
            once_per=tuple(self.once_per) if isinstance(self.once_per, list) else self.once_per,
            section=self.section,
            subschema=self.subschema or {},
        )


def _text(subschema: Mapping[str, Any], name: str) -> str | None:
    text = subschema.get(name)
    return text if isinstance(text, str) else None


@functools.cache
@kept_apart()
def _unit(title: str) -> str | None:
    """Return the unit that a title begins with; ``[hh:mm:ss.sss]`` and ``[MJD]`` are none."""
    match = _UNIT_IN_TITLE.match(title)
    if not match:
        return None
    from astropy.units import Unit

    try:
        return str(Unit(match[1], format="fits").to_string(format="fits"))
    except ValueError:
        return None
