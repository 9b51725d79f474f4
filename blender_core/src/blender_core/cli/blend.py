"""The command ``blend``: the metadata of many exposures into a product on disk."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import Annotated

import typer

from blender_core.cli import options
from blender_core.cli.errors import refuse
from blender_core.cli.options import EXPOSURES, argument, file_option, flag, option


def blend(
    product: options.Product,
    inputs: Annotated[
        list[str] | None,
        argument(
            "INPUT",
            f"{EXPOSURES} Without any, the science members of the association that the product "
            "names.",
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        file_option(
            "FILE",
            "Where to write the product. By default, it takes the place of PRODUCT.",
            "--output",
            "-o",
        ),
    ] = None,
    overwrite: Annotated[
        bool, flag("Replace files that --output and --report name.", "--overwrite")
    ] = False,
    asn_product: Annotated[
        str | None,
        option(
            "NAME",
            "The product whose members are blended, of an association with several. By "
            "default, the one that PRODUCT or --output is named after.",
        ),
    ] = None,
    blend_options: options.BlendOptions,
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
        flag(
            "Blend all values of a product that was blended before. By default, those that "
            "were set after its blend stay, unless an override asks for another rule.",
            "--replace-later",
        ),
    ] = False,
    report: options.ReportFile = None,
    processes: Annotated[
        int | None,
        option("N", "Read the inputs in so many processes of this machine.", "--processes"),
    ] = None,
    scheduler: Annotated[
        str | None,
        option(
            "ADDRESS",
            "Let the workers of a Dask cluster read the inputs: the address of its scheduler, "
            "such as tcp://head:8786.",
            "--scheduler",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        flag(
            "Write nothing: show the plan, what is wrong with it, the values that would "
            "change, and what was read.",
            "--dry-run",
        ),
    ] = False,
    remote_options: options.RemoteInputsOptions,
    show_all: Annotated[
        bool, flag("With --dry-run: also show the values that stay as they are.", "--all")
    ] = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Blend the metadata of exposures into a product.

    The product keeps a table, HDRTAB, of what every exposure said. Of the exposures, only headers
    and metadata are read. The product's file is replaced as a whole or not at all; its pixels stay
    as they are.
    """
    from blender_core.cli.blend_work import BlendWork
    from blender_core.cli.workers import Workers

    if show_all and not dry_run:
        refuse("--all is for --dry-run, which shows the values that would change")
    work = BlendWork(
        product=product,
        arguments=inputs,
        output=output or product,
        report=report,
        overwrite=overwrite,
        ignore=blend_options.ignore or [],
        workers=Workers(processes, scheduler),
        settings={
            **blend_options.settings(),
            "asn_product": asn_product,
            "record_rules": record_rules,
            "later": "replace" if replace_later else "keep",
            "remote": remote_options.remote(),
        },
    )
    if dry_run:
        work.rehearse(as_json=as_json, quiet=quiet, show_all=show_all)
    else:
        work.carry_out(as_json=as_json, quiet=quiet)
