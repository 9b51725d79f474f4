"""What the engine asks of an input beside what plugins are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from blender_core.plugins.source import Source
from blender_core.schema.attributes import unknown_attribute
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.schema.attributes import Attribute

Beyond: TypeAlias = "Sequence[tuple[Attribute, Any]]"
"""What an input has that the schema of its kind does not know: attributes, and their values."""


class Reader(Source):
    """One input, as the engine has it: with what its kind does not tell."""

    schema_content: bytes = b""
    """What tells the schemas of one model type apart. Those of a class of datamodels are one."""

    def table(self, name: str) -> Any:  # noqa: ARG002
        """Return a table that a blend has put into it, if it is a product that has one."""
        return None

    def hdrtab(self) -> Any:
        return self.table("hdrtab")

    def hdrrules(self) -> Any:
        """Return the table of how its values came about, if it is a product that has one."""
        return self.table("hdrrules")

    def read_all(self, layout: Layout) -> tuple[list[Any], Beyond]:
        """Return the wanted values, and what is beyond the layout's schema."""
        assert layout.known is not None  # noqa: S101
        paths = tuple(path for path in self.paths_beyond(layout.known) if path not in layout.known)
        if not paths:
            return self.read(layout), ()
        # At once: to read may take long.
        whole = layout.beyond(paths)
        values = self.read(whole)
        beyond = [
            (unknown_attribute(path), values[whole.places[path]]) for path in dict.fromkeys(paths)
        ]
        return [values[whole.places[path]] for path in layout.paths], beyond


def layout_of(
    source: Reader,
    known: Mapping[str, Attribute],
    wanted: Iterable[Attribute],
    columns: Mapping[str, str] | None,
) -> Layout:
    """Return the layout of what is wanted of inputs like one: in all processes, of one digest."""
    model_type = source.model_type
    name = model_type
    if not isinstance(model_type, str):
        name = f"{model_type.__module__}.{model_type.__qualname__}"
    of = f"{name} {source.schema_content!r}"
    return Layout(wanted, columns, known, of=of)
