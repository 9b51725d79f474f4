"""The command ``explain``: how a product's values came about."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blender_core.cli.errors import CommandError, reported
from blender_core.cli.options import AsJson, Debug, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.evaluation.outcome import Outcome
    from blender_core.products.product_file import ProductFile

__all__ = ["explain"]

_LONGEST: Final = 40
_OF_VALUES: Final = "values: how many different ones there are, in how many inputs."
_WIDE: Final = 100
_NO_RULES: Final = (
    "Which rules made the values is not recorded: the product has no table HDRRULES, which a blend "
    "with --record-rules leaves."
)
_ONLY_AMENDED: Final = (
    "Which rules made the values is only recorded of those that were amended: the product's "
    "HDRRULES tells of no others."
)


def explain(
    product: Product,
    attributes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ATTR",
            show_default=False,
            help="Attributes, by path or keyword; groups and patterns, too. Without any, a line "
            "for each that varies, has a rule, or was set later.",
        ),
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="A line for every attribute.")] = False,
    show_later: Annotated[
        bool,
        typer.Option(
            "--later", help="A line for each that was set after the blend, with what that gave."
        ),
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Explain how a product's values came about.

    What the inputs said is in the product's table HDRTAB. Which rules made the values is in
    HDRRULES, which a blend with --record-rules leaves. Values that were set after the blend are
    known from what HDRRULES has, or from what the rules of the schema make of HDRTAB.
    """
    with reported(debug):
        from blender_core.cli.json_output import print_json
        from blender_core.cli.product import open_product_file

        if show_all and show_later:
            msg = "--all is for every attribute, and --later for some: choose one of them"
            raise CommandError(msg)
        if attributes and (show_all or show_later):
            option = "--all" if show_all else "--later"
            msg = f"{option} is for attributes that are not named: name none with it"
            raise CommandError(msg)
        opened, notes = open_product_file(product)
        if not opened.n_inputs and not opened.has_rules:
            msg = f"{product} has no table HDRTAB: nothing tells how its values came about"
            raise CommandError(msg)
        outcomes = opened.outcomes
        if attributes:
            chosen = list(dict.fromkeys(one for name in attributes for one in outcomes.find(name)))
        elif show_later:
            chosen = [one for one in outcomes.values() if _is_later(one)]
        else:
            chosen = [one for one in outcomes.values() if show_all or _is_telling(one)]
        if as_json:
            print_json([_object(one, opened) for one in chosen])
        elif attributes:
            _print_paragraphs(chosen, opened)
        elif show_later:
            _print_later(chosen, opened)
        else:
            _print_lines(chosen, opened)
        notes.print()


def _is_later(one: "Outcome") -> bool:
    from blender_core.evaluation.outcome import Status

    return one.status is Status.LATER


def _is_telling(one: "Outcome") -> bool:
    """Tell whether there is more to say than that the first input's value was taken."""
    from blender_core.evaluation.outcome import Status
    from blender_core.plan.assignment import Tier

    if one.status in (Status.LATER, Status.AMENDED):
        return True
    ruled = one.tier not in (None, Tier.DEFAULT) and bool(one.n_inputs)
    return ruled or (one.n_distinct or 0) > 1


def _print_paragraphs(chosen: "Sequence[Outcome]", product: "ProductFile") -> None:
    from blender_core.cli.console import Output
    from blender_core.evaluation.outcomes import explanation

    output = Output()
    for number, one in enumerate(chosen):
        if number:
            output.say("")
        text = explanation(one, product.inputs.get(one.attribute), product.values)
        first, _, others = text.partition("\n")
        output.say(first, "bold")
        if others:
            output.say(others)
    lacking = _lacking(chosen, product)
    if lacking:
        output.say("")
        output.say(lacking, "dim")


def _lacking(chosen: "Sequence[Outcome]", product: "ProductFile") -> str:
    """Return why rules are not known; empty if all are that there are."""
    from blender_core.evaluation.outcome import Status

    if not any(one.status is Status.UNKNOWN for one in chosen):
        return ""
    return _ONLY_AMENDED if product.has_rules else _NO_RULES


def _print_lines(chosen: "Sequence[Outcome]", product: "ProductFile") -> None:
    from blender_core.cli.console import Output
    from blender_core.common.wording import pluralize

    output = Output()
    head = ["keyword", "attribute", "value", "rule", "values"]
    rows = [
        [
            one.keyword or "",
            one.attribute,
            _value(one, product),
            _rule(one),
            _values(one),
        ]
        for one in chosen
    ]
    styles = ["bold", "", "", "bold cyan", ""]
    if not any(row[3] for row in rows):
        for row in (head, styles, *rows):
            del row[3]
    output.table(head, rows, styles=styles, folded=(1, 2), two_names_from=_WIDE)
    if not output.is_terminal:
        return
    output.say("")
    inputs = f"{product.path}: {pluralize(product.n_inputs, 'input')}"
    more = len(product.outcomes) - len(chosen)
    if more:
        inputs += f". {pluralize(more, 'attribute')} without a rule, of one value, left out (--all)"
    output.say(f"{inputs}.")
    if any(map(_is_later, chosen)):
        output.say(
            "set later: set after the blend, whose rule gave another value (--later).", "dim"
        )
    output.say(_OF_VALUES, "dim")
    lacking = _lacking(chosen, product)
    if lacking:
        output.say(lacking, "dim")


def _print_later(chosen: "Sequence[Outcome]", product: "ProductFile") -> None:
    from blender_core.cli.console import Output
    from blender_core.common.wording import pluralize

    output = Output()
    if not chosen:
        output.say(f"Of no value of {product.path} is it known that it was set after the blend.")
        return
    head = ["keyword", "attribute", "value", "blended", "rule", "values"]
    rows = [
        [
            one.keyword or "",
            one.attribute,
            _value(one, product),
            "none" if one.blended is None else _shortened(one.blended),
            one.rule or "",
            _values(one),
        ]
        for one in chosen
    ]
    styles = ["bold", "", "", "", "bold cyan", ""]
    output.table(head, rows, styles=styles, folded=(1, 2, 3), two_names_from=_WIDE)
    if output.is_terminal:
        output.say("")
        values = pluralize(len(chosen), "value")
        inputs = pluralize(product.n_inputs, "input")
        output.say(f"{product.path}: {values} set after the blend of {inputs}.")
        output.say("blended: what the blend gave, by its rule.", "dim")
        output.say(_OF_VALUES, "dim")


def _rule(one: "Outcome") -> str:
    """Return the rule, and that it is not the rule of what the product has, if so."""
    from blender_core.evaluation.outcome import Status

    mark = {Status.LATER: "set later", Status.AMENDED: "amended"}.get(one.status)
    if one.status is Status.LATER and one.value is None:
        mark = "taken out later"
    return ", ".join(filter(None, [one.rule, mark]))


def _values(one: "Outcome") -> str:
    return "" if one.n_inputs is None else f"{one.n_distinct} in {one.n_inputs}"


def _value(one: "Outcome", product: "ProductFile") -> str:
    """Return what the product has, in one short line."""
    value = product.values.get(one.attribute)
    if value is None:
        told = {
            "amended": "(none)",
            "dropped": "(dropped)",
            "later": "(taken out)",
            "refused": "(refused)",
        }
        return told.get(one.status.value, "")
    return _shortened(value)


def _shortened(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _object(one: "Outcome", product: "ProductFile") -> dict[str, Any]:
    from blender_core.cli.json_output import provider_object

    return {
        "attribute": one.attribute,
        "keyword": one.keyword,
        "status": one.status.value,
        "value": product.values.get(one.attribute),
        "blended": one.blended,
        "replaced": one.replaced,
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
