"""Read by a plugin's reader, and say whose it is where something is wrong with it.

The classes of stdatamodels have schemas that are known to be sound. One of a plugin that is not
would fail later, deep in a validator, with an error that tells neither the plugin nor the
attribute: so it is checked, and made what datamodels have.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NoReturn

from blender_core.common.foreign import Guard, bounded
from blender_core.common.plain_values import is_plain, plain
from blender_core.common.wording import InputLabel, describe_error, preview, shorten
from blender_core.errors import InputError, PluginError, RuleError, warn
from blender_core.plugins.source import Source
from blender_core.schema.conversion import rule_result
from blender_core.schema.validation import objection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from blender_core.common.provider import Provider
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["PluginSource"]

_MEMBERS: Final = ("what", "model_type", "schema", "read", "paths_beyond")
_OF_KEYS: Final = ("__eq__", "__hash__")
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
            with self._guarded(name):
                has_it = hasattr(type(source), name) or name in getattr(source, "__dict__", ())
            if not has_it:
                self._fail(f"blender_open gives {preview(source)}, which has no {name}")
        # What the plugin has from its hook is a label with a name.
        what = self._ask("what", lambda: source.what, str)
        self.what = what if type(what) is InputLabel else str.__str__(what)
        model_type = self._ask("model_type", lambda: source.model_type, type, str)
        if issubclass(type(model_type), str):
            model_type = str.__str__(model_type)
        elif any(name in vars(each) for each in type(model_type).__mro__[:-2] for name in _OF_KEYS):
            self._fail(
                f"model_type is {preview(model_type)}, a class that has an equality of its own"
            )
        self._model_type: type | str = model_type

    @property
    def model_type(self) -> type | str:
        return self._model_type

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema, in which groups are said to be objects, as stdatamodels has it."""
        schema = self._ask("schema", lambda: self._source.schema, dict)
        try:
            with self._guarded("schema"):
                return _completed(schema)
        except _BadSchemaError as error:
            self._fail(str(error), error)

    def read(self, layout: Layout) -> list[Any]:
        given = self._list("read", lambda: self._source.read(layout))
        if len(given) != len(layout.paths):
            self._fail(f"read returns {len(given)} values for {len(layout.paths)} attributes")
        values: list[Any] = []
        refused: list[tuple[Attribute, Any, str]] = []
        # One guard for all of them: it costs nothing where nothing is wrong.
        with self._guarded(lambda: f"what read returns for {attribute.label}"):
            for value, attribute in zip(given, layout.attributes, strict=True):
                own = plain(value)
                problem = _problem(own, attribute)
                values.append(own if problem is None else None)
                if problem is not None:
                    refused.append((attribute, own, problem))
        for attribute, value, problem in refused:
            self._warn_of(attribute, value, problem)
        return values

    def _warn_of(self, attribute: Attribute, value: Any, problem: str) -> None:
        problem = (
            f"{attribute.label} = {preview(value)}, which the schema of plugin "
            f"{self._provider} forbids: {problem}. It is left out."
        )
        warn(f"{self.what} has {problem}", label=self.what, problem=problem)

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        # The plugin has a copy: what is known are the keys of the engine's own dict.
        given = dict.fromkeys(known)
        paths = self._list("paths_beyond", lambda: self._source.paths_beyond(given))
        if not all(issubclass(type(path), str) for path in paths):
            self._fail(f"paths_beyond returns {preview(paths)}, not paths below meta")
        paths = [str.__str__(path) for path in paths]
        if not all(path.startswith("meta.") for path in paths):
            self._fail(f"paths_beyond returns {preview(paths)}, not paths below meta")
        return paths

    def _list(self, member: str, get: Callable[[], Any]) -> list[Any]:
        values = self._ask(member, get, list, tuple)
        with self._guarded(member):
            return list(values if type(values) in (list, tuple) else bounded(values))

    def _ask(self, member: str, get: Callable[[], Any], *kinds: type) -> Any:
        with self._guarded(member):
            value = get()
        if not issubclass(type(value), kinds):
            wanted = " or ".join(kind.__name__ for kind in kinds)
            self._fail(f"{member} is {preview(value)}, where a {wanted} is asked for")
        return value

    def _guarded(self, subject: str | Callable[[], str]) -> Guard:
        """Make the plugin's error of whatever its code raises within, but for that of an input."""

        def fault(error: BaseException) -> PluginError:
            what = subject if isinstance(subject, str) else subject()
            return self._error(f"{what} fails: {describe_error(error)}")

        return Guard(fault, passes=(InputError, _BadSchemaError))

    def _error(self, problem: str) -> PluginError:
        msg = f"the reader of plugin {self._provider} cannot be used for {self.what}: {problem}"
        return PluginError(msg, provider=self._provider)

    def _fail(self, problem: str, cause: BaseException | None = None) -> NoReturn:
        raise self._error(problem) from cause


def _problem(value: Any, attribute: Attribute) -> str | None:
    """Return what is wrong with a value: as with the headers of datamodels, the schema rules."""
    if not is_plain((value,)):
        try:
            rule_result(value, None)
        except RuleError as error:
            return str(error)
    return objection(value, attribute.subschema)


class _BadSchemaError(Exception):
    """What is wrong with a schema, and at which attribute."""


def _completed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as datamodels have it, with nothing but what is below ``meta``."""
    try:
        whole = rule_result(plain(schema), None)
        if isinstance(properties := whole.get("properties", {}), dict):
            # Nobody looks at the rest. Where it says what it is itself, that may be another draft.
            whole = {"properties": {"meta": _as_draft_4(properties.get("meta", {}))}}
        for problem in chain(_unusable(whole, ()), _undefined(whole)):
            raise _BadSchemaError(problem)
        meta = _typed(whole["properties"]["meta"])
    except (RecursionError, RuleError) as error:
        msg = "schema is nested without an end, or too deep"
        if not isinstance(error, RecursionError):
            msg = f"schema is not a JSON schema that can be used: {error}"
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
