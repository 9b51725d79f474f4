"""Read a datamodel in memory, without changing it and without asking for its arrays.

A datamodel creates the groups of its schema when they are looked at, so values are taken from
the tree that it holds, its ``instance``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain
from blender_core.common.wording import preview
from blender_core.errors import NotADatamodelError
from blender_core.readers.product_table import table_of_datamodel
from blender_core.readers.reader import Reader
from blender_core.schema.attributes import read_attributes, subschema_at, unknown_attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect, collect_all, put, scalars_beyond, scalars_within

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from blender_core.readers.reader import Beyond
    from blender_core.schema.attributes import Attribute


class DatamodelReader(Reader):
    """The metadata of one datamodel, which stays as it is."""

    def __init__(self, model: Any, label: str) -> None:
        from stdatamodels import DataModel

        if not isinstance(model, DataModel):
            kind = type(model).__name__
            msg = f"{label} is neither a datamodel nor a file, but {kind}: {preview(model)}"
            raise NotADatamodelError(msg)
        self._model = model
        self._strangers: Sequence[tuple[str, Any]] = ()
        """What was seen beyond the schema when the values were last read."""
        self.what = label

    @property
    def model_type(self) -> type:
        return type(self._model)

    @property
    def schema(self) -> Mapping[str, Any]:
        return self._model.schema  # type: ignore[no-any-return]

    def read(self, layout: Layout) -> list[Any]:
        values, are_plain, self._strangers = collect_all(self._model.instance, layout)
        return values if are_plain else [plain(value) for value in values]

    def read_all(self, layout: Layout) -> tuple[list[Any], Beyond]:
        values = self.read(layout)
        return values, [each for found in self._strangers for each in self._beyond(*found, layout)]

    def _beyond(self, path: str, value: Any, kind: Layout) -> Iterator[tuple[Attribute, Any]]:
        """Give what is of a name that the kind does not have, and the datamodel itself may."""
        known: dict[str, Attribute] = {}
        if subschema := subschema_at(self._model.schema, path):
            known = read_attributes(_schema_of(path, subschema))
            own = Layout(each for each in known.values() if each.path not in (kind.known or ()))
            tree: dict[str, Any] = {}
            put(tree, path, value)
            values = collect(tree, own)
            yield from zip(own.attributes, map(plain, values), strict=True)
        for found, scalar in scalars_within(value, path, known):
            if (scalar := plain(scalar)) is not None:
                yield unknown_attribute(found), scalar

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        return list(scalars_beyond(known, self._model.instance.get("meta"), "meta"))

    def table(self, name: str) -> Any:
        return table_of_datamodel(self._model, name)


def _schema_of(path: str, subschema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that has nothing but what is at a path."""
    schema = dict(subschema)
    for name in reversed(path.split(".")):
        schema = {"type": "object", "properties": {name: schema}}
    return schema
