"""Write what the inputs of a product said to files of several formats."""

from __future__ import annotations

import csv
import html
import io
import re
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.errors import CommandError
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.target import Target, is_same_file
from blender_core.tables.hdrtab import to_fits_rec, to_table, typed_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from blender_core.tables.hdrtab import TypedColumn
    from blender_core.tables.recorded_inputs import RecordedColumn

__all__ = ["write_table"]


def write_table(
    columns: Sequence[RecordedColumn],
    rows: Sequence[int],
    output: Path,
    *,
    product: Path,
    overwrite: bool,
    csv_safe: bool = False,
) -> int:
    """Write a table to a file, as a whole or not at all.

    Returns how many texts were changed for no spreadsheet to take them for formulas.
    """
    target = Target.find(output, overwrite=overwrite, label="the table", endings=tuple(_WRITERS))
    if is_same_file(output, product):
        msg = f"the table would replace {output}, the product that it is of: choose another name"
        raise CommandError(msg)
    ending = target.output.suffix
    if ending == ".parquet" and find_spec("pyarrow") is None:
        msg = (
            "Parquet files need pyarrow: pip install pyarrow, or the extra parquet of blender-core"
        )
        raise CommandError(msg)
    typed = (
        typed_column(column.name, column.attribute, [column.values[row] for row in rows])
        for column in columns
    )
    filled = [column for column in typed if column is not None]
    content, n_changed = _safe_csv(filled) if csv_safe else (_WRITERS[ending](filled), 0)
    with replacing(target) as file:
        file.write(content)
    return n_changed


def _csv(columns: Sequence[TypedColumn]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows(zip(*map(_cells, columns), strict=True))
    return text.getvalue().encode()


def _safe_csv(columns: Sequence[TypedColumn]) -> tuple[bytes, int]:
    """Return the table for spreadsheets, and how many of its texts are not what they were."""
    rows = [[column.name for column in columns], *zip(*map(_values, columns), strict=True)]
    safe = [[_safe_cell(value) for value in row] for row in rows]
    text = io.StringIO()
    # In quotes, as some spreadsheets begin another cell at a semicolon or a tab within a text.
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerows(safe)
    pairs = zip(chain(*rows), chain(*safe), strict=True)
    return text.getvalue().encode(), sum(old is not new for old, new in pairs)


def _safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe if it is one."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}" if _FORMULA.match(value) else value


def _ecsv(columns: Sequence[TypedColumn]) -> bytes:
    text = io.StringIO()
    to_table(columns).write(text, format="ascii.ecsv", delimiter=",")
    return text.getvalue().encode()


def _fits(columns: Sequence[TypedColumn]) -> bytes:
    from astropy.io import fits

    # Astropy's own way from a table writes a missing logical value as True.
    table, _ = to_fits_rec("hdrtab", columns)
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(table, name="HDRTAB")]).writeto(file)
    return file.getvalue()


def _parquet(columns: Sequence[TypedColumn]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    fields, arrays = [], []
    for column in columns:
        attribute, array = column.attribute, pyarrow.array(_values(column))
        metadata = {
            "unit": attribute.unit,
            "description": attribute.title,
            "attribute": attribute.path,
        }
        metadata = {name: text for name, text in metadata.items() if text}
        arrays.append(array)
        fields.append(pyarrow.field(column.name, array.type, metadata=metadata))
    file = io.BytesIO()
    table = pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()


def _html(columns: Sequence[TypedColumn]) -> bytes:
    head = "".join(
        f'<th title="{html.escape(_title(column))}">{html.escape(_label(column))}</th>'
        for column in columns
    )
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n"
        for row in zip(*map(_cells, columns), strict=True)
    )
    return _PAGE.format(head=head, body=body).encode()


_FORMULA: Final = re.compile(r'[ "]*[=+\-@\t\r]')
"""How formulas begin; some spreadsheets pass over blanks and quotes."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

_PAGE: Final = """<!DOCTYPE html>
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
{body}</tbody>
</table>
</body>
</html>
"""

_WRITERS: Final[dict[str, Callable[[Sequence[TypedColumn]], bytes]]] = {
    ".csv": _csv,
    ".ecsv": _ecsv,
    ".fits": _fits,
    ".parquet": _parquet,
    ".html": _html,
}


def _values(column: TypedColumn) -> list[Any]:
    values = column.data.tolist()
    if column.data.dtype.kind == "S":
        values = [value.decode("ascii") for value in values]
    masked = zip(values, column.mask.tolist(), strict=True)
    return [None if is_missing else value for value, is_missing in masked]


def _cells(column: TypedColumn) -> list[str]:
    return ["" if value is None else str(value) for value in _values(column)]


def _label(column: TypedColumn) -> str:
    unit = column.attribute.unit
    return f"{column.name} [{unit}]" if unit else column.name


def _title(column: TypedColumn) -> str:
    return f"{column.attribute.path}: {column.attribute.title}".removesuffix(": ")
