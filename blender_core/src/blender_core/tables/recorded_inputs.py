"""HDRTAB → what the inputs of a product had, as plain values.

HDRTAB is of this package, or of jwst, whose tables have other ways to say that a value is missing.
Its bytes are looked at as they are: astropy takes a logical null for False, and leaves what it has
made of a column in the table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.attribute_paths import specificity
from blender_core.common.caught_warnings import kept_apart
from blender_core.common.patterns import matches_name
from blender_core.common.wording import preview
from blender_core.errors import ExpansionError
from blender_core.formats.fits.scan import BadFitsError
from blender_core.formats.fits.stored_table import StoredTable
from blender_core.plan.columns import numbered
from blender_core.schema.attributes import Attribute
from blender_core.tables.cell_form import CellForm
from blender_core.tables.hdrtab import LEAST_INTEGER
from blender_core.tables.recorded_values import RecordedValues
from blender_core.tables.stored_cells import StoredCells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.io.fits import Column

_LOGICAL: Final = frozenset({0, ord("F"), ord("T")})
_OF_INTEGERS: Final = ("B", "I", "J", "K")
_NAN_WIDTH: Final = 32
"""The least width of a column of jwst that has the text ``nan`` where a value is missing."""


@dataclass(frozen=True, slots=True)
class RecordedColumn:
    """What the inputs had of an attribute, None where an input had nothing.

    Where nothing tells whose column it is, the attribute has the column's own name.
    """

    name: str
    attribute: Attribute
    values: RecordedValues

    def is_meant(self, text: str) -> bool:
        """Tell whether a text means the column."""
        if matches_name(text, self.name):
            return True
        return specificity(text, self.attribute.path, self.attribute.keyword) is not None


def recorded_inputs(
    table: Hdrtab, attributes: Mapping[str, Attribute], columns: Mapping[str, str]
) -> list[RecordedColumn]:
    """Return what the inputs of a product had, whose HDRRULES may name columns of attributes."""
    owners = _owners(attributes, columns)
    return [_recorded_column(table, name, owners.get(name.casefold())) for name in table.names]


def _owners(
    attributes: Mapping[str, Attribute], columns: Mapping[str, str]
) -> dict[str, Attribute]:
    """Return whose columns they are, by their names in lower case."""
    owners = {
        column.casefold(): attributes.get(path) or Attribute(path)
        for path, column in columns.items()
    }
    recorded = [attribute for attribute in attributes.values() if attribute.recorded]
    for path, column in numbered((attribute, None) for attribute in recorded).items():
        owners.setdefault(column.casefold(), attributes[path])
    # Overrides can have others recorded.
    for path, attribute in attributes.items():
        owners.setdefault((attribute.keyword or path).casefold(), attribute)
    return owners


def _recorded_column(table: Hdrtab, name: str, attribute: Attribute | None) -> RecordedColumn:
    attribute = attribute or Attribute(name, known=False)
    untyped = replace(attribute, type=None)
    values = table.column(name, attribute)
    try:
        is_of_type = values.require_type()
    except ExpansionError:
        values = table.column(name, untyped)
        values.require_type()
        is_of_type = False
    return RecordedColumn(name, attribute if is_of_type else untyped, values)


class Hdrtab:
    """The table of the exposures that a product was made of, which is not changed.

    Of a FITS table, nulls and units are known. HDRRULES has cells of the same kinds. What varies in
    a table in a file is read at once, as far as there is room for it.
    """

    @kept_apart()
    def __init__(self, table: Any, label: str, name: str = "HDRTAB") -> None:
        from astropy.io.fits import FITS_rec

        self._label = f"the {name} of {label}"
        raw = table if isinstance(table, StoredTable) else np.asarray(table)
        names = raw.dtype.names
        if not names or (not isinstance(raw, StoredTable) and raw.ndim != 1):
            msg = f"{self._label} is not a table, but {preview(table)}"
            raise ExpansionError(msg)
        if not len(raw):
            msg = f"{self._label} has no rows, so nothing tells what the product was made of"
            raise ExpansionError(msg)
        self._names: dict[str, str] = {}
        for column in names:
            if column.casefold() in self._names:
                msg = f"{self._label} has the column {column!r} twice"
                raise ExpansionError(msg, column=column)
            self._names[column.casefold()] = column
        definitions: Any = ()
        if isinstance(table, StoredTable):
            definitions = table.definitions
        elif isinstance(table, FITS_rec):
            definitions = table.columns
        self._definitions: dict[str, Column] = {column.name: column for column in definitions}
        self._is_of_jwst = self._find_out_whether_of_jwst()
        self._n_rows = len(raw)
        try:
            self._cells = StoredCells(raw)
        except (BadFitsError, OSError, EOFError) as error:
            msg = f"{self._label} cannot be read: {error}"
            raise ExpansionError(msg) from error

    def _find_out_whether_of_jwst(self) -> bool | None:
        """Tell whose table it is; None if that cannot be known."""
        definitions = self._definitions.values()
        # Tables of jwst have neither nulls nor units; ours have a null for all integers.
        if any(column.null is not None or column.unit for column in definitions):
            return False
        if any(column.format.format in _OF_INTEGERS for column in definitions):
            return True
        return None

    def __len__(self) -> int:
        return self._n_rows

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(self._names.values())

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._names

    def column(self, name: str, attribute: Attribute) -> RecordedValues:
        """Return the values of a column, which are of the type that the schema asks for.

        If they cannot be, it is an `ExpansionError` when they are asked for.
        """
        name = self._names[name.casefold()]
        form = self._form(name, attribute.type)
        failure = partial(_failure, self._label, name, attribute)
        return RecordedValues(self._cells, name, self._n_rows, form, failure)

    def values(self, name: str, attribute: Attribute) -> list[Any]:
        """Return the values of a column, all of them at once."""
        return list(self.column(name, attribute))

    def _form(self, name: str, schema_type: str | None) -> CellForm:
        dtype, definition = self._cells.dtype[name], self._definitions.get(name)
        kind = None if dtype.shape else dtype.kind
        missing: set[str] = set()
        if kind in ("S", "U"):
            width = dtype.itemsize if kind == "S" else dtype.itemsize // 4
            # In tables of jwst all are present but "nan", in ours all but those without a blank.
            missing = set() if self._is_of_jwst else {""}
            if width >= _NAN_WIDTH and self._is_of_jwst is not False:
                missing.add("nan")
        scale, zero = (getattr(definition, name, None) for name in ("bscale", "bzero"))
        return CellForm(
            kind=kind,
            dtype=dtype,
            is_logical=kind in ("i", "u") and _is_logical(self._cells, name, definition),
            # Where TNULL got lost, it was this one: files hold it for no other purpose.
            null=LEAST_INTEGER if definition is None else definition.null,
            # Astropy has the empty text for what is not there.
            scale=1 if scale in (None, "") else scale,
            zero=0 if zero in (None, "") else zero,
            missing=frozenset(missing),
            schema_type=schema_type,
        )


def _failure(label: str, name: str, attribute: Attribute, error: ValueError) -> ExpansionError:
    msg = (
        f"column {name!r} of {label} cannot be what {attribute.label} was, which is of type "
        f"{attribute.type or 'any'} in the schema: {error}"
    )
    return ExpansionError(msg, column=name, attribute=attribute.path, keyword=attribute.keyword)


def _is_logical(cells: StoredCells, name: str, definition: Column | None) -> bool:
    if definition is not None:
        return bool(definition.format.format == "L")
    # Both this package and jwst have all their integers in other types.
    if cells.dtype[name] != np.int8:
        return False
    distinct = set(np.unique(cells.of(name)).tolist())
    return distinct <= _LOGICAL and distinct != {0}
