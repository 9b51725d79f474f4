"""HDRTAB → what the inputs of a product had, as plain values.

HDRTAB is of this package, or of jwst, whose tables have other ways to say that a value is missing.
Its bytes are looked at as they are: astropy takes a logical null for False, and leaves what it has
made of a column in the table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.attribute_paths import specificity
from blender_core.common.caught_warnings import kept_apart
from blender_core.common.patterns import matches_name
from blender_core.common.wording import preview
from blender_core.errors import ExpansionError
from blender_core.plan.columns import numbered
from blender_core.schema.attributes import PYTHON_TYPES, Attribute
from blender_core.schema.conversion import to_schema_type
from blender_core.tables.hdrtab import LEAST_INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from astropy.io.fits import Column
    from numpy.typing import NDArray

__all__ = ["Hdrtab", "RecordedColumn", "recorded_inputs"]

_LOGICAL: Final = {0: None, ord("F"): False, ord("T"): True}
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
    values: list[Any]

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
    try:
        values = table.values(name, attribute)
    except ExpansionError:
        return RecordedColumn(name, untyped, table.values(name, untyped))
    return RecordedColumn(
        name, attribute if _are_of_type(values, attribute.type) else untyped, values
    )


class Hdrtab:
    """The table of the exposures that a product was made of, which is not changed.

    Of a FITS_rec, nulls and units are known. HDRRULES has cells of the same kinds.
    """

    @kept_apart()
    def __init__(self, table: Any, label: str, name: str = "HDRTAB") -> None:
        from astropy.io.fits import FITS_rec

        self._label = f"the {name} of {label}"
        self._raw: NDArray[Any] = np.asarray(table)
        names = self._raw.dtype.names
        if not names or self._raw.ndim != 1:
            msg = f"{self._label} is not a table, but {preview(table)}"
            raise ExpansionError(msg)
        if not self._raw.size:
            msg = f"{self._label} has no rows, so nothing tells what the product was made of"
            raise ExpansionError(msg)
        self._names: dict[str, str] = {}
        for column in names:
            if column.casefold() in self._names:
                msg = f"{self._label} has the column {column!r} twice"
                raise ExpansionError(msg, column=column)
            self._names[column.casefold()] = column
        self._definitions: dict[str, Column] = {}
        if isinstance(table, FITS_rec):
            self._definitions = {column.name: column for column in table.columns}
        self._is_of_jwst = self._find_out_whether_of_jwst()

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
        return len(self._raw)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(self._names.values())

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._names

    def values(self, name: str, attribute: Attribute) -> list[Any]:
        """Return the values of a column, of the type that the schema asks for."""
        name = self._names[name.casefold()]
        try:
            return _typed(self._values(name), attribute.type)
        except ValueError as error:
            msg = (
                f"column {name!r} of {self._label} cannot be what {attribute.label} was, which is "
                f"of type {attribute.type or 'any'} in the schema: {error}"
            )
            raise ExpansionError(msg, column=name, attribute=attribute.path) from error

    def _values(self, name: str) -> list[Any]:
        """Return the values of a column, of the type that it has itself."""
        raw, definition = self._raw[name], self._definitions.get(name)
        kind = raw.dtype.kind if raw.ndim == 1 else None
        cells = raw.tolist()
        if kind == "S":
            return self._texts(map(_text, cells), raw.dtype.itemsize)
        if kind == "U":
            return self._texts(cells, raw.dtype.itemsize // 4)
        if kind == "f":
            return [None if math.isnan(cell) else cell for cell in _scaled(cells, definition)]
        if kind == "b":
            return cells  # type: ignore[no-any-return]
        if kind not in ("i", "u"):
            msg = f"it has cells of the type {self._raw.dtype[name]}"
            raise ValueError(msg)
        if _is_logical(raw, definition):
            return [_logical(cell) for cell in cells]
        # Where TNULL got lost, it was this one: files hold it for no other purpose.
        null = LEAST_INTEGER if definition is None else definition.null
        values = zip(cells, _scaled(cells, definition), strict=True)
        return [None if cell == null else value for cell, value in values]

    def _texts(self, texts: Iterable[str], width: int) -> list[str | None]:
        # In tables of jwst all are present but "nan", in ours all but those without a blank.
        missing = set() if self._is_of_jwst else {""}
        if width >= _NAN_WIDTH and self._is_of_jwst is not False:
            missing.add("nan")
        return [None if text in missing else text.rstrip(" ") for text in texts]


def _text(cell: bytes) -> str:
    # The FITS standard ends a text at the first zero byte.
    return cell.partition(b"\0")[0].decode("ascii")


def _logical(cell: int) -> bool | None:
    if cell not in _LOGICAL:
        msg = f"it has the byte {cell & 0xFF}, which is not a logical value"
        raise ValueError(msg)
    return _LOGICAL[cell]


def _is_logical(raw: NDArray[Any], definition: Column | None) -> bool:
    if definition is not None:
        return bool(definition.format.format == "L")
    # Both this package and jwst have all their integers in other types.
    distinct = set(raw.tolist())
    return raw.dtype == np.int8 and distinct <= _LOGICAL.keys() and distinct != {0}


def _scaled(cells: list[Any], definition: Column | None) -> list[Any]:
    scale, zero = (getattr(definition, name, None) for name in ("bscale", "bzero"))
    # Astropy has the empty text for what is not there.
    scale, zero = (1 if scale in (None, "") else scale), (0 if zero in (None, "") else zero)
    if not {type(scale), type(zero)} <= {int, float} or not scale:
        msg = f"it has {preview(scale)} for TSCAL and {preview(zero)} for TZERO"
        raise ValueError(msg)
    return cells if (scale, zero) == (1, 0) else [cell * scale + zero for cell in cells]


def _are_of_type(values: Iterable[Any], schema_type: str | None) -> bool:
    """Tell whether values are missing or of the type that the schema asks for, if any."""
    kinds = PYTHON_TYPES.get(schema_type or "")
    return kinds is None or (kinds | {NoneType}).issuperset(map(type, values))


def _typed(values: list[Any], schema_type: str | None) -> list[Any]:
    """Return values of the type that the schema asks for, which jwst has made floats of."""
    if schema_type is None or _are_of_type(values, schema_type):
        return values
    typed = []
    for row, value in enumerate(values, start=1):
        # Which text a number was made of, nobody knows.
        converted = None if schema_type == "string" else to_schema_type(value, schema_type)
        if converted is None and schema_type == "integer" and type(value) is float:
            converted = value  # what is no whole number has never been one
        if converted is None and value is not None:
            msg = f"it has {preview(value)} in row {row}"
            raise ValueError(msg)
        typed.append(converted)
    return typed
