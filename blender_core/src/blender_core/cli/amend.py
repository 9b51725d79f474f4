"""The command ``amend``: overrides into a product, from its own table."""

# Typer reads the annotations, so their names have to be there when the program runs.
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from blender_core.cli import options
from blender_core.cli.errors import refuse
from blender_core.cli.formatting import print_json, value_text
from blender_core.cli.options import file_option, flag, parse_overrides
from blender_core.common.wording import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.blending.amendment import Amendment, AmendResult

_WIDE: Final = 110


def amend(
    product: options.Product,
    output: Annotated[
        Path | None,
        file_option(
            "FILE", "Where to write the product. It may be PRODUCT itself.", "--output", "-o"
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        flag("Replace the file that --output names, or else PRODUCT itself.", "--overwrite"),
    ] = False,
    rules: options.Rules = None,
    override: options.Overrides = None,
    block: options.Block = None,
    dry_run: Annotated[
        bool, flag("Write nothing: show the values that would change.", "--dry-run")
    ] = False,
    show_all: Annotated[bool, flag("Show the values that stay as they are, too.", "--all")] = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Decide anew by overrides, from a product's own table HDRTAB.

    The exposures are not needed. Only attributes for which --override, --rules or an installed
    plugin asks for another rule than the schema's are changed, and HDRRULES, which tells what was
    done; nothing else of the product.
    """
    from blender_core.blending.amend import amend as amend_product
    from blender_core.cli.captured_warnings import Notes
    from blender_core.plugins.manager import Plugins
    from blender_core.products.open_product import open_product
    from blender_core.products.saving import target_of

    if not product.exists():
        refuse(f"there is no product {product}", input=product)
    target = product if output is None else output
    if not dry_run and output is None and not overwrite:
        refuse(
            f"say where to write: --output FILE, or --overwrite for {product} itself",
            remedy="--overwrite",
        )
    notes = Notes()
    with notes.about(""):
        plugins = Plugins.discover(block or ())
        opened = open_product(product, plugins)
        if not dry_run:
            target_of(opened, target, overwrite=overwrite)
        result = amend_product(
            opened,
            overrides=parse_overrides(override or []),
            rules=rules or (),
            plugins=plugins,
        )
        if not result.amendments:
            refuse(
                f"no override holds for {product}: give one with --override or --rules, or "
                "install a plugin that has some. Nothing has been written",
                input=product,
            )
        if not dry_run:
            result.save(target, overwrite=overwrite)
    heads = ("now", "then") if dry_run else ("before", "after")
    amendments = result.amendments if show_all else result.changes
    if as_json:
        print_json(
            {
                "product": str(target),
                "written": not dry_run,
                "values": change_objects(amendments, *heads),
                "warnings": notes.lines(),
            }
        )
    elif not quiet:
        _print(result, amendments, target, heads, is_written=not dry_run)
        notes.print()


def _print(
    result: "AmendResult",
    amendments: "Sequence[Amendment]",
    target: Path,
    heads: tuple[str, str],
    *,
    is_written: bool,
) -> None:
    from blender_core.cli.console import Output

    output = Output()
    amended = "amended" if is_written else "would be amended"
    output.text(f"{target}: {pluralize(len(result.changes), 'value')} {amended}", "bold")
    if amendments:
        print_changes(amendments, *heads)
    if more := len(result.amendments) - len(amendments):
        number = f"{more} more {'is' if more == 1 else 'are'}" if amendments else f"{more}"
        output.text(f"{number} decided anew with the value that was there (--all shows them).")
    if not is_written:
        output.text("Nothing has been written.", "bold")


def change_objects(
    amendments: "Sequence[Amendment]", before: str, after: str
) -> list[dict[str, Any]]:
    """Return what programs read of values that are changed, or stay."""
    return [
        {
            "attribute": amendment.attribute,
            "keyword": amendment.keyword,
            before: amendment.before,
            after: amendment.after,
            "changes": amendment.is_change,
            "rule": amendment.rule,
            "settings": amendment.settings,
            "asked_by": amendment.asked_by,
            "provider": asdict(amendment.provider),
            "reason": amendment.reason,
        }
        for amendment in amendments
    ]


def print_changes(amendments: "Sequence[Amendment]", before: str, after: str) -> None:
    """Print values that are changed, or stay, as a table."""
    from blender_core.cli.console import Output

    rows = [
        (
            amendment.keyword or "",
            amendment.attribute,
            value_text(amendment.before),
            value_text(amendment.after),
            f"{amendment.rule} ({amendment.settings})" if amendment.settings else amendment.rule,
            f"{amendment.provider.distribution} {amendment.provider.version}",
        )
        for amendment in amendments
    ]
    Output().table(
        ("keyword", "attribute", before, after, "rule", "provider"),
        rows,
        folded=(1, 2, 3, 4),
        two_names_from=_WIDE,
    )
