"""The command ``table``: what every input of a product said."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blender_core.cli.errors import CommandError, reported
from blender_core.cli.options import AsJson, Debug, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.products.product_file import ProductFile
    from blender_core.tables.recorded_inputs import RecordedColumn

__all__ = ["table"]


def table(
    product: Product,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns",
            "-c",
            metavar="NAME,...",
            show_default=False,
            help="The columns, by name, path or pattern, separated by commas. Repeatable.",
        ),
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="All columns, not only those that vary.")
    ] = False,
    sort: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            show_default=False,
            help="Sort the rows by these columns, separated by commas; those without a value come "
            "last. Repeatable.",
        ),
    ] = None,
    reverse: Annotated[
        bool, typer.Option("--reverse", help="Sort from the largest to the smallest.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="Write the table to a file that ends in .csv, .ecsv, .fits, .parquet or .html.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that --output names.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but the table and errors.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show what every input of a product said: its table HDRTAB.

    Without --columns or --all, only the columns that vary are shown or written.
    """
    with reported(debug):
        from blender_core.cli.console import Output
        from blender_core.cli.json_output import print_json
        from blender_core.cli.product import open_product_file
        from blender_core.cli.table_files import write_table
        from blender_core.cli.table_selection import chosen_columns, sorted_rows
        from blender_core.common.wording import pluralize

        if columns and show_all:
            msg = "--all is for all columns: name none with it"
            raise CommandError(msg)
        opened, notes = open_product_file(product)
        if not opened.n_inputs:
            msg = f"{product} has no table HDRTAB"
            raise CommandError(msg)
        chosen = chosen_columns(opened, columns or [], show_all=show_all)
        rows = sorted_rows(opened, sort or [], reverse=reverse)
        if not chosen and (output is not None or not as_json):
            msg = (
                f"{product}: its {pluralize(opened.n_inputs, 'input')} say the same of everything. "
            )
            raise CommandError(msg + "All columns come with --all")
        if output is not None:
            write_table(chosen, rows, output, product=product, overwrite=overwrite)
        if as_json:
            print_json(
                [{"row": i + 1, **{one.name: one.values[i] for one in chosen}} for i in rows]
            )
        elif output is None:
            _print(chosen, rows, opened, hint="" if columns else _hint(chosen, opened))
        elif not quiet:
            size = f"{pluralize(len(rows), 'row')}, {pluralize(len(chosen), 'column')}"
            hint = "" if columns else _hint(chosen, opened)
            Output().say(f"{output}: {size}{hint}.")
        if not quiet:
            notes.print()


def _hint(columns: "Sequence[RecordedColumn]", product: "ProductFile") -> str:
    """Say how many columns are left out for not varying."""
    from blender_core.common.wording import pluralize

    more = len(product.columns) - len(columns)
    return f"; {pluralize(more, 'column')} of one value left out (--all)" if more else ""


def _print(
    columns: "Sequence[RecordedColumn]", rows: "Sequence[int]", product: "ProductFile", hint: str
) -> None:
    from blender_core.cli.console import Output
    from blender_core.common.wording import pluralize

    output = Output()
    head, cells = ["row"], [[str(i + 1) for i in rows]]
    for one in columns:
        unit = f" [{one.attribute.unit}]" if one.attribute.unit else ""
        head.append(one.name + unit)
        texts = ["" if one.values[i] is None else str(one.values[i]) for i in rows]
        if not any(isinstance(value, str) for value in one.values):
            width = max(map(len, (head[-1], *texts)))
            texts = [text.rjust(width) for text in texts]
        cells.append(texts)
    output.blocks(head, list(zip(*cells, strict=True)))
    if output.is_terminal:
        output.say("")
        output.say(f"{product.path}: {pluralize(product.n_inputs, 'input')}{hint}.")
