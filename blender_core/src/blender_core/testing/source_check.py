"""Try the reader of a plugin with inputs, and report all at once what is wrong with it."""

from __future__ import annotations

import gc
import os
import warnings
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.common.foreign import Guard
from blender_core.common.plain_values import PLAIN
from blender_core.common.values import identity
from blender_core.common.wording import describe_error, preview
from blender_core.errors import BlenderError, InputError, NotADatamodelError, UnknownInputError
from blender_core.inputs.opener import Opener
from blender_core.plugins.source import attributes_of
from blender_core.readers.plugin_source import PluginSource
from blender_core.schema.layout import Layout
from blender_core.testing.broken_inputs import faults_with_damage, problems_with_strangers
from blender_core.testing.plugin_at_hand import plugin_at_hand
from blender_core.testing.problems import raise_problems
from blender_core.testing.untouched import changes_since, file_named, state_of_input

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from blender_core.common.provider import Provider
    from blender_core.plugins.manager import Plugins
    from blender_core.schema.attributes import Attribute

_LABEL: Final = "input 1"


def check_source(plugin: Any, *inputs: Any) -> None:
    """Try the reader of a plugin with inputs that it can read, and with damaged copies of these.

    A reader must

    - take each of the inputs, by its name as a `str` and as a `~pathlib.Path`;
    - give plain Python values, each allowed by its schema, and the same ones each time, whatever
      is wanted beside and in whatever order;
    - read something: not None for all attributes of all inputs;
    - change nothing: neither the file nor its folder, nor an object that is an input, and leave no
      file open;
    - raise an `InputError`, and nothing else, for a file that is broken, or take none that is;
    - take nothing that it cannot know, such as a bare `object`.

    Parameters
    ----------
    plugin : module, object or str
        The plugin: a module or an object whose hooks are marked with ``hookimpl``, or the name of
        an installed one.
    *inputs
        Inputs as a caller would give them, best small ones: names of files, or objects.

    Raises
    ------
    PluginCheckError
        If something is wrong: all that is, together.
    PluginError
        If it is no plugin.
    TypeError
        If there are no inputs.
    ValueError
        If no plugin of that name is installed.

    Examples
    --------
    In a test, of a plugin that is a module, and a file that the test has made::

        check_source(acme_rules.plugin, tmp_path / "exposure.fits")
    """
    if not inputs:
        msg = "check_source takes the plugin, and one or more inputs that its reader can read"
        raise TypeError(msg)
    plugins, provider = plugin_at_hand(plugin)
    sound: list[str] = []
    damaged: list[str] = []
    for given in inputs:
        trial = _Trial(plugins, provider, given)
        problems = list(trial.problems())
        sound += problems
        if not problems:
            damaged += trial.problems_with_damage()

    def take(given: Any) -> Any:
        first_row, *_ = Opener(plugins).rows(given, _LABEL)
        return first_row

    others = list(problems_with_strangers("blender_open", take))
    raise_problems("the sources", provider, (sound, damaged, others))


class _Trial:
    """An input, and what a reader makes of it."""

    def __init__(self, plugins: Plugins, provider: Provider, given: Any) -> None:
        self._plugins = plugins
        self._provider = provider
        self._given = given
        path = file_named(given)
        self._path = path
        self._name = preview(given) if path is None else path.name

    def problems(self) -> Iterator[str]:
        """Read a sound input, twice and in several ways."""
        before = state_of_input(self._given)
        gc.collect()
        with warnings.catch_warnings(record=True) as left_open:
            warnings.simplefilter("always", ResourceWarning)
            yield from self._problems_with_reading()
            gc.collect()
        for each in left_open:
            if issubclass(each.category, ResourceWarning):
                yield f"{self._name}: it leaves a file open: {preview(str(each.message))}"
        for what in changes_since(before, self._given):
            yield f"{self._name}: reading changes {what}"

    def _problems_with_reading(self) -> Iterator[str]:
        first = self._rows(self._given)
        if isinstance(first, str):
            yield first
            return
        found = list(self._problems_with_rows(first))
        yield from found
        if found:
            return
        values = [values_of(row) for row in first]
        if all(value is None for of_row in values for value in of_row.values()):
            yield f"{self._name}: it reads no value at all"
        names: list[Any] = [self._given]
        if self._path is not None:
            names += [os.fspath(self._path), self._path]
        for given in names:
            how = f" as a {type(given).__name__}" if self._path is not None else " again"
            again = self._rows(given)
            if isinstance(again, str):
                yield f"given{how}: {again}"
            elif len(again) != len(first):
                yield f"{self._name}: it has {len(first)} rows, and {len(again)} when given{how}"
            else:
                yield from self._differences(values, [values_of(row) for row in again], how)

    def _differences(
        self, values: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]], how: str
    ) -> Iterator[str]:
        for of_row, of_other in zip(values, others, strict=True):
            for path in {**of_row, **of_other}:
                one, other = of_row.get(path), of_other.get(path)
                if identity(one) != identity(other):
                    yield (
                        f"{self._name}: {path} is {preview(one)}, and {preview(other)} when it is "
                        f"given{how}"
                    )

    def _rows(self, given: Any) -> list[PluginSource] | str:
        """Return what the plugin makes of an input, or why it is of no use."""
        try:
            with recorded():
                rows = list(Opener(self._plugins).rows(given, _LABEL))
        except (UnknownInputError, NotADatamodelError) as refusal:
            return f"{self._name}: blender_open does not take it ({refusal})"
        except BlenderError as fault:
            return f"{self._name}: {fault}"
        sources = [row for row in rows if isinstance(row, PluginSource)]
        if len(sources) < len(rows):
            return f"{self._name}: Model Blender reads it itself, and asks no plugin"
        (provider,) = {source.provider for source in sources}
        if provider != self._provider:
            return f"{self._name}: it is read by plugin {provider}"
        return sources

    def _problems_with_rows(self, rows: Sequence[PluginSource]) -> Iterator[str]:
        for row in rows:
            try:
                with recorded() as warned:
                    attributes = attributes_of(row)
                    layout = Layout(attributes.values())
                    values = dict(zip(layout.paths, row.read(layout), strict=True))
                    again = values_of(row)
                yield from (str(each.message) for each in warned)
                yield from self._problems_with_order(row, attributes, values)
                yield from self._differences([values], [again], " again")
                yield from self._problems_with_types(row, layout)
                known = row.schema.attributes
                for path in row.paths_beyond(known):
                    if path in known:
                        yield f"{row.what}: paths_beyond gives {path}, which the schema has"
            except BlenderError as fault:
                yield str(fault)

    def _problems_with_order(
        self, row: PluginSource, attributes: Mapping[str, Attribute], values: Mapping[str, Any]
    ) -> Iterator[str]:
        """Ask for attributes one by one, from the last to the first."""
        for path in reversed(list(values)):
            with recorded():
                (value,) = row.read(Layout([attributes[path]]))
            if identity(value) != identity(values[path]):
                yield (
                    f"{row.what}: {path} is {preview(values[path])}, and {preview(value)} when "
                    "nothing else is wanted: read is to follow layout.attributes"
                )

    def _problems_with_types(self, row: PluginSource, layout: Layout) -> Iterator[str]:
        with Guard(lambda error: InputError(f"{row.what}: read fails: {describe_error(error)}")):
            values = list(row.given.read(layout))
        for attribute, value in zip(layout.attributes, values, strict=True):
            kind = _unlike_plain(value)
            if kind is not None:
                yield (
                    f"{row.what}: {attribute.label} is {preview(value)}, of the type "
                    f"{kind.__name__}, and not a plain Python value"
                )

    def problems_with_damage(self) -> Iterator[str]:
        """Read damaged copies of a file."""
        if self._path is None:
            return
        rows = self._rows(self._given)
        keywords = {
            attribute.keyword
            for row in rows
            if isinstance(row, PluginSource)
            for attribute in row.schema.attributes.values()
            if attribute.keyword
        }
        for damage, fault in faults_with_damage(self._path, keywords, self._read):
            yield (
                f"of {self._name} {damage}, it raises no InputError, and none of its "
                f"own faults is known from a broken file: {fault}"
            )

    def _read(self, copy: Path) -> None:
        for row in Opener(self._plugins).rows(copy, _LABEL):
            values_of(row)


def values_of(source: Any) -> dict[str, Any]:
    """Return all values that a source has, by path."""
    layout = Layout(attributes_of(source).values())
    with recorded():
        return dict(zip(layout.paths, source.read(layout), strict=True))


def _unlike_plain(value: Any) -> type | None:
    """Return the type of what is no plain value in a value; None if all is."""
    if type(value) in PLAIN:
        return None
    if type(value) is list:
        return next(filter(None, map(_unlike_plain, value)), None)
    if type(value) is dict:
        return next(filter(None, map(_unlike_plain, [*value, *value.values()])), None)
    return type(value)
