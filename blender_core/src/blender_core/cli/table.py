"""The command ``table``: what every input of a product said."""

# Typer reads the annotations, so their names have to be there when the program runs.
import difflib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from blender_core.cli import completion, options
from blender_core.cli.errors import refuse
from blender_core.cli.formatting import print_json
from blender_core.cli.options import file_option, flag, option, split_names
from blender_core.common.wording import pluralize, visible
from blender_core.errors import UnknownAttributeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from blender_core.products.product_file import ProductFile
    from blender_core.tables.recorded_inputs import RecordedColumn

_BLOCK: Final = 4096
"""How many rows are printed at a time."""


def table(
    product: options.Product,
    columns: Annotated[
        list[str] | None,
        option(
            "NAME,...",
            "The columns, by name, path or pattern, separated by commas. Repeatable.",
            "--columns",
            "-c",
            autocompletion=completion.columns,
        ),
    ] = None,
    show_all: Annotated[bool, flag("All columns, not only those that vary.", "--all")] = False,
    sort: Annotated[
        list[str] | None,
        option(
            "NAME,...",
            "Sort the rows by these columns, separated by commas; those without a value come "
            "last. Repeatable.",
            autocompletion=completion.columns,
        ),
    ] = None,
    reverse: Annotated[bool, flag("Sort from the largest to the smallest.", "--reverse")] = False,
    output: Annotated[
        Path | None,
        file_option(
            "FILE",
            "Write the table to a file that ends in .csv, .ecsv, .fits, .parquet or .html.",
            "--output",
            "-o",
        ),
    ] = None,
    overwrite: Annotated[bool, flag("Replace a file that --output names.", "--overwrite")] = False,
    csv_safe: Annotated[
        bool,
        flag(
            "Put an apostrophe before texts in a .csv file that a spreadsheet would take for "
            "formulas, such as =A1.",
            "--csv-safe",
        ),
    ] = False,
    quiet: Annotated[
        bool, flag("Print nothing but the table and errors.", "--quiet", "-q")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show what every input of a product said: its table HDRTAB.

    Without --columns or --all, only the columns that vary are shown or written.
    """
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.products.product_file import ProductFile

    if columns and show_all:
        refuse("--all is for all columns: name none with it")
    if csv_safe and (output is None or output.suffix != ".csv"):
        refuse("--csv-safe is for tables in CSV: with --output, name a file that ends in .csv")
    notes = Notes()
    with notes.about(""):
        blended = ProductFile(product)
    if not blended.n_inputs:
        refuse(f"{product} has no table HDRTAB", input=product)
    chosen = _choose_columns(blended, columns or [], show_all=show_all)
    rows = _sort_rows(blended, sort or [], reverse=reverse)
    if sort:
        chosen = [replace(each, values=each.values.in_order(rows)) for each in chosen]
    if not chosen and (output is not None or not as_json):
        inputs = blended.n_inputs_in_words
        refuse(f"{product}: its {inputs} say the same of everything. All columns come with --all")
    left_out = "" if columns else _left_out(chosen, blended)
    made_safe = ""
    if output is not None:
        from blender_core.cli.table_files import write_table

        n_changed = write_table(
            chosen, output, product=product, overwrite=overwrite, csv_safe=csv_safe
        )
        if csv_safe:
            made_safe = f"{pluralize(n_changed, 'text')} made safe for spreadsheets"
    if as_json:
        names = ["row", *(column.name for column in chosen)]
        print_json(
            dict(zip(names, row, strict=True))
            for block in _blocks(chosen, rows)
            for row in zip(*block, strict=True)
        )
        if made_safe and not quiet:
            sys.stderr.write(visible(f"Note: {output}: {made_safe}") + "\n")
    elif output is None:
        _print(chosen, rows, blended, left_out)
    elif not quiet:
        size = f"{pluralize(len(rows), 'row')}, {pluralize(len(chosen), 'column')}"
        Output().text(f"{output}: {size}{left_out}{made_safe and f'; {made_safe}'}.")
    if not quiet:
        notes.print()


def _choose_columns(
    product: "ProductFile", names: "Iterable[str]", *, show_all: bool
) -> "list[RecordedColumn]":
    if wanted := split_names(names):
        columns = {column.name: column for name in wanted for column in _find(product, name)}
        return list(columns.values())
    if show_all or product.n_inputs == 1:
        return product.columns
    return [column for column in product.columns if column.values.varies]


def _sort_rows(
    product: "ProductFile", names: "Iterable[str]", *, reverse: bool
) -> "NDArray[np.intp]":
    """Return the numbers of the rows in the order that a user wants."""
    import numpy as np

    rows = np.arange(product.n_inputs)
    for name in reversed(split_names(names)):
        columns = _find(product, name)
        if len(columns) > 1:
            meant = ", ".join(column.name for column in columns)
            refuse(f"--sort takes names of one column each, and {name} means {meant}")
        values = list(columns[0].values)

        def sort_key(row: int, values: "Sequence[Any]" = values) -> tuple[bool, Any]:
            return isinstance(values[row], str), values[row]

        present = [row for row in rows.tolist() if values[row] is not None]
        present.sort(key=sort_key, reverse=reverse)
        lacking = [row for row in rows.tolist() if values[row] is None]
        rows = np.array([*present, *lacking], np.intp)
    return rows


def _blocks(
    columns: "Sequence[RecordedColumn]", rows: "NDArray[np.intp]"
) -> "Iterator[list[Sequence[Any]]]":
    """Give the numbers of rows, counted from 1, and the cells of columns, some rows at a time."""
    for start in range(0, len(rows), _BLOCK):
        numbers = (rows[start : start + _BLOCK] + 1).tolist()
        cells = (column.values[start : start + _BLOCK] for column in columns)
        yield [numbers, *cells]


def _find(product: "ProductFile", name: str) -> "list[RecordedColumn]":
    """Return the columns that a user means."""
    columns = [column for column in product.columns if column.is_meant(name)]
    if not columns:
        names = [column.name for column in product.columns]
        close = difflib.get_close_matches(name.upper(), names, n=3)
        hint = f": did you mean {' or '.join(close)}?" if close else ""
        msg = f"{product.path} has no column {name!r} in its HDRTAB{hint}"
        raise UnknownAttributeError(msg, attribute=name, close=close)
    return columns


def _left_out(columns: "Sequence[RecordedColumn]", product: "ProductFile") -> str:
    """Say how many columns are left out for not varying."""
    more = len(product.columns) - len(columns)
    return f"; {pluralize(more, 'column')} of one value left out (--all)" if more else ""


def _print(
    columns: "Sequence[RecordedColumn]",
    rows: "NDArray[np.intp]",
    product: "ProductFile",
    left_out: str,
) -> None:
    from blender_core.cli.console import Output

    output = Output()
    head, numbers = ["row"], []
    for place, column in enumerate(columns, start=1):
        unit = f" [{column.attribute.unit}]" if column.attribute.unit else ""
        head.append(column.name + unit)
        if str not in column.values.kinds:
            numbers.append(place)

    def texts() -> "Iterator[list[list[str]]]":
        for block in _blocks(columns, rows):
            yield [["" if cell is None else str(cell) for cell in cells] for cells in block]

    output.blocks(head, texts, numbers)
    if output.is_terminal:
        output.text("")
        output.text(f"{product.path}: {product.n_inputs_in_words}{left_out}.")
