"""Take a product for the exposures that it was made of, as far as its HDRTAB tells.

What an exposure said of an attribute is in the table's column. No column of an attribute that is
recorded means that no exposure had it. Of what is not recorded, only the product's own value is
known, which is the first exposure's where nobody has asked for a rule.
"""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from blender_core.common.wording import preview
from blender_core.errors import ExpansionError, warn
from blender_core.plan.claims import DEFAULT_RULE
from blender_core.plan.selection import AS_THEY_ARE
from blender_core.plugins.source import name_of
from blender_core.readers.model_files import class_named
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.model_class import described
from blender_core.tables.recorded_inputs import Hdrtab

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blender_core.plan.plan import BlendPlan
    from blender_core.plan.planner import Kind
    from blender_core.plugins.source import Expandable, Source

__all__ = ["Exposure", "RecordedProduct", "expanded", "exposures_of", "require_recorded"]

_MODEL_TYPE = Attribute("meta.model_type", type="string", keyword="DATAMODL", recorded=True)


def expanded(source: Expandable) -> Sequence[Source]:
    """Return the exposures that an input was made of."""
    table = source.hdrtab()
    if table is None:
        return [source]
    return exposures_of(source, Hdrtab(table, source.what))


def exposures_of(
    source: Source, table: Hdrtab, named: Mapping[str, str] = MappingProxyType({})
) -> list[Exposure]:
    """Return the exposures that a product was made of."""
    product = RecordedProduct(source, table, named)
    return [Exposure(product, row) for row in range(len(table))]


def require_recorded(exposures: Sequence[Source], kinds: Iterable[Kind]) -> None:
    """Refuse a product whose HDRTAB lacks what the blend cannot do without."""
    first = exposures[0]
    if not isinstance(first, Exposure):
        return
    product = first.product
    lost: dict[str, str] = {}
    alone: dict[str, str] = {}
    for kind in kinds:
        purposes = _purposes(kind.plan)
        for path, value in product.own.get(kind.layout, {}).items():
            if value is not None and path in purposes:
                lost[path] = f"\n- {kind.attributes[path].label}: {purposes[path]}"
        for path, value in product.without_column(kind.layout, purposes).items():
            alone[path] = f"\n- {kind.attributes[path].label}, which is {preview(value)}"
    if lost:
        msg = (
            f"{product.source.what} cannot be expanded, because its HDRTAB does not tell what each "
            f"exposure had of{''.join(lost.values())}\nBlend the exposures themselves, or make "
            "such products with Override(record=True) for these attributes."
        )
        raise ExpansionError(msg, attribute=next(iter(lost)))
    if alone:
        msg = (
            f"{product.source.what} has values of which its HDRTAB has no column, so that no "
            f"exposure is taken to have had any:{''.join(alone.values())}\nIf the product was made "
            "with overrides, blend it with the same: they tell which columns there are."
        )
        warn(msg)


class RecordedProduct:
    """A product, the values that its table tells, and its own.

    Parameters
    ----------
    source : Source
        The product.
    table : Hdrtab
        Its table.
    named : mapping of str to str
        The columns of attributes, by dotted path, as far as the product tells them.
    """

    def __init__(self, source: Source, table: Hdrtab, named: Mapping[str, str]) -> None:
        self.source = source
        self.table = table
        self._named = named
        self.own: dict[Layout, dict[str, Any]] = {}
        """What the product has of what its table does not tell, by dotted path."""
        self._read: dict[Layout, list[list[Any]]] = {}
        self._found: dict[Layout, dict[str, str]] = {}
        column = self.columns(Layout([_MODEL_TYPE])).get(_MODEL_TYPE.path)
        self.model_types = table.values(column, _MODEL_TYPE) if column else [None] * len(table)

    @functools.cached_property
    def attributes(self) -> Collection[str]:
        """Dotted paths of what the product's own schema has."""
        return read_attributes(self.source.schema)

    def rows(self, layout: Layout) -> list[list[Any]]:
        """Return the wanted values of all exposures."""
        if layout not in self._read:
            number = len(self.table)
            columns, own = self.columns(layout), self._own(layout)
            read = [
                self.table.values(columns[attribute.path], attribute)
                if attribute.path in columns
                else [own.get(attribute.path), *[None] * (number - 1)]
                for attribute in layout.attributes
            ]
            self._read[layout] = list(map(list, zip(*read, strict=True))) or [[]] * number
        return self._read[layout]

    def without_column(self, layout: Layout, paths: Collection[str]) -> dict[str, Any]:
        """Return what the product has of attributes of which there ought to be a column."""
        if layout not in self._read:
            return {}
        columns = self.columns(layout)
        wanted = tuple(
            one.path
            for one in layout.attributes
            if one.path in paths and one.path not in columns and _is_recorded(one, layout)
        )
        if not wanted:
            return {}
        part = layout.part(wanted)
        found = zip(part.paths, self.source.read(part), strict=True)
        return {path: value for path, value in found if value is not None}

    def columns(self, layout: Layout) -> dict[str, str]:
        """Return the columns of the table that have wanted attributes, by dotted path."""
        if layout in self._found:
            return self._found[layout]
        asked = layout.columns or {}
        others = {name.casefold() for name in asked.values()}
        found: dict[str, str] = {}
        for attribute in layout.attributes:
            path = attribute.path
            sure = [self._named.get(path), asked.get(path)]
            for name in filter(None, [*sure, attribute.keyword, path]):
                # Two attributes can have one keyword, of which one only has the column.
                if name in self.table and (name in sure or name.casefold() not in others):
                    found[path] = name
                    others.add(name.casefold())
                    break
        self._found[layout] = found
        return found

    def _own(self, layout: Layout) -> dict[str, Any]:
        """Return what the product has of the wanted attributes that its table does not tell."""
        columns = self.columns(layout)
        untold = tuple(
            one.path
            for one in layout.attributes
            if one.path not in columns and not _is_recorded(one, layout)
        )
        if not untold:
            return {}
        part = layout.part(untold)
        own = dict(zip(part.paths, self.source.read(part), strict=True))
        self.own[layout] = own
        return own


class Exposure:
    """One of the exposures that a product was made of.

    Parameters
    ----------
    product : RecordedProduct
        The product.
    row : int
        Its row in the table, counted from 0.
    """

    def __init__(self, product: RecordedProduct, row: int) -> None:
        self.product = product
        self._row = row
        self.what = f"{product.source.what}, row {row + 1} of its HDRTAB"

    @functools.cached_property
    def model_type(self) -> type | str:
        """The class of datamodel that the exposure was, which may be another than the product's."""
        name = self.product.model_types[self._row]
        own = self.product.source.model_type
        if name is None or name == name_of(own):
            return own
        return class_named(name, self.what, _MODEL_TYPE.label)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of that class."""
        model_type = self.model_type
        if isinstance(model_type, str) or model_type is self.product.source.model_type:
            return self.product.source.schema
        return described(model_type).schema

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, None where the exposure had none."""
        return self.product.rows(layout)[self._row]

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of the product's scalars that neither schema has."""
        if self.model_type is not self.product.source.model_type:
            known = {*known, *self.product.attributes}
        return self.product.source.paths_beyond(known)


def _is_recorded(attribute: Attribute, layout: Layout) -> bool:
    return attribute.recorded and (layout.columns is None or attribute.path in layout.columns)


def _purposes(plan: BlendPlan) -> dict[str, str]:
    """Return what more than the first exposure's value is wanted for, by dotted path."""
    helping: dict[str, str] = {}
    asked: dict[str, str] = {}
    for path, one in plan.items():
        as_it_is = one.selection is AS_THEY_ARE
        if one.rule is None or (as_it_is and one.rule.name == DEFAULT_RULE):
            continue
        asked[path] = f"its rule is {one.choice.label}, as {one.source} asks"
        for needed in () if as_it_is else one.selection.needs:
            helping.setdefault(needed, f"{one.attribute.label} is blended with its help")
    return asked | helping
