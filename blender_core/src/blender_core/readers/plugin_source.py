"""Read by a plugin's reader, and say whose it is where something is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from blender_core.common.plain_values import plain
from blender_core.common.wording import format_error, preview
from blender_core.errors import BlenderError, PluginError, warn
from blender_core.readers.plugin_schema import BadSchemaError, completed
from blender_core.schema.validation import objection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from blender_core.common.provider import Provider
    from blender_core.plugins.source import Source
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["PluggedSource"]

T = TypeVar("T")

_MEMBERS: Final = ("what", "model_type", "schema", "read", "paths_beyond")


class PluggedSource:
    """One input, as a plugin reads it.

    Parameters
    ----------
    source : Source
        What the plugin has made of the input.
    provider : Provider
        The plugin.
    what : str
        What the input is to the blend, for messages.
    """

    def __init__(self, source: Source, provider: Provider, what: str) -> None:
        self._source = source
        self._provider = provider
        self.what = what
        for name in _MEMBERS:
            # Not asked for yet: what a property does may fail.
            if not hasattr(type(source), name) and name not in getattr(source, "__dict__", ()):
                self._fail(f"blender_open gives {preview(source)}, which has no {name}")
        self.what = self._asked("what", lambda: source.what, str)
        self.model_type = self._asked("model_type", lambda: source.model_type, type, str)
        """The class of datamodel, or the kind."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema, in which groups are said to be objects, as stdatamodels has it."""
        schema = self._asked("schema", lambda: self._source.schema, dict)
        try:
            return completed(schema)
        except BadSchemaError as error:
            self._fail(str(error), error)

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        values = self._asked("read", lambda: self._source.read(layout), list, tuple)
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
        """Return the paths of scalars below ``meta`` that are none of the known attributes."""
        found = self._asked("paths_beyond", lambda: self._source.paths_beyond(known), list, tuple)
        if not all(str(one).startswith("meta.") for one in found):
            self._fail(f"paths_beyond returns {preview(found)}, not paths below meta")
        return list(found)

    def hdrtab(self) -> None:
        """Return no table: plugins cannot tell what an input was made of."""

    def _asked(self, member: str, ask: Callable[[], T], *kinds: type) -> T:
        try:
            found = ask()
        except BlenderError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever it is
            self._fail(f"{member} fails: {type(error).__name__}: {format_error(error)}", error)
        if not isinstance(found, kinds):
            wanted = " or ".join(kind.__name__ for kind in kinds)
            self._fail(f"{member} is {preview(found)}, where a {wanted} is asked for")
        return found

    def _fail(self, problem: str, cause: BaseException | None = None) -> NoReturn:
        msg = f"the reader of plugin {self._provider} cannot be used for {self.what}: {problem}"
        raise PluginError(msg, provider=self._provider) from cause
