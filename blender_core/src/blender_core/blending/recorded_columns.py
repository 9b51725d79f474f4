"""What the inputs of a product had, for a plan and its rules, as its table has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.cached import cached_property
from blender_core.inputs.column import Column, Repeated, part_of
from blender_core.inputs.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.blending.expand import RecordedProduct
    from blender_core.plan.planner import Kind
    from blender_core.schema.layout import Layout


class RecordedColumns(Columns):
    """The columns of a product's table, in place of those that a blend gathers from its inputs.

    `kinds` are the kinds of the inputs, by their classes.
    """

    def __init__(self, product: RecordedProduct, kinds: Mapping[type | str, Kind]) -> None:
        super().__init__()
        self._product = product
        self._kinds = kinds
        self.unknown |= dict.fromkeys(
            path for kind in kinds.values() for path in kind.layout.unknown
        )
        self._nothing = Column([Repeated(len(self), None)])

    def __len__(self) -> int:
        return len(self._product.table)

    def combinations(self, layout: Layout, paths: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Give what the inputs of a kind have of a few attributes, some of it repeatedly."""
        values = self._product.values(layout)
        chosen = [values.get(path, self._nothing) for path in paths]
        (number,) = (n for n, kind in enumerate(self._kinds.values()) if kind.layout is layout)
        columns = [self._numbers_of_kinds, *chosen]
        if all(len(column.parts) == 1 for column in columns):
            columns = [column[:1] for column in columns]
        for row_number, *row in zip(*columns, strict=True):
            if row_number == number:
                yield tuple(row)

    def by_attribute(
        self, paths: Iterable[str] | None = None
    ) -> dict[str, Column | tuple[Any, ...]]:
        """Return the values of each attribute that is wanted from every input, or of a few."""
        layouts = [kind.layout for kind in self._kinds.values()]
        if len(layouts) > 1:
            wanted = dict.fromkeys(path for layout in layouts for path in layout.paths)
            chosen = wanted if paths is None else [path for path in paths if path in wanted]
            return {path: self._of_several_kinds(path) for path in chosen}
        values = self._product.values(layouts[0])
        return {path: values[path] for path in paths or values if path in values}

    @cached_property
    def _numbers_of_kinds(self) -> Column:
        """Of which kind each input is, by the numbers of these."""
        if len(self._kinds) == 1:
            return Column([Repeated(len(self), 0)])
        numbers = {model_type: number for number, model_type in enumerate(self._kinds)}
        return Column([part_of([numbers[self._product.model_type(i)] for i in range(len(self))])])

    def _of_several_kinds(self, path: str) -> Column:
        values = [
            self._product.values(kind.layout).get(path, self._nothing)
            for kind in self._kinds.values()
        ]
        rows = zip(self._numbers_of_kinds, *values, strict=True)
        return Column([part_of([row[number] for number, *row in rows])])
