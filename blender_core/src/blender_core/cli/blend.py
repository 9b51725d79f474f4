"""The command ``blend``: the metadata of many exposures into a product on disk."""

# Typer reads the annotations, so their names have to be there when the program runs.
import enum
from pathlib import Path
from typing import Annotated

import typer

from blender_core.cli.errors import CommandError, reported
from blender_core.cli.options import (
    All,
    AsJson,
    Block,
    Debug,
    Ignore,
    Overrides,
    Product,
    Quiet,
    Rules,
)

__all__ = ["blend"]


class OnBadInput(enum.Enum):
    """What to do about inputs that cannot be blended."""

    RAISE = "raise"
    SKIP = "skip"


def blend(
    product: Product,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            show_default=False,
            help="Exposures: files; patterns, also quoted ones; association files; or @list.txt, "
            "a file that names such on its lines. Without any, the science members of the "
            "association that the product names.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="Where to write the product. By default, it takes the place of PRODUCT.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that --output and --report name.")
    ] = False,
    asn_product: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="The product whose members are blended, of an association with several. By "
            "default, the one that PRODUCT or --output is named after.",
        ),
    ] = None,
    rules: Rules = None,
    override: Overrides = None,
    ignore: Ignore = None,
    block: Block = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Take inputs of several model types and instruments.")
    ] = False,
    expand: Annotated[
        bool,
        typer.Option(
            "--expand",
            help="Take an input that is a product itself for the exposures in its HDRTAB.",
        ),
    ] = False,
    record_rules: Annotated[
        bool | None,
        typer.Option(
            "--record-rules/--no-record-rules",
            show_default=False,
            help="Keep in the product, as the table HDRRULES, which rule made each value. By "
            "default, that is done if an override took effect.",
        ),
    ] = None,
    replace_later: Annotated[
        bool,
        typer.Option(
            "--replace-later",
            help="Blend all values of a product that was blended before. By default, those that "
            "were set after its blend stay, unless an override asks for another rule.",
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", show_default=False, help="Write a report of the blend, in HTML."
        ),
    ] = None,
    on_bad_input: Annotated[
        OnBadInput,
        typer.Option(
            help="What to do about inputs that cannot be blended: refuse to blend, or leave them "
            "out and say so."
        ),
    ] = OnBadInput.RAISE,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Write nothing: show the plan, what is wrong with it, the values that would "
            "change, and what was read.",
        ),
    ] = False,
    show_all: All = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Blend the metadata of exposures into a product.

    The product keeps a table, HDRTAB, of what every exposure said. Of the exposures, only headers
    and metadata are read. The product's file is replaced as a whole or not at all; its pixels stay
    as they are.
    """
    with reported(debug):
        from blender_core.cli.blend_work import Blend

        if show_all and not dry_run:
            msg = "--all is for --dry-run, which shows the values that would change"
            raise CommandError(msg)
        work = Blend(
            product=product,
            arguments=inputs,
            output=output or product,
            overwrite=overwrite,
            asn_product=asn_product,
            rules=rules or [],
            override=override or [],
            ignore=ignore or [],
            block=block or [],
            mixed=mixed,
            expand=expand,
            record_rules=record_rules,
            replace_later=replace_later,
            report=report,
            on_bad_input=on_bad_input.value,
        )
        if dry_run:
            work.rehearse(as_json=as_json, quiet=quiet, show_all=show_all)
        else:
            work.carry_out(as_json=as_json, quiet=quiet)
