"""The command ``report``: the HTML report of a product on disk."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import Annotated

from blender_core.cli import options
from blender_core.cli.formatting import print_json
from blender_core.cli.options import file_option, flag


def report(
    product: options.Product,
    output: Annotated[
        Path | None,
        file_option(
            "FILE",
            "Where to write the report. By default, it goes beside the product, with a name "
            "that ends in _report.html.",
            "--output",
            "-o",
        ),
    ] = None,
    overwrite: Annotated[bool, flag("Replace a file that is there.", "--overwrite")] = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Write a report of a product, for the browser.

    It is one HTML file that asks for nothing else.

    What the inputs said is in the product's table HDRTAB. Which rules made the values is in
    HDRRULES, which a blend with --record-rules leaves.
    """
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.products.product_file import ProductFile
    from blender_core.report import write_report
    from blender_core.report.write import report_target

    target = output or product.with_name(f"{product.name.partition('.')[0]}_report.html")
    report_target(target, overwrite=overwrite, others=[product])
    notes = Notes()
    with notes.about(""):
        blended = ProductFile(product)
    write_report(blended, target, overwrite=overwrite, notes=notes.lines())
    if as_json:
        report_object = {
            "product": str(product),
            "report": str(target),
            "warnings": notes.lines(),
        }
        print_json(report_object)
    elif not quiet:
        Output().text(f"{target}: the report of {product}")
