"""Take a product for the exposures that it was made of, as far as its HDRTAB tells.

What an exposure said of an attribute is in the table's column. No column of an attribute that is
recorded means that no exposure had it. Of what is not recorded, only the product's own value is
known, which is the first exposure's where nobody has asked for a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.cached import cached_property
from blender_core.inputs.column import Column, Repeated
from blender_core.plugins.source import name_of
from blender_core.readers.model_files import class_named
from blender_core.readers.reader import Reader
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.model_class import described
from blender_core.tables.hdrrules import recorded_rules
from blender_core.tables.recorded_inputs import Hdrtab

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_BLOCK: Final = 1024
"""How many rows are made at a time: exposures are gone through in order."""
_MODEL_TYPE = Attribute("meta.model_type", type="string", keyword="DATAMODL", recorded=True)


def expanded(source: Reader) -> Sequence[Reader]:
    """Return the exposures that an input was made of."""
    table = source.hdrtab()
    if table is None:
        return [source]
    hdrrules = source.hdrrules()
    columns = {} if hdrrules is None else recorded_rules(hdrrules, source.what).columns
    return Exposures(RecordedProduct(source, Hdrtab(table, source.what), columns))


class RecordedProduct:
    """A product, the values that its table tells, and its own.

    ``column_names`` has the columns of attributes, by dotted path, as far as the product tells.
    """

    def __init__(self, source: Reader, table: Hdrtab, column_names: Mapping[str, str]) -> None:
        self.source = source
        self.table = table
        self.own: dict[Layout, dict[str, Any]] = {}
        """What the product has of what its table does not tell, by dotted path."""
        self.beyond: dict[type | str, tuple[str, ...]] = {}
        """The paths of what exposures of a class may have that its schema does not know."""
        self._column_names = column_names
        self._classes: dict[Any, type | str] = {}
        self._columns: dict[Layout, dict[str, str]] = {}
        self._values: dict[Layout, dict[str, Column]] = {}
        self._block: tuple[Layout | None, int, list[list[Any]]] = (None, 0, [])
        """The rows that were asked for last: their layout, the first one's number, their values."""
        column = self.columns(Layout([_MODEL_TYPE])).get(_MODEL_TYPE.path)
        self.model_types: Sequence[Any] = _repeated(None, len(table))
        if column:
            self.model_types = table.column(column, _MODEL_TYPE)

    def model_type(self, row: int) -> type | str:
        """Return the class of datamodel that an exposure was."""
        name = self.model_types[row]
        if name not in self._classes:
            own = self.source.model_type
            # What a plugin has a product of may call its files like a datamodel, which they are
            # not.
            is_own = name is None or isinstance(own, str) or name == name_of(own)
            what = f"{self.source.what}, row {row + 1} of its HDRTAB"
            self._classes[name] = own if is_own else class_named(name, what, _MODEL_TYPE.label)
        return self._classes[name]

    @cached_property
    def attributes(self) -> Collection[str]:
        """Dotted paths of what the product's own schema has."""
        return read_attributes(self.source.schema)

    @cached_property
    def paths(self) -> Sequence[str]:
        """Dotted paths of which there are columns, as far as these tell."""
        named = (
            name for name in self.table.names if name.startswith("meta.") and all(name.split("."))
        )
        return [*dict.fromkeys([*named, *self._column_names])]

    def row(self, layout: Layout, row: int) -> list[Any]:
        """Return the wanted values of one exposure, of which the next one's are at hand, too."""
        of, start, rows = self._block
        if of is not layout or not start <= row < start + len(rows):
            start = row - row % _BLOCK
            numbers = slice(start, start + _BLOCK)
            columns = [column[numbers] for column in self.values(layout).values()]
            n_rows = min(_BLOCK, len(self.table) - start)
            rows = list(map(list, zip(*columns, strict=True))) or [[] for _ in range(n_rows)]
            self._block = layout, start, rows
        return rows[row - start]

    def values(self, layout: Layout) -> Mapping[str, Column]:
        """Return what all exposures had of what is wanted, by dotted path."""
        if layout not in self._values:
            columns = self.columns(layout)
            unrecorded = (each for each in layout.attributes if not _is_recorded(each, layout))
            self.own[layout] = own = self._own_values(layout, unrecorded)
            n_rows = len(self.table)
            self._values[layout] = {
                attribute.path: self.table.column(columns[attribute.path], attribute)
                if attribute.path in columns
                else _only_first(own.get(attribute.path), n_rows)
                for attribute in layout.attributes
            }
        return self._values[layout]

    def without_column(self, layout: Layout, paths: Collection[str]) -> dict[str, Any]:
        """Return what the product has of attributes of which there ought to be a column."""
        if layout not in self._values:
            return {}
        recorded = (
            each for each in layout.attributes if each.path in paths and _is_recorded(each, layout)
        )
        own = self._own_values(layout, recorded)
        return {path: value for path, value in own.items() if value is not None}

    def columns(self, layout: Layout) -> dict[str, str]:
        """Return the columns of the table that have wanted attributes, by dotted path."""
        if layout in self._columns:
            return self._columns[layout]
        planned = layout.columns or {}
        taken = {name.casefold() for name in planned.values()}
        columns: dict[str, str] = {}
        for attribute in layout.attributes:
            path = attribute.path
            sure = [self._column_names.get(path), planned.get(path)]
            for name in filter(None, [*sure, attribute.keyword, path]):
                # Two attributes can have one keyword, of which one only has the column.
                if name in self.table and (name in sure or name.casefold() not in taken):
                    columns[path] = name
                    taken.add(name.casefold())
                    break
        self._columns[layout] = columns
        return columns

    def _own_values(self, layout: Layout, attributes: Iterable[Attribute]) -> dict[str, Any]:
        """Return what the product itself has of those attributes that have no column."""
        columns = self.columns(layout)
        paths = tuple(each.path for each in attributes if each.path not in columns)
        if not paths:
            return {}
        part = layout.part(paths)
        return dict(zip(part.paths, self.source.read(part), strict=True))


class Exposures(Sequence["Exposure"]):
    """The exposures that a product was made of, each made when it is asked for."""

    def __init__(self, product: RecordedProduct) -> None:
        self._product = product

    def __len__(self) -> int:
        return len(self._product.table)

    def __getitem__(self, index: Any) -> Any:
        rows = range(len(self))[index]
        if isinstance(rows, range):
            return [Exposure(self._product, row) for row in rows]
        return Exposure(self._product, rows)


class Exposure(Reader):
    """One of the exposures that a product was made of: a row of its table, counted from 0."""

    def __init__(self, product: RecordedProduct, row: int) -> None:
        self.product = product
        self._row = row

    @property
    def what(self) -> str:  # type: ignore[override]
        """What it is to the blend, for messages."""
        return f"{self.product.source.what}, row {self._row + 1} of its HDRTAB"

    @cached_property
    def model_type(self) -> type | str:
        """The class of datamodel that the exposure was, which may be another than the product's."""
        return self.product.model_type(self._row)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of that class."""
        model_type = self.model_type
        if isinstance(model_type, str) or model_type is self.product.source.model_type:
            return self.product.source.schema
        return described(model_type).schema

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, None where the exposure had none."""
        return self.product.row(layout, self._row)

    @property
    def schema_content(self) -> bytes:  # type: ignore[override]
        """What tells its schema from others of its model type."""
        source = self.product.source
        return source.schema_content if self.model_type is source.model_type else b""

    @property
    def beyond(self) -> tuple[str, ...]:
        """The paths of what it may have that its schema does not know."""
        known = self.product.beyond
        if self.model_type not in known:
            known[self.model_type] = tuple(self.paths_beyond(read_attributes(self.schema)))
        return known[self.model_type]

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of the product's scalars, and of columns, that neither schema has."""
        if self.model_type is not self.product.source.model_type:
            known = {*known, *self.product.attributes}
        paths = self.product.source.paths_beyond(known)
        # What some exposures had, but not the first, the product may not have itself.
        columns = [path for path in self.product.paths if not _is_known(path, known)]
        return [*dict.fromkeys([*paths, *columns])]


def _repeated(value: Any, n_rows: int) -> Column:
    return Column([Repeated(n_rows, value)] if n_rows else ())


def _only_first(value: Any, n_rows: int) -> Column:
    """Return the values of what is known of the first exposure only."""
    if value is None or n_rows == 1:
        return _repeated(value, n_rows)
    return Column([Repeated(1, value), Repeated(n_rows - 1, None)])


def _is_known(path: str, known: Collection[str]) -> bool:
    """Tell whether a schema has an attribute, or the group that it is in as one."""
    while path and path not in known:
        path = path.rpartition(".")[0]
    return bool(path)


def _is_recorded(attribute: Attribute, layout: Layout) -> bool:
    return attribute.recorded and (layout.columns is None or attribute.path in layout.columns)
