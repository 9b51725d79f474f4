"""A mosaic as a product."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from asdf.tagged import TaggedDict, tag_object
from astropy.table import MaskedColumn

from blender_core import DROP, AsdfProduct
from blender_roman.metadata import (
    CELLS,
    CELLS_OF_MOSAIC,
    LOGS,
    NULLABLE,
    TABLES,
    TIMES,
    group_and_name,
    moment,
    mosaic_schema,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.table import Column, Table

    from blender_core import BlendPlan, ProductTable
    from blender_core.columns import Layout

__all__ = ["Mosaic", "tables_of_images"]

_TIME: Final = "tag:stsci.edu:asdf/time/time-1.4.0"
_COLUMN: Final = "tag:stsci.edu:asdf/table/column-1.2.0"
_TABLE: Final = "tag:astropy.org:astropy/table/table-1.3.0"
_MOMENTS: Final = ("time_first", "time_last", "time_mean")


class Mosaic(AsdfProduct):
    """The ASDF file of a mosaic, which is written without what makes objects of its tags.

    What is blended goes below ``roman.meta``, the tables of images to ``individual_image_meta``
    there, and HDRTAB and HDRRULES, from which the blend can be explained, beside ``roman``.
    """

    model_type = "Roman mosaic"
    schema = mosaic_schema()
    # Members and logs have no column: without it, nothing tells that they are of an earlier blend.
    records_rules = True

    def place(self, path: str) -> str:
        """Return where an attribute is in the tree."""
        return "roman.individual_image_cal_logs" if path == LOGS else f"roman.{path}"

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, of moments their texts."""
        return [moment(value) for value in super().read(layout)]

    def nodes(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> dict[str, Any]:
        """Return what is put into the tree."""
        values = {path: _node(path, value) for path, value in changes.items()}
        nodes = super().nodes(values, tables, plan)
        if hdrtab := tables.get("hdrtab"):
            nodes[f"roman.{TABLES}"] = {
                group: _table_node(columns)
                for group, columns in tables_of_images(hdrtab.to_table(), plan).items()
            }
        return nodes

    def own_nodes(self, target: Any) -> dict[str, Any]:
        """Return the name of the file, and when it was written."""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        return {
            "roman.meta.filename": target.output.name,
            "roman.meta.file_date": tag_object(_TIME, now.isoformat(timespec="milliseconds")),
        }


def _node(path: str, value: Any) -> Any:
    if value is DROP and path in NULLABLE:
        return None
    if isinstance(value, str) and path.rpartition(".")[2] in _MOMENTS:
        return tag_object(_TIME, value)
    return value


def tables_of_images(hdrtab: Table, plan: BlendPlan) -> dict[str, dict[str, Column]]:
    """Return the tables of a mosaic's images.

    Parameters
    ----------
    hdrtab : astropy.table.Table
        What the inputs said, a row for each image.
    plan : BlendPlan
        Which attribute each column of it is.

    Returns
    -------
    tables : dict
        Group → name → column; ``basic`` is what stands directly below ``meta``.
    """
    of_mosaics = hdrtab.columns.get(plan.columns.get(CELLS_OF_MOSAIC))
    are_of_mosaics = None if of_mosaics is None else ~np.ma.getmaskarray(of_mosaics.data)
    found: dict[str, dict[str, list[Column]]] = {}
    for path, name in plan.columns.items():
        group, below = group_and_name(path)
        # What a mosaic says of itself is not what it says of its images.
        is_cell = path.startswith(f"{CELLS}.")
        if group is None or name not in hdrtab.colnames:
            continue
        if are_of_mosaics is None or is_cell or not are_of_mosaics.all():
            columns = found.setdefault(group, {}).setdefault(below, [])
            columns.insert(0 if is_cell else len(columns), hdrtab[name])
    return {
        group: {
            name: each[0] if len(each) == 1 else _merged(each[0], each[1], are_of_mosaics)
            for name, each in columns.items()
        }
        for group, columns in found.items()
    }


def _merged(of_mosaics: Column, of_images: Column, are_of_mosaics: Any) -> Column:
    """Return a column that has some of its cells from mosaics, and others from images."""
    rows = zip(are_of_mosaics, of_mosaics.tolist(), of_images.tolist(), strict=True)
    cells = [cell if is_of_mosaic else other for is_of_mosaic, cell, other in rows]
    kinds = {type(cell) for cell in cells if cell is not None}
    if not kinds <= {int, float} and len(kinds) > 1:
        cells = [None if cell is None else str(cell) for cell in cells]
    filler = next((cell for cell in cells if cell is not None), 0)
    return MaskedColumn(
        [filler if cell is None else cell for cell in cells], mask=[cell is None for cell in cells]
    )


def _table_node(columns: Mapping[str, Column]) -> TaggedDict:
    nodes = [_column_node(name, column) for name, column in columns.items()]
    return TaggedDict({"colnames": list(columns), "columns": nodes, "qtable": False}, _TABLE)


def _column_node(name: str, column: Column) -> TaggedDict:
    array = column.data
    if isinstance(column, MaskedColumn) and not column.mask.any():
        array = column.filled().data
    if array.dtype.kind in "OS":
        array = array.astype(str)
    if name in TIMES and not isinstance(array, np.ma.MaskedArray):
        return TaggedDict({"value": array}, _TIME)
    return TaggedDict({"data": array, "name": name}, _COLUMN)
