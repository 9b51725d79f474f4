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
    EXPOSURE,
    EXPOSURE_TIMES,
    LOGS,
    MEAN,
    MEMBERS,
    MIDDLE,
    POINTINGS,
    START,
    WORDS,
    exposure,
    group_and_name,
    known,
    leaves,
    moment,
    schema_of,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from astropy.table import Table
    from astropy.time import Time

    from blender_core.columns import Layout

__all__ = ["MosaicRow", "mosaic_rows", "rows_of_file", "rows_of_tables"]

_NONE: Final = ("None", "MISSING_CELL")
"""What romancal writes into a table of texts where there is none; of numbers, it is NaN."""
_LISTS: Final = (MEMBERS, LOGS)
_NUMBERS: Final = (POINTINGS, *EXPOSURE_TIMES)
_OWN: Final = (*BLENDED, MEAN, *_NUMBERS, MEMBERS)
_COUNTED: Final = (MEAN, MIDDLE, *_NUMBERS, *_LISTS)
"""What a mosaic says once, however many rows it has."""


class MosaicRow(Source):
    """What a mosaic says, and what it says of one of its images."""

    model_type = "Roman mosaic"
    schema: Mapping[str, Any] = {}

    def __init__(self, values: Mapping[str, Any], what: str, files: tuple[Path, ...] = ()) -> None:
        self.what = what
        self.files = files
        self._values = values
        self.schema = schema_of(values, WORDS)

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        return [self._values.get(path) for path in layout.paths]


def mosaic_rows(
    roman: Mapping[str, Any],
    rows: list[dict[str, Any]],
    what: str,
    files: tuple[Path, ...] = (),
) -> Iterator[MosaicRow]:
    """Give the rows of a mosaic; one, of itself, if it does not tell of its images.

    Parameters
    ----------
    roman : mapping
        What it says as plain content: ``meta``, and the logs beside it.
    rows : list of dict
        What its tables say of each image.
    what : str
        What it is to the blend.
    files : tuple of Path, optional
        What it was opened from, if it is in memory.
    """
    meta = roman["meta"]
    values = _own_values(roman, what)
    if not rows:
        leaf = {group_and_name(path): value for path, value in leaves(meta).items()}
        rows = [{f"{CELLS}.{group}.{name}": value for (group, name), value in leaf.items()}]
    mosaic = meta.get("filename") or what
    for cells in rows:
        of_image = {"observation_id": cells.get(f"{CELLS}.observation.observation_id")}
        of_row = {CELLS_OF_MOSAIC: mosaic, EXPOSURE: exposure(of_image) or mosaic}
        yield MosaicRow(values | cells | of_row, what, files)
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
        **{path: known(values[path]) for path in _NUMBERS},
    }
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


def rows_of_file(
    path: str | os.PathLike[str], what: str, *, has_masks: bool
) -> list[dict[str, Any]]:
    """Return the same for the file of a mosaic, of whose arrays no others are read."""
    import asdf
    from asdf.exceptions import AsdfWarning

    try:
        with warnings.catch_warnings():
            # Of what roman_datamodels has written, nothing is read that asdf-astropy does not know.
            warnings.simplefilter("ignore", AsdfWarning)
            with asdf.open(path, lazy_tree=True, memmap=False) as file:
                tables = file["roman"]["meta"]["individual_image_meta"]
                return rows_of_tables(tables, what, has_masks=has_masks)
    except InputError:
        raise
    except Exception as error:  # of whatever package makes something of the tags
        raise _unreadable(what, error) from error


def rows_of_tables(
    tables: Mapping[str, Table], what: str, *, has_masks: bool
) -> list[dict[str, Any]]:
    """Return what the tables of a mosaic say of each image: attribute → value.

    Where they have masks, as Model Blender writes them, no text and no number stands for a cell
    that is not there.
    """
    none = () if has_masks else _NONE
    columns: dict[str, list[Any]] = {}
    lengths: dict[str, int] = {}
    try:
        for group, table in tables.items():
            lengths[group] = len(table)
            for name in table.colnames:
                columns[f"{CELLS}.{group}.{name}"] = _cells(table[name], none)
    except Exception as error:  # what should be a table may be anything
        raise _unreadable(what, error) from error
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{group} has {length}" for group, length in sorted(lengths.items()))
        msg = f"{what} cannot be read: its tables of images have different numbers of rows: {told}"
        raise InputError(msg)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _unreadable(what: str, error: Exception) -> InputError:
    reason = f"{type(error).__name__}: {error}"
    return InputError(f"{what} cannot be read: its tables of images: {reason}")


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
