"""The command ``diff``: what is different between two products."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blender_core.cli.errors import FINDINGS, reported
from blender_core.cli.options import AsJson, Debug, Quiet, names_in

if TYPE_CHECKING:
    from blender_core.products.diff import ProductDiff

__all__ = ["diff", "print_diff"]


def diff(
    here: Annotated[
        Path, typer.Argument(metavar="A", show_default=False, help="A product's file.")
    ],
    there: Annotated[
        Path, typer.Argument(metavar="B", show_default=False, help="Another product's file.")
    ],
    show_all: Annotated[
        bool, typer.Option("--all", help="Also the names of the files, and when they were written.")
    ] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ATTR,...",
            show_default=False,
            help="Do not compare these, in the products or their tables: keywords, columns, paths, "
            "groups or patterns, separated by commas. Repeatable.",
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Compare two products, and the rules that made them differ.

    Compared are their metadata, the rows of HDRTAB by the names of the inputs, and, if both have
    HDRRULES, which a blend with --record-rules leaves, the rules. Of values that were set after
    the blend, it is said what the blend gave. The status is 1 if anything is different that is not
    ignored.
    """
    with reported(debug):
        from blender_core.cli.captured_warnings import Notes
        from blender_core.cli.console import Output
        from blender_core.evaluation.outcome import OF_A_FILE
        from blender_core.products.diff import ProductDiff
        from blender_core.products.product_file import ProductFile

        notes = Notes()
        with notes.about(""):
            found = ProductDiff(
                ProductFile(here), ProductFile(there), ignore=names_in(ignore or [])
            )
        if not show_all:
            found.values = [one for one in found.values if one.attribute not in OF_A_FILE]
        if as_json:
            from blender_core.cli.json_output import print_json

            print_json(_object(found))
        elif not quiet:
            if found:
                print_diff(found, str(here), str(there))
            else:
                Output().say(f"{here} and {there} say the same.")
        if not quiet:
            notes.print()
        if found:
            raise typer.Exit(FINDINGS)


def print_diff(found: "ProductDiff", here: str, there: str) -> None:
    """Print what is different between two products."""
    from blender_core.cli.console import Output
    from blender_core.common.wording import pluralize

    output = Output()
    if found.values:
        rows = []
        for one in found.values:
            # Where only one tells its rules, there is nothing to compare them with.
            has_other_rule = found.compares_rules and one.rule_here != one.rule_there
            is_told = has_other_rule or one.later_here or one.later_there
            rows.append(
                (
                    one.keyword or "",
                    one.attribute,
                    _cell(one.here, one.rule_here, is_told=is_told),
                    _cell(one.there, one.rule_there, is_told=is_told),
                )
            )
        head = ("keyword", "attribute", here, there)
        output.table(head, rows, styles=("bold", "", "", ""), folded=(1, 2, 3), two_names_from=100)
    for name, inputs in ((here, found.only_here), (there, found.only_there)):
        if inputs:
            output.say("")
            output.say(f"Only in {name}: {pluralize(len(inputs), 'input')}", "bold")
            output.say("\n".join(inputs), indent=2)
    if found.cells:
        output.say("")
        output.say("Inputs of which the tables differ:", "bold")
        cells = [
            (
                one.attribute,
                pluralize(len(one.inputs), "input"),
                _shown(one.here),
                _shown(one.there),
            )
            for one in found.cells
        ]
        output.table(("attribute", "inputs", here, there), cells, folded=(0, 2, 3))


def _cell(value: Any, rule: str, *, is_told: bool) -> str:
    return f"{_shown(value)}, {rule}" if is_told and rule else _shown(value)


def _shown(value: Any) -> str:
    from blender_core.common.wording import preview

    return "none" if value is None else preview(value)


def _object(found: "ProductDiff") -> dict[str, Any]:
    """Return what programs read of a comparison."""
    return {
        "values": [
            {
                "attribute": one.attribute,
                "keyword": one.keyword,
                "a": one.here,
                "b": one.there,
                "rule_a": one.rule_here,
                "rule_b": one.rule_there,
                "later_a": one.later_here,
                "later_b": one.later_there,
                "blended_a": one.blended_here,
                "blended_b": one.blended_there,
            }
            for one in found.values
        ],
        "inputs_only_in_a": found.only_here,
        "inputs_only_in_b": found.only_there,
        "cells": [
            {"attribute": one.attribute, "inputs": one.inputs, "a": one.here, "b": one.there}
            for one in found.cells
        ],
    }
