"""A mosaic as an input: a row for each image that it was made of."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, Final

from blender_core import BlendWarning, InputError, Source
from blender_roman.metadata import (
    BLENDED,
    CELLS,
    CELLS_OF_MOSAIC,
    END,
    LOGS,
    MEAN,
    MEMBERS,
    MIDDLE,
    POINTINGS,
    START,
    WORDS,
    group_and_name,
    leaves,
    moment,
    schema_of,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from astropy.time import Time

    from blender_core import Opened
    from blender_core.columns import Layout

__all__ = ["MosaicRow", "mosaic_rows"]

_NONE: Final = ("None", "MISSING_CELL")
"""What romancal writes into a table of texts where there is none; of numbers, it is NaN."""
_LISTS: Final = (MEMBERS, LOGS)
_OWN: Final = (*BLENDED, MEAN, POINTINGS, MEMBERS)
_COUNTED: Final = (MEAN, MIDDLE, POINTINGS, MEMBERS, LOGS)
"""What a mosaic says once, however many rows it has."""


class MosaicRow(Source):
    """What a mosaic says, and what it says of one of its images."""

    model_type = "Roman mosaic"
    schema: Mapping[str, Any] = {}

    def __init__(self, values: Mapping[str, Any], what: str) -> None:
        self.what = what
        self._values = values
        self.schema = schema_of(values, WORDS)

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        return [self._values.get(path) for path in layout.paths]


def mosaic_rows(
    given: str | os.PathLike[str], roman: Mapping[str, Any], opened: Opened, what: str
) -> Iterator[MosaicRow]:
    """Give the rows of a mosaic; one, of itself, if it does not tell of its images.

    Parameters
    ----------
    given : path-like
        The file of the mosaic.
    roman : mapping
        The plain tree in it, without arrays.
    opened : Opened
        What was read of the file.
    what : str
        What it is to the blend.
    """
    meta = roman["meta"]
    values = _own_values(roman, what)
    # In what Model Blender has written, a cell is masked if there is none.
    none = () if "hdrtab" in (opened.tree or {}) else _NONE
    rows = _rows_of_tables(given, none, what) if meta.get("individual_image_meta") else []
    if not rows:
        own = {group_and_name(path): value for path, value in leaves(meta).items()}
        rows = [{f"{CELLS}.{group}.{name}": value for (group, name), value in own.items()}]
    for cells in rows:
        yield MosaicRow(values | cells | {CELLS_OF_MOSAIC: meta.get("filename") or what}, what)
        values |= dict.fromkeys(_COUNTED)


def _own_values(roman: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return what a mosaic says of itself."""
    values = {path: _value(roman, path) for path in _OWN}
    values |= {
        START: _value(roman, "meta.coadd_info.time_first"),
        END: _value(roman, "meta.coadd_info.time_last"),
        MIDDLE: values[MEAN],
        "meta.coadd_info.time_first": None,
        "meta.coadd_info.time_last": None,
        LOGS: roman.get("individual_image_cal_logs"),
    }
    pointings = values[POINTINGS]
    if isinstance(pointings, int) and pointings < 0:  # Roman's word for that it is not known
        values[POINTINGS] = None
    for path in _LISTS:
        if values[path] is None:
            values[path] = []
        elif not isinstance(values[path], list):
            msg = f"{what} cannot be read: {path} is no list"
            raise InputError(msg)
    members, logs = values[MEMBERS], values[LOGS]
    if not logs:
        values[LOGS] = [[] for _ in members]
    elif len(logs) != len(members):
        msg = f"{what} has logs of {len(logs)} images and {len(members)} members: it is not told "
        warnings.warn(BlendWarning(msg + "whose they are"), stacklevel=2)
    return values


def _value(roman: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path, of a moment its text; None if there is none."""
    below: Any = roman
    for name in path.split("."):
        below = below.get(name) if isinstance(below, dict) else None
    return moment(below)


def _rows_of_tables(
    path: str | os.PathLike[str], none: tuple[str, ...], what: str
) -> list[dict[str, Any]]:
    """Return what the tables of a mosaic say of each image: attribute → value."""
    import asdf
    from asdf.exceptions import AsdfWarning

    columns: dict[str, list[Any]] = {}
    lengths: dict[str, int] = {}
    try:
        with warnings.catch_warnings():
            # Of what roman_datamodels has written, nothing is read that asdf-astropy does not know.
            warnings.simplefilter("ignore", AsdfWarning)
            with asdf.open(path, lazy_tree=True, memmap=False) as file:
                tables = file["roman"]["meta"]["individual_image_meta"]
                for group, table in tables.items():
                    lengths[group] = len(table)
                    for name in table.colnames:
                        columns[f"{CELLS}.{group}.{name}"] = _cells(table[name], none)
    except Exception as error:  # of whatever package makes something of the tags
        msg = f"{what} cannot be read: its tables of images: {type(error).__name__}: {error}"
        raise InputError(msg) from error
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{group} has {length}" for group, length in sorted(lengths.items()))
        msg = f"{what} cannot be read: its tables of images have different numbers of rows: {told}"
        raise InputError(msg)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _cells(column: Any, none: tuple[str, ...]) -> list[Any]:
    """Return the cells of a column as plain values; None where there is none."""
    from astropy.time import Time

    if isinstance(column, Time):
        return _texts(column)
    cells = column.value.tolist()
    return [_cell(cell, none) for cell in cells]


def _cell(cell: Any, none: tuple[str, ...]) -> Any:
    if isinstance(cell, bytes):
        cell = cell.decode()
    if isinstance(cell, list):
        return str(cell)
    is_none = cell in none or (none and isinstance(cell, float) and math.isnan(cell))
    return None if is_none else cell


def _texts(moments: Time) -> list[str | None]:
    """Return moments as they are written: with as many digits as they need, three at least."""
    exact = moments.utc.replicate(format="isot")
    exact.precision = 9
    texts = exact.isot
    masked = moments.mask.tolist() if moments.masked else [False] * len(moments)
    return [
        None if gone else str(text)[:-6] + str(text)[-6:].rstrip("0")
        for gone, text in zip(masked, texts, strict=True)
    ]
