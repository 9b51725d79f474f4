"""The schema that a plugin's reader has: checked, and as datamodels have it.

The classes of stdatamodels have schemas that are known to be sound. One that is not would fail
later, deep in a validator, with an error that tells neither the plugin nor the attribute.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.plain_values import plain
from blender_core.common.wording import preview, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["BadSchemaError", "completed"]

_LONGEST: Final = 400
_DATA: Final = frozenset({"enum", "default", "const", "examples"})
"""What is no schema, but a value, or several."""
_OPEN_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


class BadSchemaError(Exception):
    """What is wrong with a schema, and at which attribute."""


def completed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as datamodels have it, with nothing but what is below ``meta``."""
    try:
        whole = plain(schema)
        if isinstance(properties := whole.get("properties", {}), dict):
            # Nobody looks at the rest. Where it says what it is itself, that may be another draft.
            whole = {"properties": {"meta": _as_draft_4(properties.get("meta", {}))}}
        for problem in chain(_unusable(whole, ()), _undefined(whole)):
            raise BadSchemaError(problem)
        meta = _typed(whole["properties"]["meta"])
    except RecursionError as error:
        msg = "schema is nested without an end, or too deep"
        raise BadSchemaError(msg) from error
    if not meta.get("properties"):
        msg = f"schema is {preview(schema)}, which has no properties below meta"
        raise BadSchemaError(msg)
    return {"type": "object", "properties": {"meta": meta}}


def _as_draft_4(node: Any) -> Any:
    """Return a schema in which open bounds are as asdf knows them, which has an older draft."""
    if isinstance(node, list):
        return [_as_draft_4(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: one if name in _DATA else _as_draft_4(one) for name, one in node.items()}
    for bound, limit in _OPEN_BOUNDS.items():
        value = found.get(bound)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and limit not in found:
            found |= {limit: value, bound: True}
    return found


def _unusable(node: Any, path: tuple[Any, ...]) -> Iterator[str]:
    """Give what the definition of JSON schema does not tell, or has no bounds for."""
    if isinstance(node, list):
        for place, below in enumerate(node):
            yield from _unusable(below, (*path, place))
    if not isinstance(node, dict):
        return
    for name, below in node.items():
        if not isinstance(name, str):
            yield _at(path, f"{preview(name)} is a name, and not a text")
        elif name in _DATA and path[-1:] != ("properties",):
            continue
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
    from asdf.exceptions import ValidationError
    from asdf.schema import check_schema

    try:
        check_schema(schema, validate_default=False)
    except ValidationError as error:
        # Where a schema may be one thing or another, the first is what most of them are.
        while error.context:
            error = error.context[0]
        yield _at(tuple(error.absolute_path), shorten(error.message, _LONGEST))


def _at(path: Sequence[Any], problem: str) -> str:
    names = []
    while len(path) > 1 and path[0] == "properties":
        names.append(str(path[1]))
        path = path[2:]
    attribute, what = ".".join(names), ".".join(map(str, path))
    where = f"{what} of {attribute}" if what and attribute else what or attribute or "all of it"
    return f"schema is not a JSON schema that can be used: {where}: {problem}"


def _typed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema in which groups are said to be objects."""
    if "properties" not in schema:
        return {**schema}
    properties = {name: _typed(below) for name, below in schema["properties"].items()}
    return {"type": "object", **schema, "properties": properties}
