"""The command ``explain``: how a product's values came about."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import TYPE_CHECKING, Annotated, Final

from blender_core.cli import options
from blender_core.cli.completion import attributes as completed
from blender_core.cli.errors import refuse
from blender_core.cli.formatting import one_line, print_json
from blender_core.cli.options import argument, flag
from blender_core.common.wording import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.errors import BlenderError
    from blender_core.evaluation.outcome import Outcome
    from blender_core.products.product_file import ProductFile

_UNKNOWN: Final = "attributes are not known"
_WIDE: Final = 100
_NO_RULES: Final = (
    "Which rules made the values is not recorded: the product has no table HDRRULES, which a blend "
    "with --record-rules leaves."
)
_ONLY_AMENDED: Final = (
    "Which rules made the values is only recorded of those that were amended: the product's "
    "HDRRULES tells of no others."
)
_WITHOUT_VALUE: Final = {
    "amended": "(none)",
    "dropped": "(dropped)",
    "later": "(taken out)",
    "refused": "(refused)",
}
"""What stands where a product has no value, by the status."""


def explain(
    product: options.Product,
    attributes: Annotated[
        list[str] | None,
        argument(
            "ATTR",
            "Attributes, by path or keyword; groups and patterns, too. Without any, a line "
            "for each that varies, has a rule, or was set later.",
            autocompletion=completed,
        ),
    ] = None,
    show_all: Annotated[bool, flag("A line for every attribute.", "--all")] = False,
    show_later: Annotated[
        bool,
        flag("A line for each that was set after the blend, with what that gave.", "--later"),
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Explain how a product's values came about.

    What the inputs said is in the product's table HDRTAB. Which rules made the values is in
    HDRRULES, which a blend with --record-rules leaves. Values that were set after the blend are
    known from what HDRRULES has, or from what the rules of the schema make of HDRTAB.
    """
    from blender_core.cli.captured_warnings import Notes
    from blender_core.errors import raise_all
    from blender_core.evaluation.form import outcome_object
    from blender_core.evaluation.shown import is_notable
    from blender_core.products.product_file import ProductFile

    if show_all and show_later:
        refuse("--all is for every attribute, and --later for some: choose one of them")
    if attributes and (show_all or show_later):
        option = "--all" if show_all else "--later"
        refuse(f"{option} is for attributes that are not named: name none with it")
    notes = Notes()
    with notes.about(""):
        blended = ProductFile(product)
    if not blended.n_inputs and not blended.has_rules:
        refuse(
            f"{product} has no table HDRTAB: nothing tells how its values came about", input=product
        )
    unknown: list[BlenderError] = []
    if attributes:
        outcomes = _find(attributes, blended, unknown)
        if not outcomes:
            raise_all(_UNKNOWN, unknown)
    elif show_later:
        outcomes = [each for each in blended.outcomes.values() if _is_later(each)]
    else:
        outcomes = [each for each in blended.outcomes.values() if show_all or is_notable(each)]
    if as_json:
        own, said = blended.values, blended.inputs
        print_json(outcome_object(outcome, own, said) for outcome in outcomes)
    elif attributes:
        _print_paragraphs(outcomes, blended)
    else:
        _print_lines(outcomes, blended, show_later=show_later)
    notes.print()
    raise_all(_UNKNOWN, unknown)


def _find(
    names: "Sequence[str]", product: "ProductFile", unknown: "list[BlenderError]"
) -> "list[Outcome]":
    """Return the outcomes of attributes, and take note of names that mean none."""
    from blender_core.errors import UnknownAttributeError

    outcomes: dict[str, Outcome] = {}
    for name in dict.fromkeys(names):
        try:
            found = product.outcomes.find(name)
        except UnknownAttributeError as fault:
            unknown.append(fault)
        else:
            outcomes.update({outcome.attribute: outcome for outcome in found})
    return list(outcomes.values())


def _is_later(outcome: "Outcome") -> bool:
    from blender_core.evaluation.outcome import Status

    return outcome.status is Status.LATER


def _print_paragraphs(outcomes: "Sequence[Outcome]", product: "ProductFile") -> None:
    from blender_core.cli.console import Output
    from blender_core.evaluation.explanation import explanation

    output = Output()
    for number, outcome in enumerate(outcomes):
        if number:
            output.text("")
        values = product.inputs.get(outcome.source)
        text = explanation(outcome, values, product.values, product.labels)
        first, _, others = text.partition("\n")
        output.text(first, "bold")
        if others:
            output.lines(others)
    if reason := _why_unknown(outcomes, product):
        output.text("")
        output.text(reason, "dim")


def _why_unknown(outcomes: "Sequence[Outcome]", product: "ProductFile") -> str:
    """Return why rules are not known; empty if all are that there are."""
    from blender_core.evaluation.outcome import Status

    if not any(outcome.status is Status.UNKNOWN for outcome in outcomes):
        return ""
    return _ONLY_AMENDED if product.has_rules else _NO_RULES


def _print_lines(
    outcomes: "Sequence[Outcome]", product: "ProductFile", *, show_later: bool
) -> None:
    from blender_core.cli.console import Output
    from blender_core.evaluation.shown import count_in_words, rule_in_words

    output = Output()
    if show_later and not outcomes:
        output.text(f"Of no value of {product.path} is it known that it was set after the blend.")
        return
    columns = {
        "keyword": [outcome.keyword or "" for outcome in outcomes],
        "attribute": [outcome.attribute for outcome in outcomes],
        "value": [_value(outcome, product) for outcome in outcomes],
    }
    if show_later:
        blended = (outcome.blended for outcome in outcomes)
        columns["blended"] = ["none" if value is None else one_line(value) for value in blended]
        columns["rule"] = [outcome.rule or "" for outcome in outcomes]
    elif any(rules := [*map(rule_in_words, outcomes)]):
        columns["rule"] = rules
    columns["values"] = [*map(count_in_words, outcomes)]
    folded = (1, 2, 3) if show_later else (1, 2)
    rows = zip(*columns.values(), strict=True)
    output.table([*columns], rows, folded=folded, two_names_from=_WIDE)
    if not output.is_terminal:
        return
    output.text("")
    inputs = product.n_inputs_in_words
    if show_later:
        values = pluralize(len(outcomes), "value")
        output.text(f"{product.path}: {values} set after the blend of {inputs}.")
        output.text("blended: what the blend gave, by its rule.", "dim")
    else:
        left_out = ""
        if more := len(product.outcomes) - len(outcomes):
            attributes = pluralize(more, "attribute")
            left_out = f". {attributes} without a rule, of one value, left out (--all)"
        output.text(f"{product.path}: {inputs}{left_out}.")
        if any(map(_is_later, outcomes)):
            output.text(
                "set later: set after the blend, whose rule gave another value (--later).", "dim"
            )
    noun = product.labels.noun
    output.text(f"values: how many different ones there are, in how many {noun}s.", "dim")
    if reason := _why_unknown(outcomes, product):
        output.text(reason, "dim")


def _value(outcome: "Outcome", product: "ProductFile") -> str:
    """Return what the product has, in one short line."""
    value = product.values.get(outcome.attribute)
    return _WITHOUT_VALUE.get(outcome.status.value, "") if value is None else one_line(value)
