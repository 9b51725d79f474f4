"""What a datamodel's schema says of each attribute below ``meta``."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import label_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "PYTHON_TYPES",
    "Attribute",
    "ClassSchema",
    "json_type",
    "read_attributes",
    "subschema_at",
]

PYTHON_TYPES: Final[Mapping[str, frozenset[type]]] = {
    "boolean": frozenset({bool}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "string": frozenset({str}),
}
"""The scalar types of a schema → the Python types of their values, narrower ones first."""

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
    recorded : bool, optional
        Whether each input's value is kept in HDRTAB.
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
    subschema: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """The path, and the keyword where there is one: for messages."""
        return label_of(self.path, self.keyword)


def read_attributes(schema: Mapping[str, Any]) -> dict[str, Attribute]:
    """Return the attributes below ``meta`` that can have a value, in the schema's order."""
    if isinstance(schema, ClassSchema):
        return dict(schema.attributes)
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
                end = min(
                    (path.index(one) for one in ("anyOf", "oneOf") if one in path), default=None
                )
            dotted = ".".join(["meta", *path[:end]])
            drafts.setdefault(dotted, _Draft()).add(subschema, end is not None)
        return False

    walk_schema(schema.get("properties", {}).get("meta", {}), visit)
    return {path: draft.attribute(path) for path, draft in drafts.items()}


class ClassSchema(dict[str, Any]):
    """The schema of a class of datamodels, which nobody changes: its attributes are read once.

    Parameters
    ----------
    schema : mapping
        As for `read_attributes`.
    """

    @functools.cached_property
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
    if found := schema.get("properties", {}).get(name):
        yield found
    for combiner in ("allOf", "anyOf", "oneOf"):
        for alternative in schema.get(combiner, ()):
            yield from _properties_named(alternative, name)


@dataclass(slots=True)
class _Draft:
    """What the visits to one attribute and to its alternatives have said so far."""

    type: str | None = None
    title: str = ""
    keyword: str | None = None
    hdu: str = "PRIMARY"
    enum: list[Any] | None = None
    rule: str | None = None
    recorded: bool = False
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
        # What should be a text and is none is as if it were not there.
        self.title = self.title or _text(subschema, "title") or ""
        self.keyword = _text(subschema, "fits_keyword") or self.keyword
        self.hdu = _text(subschema, "fits_hdu") or self.hdu
        self.rule = subschema.get("blend_rule", self.rule)
        # A list has no cell in a table, whatever its schema asks for.
        self.recorded |= bool(subschema.get("blend_table")) and kind != "array"

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
            recorded=self.recorded,
            subschema=self.subschema or {},
        )


def _text(subschema: Mapping[str, Any], name: str) -> str | None:
    found = subschema.get(name)
    return found if isinstance(found, str) else None


@functools.cache
def _unit(title: str) -> str | None:
    """Return the unit that a title begins with; ``[hh:mm:ss.sss]`` and ``[MJD]`` are none."""
    found = _UNIT_IN_TITLE.match(title)
    if not found:
        return None
    from astropy.units import Unit

    try:
        return str(Unit(found[1], format="fits").to_string(format="fits"))
    except ValueError:
        return None
