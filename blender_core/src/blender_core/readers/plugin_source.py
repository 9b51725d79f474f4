"""Read by a plugin's reader, and say whose it is where something is wrong with it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from itertools import compress
from operator import is_not
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from blender_core.common.cached import cached_property
from blender_core.common.foreign import Guard, bounded
from blender_core.common.plain_values import is_plain, plain
from blender_core.common.wording import InputLabel, describe_error, of_row, preview
from blender_core.errors import ExpansionError, InputError, PluginError, RuleError, warn
from blender_core.plugins.source import Source
from blender_core.readers.plugin_schema import BadSchemaError, KnownSchemas
from blender_core.readers.product_table import array_of_table
from blender_core.readers.reader import Reader
from blender_core.schema.conversion import rule_result
from blender_core.schema.validation import INTEGERS, objection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from blender_core.common.advice import Advice
    from blender_core.common.provider import Provider
    from blender_core.schema.attributes import Attribute, ClassSchema
    from blender_core.schema.layout import Layout

_MEMBERS: Final = ("what", "model_type", "schema", "read", "paths_beyond")
_MOST_ROWS: Final = 100_000
"""How many rows an input may be: more are without an end."""
_END: Final = object()
_READER: Final = "reader"
_ALWAYS_VALID: Final = frozenset({str, float, bool, type(None)})
_OF_KEYS: Final = ("__eq__", "__hash__")


def sources_of(
    given: Any, provider: Provider, label: str, known: KnownSchemas
) -> Iterator[PluginSource]:
    """Give the sources that a plugin has made of an input, one for each of its rows.

    They are looked at as they come: there may be no end of them.
    """
    provided = _Provided(provider, label)
    if not provided.gives_several(given):
        yield PluginSource(given, provider, label, known)
        return
    with provided.guarded("what blender_open gives"):
        iterator = iter(given)
    guard = provided.guarded(lambda: f"what blender_open gives for row {row}")
    for row in itertools.count(1):
        with guard:
            source: Any = next(iterator, _END)
        if source is _END:
            if row == 1:
                provided.fail("blender_open gives no source: None is for what is not of its kind")
            return
        if row > _MOST_ROWS:
            provided.fail(
                f"blender_open gives more than {_MOST_ROWS:,} sources: they seem to have no end"
            )
        yield PluginSource(source, provider, label, known, row)


class _Provided:
    """Whose the fault is if an input cannot be read, or a product not be used.

    ``passes`` is what the plugin's code may raise.
    """

    def __init__(
        self,
        provider: Provider,
        label: str,
        role: str = _READER,
        passes: tuple[type[Exception], ...] = (InputError,),
        remedy: Advice | None = None,
    ) -> None:
        self.provider = provider
        self.label = label
        self._role = role
        self._passes = passes
        self._remedy = remedy

    def gives_several(self, given: Any) -> bool:
        """Tell whether a plugin gives an iterable of sources, which a source may be itself."""
        with self.guarded("what blender_open gives"):
            if issubclass(type(given), (str, bytes, Mapping, type)) or _has(given, "read"):
                return False
            return hasattr(type(given), "__iter__")

    def guarded(self, subject: str | Callable[[], str]) -> Guard:
        """Make the plugin's error of whatever its code raises within, but for that of an input."""

        def fault(error: BaseException) -> PluginError:
            what = subject if isinstance(subject, str) else subject()
            return self.error(f"{what} fails: {describe_error(error)}")

        return Guard(fault, passes=(*self._passes, BadSchemaError))

    def error(self, problem: str) -> PluginError:
        whose = f"the {self._role} of plugin {self.provider}"
        msg = f"{whose} cannot be used for {self.label}: {problem}"
        error = PluginError(msg, provider=self.provider, remedy=self._remedy)
        error.input = self.label if self._role == _READER else None
        return error

    def fail(self, problem: str, cause: BaseException | None = None) -> NoReturn:
        raise self.error(problem) from cause


def _has(source: Any, member: str) -> bool:
    """Tell whether an object has a member, without asking for it: what a property does may fail."""
    return hasattr(type(source), member) or member in getattr(source, "__dict__", ())


def is_one_of_several(source: Source) -> bool:
    """Tell whether a source is a row of an input that a plugin has several of."""
    return isinstance(source, PluginSource) and source.row is not None


class PluginSource(Reader):
    """One input, or one of its rows, as the source that a plugin has made of it gives it."""

    role = _READER
    passes: tuple[type[Exception], ...] = (InputError,)
    """What the plugin's code may raise: the input cannot be read."""
    remedy: Advice | None = None
    """What to do about a fault, if not what can be done about plugins."""

    def __init__(
        self,
        source: Source,
        provider: Provider,
        label: str,
        known: KnownSchemas | None = None,
        row: int | None = None,
    ) -> None:
        self.row = row
        self._source = source
        self._known = KnownSchemas() if known is None else known
        label = label if row is None else of_row(label, row)
        self._provided = _Provided(provider, label, self.role, self.passes, self.remedy)
        lacking = None
        with self._guarded(lambda: name):
            for name in _MEMBERS:
                if not _has(source, name):
                    lacking = name
                    break
        if lacking is not None:
            self._fail(f"blender_open gives {preview(source)}, which has no {lacking}")
        # What the plugin has from its hook is a label with a name.
        what = self._ask("what", lambda: source.what, str)
        what = what if type(what) is InputLabel else str.__str__(what)
        self.what = self._provided.label = what if row is None else of_row(what, row)
        model_type = self._ask("model_type", lambda: source.model_type, type, str)
        if issubclass(type(model_type), str):
            model_type = str.__str__(model_type)
        elif any(name in vars(each) for each in type(model_type).__mro__[:-2] for name in _OF_KEYS):
            self._fail(
                f"model_type is {preview(model_type)}, a class that has an equality of its own"
            )
        self._model_type: type | str = model_type

    @property
    def given(self) -> Source:
        """The object that the plugin has made."""
        return self._source

    @property
    def provider(self) -> Provider:
        """Whose it is."""
        return self._provided.provider

    @property
    def model_type(self) -> type | str:
        return self._model_type

    @property
    def schema_content(self) -> bytes:  # type: ignore[override]
        return self.schema.content

    @cached_property
    def schema(self) -> ClassSchema:
        """The schema, in which groups are said to be objects, as stdatamodels has it."""
        schema = self._ask("schema", lambda: self._source.schema, dict)
        try:
            with self._guarded("schema"):
                return self._known.completed(schema)
        except BadSchemaError as error:
            self._fail(str(error), error)

    @property
    def files(self) -> Sequence[Path]:  # type: ignore[override]
        with self._guarded("files"):
            if not _has(self._source, "files"):
                return ()
            return tuple(map(Path, bounded(self._source.files)))

    def read(self, layout: Layout) -> list[Any]:
        given = self._list("read", lambda: self._source.read(layout))
        if len(given) != len(layout.paths):
            self._fail(f"read returns {len(given)} values for {len(layout.paths)} attributes")
        # What the source before had at the same place, and is no problem, is looked at once.
        accepted = self._known.accepted(layout)
        new = [*compress(range(len(given)), map(is_not, given, accepted))]
        refused: list[tuple[Attribute, Any, str]] = []
        # One guard for all of them: it costs nothing where nothing is wrong.
        with self._guarded(lambda: f"what read returns for {layout.attributes[place].label}"):
            for place in new:
                value, attribute = given[place], layout.attributes[place]
                kind = type(value)
                if layout.open[place] and (
                    kind in _ALWAYS_VALID or (kind is int and value in INTEGERS)
                ):
                    accepted[place] = value
                    continue
                own = plain(value)
                problem = _problem(own, attribute)
                given[place] = own if problem is None else None
                if problem is not None:
                    refused.append((attribute, own, problem))
                elif own is value and is_plain((value,)):
                    accepted[place] = value
        for attribute, value, problem in refused:
            self._warn_of(attribute, value, problem)
        return given

    def _warn_of(self, attribute: Attribute, value: Any, problem: str) -> None:
        problem = (
            f"{attribute.label} = {preview(value)}, which the schema of plugin "
            f"{self._provided.provider} forbids: {problem}. It is left out."
        )
        warn(f"{self.what} has {problem}", label=self.what, problem=problem)

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        with self._guarded("paths_beyond"):
            is_own = "paths_beyond" in getattr(self._source, "__dict__", ())
            if not is_own and type(self._source).paths_beyond is Source.paths_beyond:
                return []
        # The plugin has a copy: what is known are the keys of the engine's own dict.
        given = dict.fromkeys(known)
        paths = self._list("paths_beyond", lambda: self._source.paths_beyond(given))
        if not all(issubclass(type(path), str) for path in paths):
            self._fail(f"paths_beyond returns {preview(paths)}, not paths below meta")
        paths = [str.__str__(path) for path in paths]
        if not all(path.startswith("meta.") for path in paths):
            self._fail(f"paths_beyond returns {preview(paths)}, not paths below meta")
        return paths

    def hdrtab(self) -> Any:
        with self._guarded("hdrtab"):
            is_theirs = getattr(type(self._source), "hdrtab", None) is not Source.hdrtab
            if is_theirs and _has(self._source, "hdrtab"):
                return array_of_table(self._source.hdrtab())
        msg = (
            f"{self.what} cannot be expanded: the reader of plugin {self._provided.provider} does "
            "not tell whether it is a product, as its sources have no hdrtab() of their own. Blend "
            "such inputs without expanding any."
        )
        raise ExpansionError(msg)

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
        return self._provided.guarded(subject)

    def _fail(self, problem: str, cause: BaseException | None = None) -> NoReturn:
        self._provided.fail(problem, cause)


def _problem(value: Any, attribute: Attribute) -> str | None:
    """Return what is wrong with a value: as with the headers of datamodels, the schema rules."""
    if not is_plain((value,)):
        try:
            rule_result(value, None)
        except RuleError as error:
            return str(error)
    return objection(value, attribute.subschema)
