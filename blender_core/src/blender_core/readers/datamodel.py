"""Read a datamodel in memory, without changing it and without asking for its arrays.

A datamodel creates the groups of its schema when they are looked at, so values are taken from
the tree that it holds, its ``instance``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import is_plain, plain
from blender_core.common.wording import preview
from blender_core.errors import NotADatamodelError
from blender_core.plugins.source import Source
from blender_core.readers.product_table import table_of_datamodel
from blender_core.schema.tree import collect, scalars_beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from blender_core.schema.layout import Layout

__all__ = ["DatamodelReader"]


class DatamodelReader(Source):
    """The metadata of one datamodel, which stays as it is."""

    def __init__(self, model: Any, label: str) -> None:
        from stdatamodels import DataModel

        if not isinstance(model, DataModel):
            kind = type(model).__name__
            msg = f"{label} is neither a datamodel nor a file, but {kind}: {preview(model)}"
            raise NotADatamodelError(msg)
        self._model = model
        self.what = label

    @property
    def model_type(self) -> type:
        return type(self._model)

    @property
    def schema(self) -> Mapping[str, Any]:
        return self._model.schema  # type: ignore[no-any-return]

    def read(self, layout: Layout) -> list[Any]:
        values = collect(self._model.instance, layout)
        return values if is_plain(values) else [plain(value) for value in values]

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        return list(scalars_beyond(known, self._model.instance.get("meta"), "meta"))

    def hdrtab(self) -> Any:
        return table_of_datamodel(self._model)
