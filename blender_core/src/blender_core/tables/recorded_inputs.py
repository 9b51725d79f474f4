"""HDRTAB → what the inputs of a product said, attribute by attribute."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from blender_core.common.attribute_paths import specificity
from blender_core.errors import ExpansionError
from blender_core.plan.columns import numbered
from blender_core.schema.attributes import PYTHON_TYPES, Attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.tables.hdrtab_cells import Hdrtab

__all__ = ["RecordedColumn", "recorded_inputs"]


@dataclass(frozen=True, slots=True)
class RecordedColumn:
    """What a column of HDRTAB tells.

    Parameters
    ----------
    name : str
        Name of the column.
    attribute : Attribute
        Whose values they are; one of the column's own name, if that is not known.
    values : list, shape (n_inputs,)
        What the inputs said; None where an input said nothing.
    """

    name: str
    attribute: Attribute
    values: list[Any]

    def is_meant(self, text: str) -> bool:
        """Tell whether a text means the column."""
        if fnmatch.fnmatchcase(self.name.casefold(), text.casefold()):
            return True
        return specificity(text, self.attribute.path, self.attribute.keyword) is not None


def recorded_inputs(
    table: Hdrtab, attributes: Mapping[str, Attribute], named: Mapping[str, str]
) -> list[RecordedColumn]:
    """Return what the inputs of a product said."""
    owners = _owners(attributes, named)
    return [_column(table, name, owners.get(name.casefold())) for name in table.names]


def _owners(attributes: Mapping[str, Attribute], named: Mapping[str, str]) -> dict[str, Attribute]:
    """Return whose columns they are, by their names in lower case."""
    owners = {
        column.casefold(): attributes.get(path) or Attribute(path) for path, column in named.items()
    }
    recorded = [one for one in attributes.values() if one.recorded]
    for path, column in numbered((one, None) for one in recorded).items():
        owners.setdefault(column.casefold(), attributes[path])
    # Overrides can have others recorded.
    for path, one in attributes.items():
        owners.setdefault((one.keyword or path).casefold(), one)
    return owners


def _column(table: Hdrtab, name: str, attribute: Attribute | None) -> RecordedColumn:
    attribute = attribute or Attribute(name, known=False)
    try:
        values = table.values(name, attribute)
    except ExpansionError:
        attribute = replace(attribute, type=None)
        values = table.values(name, attribute)
    kinds = PYTHON_TYPES.get(attribute.type or "")
    if kinds and not (kinds | {type(None)}).issuperset(map(type, values)):
        attribute = replace(attribute, type=None)
    return RecordedColumn(name, attribute, values)
