"""The command ``diff``: what is different between two products."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blender_core.cli import options
from blender_core.cli.completion import columns_and_more
from blender_core.cli.errors import FINDINGS
from blender_core.cli.formatting import print_json, value_text
from blender_core.cli.options import file_argument, flag, option, split_names
from blender_core.common.wording import pluralize

if TYPE_CHECKING:
    from blender_core.products.diff import ProductDiff

_MOST_NAMES: Final = 100


def diff(
    here: Annotated[Path, file_argument("A", "A product's file.")],
    there: Annotated[Path, file_argument("B", "Another product's file.")],
    show_all: Annotated[
        bool, flag("Also the names of the files, and when they were written.", "--all")
    ] = False,
    ignore: Annotated[
        list[str] | None,
        option(
            "ATTR,...",
            "Do not compare these, in the products or their tables: keywords, columns, paths, "
            "groups or patterns, separated by commas. Repeatable.",
            autocompletion=columns_and_more,
        ),
    ] = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Compare two products, and the rules that made them differ.

    Compared are their metadata, the rows of HDRTAB by the names of the inputs, and, if both have
    HDRRULES, which a blend with --record-rules leaves, the rules. Of values that were set after
    the blend, it is said what the blend gave. The status is 1 if anything is different that is not
    ignored.
    """
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.evaluation.outcome import OF_A_FILE
    from blender_core.products.diff import ProductDiff
    from blender_core.products.product_file import ProductFile

    notes = Notes()
    with notes.about(""):
        differences = ProductDiff(
            ProductFile(here), ProductFile(there), ignore=split_names(ignore or [])
        )
    if not show_all:
        differences.values = [
            value for value in differences.values if value.attribute not in OF_A_FILE
        ]
    if as_json:
        print_json(_diff_object(differences))
    elif not quiet:
        if differences:
            _print_diff(differences, str(here), str(there))
        else:
            Output().text(f"{here} and {there} say the same.")
    if not quiet:
        notes.print()
    if differences:
        raise typer.Exit(FINDINGS)


def _print_diff(differences: "ProductDiff", here: str, there: str) -> None:
    from blender_core.cli.console import Output

    output = Output()
    if differences.values:
        rows = []
        for value in differences.values:
            # Where only one tells its rules, there is nothing to compare them with.
            has_other_rule = differences.compares_rules and value.rule_here != value.rule_there
            with_rules = has_other_rule or value.later_here or value.later_there
            rows.append(
                (
                    value.keyword or "",
                    value.attribute,
                    _cell(value.here, value.rule_here if with_rules else ""),
                    _cell(value.there, value.rule_there if with_rules else ""),
                )
            )
        head = ("keyword", "attribute", here, there)
        output.table(head, rows, folded=(1, 2, 3), two_names_from=100)
    for name, inputs in ((here, differences.only_here), (there, differences.only_there)):
        if inputs:
            output.text("")
            output.text(f"Only in {name}: {pluralize(len(inputs), 'input')}", "bold")
            for each in inputs[:_MOST_NAMES]:
                output.text(each, indent=2)
            if more := len(inputs[_MOST_NAMES:]):
                output.text(f"and {more:,} more (--json has them all)", "dim", indent=2)
    if differences.cells:
        output.text("")
        output.text("Inputs of which the tables differ:", "bold")
        cells = [
            (
                cell.attribute,
                pluralize(len(cell.inputs), "input"),
                value_text(cell.here),
                value_text(cell.there),
            )
            for cell in differences.cells
        ]
        output.table(("attribute", "inputs", here, there), cells, folded=(0, 2, 3))


def _cell(value: Any, rule: str) -> str:
    return f"{value_text(value)}, {rule}" if rule else value_text(value)


def _diff_object(differences: "ProductDiff") -> dict[str, Any]:
    return {
        "values": [
            {
                "attribute": value.attribute,
                "keyword": value.keyword,
                "a": value.here,
                "b": value.there,
                "rule_a": value.rule_here,
                "rule_b": value.rule_there,
                "later_a": value.later_here,
                "later_b": value.later_there,
                "blended_a": value.blended_here,
                "blended_b": value.blended_there,
            }
            for value in differences.values
        ],
        "inputs_only_in_a": differences.only_here,
        "inputs_only_in_b": differences.only_there,
        "cells": (
            {
                "attribute": cell.attribute,
                "inputs": tuple(cell.inputs),
                "a": cell.here,
                "b": cell.there,
            }
            for cell in differences.cells
        ),
    }
