"""HDRTAB as a table of astropy's, whose columns are found by their attributes, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astropy.table import Table

from blender_core.schema.by_attribute import ByAttribute

if TYPE_CHECKING:
    from collections.abc import Sequence


class AttributeTable(Table):  # type: ignore[misc]  # astropy has no types
    """A table of which a column is found by its name, or by its attribute's path or keyword."""

    def __getitem__(self, item: Any) -> Any:
        """Return columns or rows, as a table of astropy's does."""
        if isinstance(item, str):
            item = self._name(item)
        elif isinstance(item, (list, tuple)) and any(isinstance(each, str) for each in item):
            item = self._names(item)
        return super().__getitem__(item)

    def _names(self, items: Sequence[Any]) -> list[Any]:
        return [self._name(each) if isinstance(each, str) else each for each in items]

    def _name(self, name: str) -> str:
        """Return the name of the column that is meant."""
        if name in self.columns:
            return name
        names: dict[str, str] = {}
        keywords: dict[str, str | None] = {}
        for column in self.columns.values():
            # A part of the table, and a copy of it, have columns with the same.
            meta = column.info.meta or {}
            path = meta.get("attribute", column.info.name)
            names[path] = column.info.name
            keywords[path] = meta.get("keyword", column.info.name)
        return ByAttribute(names, keywords, noun="column")[name]
