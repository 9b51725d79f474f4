"""The command ``report``: the HTML report of a product on disk."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import Annotated

import typer

from blender_core.cli.errors import reported
from blender_core.cli.options import Debug, Product, Quiet

__all__ = ["report"]


def report(
    product: Product,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="Where to write the report. By default, it goes beside the product, with a name "
            "that ends in _report.html.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there.")
    ] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a report of a product, for the browser.

    It is one HTML file that asks for nothing else.

    What the inputs said is in the product's table HDRTAB. Which rules made the values is in
    HDRRULES, which a blend with --record-rules leaves.
    """
    with reported(debug):
        from blender_core.cli.console import Output
        from blender_core.cli.product import open_product_file
        from blender_core.report import write_report
        from blender_core.report.write import report_target

        target = output or product.with_name(f"{product.name.partition('.')[0]}_report.html")
        report_target(target, overwrite=overwrite, others=[product])
        opened, notes = open_product_file(product)
        write_report(opened, target, overwrite=overwrite, notes=notes.lines())
        if not quiet:
            Output().say(f"{target}: the report of {product}")
