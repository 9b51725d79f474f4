"""A mosaic as an input: a row for each image that it was made of."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Final

from blender_core import InputError, Source
from blender_roman.metadata import BLENDED, LOGS, TABLES, moment, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blender_core import Opened
    from blender_core.columns import Layout

__all__ = ["MosaicRow", "mosaic_rows"]

_NONE: Final = ("None", "MISSING_CELL")
"""What romancal writes into a table of texts where there is none."""
_FILE: Final = "meta.mosaic"
"""What a mosaic's own values count once for."""
_OWN: Final[Mapping[str, Any]] = {
    **BLENDED,
    "meta.coadd_info.time_first": "mindatetime",
    "meta.coadd_info.time_last": "maxdatetime",
    "meta.coadd_info.time_mean": "mean_datetime",
    "meta.resample.pointings": "sum",
    "meta.resample.members": "concatenate",
    LOGS: "concatenate",
}


def _word(rule: Any) -> dict[str, Any]:
    settings = rule if isinstance(rule, dict) else {"rule": rule}
    return {"blend_rule": settings | {"once_per": _FILE}}


_WORDS: Final = {path: _word(rule) for path, rule in _OWN.items()} | {
    _FILE: {"type": "string", "blend_table": False}
}


class MosaicRow(Source):
    """What a mosaic says, and what it says of one of its images."""

    model_type = "Roman mosaic"
    schema: Mapping[str, Any] = {}

    def __init__(self, values: Mapping[str, Any], what: str) -> None:
        self.what = what
        self._values = values
        self.schema = schema_of(values, _WORDS)

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        return [self._values.get(path) for path in layout.paths]


def mosaic_rows(
    given: str | os.PathLike[str], roman: Mapping[str, Any], opened: Opened, what: str
) -> Iterator[MosaicRow]:
    """Give the rows of a mosaic; one, if it does not tell of its images.

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
    values = _own_values(roman) | {_FILE: os.fspath(opened.path or given)}
    for cells in _rows_of_tables(given, what) or [{}]:
        yield MosaicRow(values | cells, what)


def _own_values(roman: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a mosaic says of itself."""
    values: dict[str, Any] = {LOGS: roman.get("individual_image_cal_logs")}
    for path in _OWN:
        if path in values:
            continue
        below: Any = roman
        for name in path.split("."):
            below = below.get(name) if isinstance(below, dict) else None
        values[path] = moment(below)
    return values


def _rows_of_tables(path: str | os.PathLike[str], what: str) -> list[dict[str, Any]]:
    """Return what the tables of a mosaic say of each image: attribute → value."""
    import asdf
    from asdf.exceptions import AsdfWarning

    columns: dict[str, list[Any]] = {}
    try:
        with warnings.catch_warnings():
            # Of what roman_datamodels has written, nothing is read that asdf-astropy does not know.
            warnings.simplefilter("ignore", AsdfWarning)
            with asdf.open(path, lazy_tree=True, memmap=False) as file:
                tables = file["roman"]["meta"].get("individual_image_meta", {})
                for group, table in tables.items():
                    for name in table.colnames:
                        columns[f"{TABLES}.{group}.{name}"] = _cells(table[name])
    except (OSError, LookupError, TypeError, ValueError, AttributeError) as error:
        msg = f"{what} cannot be read: its tables of images: {error}"
        raise InputError(msg) from error
    lengths = {len(cells) for cells in columns.values()}
    if len(lengths) > 1:
        msg = f"{what} cannot be read: its tables of images have {sorted(lengths)} rows"
        raise InputError(msg)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _cells(column: Any) -> list[Any]:
    """Return the cells of a column as plain values; None where there is none."""
    from astropy.time import Time

    if isinstance(column, Time):
        masked = column.mask.tolist() if column.masked else [False] * len(column)
        texts = column.isot.tolist()
        return [None if gone else text for gone, text in zip(masked, texts, strict=True)]
    return [None if cell in _NONE else cell for cell in column.tolist()]
