"""The command ``explain``: how a product's values came about."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blender_core.cli.failure import CommandError, reported
from blender_core.cli.options import AsJson, Debug, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.outcome import Outcome
    from blender_core.product_file import ProductFile

__all__ = ["explain"]

_LONGEST: Final = 40
_WIDE: Final = 100
_NO_RULES: Final = (
    "Which rules made the values is not recorded: the product has no table HDRRULES, which a blend "
    "with --record-rules leaves."
)


def explain(
    product: Product,
    attributes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ATTR",
            show_default=False,
            help="Attributes, by path or keyword; groups and patterns, too. Without any, a line "
            "for each that varies or has a rule.",
        ),
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="A line for every attribute.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Explain how a product's values came about.

    What the inputs said is in the product's table HDRTAB. Which rules made the values is in
    HDRRULES, which a blend with --record-rules leaves.
    """
    with reported(debug):
        from blender_core.cli.json_text import print_json
        from blender_core.cli.product import open_product_file

        if attributes and show_all:
            msg = "--all is for every attribute: name none with it"
            raise CommandError(msg)
        opened, notes = open_product_file(product)
        if not opened.n_inputs and not opened.has_rules:
            msg = f"{product} has no table HDRTAB: nothing tells how its values came about"
            raise CommandError(msg)
        outcomes = opened.outcomes
        if attributes:
            chosen = list(dict.fromkeys(one for name in attributes for one in outcomes.find(name)))
        else:
            chosen = [one for one in outcomes.values() if show_all or _is_telling(one)]
        if as_json:
            print_json([_object(one, opened) for one in chosen])
        elif attributes:
            _print_paragraphs(chosen, opened)
        else:
            _print_lines(chosen, opened)
        notes.print()


def _is_telling(one: "Outcome") -> bool:
    """Tell whether there is more to say than that the first input's value was taken."""
    from blender_core.assignment import Tier

    ruled = one.tier not in (None, Tier.DEFAULT) and bool(one.n_inputs)
    return ruled or (one.n_distinct or 0) > 1


def _print_paragraphs(chosen: "Sequence[Outcome]", product: "ProductFile") -> None:
    from blender_core.cli.console import Output
    from blender_core.explaining import explained

    output = Output()
    for number, one in enumerate(chosen):
        if number:
            output.say("")
        text = explained(one, product.inputs.get(one.attribute), product.values)
        first, _, others = text.partition("\n")
        output.say(first, "bold")
        output.say(others)
    if not product.has_rules:
        output.say("")
        output.say(_NO_RULES, "dim")


def _print_lines(chosen: "Sequence[Outcome]", product: "ProductFile") -> None:
    from blender_core.cli.console import Output
    from blender_core.values import counted

    output = Output()
    head = ["keyword", "attribute", "value", "rule", "values"]
    rows = [
        [
            one.keyword or "",
            one.attribute,
            _value(one, product),
            one.rule or "",
            "" if one.n_inputs is None else f"{one.n_distinct} in {one.n_inputs}",
        ]
        for one in chosen
    ]
    styles = ["bold", "", "", "bold cyan", ""]
    if not product.has_rules:
        for row in (head, styles, *rows):
            del row[3]
    output.table(head, rows, styles=styles, folded=(1, 2), two_names_from=_WIDE)
    if not output.is_terminal:
        return
    output.say("")
    inputs = f"{product.path}: {counted(product.n_inputs, 'input')}"
    more = len(product.outcomes) - len(chosen)
    if more:
        inputs += f". {counted(more, 'attribute')} without a rule, of one value, left out (--all)"
    output.say(f"{inputs}.")
    output.say("values: how many different ones there are, in how many inputs.", "dim")
    if not product.has_rules:
        output.say(_NO_RULES, "dim")


def _value(one: "Outcome", product: "ProductFile") -> str:
    """Return what the product has, in one short line."""
    value = product.values.get(one.attribute)
    if value is None:
        return {"dropped": "(dropped)", "refused": "(refused)"}.get(one.status.value, "")
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _object(one: "Outcome", product: "ProductFile") -> dict[str, Any]:
    from blender_core.cli.json_text import provider_object

    return {
        "attribute": one.attribute,
        "keyword": one.keyword,
        "status": one.status.value,
        "value": product.values.get(one.attribute),
        "rule": one.rule,
        "settings": one.settings,
        "tier": None if one.tier is None else one.tier.label,
        "asked_by": one.asked_by,
        "provider": None if one.provider is None else provider_object(one.provider),
        "reason": one.reason,
        "n_inputs": one.n_inputs,
        "n_distinct": one.n_distinct,
        "n_seen": one.n_seen,
        "row": None if one.from_input is None else one.from_input + 1,
        "inputs": product.inputs.get(one.attribute),
    }
