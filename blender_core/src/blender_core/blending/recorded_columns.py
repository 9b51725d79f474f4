"""What the inputs of a product had, for a plan and its rules, as its table has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from blender_core.inputs.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.blending.expand import RecordedProduct
    from blender_core.plan.planner import Kind
    from blender_core.schema.layout import Layout

__all__ = ["RecordedColumns"]


class RecordedColumns(Columns):
    """The columns of a product's table, in place of those that a blend gathers from its inputs.

    `kinds` are the kinds of the inputs, by their classes.
    """

    def __init__(self, product: RecordedProduct, kinds: Mapping[type | str, Kind]) -> None:
        super().__init__()
        self._product = product
        self._kinds = kinds
        self.unknown.update(
            (attribute.path, None)
            for kind in kinds.values()
            for attribute in kind.layout.attributes
            if not attribute.known
        )

    def __len__(self) -> int:
        return len(self._product.table)

    def values_of(self, layout: Layout, paths: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Give what the inputs of a kind have of a few attributes."""
        values = self._product.values(layout)
        nothing = [None] * len(self)
        if not paths:
            return iter([()] * len(self))
        rows = zip(*(values.get(path, nothing) for path in paths), strict=True)
        if len(self._kinds) == 1:
            return rows
        layouts = (self._kinds[each].layout for each in self._model_types())
        return (row for of, row in zip(layouts, rows, strict=True) if of is layout)

    def by_attribute(self) -> Mapping[str, Sequence[Any]]:  # type: ignore[override]
        """Return the values of each attribute that is wanted from every input."""
        if len(self._kinds) == 1:
            (kind,) = self._kinds.values()
            return self._product.values(kind.layout)
        return _OfSeveralKinds(self)

    def _model_types(self) -> Iterator[type | str]:
        return map(self._product.model_type, range(len(self)))

    def of_several(self, path: str) -> list[Any]:
        """Return what inputs of several kinds have of an attribute."""
        nothing = [None] * len(self)
        values = {
            model_type: self._product.values(kind.layout).get(path, nothing)
            for model_type, kind in self._kinds.items()
        }
        rows = zip(self._model_types(), *values.values(), strict=True)
        places = {model_type: place for place, model_type in enumerate(values)}
        return [row[places[model_type]] for model_type, *row in rows]

    @property
    def paths(self) -> dict[str, None]:
        """The dotted paths of what is wanted from inputs of any kind."""
        layouts = (kind.layout for kind in self._kinds.values())
        return dict.fromkeys(path for layout in layouts for path in layout.paths)


class _OfSeveralKinds(Mapping[str, "Sequence[Any]"]):
    """The values of each attribute, put together when they are asked for."""

    def __init__(self, columns: RecordedColumns) -> None:
        self._columns, self._paths = columns, columns.paths

    def __getitem__(self, path: str) -> Sequence[Any]:
        self._paths[path]
        return self._columns.of_several(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
