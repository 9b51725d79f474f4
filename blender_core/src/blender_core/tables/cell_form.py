"""What the cells of a table stand for: bytes, numbers and texts of a column → plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.wording import preview
from blender_core.schema.attributes import PYTHON_TYPES
from blender_core.schema.conversion import to_schema_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_LOGICAL: Final = {0: None, ord("F"): False, ord("T"): True}
_BLANK: Final = ord(" ")
_KINDS: Final[dict[str | None, tuple[type, tuple[str, ...]]]] = {
    **dict.fromkeys(("S", "U"), (str, ("string",))),
    **dict.fromkeys(("i", "u"), (int, ("integer", "number"))),
    "f": (float, ("number",)),
    "b": (bool, ("boolean",)),
}
"""By the kinds of numpy, the types of Python, and those of a schema that all of them have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellForm:
    """What the cells of a column stand for, and the type that the schema asks for.

    `kind` is that of numpy; `missing` are the texts that stand for nothing; `null` is the integer
    that does.
    """

    kind: str | None
    dtype: np.dtype[Any]
    is_logical: bool = False
    null: Any = None
    scale: Any = 1
    zero: Any = 0
    missing: frozenset[str] = frozenset()
    schema_type: str | None = None

    def values(self, cells: NDArray[Any], start: int = 0) -> list[Any]:
        """Return the values of cells, from a row on that is counted from 0, or a `ValueError`."""
        values = self._own_values(cells)
        return values if self._has_schema_type else _typed(values, self.schema_type, start)

    def are_regular(self, cells: NDArray[Any]) -> bool:
        """Tell whether it is known without looking at each that they have the schema's type."""
        return self._has_schema_type and (self.kind != "S" or _are_ascii(cells))

    @property
    def _has_schema_type(self) -> bool:
        """Whether all cells that stand for something have the type that the schema asks for."""
        if self.is_logical or self._is_scaled or self.kind not in _KINDS:
            return False
        return self.schema_type in (None, *_KINDS[self.kind][1])

    @property
    def _is_scaled(self) -> bool:
        return bool((self.scale, self.zero) != (1, 0))

    @property
    def kind_of_values(self) -> type | None:
        """The type of what the cells stand for, where these are regular."""
        return _KINDS[self.kind][0] if self.kind in _KINDS else None

    def _own_values(self, cells: NDArray[Any]) -> list[Any]:
        """Return values of the type that the column has itself."""
        if self.kind == "S":
            texts = _decoded(cells)
            if texts is None:
                return self._texts(_decoded_one_by_one(cells))
            lacking = [cells == text.encode() for text in self.missing]
            return _with_nothing(texts, np.logical_or.reduce(lacking)) if lacking else texts
        if self.kind == "U":
            return self._texts(cells.tolist())
        if self.kind == "f":
            floats = self._scaled(cells.tolist())
            if self._is_scaled:
                return [None if math.isnan(number) else number for number in floats]
            return _with_nothing(floats, np.isnan(cells))
        if self.kind == "b":
            return cells.tolist()  # type: ignore[no-any-return]
        if self.kind not in ("i", "u"):
            msg = f"it has cells of the type {self.dtype}"
            raise ValueError(msg)
        numbers: list[Any] = cells.tolist()
        if self.is_logical:
            return [_logical(number) for number in numbers]
        if self.null is None:
            return self._scaled(numbers)
        if type(self.null) is int:
            return _with_nothing(self._scaled(numbers), cells == self.null)
        values = zip(numbers, self._scaled(numbers), strict=True)
        return [None if number == self.null else value for number, value in values]

    def _texts(self, texts: Iterable[str]) -> list[str | None]:
        missing = self.missing
        return [None if text in missing else text.rstrip(" ") for text in texts]

    def _scaled(self, cells: list[Any]) -> list[Any]:
        scale, zero = self.scale, self.zero
        if not {type(scale), type(zero)} <= {int, float} or not scale:
            msg = f"it has {preview(scale)} for TSCAL and {preview(zero)} for TZERO"
            raise ValueError(msg)
        return cells if (scale, zero) == (1, 0) else [cell * scale + zero for cell in cells]


def _with_nothing(values: list[Any], lacking: NDArray[np.bool_]) -> list[Any]:
    """Put None in some places of a list."""
    for place in np.flatnonzero(lacking).tolist():
        values[place] = None
    return values


def _are_ascii(cells: NDArray[Any]) -> bool:
    return bool(not cells.dtype.itemsize or np.all(bytes_of(cells) < 128))


def _decoded(cells: NDArray[Any]) -> list[str] | None:
    """Return the texts of cells; None if one has blanks at its end, or may be no text as it is."""
    width = cells.dtype.itemsize
    if not width or not len(cells) or not _are_ascii(cells):
        return None
    raw = bytes_of(cells)
    characters = raw.reshape(-1)
    is_filler = characters == 0
    # A filler that is followed by a character, or a blank that a filler or another cell follows.
    goes_on = is_filler[:-1] & ~is_filler[1:]
    goes_on[width - 1 :: width] = False
    is_blank = characters == _BLANK
    if goes_on.any() or is_blank[width - 1 :: width].any() or (is_blank[:-1] & is_filler[1:]).any():
        return None
    # To cast them, numpy 2 makes each a text of its own first.
    texts: list[str] = raw.astype(np.uint32).view(f"U{width}")[:, 0].tolist()
    return texts


def _decoded_one_by_one(cells: NDArray[Any]) -> list[str]:
    # Of ASCII, numpy 2 makes texts of its own at once, and leaves zero bytes within them.
    width = max(1, cells.dtype.itemsize)
    texts: list[str] = np.asarray(cells, f"S{width}").astype(f"U{width}").tolist()
    # The FITS standard ends a text at the first zero byte.
    return [text.partition("\0")[0] if "\0" in text else text for text in texts]


def _logical(cell: int) -> bool | None:
    if cell not in _LOGICAL:
        msg = f"it has the byte {cell & 0xFF}, which is not a logical value"
        raise ValueError(msg)
    return _LOGICAL[cell]


def _typed(values: list[Any], schema_type: str | None, start: int) -> list[Any]:
    """Return values of the type that the schema asks for, which jwst has made floats of."""
    if schema_type is None or are_of(PYTHON_TYPES.get(schema_type), values):
        return values
    typed = []
    for row, value in enumerate(values, start=start + 1):
        # Which text a number was made of, nobody knows.
        converted = None if schema_type == "string" else to_schema_type(value, schema_type)
        if converted is None and schema_type == "integer" and type(value) is float:
            converted = value  # what is no whole number has never been one
        if converted is None and value is not None:
            msg = f"it has {preview(value)} in row {row}"
            raise ValueError(msg)
        typed.append(converted)
    return typed


def bytes_of(cells: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the bytes of cells, a row for each."""
    return np.ascontiguousarray(cells).view(np.uint8).reshape(len(cells), -1)


def are_of(kinds: frozenset[type] | None, values: Iterable[Any]) -> bool:
    """Tell whether values are missing or of some types, if any are asked for."""
    return kinds is None or (kinds | {NoneType}).issuperset(map(type, values))
