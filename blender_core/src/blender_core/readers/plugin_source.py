"""Read by a plugin's reader, and say whose it is where something is wrong with it.

The classes of stdatamodels have schemas that are known to be sound. One of a plugin that is not
would fail later, deep in a validator, with an error that tells neither the plugin nor the
attribute: so it is checked, and made what datamodels have.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from blender_core.common.plain_values import plain
from blender_core.common.wording import format_error, preview, shorten
from blender_core.errors import BlenderError, PluginError, warn
from blender_core.plugins.source import Source
from blender_core.schema.validation import objection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from blender_core.common.provider import Provider
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["PluginSource"]

T = TypeVar("T")

_MEMBERS: Final = ("what", "model_type", "schema", "read", "paths_beyond")
_LONGEST: Final = 400
_DATA: Final = frozenset({"enum", "default", "const", "examples"})
"""What is no schema, but a value, or several."""
_OPEN_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


class PluginSource(Source):
    """One input, as the source that a plugin has made of it gives it."""

    def __init__(self, source: Source, provider: Provider, label: str) -> None:
        self._source = source
        self._provider = provider
        self.what = label
        for name in _MEMBERS:
            # Not asked for yet: what a property does may fail.
            if not hasattr(type(source), name) and name not in getattr(source, "__dict__", ()):
                self._fail(f"blender_open gives {preview(source)}, which has no {name}")
        self.what = self._ask("what", lambda: source.what, str)
        self._model_type = self._ask("model_type", lambda: source.model_type, type, str)

    @property
    def model_type(self) -> type | str:
        return self._model_type

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema, in which groups are said to be objects, as stdatamodels has it."""
        schema = self._ask("schema", lambda: self._source.schema, dict)
        try:
            return _completed(schema)
        except _BadSchemaError as error:
            self._fail(str(error), error)

    def read(self, layout: Layout) -> list[Any]:
        values = self._ask("read", lambda: self._source.read(layout), list, tuple)
        if len(values) != len(layout.paths):
            self._fail(f"read returns {len(values)} values for {len(layout.paths)} attributes")
        return [
            self._allowed(plain(value), attribute)
            for value, attribute in zip(values, layout.attributes, strict=True)
        ]

    def _allowed(self, value: Any, attribute: Attribute) -> Any:
        """Return a value as far as the schema allows it, as with the headers of datamodels."""
        problem = objection(value, attribute.subschema)
        if problem is None:
            return value
        problem = (
            f"{attribute.label} = {preview(value)}, which the schema of plugin "
            f"{self._provider} forbids: {problem}. It is left out."
        )
        warn(f"{self.what} has {problem}", label=self.what, problem=problem)
        return None

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        paths = self._ask("paths_beyond", lambda: self._source.paths_beyond(known), list, tuple)
        if not all(str(path).startswith("meta.") for path in paths):
            self._fail(f"paths_beyond returns {preview(paths)}, not paths below meta")
        return list(paths)

    def _ask(self, member: str, get: Callable[[], T], *kinds: type) -> T:
        try:
            value = get()
        except BlenderError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever it is
            self._fail(f"{member} fails: {type(error).__name__}: {format_error(error)}", error)
        if not isinstance(value, kinds):
            wanted = " or ".join(kind.__name__ for kind in kinds)
            self._fail(f"{member} is {preview(value)}, where a {wanted} is asked for")
        return value

    def _fail(self, problem: str, cause: BaseException | None = None) -> NoReturn:
        msg = f"the reader of plugin {self._provider} cannot be used for {self.what}: {problem}"
        raise PluginError(msg, provider=self._provider) from cause


class _BadSchemaError(Exception):
    """What is wrong with a schema, and at which attribute."""


def _completed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as datamodels have it, with nothing but what is below ``meta``."""
    try:
        whole = plain(schema)
        if isinstance(properties := whole.get("properties", {}), dict):
            # Nobody looks at the rest. Where it says what it is itself, that may be another draft.
            whole = {"properties": {"meta": _as_draft_4(properties.get("meta", {}))}}
        for problem in chain(_unusable(whole, ()), _undefined(whole)):
            raise _BadSchemaError(problem)
        meta = _typed(whole["properties"]["meta"])
    except RecursionError as error:
        msg = "schema is nested without an end, or too deep"
        raise _BadSchemaError(msg) from error
    if not meta.get("properties"):
        msg = f"schema is {preview(schema)}, which has no properties below meta"
        raise _BadSchemaError(msg)
    return {"type": "object", "properties": {"meta": meta}}


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
    attribute, keyword = ".".join(names), ".".join(map(str, path))
    where = " of ".join(filter(None, (keyword, attribute))) or "all of it"
    return f"schema is not a JSON schema that can be used: {where}: {problem}"


def _typed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema in which groups are said to be objects."""
    if "properties" not in schema:
        return {**schema}
    properties = {name: _typed(below) for name, below in schema["properties"].items()}
    return {"type": "object", **schema, "properties": properties}
