"""Read by a plugin's reader, and say whose it is where something is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from blender_core.common.foreign import Guard, bounded
from blender_core.common.plain_values import is_plain, plain
from blender_core.common.wording import InputLabel, describe_error, preview
from blender_core.errors import InputError, PluginError, RuleError, warn
from blender_core.plugins.source import Source
from blender_core.readers.plugin_schema import BadSchemaError, completed
from blender_core.schema.conversion import rule_result
from blender_core.schema.validation import objection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from blender_core.common.provider import Provider
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["PluginSource"]

_MEMBERS: Final = ("what", "model_type", "schema", "read", "paths_beyond")
_OF_KEYS: Final = ("__eq__", "__hash__")


class PluginSource(Source):
    """One input, as the source that a plugin has made of it gives it."""

    role = "reader"
    hook = "blender_open"
    passes: tuple[type[Exception], ...] = (InputError,)
    """What the plugin's code may raise: the input cannot be read."""

    def __init__(self, source: Source, provider: Provider, label: str) -> None:
        self._source = source
        self._provider = provider
        self.what = label
        for name in _MEMBERS:
            # Not asked for yet: what a property does may fail.
            with self._guarded(name):
                has_it = hasattr(type(source), name) or name in getattr(source, "__dict__", ())
            if not has_it:
                self._fail(f"{self.hook} gives {preview(source)}, which has no {name}")
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
                return completed(schema)
        except BadSchemaError as error:
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

        return Guard(fault, passes=(*self.passes, BadSchemaError))

    def _error(self, problem: str) -> PluginError:
        whose = f"the {self.role} of plugin {self._provider}"
        msg = f"{whose} cannot be used for {self.what}: {problem}"
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
