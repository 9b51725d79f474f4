"""What a datamodel's schema says of each attribute below ``meta``."""

from __future__ import annotations

import functools
import marshal
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import label_of
from blender_core.common.cached import cached_property
from blender_core.common.caught_warnings import kept_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PYTHON_TYPES: Final[Mapping[str, frozenset[type]]] = {
    "boolean": frozenset({bool}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "string": frozenset({str}),
}
"""The scalar types of a schema → the Python types of their values, narrower ones first."""

BLEND_WORDS: Final = (
    "blend_rule",
    "blend_table",
    "blend_from",
    "blend_column",
    "blend_once_per",
)
"""The words of a schema that say how an attribute is blended and recorded."""
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
        The rule in the schema.
    settings : mapping, optional
        The settings of the rule in ``blend_rule``.
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
        The part of the schema that describes the attribute.
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


# Fields of an attribute, and the words of a schema that they are from.
_TEXTS: Final = {"keyword": "fits_keyword", "hdu": "fits_hdu", "section": "fits_section"}
_WORDS: Final = {
    "blend_from": "blend_from",
    "column": "blend_column",
    "once_per": "blend_once_per",
}


class _Draft:
    """What is known of an attribute so far, from visits to it and to its alternatives."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._enum: list[Any] = []
        self._open_types: set[Any] = set()
        self._is_array = self._is_recorded = False

    def add(self, subschema: Mapping[str, Any], alternative: bool) -> None:
        fields = self._fields
        fields.setdefault("subschema", subschema)
        kind = subschema.get("type")
        self._is_array |= kind == "array"
        if alternative:
            self._open_types.add(kind if isinstance(kind, str) else None)
        elif isinstance(kind, str):
            fields["type"] = kind
        self._enum += subschema.get("enum") or ()
        # What is not a str where one belongs is passed over.
        if title := _text(subschema, "title"):
            fields.setdefault("title", title)
        fields |= {name: text for name, word in _TEXTS.items() if (text := _text(subschema, word))}
        fields |= {name: subschema[word] for name, word in _WORDS.items() if word in subschema}
        if "blend_rule" in subschema:
            rule, settings = subschema["blend_rule"], {}
            if isinstance(rule, dict) and rule:  # an empty one is no name
                settings = {**rule}
                rule = settings.pop("rule", None)
            fields |= {"rule": rule, "settings": settings}
        table = subschema.get("blend_table")
        if table == NEVER:
            fields["recordable"] = False
        # A list has no cell in a table, whatever its schema asks for.
        is_recorded = bool(table) or "blend_column" in subschema
        self._is_recorded |= is_recorded and kind != "array"

    def attribute(self, path: str) -> Attribute:
        fields = self._fields
        if "type" not in fields and len(self._open_types) == 1:
            (fields["type"],) = self._open_types
        if self._is_array:
            fields["type"] = "array"
        if isinstance(fields.get("once_per"), list):
            fields["once_per"] = tuple(fields["once_per"])
        return Attribute(
            path,
            enum=tuple(self._enum) if self._enum else None,
            unit=_unit(fields.get("title", "")),
            recorded=self._is_recorded and fields.get("recordable", True),
            **fields,
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
