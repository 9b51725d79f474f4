"""The cells of a product's HDRTAB as the plain values that its exposures had.

HDRTAB is of this package, or of jwst, whose tables have other ways to say that a value is missing.
Its bytes are looked at as they are: astropy takes a logical null for False, and leaves what it has
made of a column in the table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.wording import preview
from blender_core.errors import ExpansionError
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.tables.hdrtab import LEAST_INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from astropy.io.fits import Column
    from numpy.typing import NDArray

    from blender_core.schema.attributes import Attribute

__all__ = ["Hdrtab"]

_LOGICAL: Final = {0: None, ord("F"): False, ord("T"): True}
_OF_INTEGERS: Final = ("B", "I", "J", "K")
_NAN_WIDTH: Final = 32
"""The least width of a column of jwst that has the text ``nan`` where a value is missing."""


class Hdrtab:
    """The table of the exposures that a product was made of.

    Parameters
    ----------
    table : numpy.ndarray or astropy.io.fits.FITS_rec
        The table, which is not changed. Of a FITS_rec, nulls and units are known.
    what : str
        What the product is to the blend, for messages: ``input 3 (c_i2d.fits)``.
    name : str, optional
        What the table is called, for messages: HDRRULES has cells of the same kinds.
    """

    def __init__(self, table: Any, what: str, name: str = "HDRTAB") -> None:
        from astropy.io.fits import FITS_rec

        self._whose = f"the {name} of {what}"
        self._raw: NDArray[Any] = np.asarray(table)
        names = self._raw.dtype.names
        if not names or self._raw.ndim != 1:
            msg = f"{self._whose} is not a table, but {preview(table)}"
            raise ExpansionError(msg)
        if not self._raw.size:
            msg = f"{self._whose} has no rows, so nothing tells what the product was made of"
            raise ExpansionError(msg)
        self._names: dict[str, str] = {}
        for column in names:
            if column.casefold() in self._names:
                msg = f"{self._whose} has the column {column!r} twice"
                raise ExpansionError(msg, column=column)
            self._names[column.casefold()] = column
        self._definitions: dict[str, Column] = {}
        if isinstance(table, FITS_rec):
            self._definitions = {one.name: one for one in table.columns}
        self._is_of_jwst = self._find_out_whether_of_jwst()

    def _find_out_whether_of_jwst(self) -> bool | None:
        """Tell whose table it is; None if that cannot be known."""
        defined = self._definitions.values()
        # Tables of jwst have neither nulls nor units; ours have a null for all integers.
        if any(one.null is not None or one.unit for one in defined):
            return False
        if any(one.format.format in _OF_INTEGERS for one in defined):
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
        """Return the values of a column."""
        name = self._names[name.casefold()]
        try:
            return _of_type(self._values(name), attribute.type)
        except ValueError as error:
            msg = (
                f"column {name!r} of {self._whose} cannot be what {attribute.label} was, which is "
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
            return [None if math.isnan(one) else one for one in _scaled(cells, definition)]
        if kind == "b":
            return cells  # type: ignore[no-any-return]
        if kind not in ("i", "u"):
            msg = f"it has cells of the type {self._raw.dtype[name]}"
            raise ValueError(msg)
        if _is_logical(raw, definition):
            return [_logical(one) for one in cells]
        # Where TNULL got lost, it was this one: files hold it for no other purpose.
        null = LEAST_INTEGER if definition is None else definition.null
        values = _scaled(cells, definition)
        return [None if cell == null else one for cell, one in zip(cells, values, strict=True)]

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
        msg = f"it has the byte {cell}, which is not a logical value"
        raise ValueError(msg)
    return _LOGICAL[cell]


def _is_logical(raw: NDArray[Any], definition: Column | None) -> bool:
    if definition is not None:
        return bool(definition.format.format == "L")
    # Both this package and jwst have all their integers in other types.
    found = set(raw.tolist())
    return raw.dtype == np.int8 and found <= _LOGICAL.keys() and found != {0}


def _scaled(cells: list[Any], definition: Column | None) -> list[Any]:
    scale = getattr(definition, "bscale", None) or 1
    zero = getattr(definition, "bzero", None) or 0
    return cells if (scale, zero) == (1, 0) else [cell * scale + zero for cell in cells]


def _of_type(values: list[Any], wanted: str | None) -> list[Any]:
    """Return values of the type that the schema asks for, which jwst has made floats of."""
    kinds = PYTHON_TYPES.get(wanted or "", frozenset())
    if not kinds or (kinds | {type(None)}).issuperset(map(type, values)):
        return values
    converted = []
    for row, value in enumerate(values, start=1):
        if value is None or type(value) in kinds:
            converted.append(value)
        elif wanted == "boolean" and value in (0, 1):
            converted.append(bool(value))
        elif wanted == "integer" and type(value) is float:
            # What is no whole number has never been one.
            converted.append(int(value) if value.is_integer() else value)
        else:
            msg = f"it has {preview(value)} in row {row}"
            raise ValueError(msg)
    return converted
