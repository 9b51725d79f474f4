"""The schema that a plugin's source has, checked and made what datamodels have.

The classes of stdatamodels have schemas that are known to be sound. One of a plugin that is not
would fail later, deep in a validator, with an error that tells neither the plugin nor the
attribute.
"""

from __future__ import annotations

import difflib
import functools
import marshal
import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.plain_values import plain
from blender_core.common.wording import preview, shorten
from blender_core.errors import RuleError
from blender_core.schema.attributes import BLEND_WORDS, ClassSchema
from blender_core.schema.conversion import rule_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blender_core.schema.layout import Layout

_LONGEST: Final = 400
_DATA: Final = frozenset({"enum", "default", "const", "examples"})
"""What is no schema, but a value, or several."""
_OPEN_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_ENDLESS: Final = "schema is nested without an end, or too deep"
_ALIKE_IF_EQUAL: Final = frozenset({"blend_table", "minimum", "maximum", "minLength", "maxLength"})
"""What has numbers and booleans that mean the same if they are equal."""
_MOST_KNOWN: Final = 8
_OF_OTHERS: Final = ("fits_", "blend_")
"""What words begin with that JSON schema does not know, and has nothing against."""
_TEXTS: Final = ("title", "description")
_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_NONE_YET: Final = object()


class BadSchemaError(Exception):
    """What is wrong with a schema, and at which attribute."""


class KnownSchemas:
    """The schemas that the sources of one blend have had.

    Each source is asked for its own, and nearly all have the same: that is seen by comparing it,
    in a fraction of the time that it takes to look at what it says.
    """

    def __init__(self) -> None:
        self._known: list[tuple[dict[str, Any], ClassSchema]] = []
        self._accepted: dict[Layout, list[Any]] = {}

    def accepted(self, layout: Layout) -> list[Any]:
        """Return, to be kept up, a plain value for each attribute that its schema allows."""
        if layout not in self._accepted:
            if len(self._accepted) >= _MOST_KNOWN:
                self._accepted.clear()
            self._accepted[layout] = [_NONE_YET] * len(layout.paths)
        return self._accepted[layout]

    def completed(self, schema: Mapping[str, Any]) -> ClassSchema:
        """Return a schema as datamodels have it: the same one for what is the same."""
        for known in self._known:
            if known[0] == schema:
                if known is not self._known[0]:
                    # The next one will most likely be this one.
                    self._known.remove(known)
                    self._known.insert(0, known)
                return known[1]
        own = completed(schema)
        copy = plain(schema)
        if _tells_by_equality(copy):
            self._known = [(copy, own), *self._known][:_MOST_KNOWN]
        return own


def completed(schema: Mapping[str, Any]) -> ClassSchema:
    """Return a schema as datamodels have it, with nothing but what is below ``meta``."""
    try:
        whole = rule_result(plain(schema), None)
        if isinstance(properties := whole.get("properties", {}), dict):
            # Nobody looks at the rest. Where it says what it is itself, that may be another draft.
            whole = {"properties": {"meta": _as_draft_4(properties.get("meta", {}))}}
    except (RecursionError, RuleError) as error:
        msg = f"schema is not a JSON schema that can be used: {error}"
        if isinstance(error, RecursionError):
            msg = _ENDLESS
        raise BadSchemaError(msg) from error
    try:
        # By its content: a plugin may make the same schema anew for each input. In this version of
        # marshal's format, the same is the same to the byte.
        content = marshal.dumps(whole, 2)
        own = _completed(content)
    except (RecursionError, ValueError) as error:  # the latter of marshal, if it is nested too deep
        raise BadSchemaError(_ENDLESS) from error
    if not own["properties"]["meta"].get("properties"):
        msg = f"schema is {preview(schema)}, which has no properties below meta"
        raise BadSchemaError(msg)
    return own


@functools.lru_cache(maxsize=64)
def _completed(content: bytes) -> ClassSchema:
    whole = marshal.loads(content)  # noqa: S302  # of what was made above
    for problem in chain(_unusable(whole, ()), _undefined(whole)):
        raise BadSchemaError(problem)
    meta = _typed(whole["properties"]["meta"])
    own = ClassSchema({"type": "object", "properties": {"meta": meta}})
    own.content = content
    return own


def _tells_by_equality(node: Any, name: str = "") -> bool:
    """Tell whether what is equal means the same: 1 is equal to True and to 1.0."""
    if isinstance(node, dict):
        return all(_tells_by_equality(below, key) for key, below in node.items())
    if isinstance(node, list):
        return all(map(_tells_by_equality, node))
    return isinstance(node, str) or name in _ALIKE_IF_EQUAL


def _as_draft_4(node: Any) -> Any:
    """Return a schema in which open bounds are as asdf knows them, which has an older draft."""
    if isinstance(node, list):
        return [_as_draft_4(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {name: item if name in _DATA else _as_draft_4(item) for name, item in node.items()}
    for bound, limit in _OPEN_BOUNDS.items():
        value = schema.get(bound)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and limit not in schema:
            schema |= {limit: value, bound: True}
    return schema


def _unusable(node: Any, path: tuple[Any, ...]) -> Iterator[str]:
    """Give what the definition of JSON schema does not tell, or has no bounds for."""
    if isinstance(node, list):
        for place, below in enumerate(node):
            yield from _unusable(below, (*path, place))
    if not isinstance(node, dict):
        return
    for name, below in node.items():
        if not isinstance(name, str):
            yield _at(path, f"a name in it is a str, not {preview(name)}")
        elif name in _DATA and path[-1:] != ("properties",):
            continue
        elif name.startswith("blend_") and not (
            name in BLEND_WORDS or path[-1:] == ("properties",)
        ):
            close = difflib.get_close_matches(name, BLEND_WORDS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(BLEND_WORDS)}"
            yield _at((*path, name), f"there is no such word: {hint}")
        elif name == "$ref" and isinstance(below, str):
            yield _at((*path, name), "nothing is looked up elsewhere: write out what is there")
        elif name == "pattern" and isinstance(below, str):
            try:
                re.compile(below)
            except re.error as error:
                yield _at((*path, name), f"{preview(below)} is not a regular expression: {error}")
        else:
            yield from _unusable(below, (*path, name))


def _undefined(schema: Mapping[str, Any]) -> Iterator[str]:
    """Give what the definition of JSON schema has against a schema."""
    if _is_evidently_sound(schema):
        return
    from asdf.exceptions import ValidationError
    from asdf.schema import check_schema

    try:
        check_schema(schema, validate_default=False)
    except ValidationError as error:
        # Where a schema may be one thing or another, the first is what most of them are.
        while error.context:
            error = error.context[0]
        yield _at(tuple(error.absolute_path), shorten(error.message, _LONGEST))


def _is_evidently_sound(node: Any) -> bool:
    """Tell whether a schema has nothing but groups, texts, and types of one value.

    Most of plugins' are like that. For others asdf loads the definition, and with it all packages
    that have schemas, which takes a second (asdf 5.4).
    """
    return isinstance(node, dict) and all(
        name.startswith(_OF_OTHERS)
        or (name in _TEXTS and isinstance(below, str))
        or (name == "type" and below in _TYPES)
        or (
            name == "properties"
            and isinstance(below, dict)
            and all(map(_is_evidently_sound, below.values()))
        )
        for name, below in node.items()
    )


def _at(path: Sequence[Any], problem: str) -> str:
    names = []
    while len(path) > 1 and path[0] == "properties":
        names.append(str(path[1]))
        path = path[2:]
    attribute, keyword = ".".join(names), ".".join(map(str, path))
    where = " of ".join(filter(None, (keyword, attribute))) or "all of it"
    return f"schema is not a JSON schema that can be used: {where}: {problem}"


def _typed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema in which groups are said to be objects."""
    if "properties" not in schema:
        return {**schema}
    properties = {name: _typed(below) for name, below in schema["properties"].items()}
    return {"type": "object", **schema, "properties": properties}
