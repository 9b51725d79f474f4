"""Write what the inputs of a product said to files of several formats."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.errors import refuse
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.target import Target, is_same_file
from blender_core.formats.fits.table_hdu import table_hdu
from blender_core.tables.hdrtab import fields_of, to_table, typed_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from blender_core.formats.files.draft import Draft
    from blender_core.tables.hdrtab import TypedColumn
    from blender_core.tables.recorded_inputs import RecordedColumn

_ROWS: Final = 4096
"""How many rows are made at a time."""
_ROWS_OF_GROUP: Final = 65536
"""The same for Parquet, whose readers want groups of many rows."""


def write_table(
    columns: Sequence[RecordedColumn],
    output: Path,
    *,
    product: Path,
    overwrite: bool,
    csv_safe: bool = False,
) -> int:
    """Write a table to a file, as a whole or not at all, some rows at a time.

    Returns how many texts were changed for no spreadsheet to take them for formulas.
    """
    target = Target.find(output, overwrite=overwrite, label="the table", endings=tuple(_WRITERS))
    if is_same_file(output, product):
        refuse(f"the table would replace {output}, the product that it is of: choose another name")
    ending = target.output.suffix
    if ending == ".parquet" and find_spec("pyarrow") is None:
        install = "pip install pyarrow"
        refuse(
            f"Parquet files need pyarrow: {install}, or the extra parquet of blender-core",
            remedy=install,
        )
    typed = (typed_column(column.name, column.attribute, column.values) for column in columns)
    filled = [column for column in typed if column is not None]
    with replacing(target) as file:
        if csv_safe:
            return _safe_csv(filled, file)
        _WRITERS[ending](filled, file)
    return 0


def _blocks(columns: Sequence[TypedColumn], size: int) -> Iterator[list[TypedColumn]]:
    """Give the columns with so many of their rows at a time."""
    for start in range(0, len(columns[0]) if columns else 0, size):
        rows = slice(start, start + size)
        yield [replace(column, cells=column.cells[rows]) for column in columns]


def _rows(columns: Sequence[TypedColumn]) -> Iterator[list[tuple[Any, ...]]]:
    """Give the values of so many rows at a time."""
    for block in _blocks(columns, _ROWS):
        yield list(zip(*map(_values, block), strict=True))


def _csv(columns: Sequence[TypedColumn], file: Draft) -> None:
    file.write(_csv_lines([[column.name for column in columns]]))
    _write_rows(columns, file)


def _write_rows(columns: Sequence[TypedColumn], file: Draft) -> None:
    for rows in _rows(columns):
        file.write(_csv_lines(rows))


def _csv_lines(rows: Iterable[Iterable[Any]], quoting: Any = csv.QUOTE_MINIMAL) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(rows)
    return text.getvalue().encode()


def _safe_csv(columns: Sequence[TypedColumn], file: Draft) -> int:
    """Write the table for spreadsheets; return how many of its texts are not what they were."""
    n_changed = 0
    head = [tuple(column.name for column in columns)]
    for rows in chain([head], _rows(columns)):
        safe = [tuple(map(_safe_cell, row)) for row in rows]
        # In quotes, as some spreadsheets begin another cell at a semicolon or a tab within a text.
        file.write(_csv_lines(safe, csv.QUOTE_NONNUMERIC))
        pairs = zip(chain(*rows), chain(*safe), strict=True)
        n_changed += sum(old is not new for old, new in pairs)
    return n_changed


def _safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe if it is one."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}" if _FORMULA.match(value) else value


def _ecsv(columns: Sequence[TypedColumn], file: Draft) -> None:
    text = io.StringIO()
    nothing = [replace(column, cells=()) for column in columns]
    to_table(nothing).write(text, format="ascii.ecsv", delimiter=",")
    file.write(text.getvalue().encode())
    # Below what describes the columns, it is CSV. Astropy takes thirty times as long for that.
    _write_rows(columns, file)


def _fits(columns: Sequence[TypedColumn], file: Draft) -> None:
    from astropy.io import fits

    # Astropy's own way from a table writes a missing logical value as True.
    header, data = table_hdu("HDRTAB", fields_of(columns), len(columns[0]))
    primary = io.BytesIO()
    fits.PrimaryHDU().writeto(primary)
    file.write(primary.getvalue() + header)
    file.writelines(data.blocks())


def _parquet(columns: Sequence[TypedColumn], file: Draft) -> None:
    import pyarrow
    import pyarrow.parquet

    types = {
        "b": pyarrow.bool_(),
        "i": pyarrow.int64(),
        "f": pyarrow.float64(),
        "S": pyarrow.string(),
    }
    fields = []
    for column in columns:
        attribute = column.attribute
        metadata = {
            "unit": attribute.unit,
            "description": attribute.title,
            "attribute": attribute.path,
        }
        metadata = {name: text for name, text in metadata.items() if text}
        fields.append(pyarrow.field(column.name, types[column.dtype.kind], metadata=metadata))
    schema = pyarrow.schema(fields)
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        for block in _blocks(columns, _ROWS_OF_GROUP):
            arrays = [
                pyarrow.array(_values(column), field.type)
                for column, field in zip(block, fields, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _html(columns: Sequence[TypedColumn], file: Draft) -> None:
    head = "".join(
        f'<th title="{html.escape(_title(column))}">{html.escape(_label(column))}</th>'
        for column in columns
    )
    file.write(_PAGE_BEGINS.format(head=head).encode())
    for rows in _rows(columns):
        lines = (f"<tr>{''.join(map(_html_cell, row))}</tr>\n" for row in rows)
        file.write("".join(lines).encode())
    file.write(_PAGE_ENDS.encode())


_FORMULA: Final = re.compile(r'[ "]*[=+\-@\t\r]')
"""How formulas begin; some spreadsheets pass over blanks and quotes."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

_PAGE_BEGINS: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>HDRTAB</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 14px/1.4 system-ui, sans-serif; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.2em 0.8em; text-align: left; white-space: pre; }}
th {{ position: sticky; top: 0; background: Canvas; border-bottom: 1px solid; }}
tr:hover td {{ background: color-mix(in srgb, CanvasText 8%, Canvas); }}
</style>
</head>
<body>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
"""
_PAGE_ENDS: Final = """</tbody>
</table>
</body>
</html>
"""

_WRITERS: Final[dict[str, Callable[[Sequence[TypedColumn], Draft], None]]] = {
    ".csv": _csv,
    ".ecsv": _ecsv,
    ".fits": _fits,
    ".parquet": _parquet,
    ".html": _html,
}


def _values(column: TypedColumn) -> list[Any]:
    if column.dtype.kind != "f":
        return list(column.cells)
    return [None if value is None else float(value) for value in column.cells]


def _html_cell(value: Any) -> str:
    return f"<td>{'' if value is None else html.escape(str(value))}</td>"


def _label(column: TypedColumn) -> str:
    unit = column.attribute.unit
    return f"{column.name} [{unit}]" if unit else column.name


def _title(column: TypedColumn) -> str:
    return f"{column.attribute.path}: {column.attribute.title}".removesuffix(": ")
