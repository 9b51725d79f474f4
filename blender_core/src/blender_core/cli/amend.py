"""The command ``amend``: overrides into a product, from its own table."""

# Typer reads the annotations, so their names have to be there when the program runs.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blender_core.cli.errors import CommandError, reported
from blender_core.cli.options import All, AsJson, Block, Debug, Overrides, Product, Quiet, Rules

if TYPE_CHECKING:
    from blender_core.blending.amendment import AmendResult

__all__ = ["amend"]


def amend(
    product: Product,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="Where to write the product. It may be PRODUCT itself.",
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace the file that --output names, or else PRODUCT itself."
        ),
    ] = False,
    rules: Rules = None,
    override: Overrides = None,
    block: Block = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing: show the values that would change.")
    ] = False,
    show_all: All = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Decide anew what overrides ask for, from a product's own table HDRTAB.

    The exposures are not needed. Only attributes for which --override, --rules or an installed
    plugin asks for another rule than the schema's are changed, and HDRRULES, which tells what was
    done; nothing else of the product.
    """
    with reported(debug):
        from blender_core.blending.amend import amend as amend_product
        from blender_core.cli.captured_warnings import Notes
        from blender_core.cli.json_output import print_json
        from blender_core.cli.options import overrides_of
        from blender_core.cli.value_changes import change_object
        from blender_core.formats.files.target import Target

        if not product.exists():
            msg = f"there is no product {product}"
            raise CommandError(msg)
        target = product if output is None else output
        if not dry_run:
            if output is None and not overwrite:
                msg = f"say where to write: --output FILE, or --overwrite for {product} itself"
                raise CommandError(msg)
            Target.find(target, overwrite=overwrite, product=product)
        notes = Notes()
        with notes.about(""):
            result = amend_product(
                product,
                overrides=overrides_of(override or []),
                rules=rules or (),
                block=block or (),
            )
            if not result.amendments:
                msg = (
                    f"no override holds for {product}: give one with --override or --rules, or "
                    "install a plugin that has some. Nothing has been written"
                )
                raise CommandError(msg)
            if not dry_run:
                result.save(target, overwrite=overwrite)
        heads = ("now", "then") if dry_run else ("before", "after")
        if as_json:
            shown = result.amendments if show_all else result.changes
            print_json(
                {
                    "product": str(target),
                    "written": not dry_run,
                    "values": [change_object(value, *heads) for value in shown],
                    "warnings": notes.lines(),
                }
            )
        elif not quiet:
            _print(result, target, heads, show_all=show_all)
            notes.print()


def _print(result: "AmendResult", target: Path, heads: tuple[str, str], *, show_all: bool) -> None:
    from blender_core.cli.console import Output
    from blender_core.cli.value_changes import print_changes
    from blender_core.common.wording import pluralize

    console = Output()
    is_written = heads[0] == "before"
    amended = "amended" if is_written else "would be amended"
    console.say(f"{target}: {pluralize(len(result.changes), 'value')} {amended}", "bold")
    shown = result.amendments if show_all else result.changes
    if shown:
        print_changes(shown, *heads)
    if more := len(result.amendments) - len(shown):
        number = f"{more} more {'is' if more == 1 else 'are'}" if shown else f"{more}"
        console.say(f"{number} decided anew with the value that was there (--all shows them).")
    if not is_written:
        console.say("Nothing has been written.", "bold")
