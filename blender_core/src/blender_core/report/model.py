"""What a report tells of a blend, wherever it is known from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from blender_core.common.wording import format_error
from blender_core.errors import BlenderError
from blender_core.evaluation.outcome import Status, own_outcome
from blender_core.plugins.manager import Plugins
from blender_core.plugins.rule import ENGINE_RULES
from blender_core.products.product_file import ProductFile
from blender_core.schema.attributes import Attribute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blender_core.blending.result import BlendResult
    from blender_core.common.provider import Provider
    from blender_core.evaluation.outcome import Outcome
    from blender_core.plan.assignment import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a report tells of one attribute.

    ``value`` is what the product has now: the blended value, its own that stayed, one that was set
    later; if the blended value was refused, that one; None if there is none. ``summary`` says what
    the rule does, if that is known.
    """

    outcome: Outcome
    value: Any
    title: str
    unit: str | None
    summary: str
    inputs: Sequence[Any] | None  # None if it is not known what they said
    n_all: int

    @property
    def varies(self) -> bool:
        """Whether the inputs have different values."""
        return (self.outcome.n_distinct or 0) > 1

    @property
    def is_empty(self) -> bool:
        """Whether neither the product nor an input has the attribute."""
        outcome = self.outcome
        return outcome.status is Status.KEPT and self.value is None and not outcome.n_inputs

    @property
    def is_later(self) -> bool:
        """Whether the product's value was set after the blend, or taken out."""
        return self.outcome.status is Status.LATER

    @property
    def is_of_its_rule(self) -> bool:
        """Whether the rule made what the product has, or decided that it has none."""
        outcome = self.outcome
        is_of_the_product = outcome.status is Status.KEPT and outcome.rule != "keep"
        return not (is_of_the_product or self.is_later)

    @property
    def warning(self) -> str:
        """What a reader should look at, in words; empty if nothing."""
        outcome = self.outcome
        if outcome.status is Status.REFUSED:
            return "The product's schema forbids the blended value, so the product has none."
        if outcome.varied:
            return "The inputs differ, and the first was taken because nobody asked for a rule."
        computed = outcome.status in (Status.SET, Status.AMENDED) and outcome.from_input is None
        n = outcome.n_inputs
        if computed and n and n < self.n_all:
            return f"Computed from {n} of {self.n_all} inputs: the others have no value."
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report tells of a blend; texts are empty where nothing is known."""

    product: str
    model_type: str
    n_inputs: int
    attributes: tuple[Fact, ...]  # in the order of the plan
    skipped: tuple[str, ...] = ()  # what was wrong with each input that was left out
    notes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # what inputs are called; empty if nothing tells
    are_of_several: bool | None = None  # whether an input is several rows; None if nothing tells

    def input_values(self, *names: str) -> Sequence[Any] | None:
        """Return the inputs' values of the first of several attributes that any of them has."""
        for name in names:
            for fact in self.attributes:
                is_named = name in (fact.outcome.attribute, fact.outcome.keyword)
                if is_named and fact.outcome.n_inputs and fact.inputs is not None:
                    return fact.inputs
        return None


def facts_of(source: BlendResult | ProductFile, notes: Iterable[str] = ()) -> Facts:
    """Return what a report tells of a blend."""
    if isinstance(source, ProductFile):
        return _of_product(source, notes)
    return _of_result(source, notes)


def _of_result(result: BlendResult, notes: Iterable[str]) -> Facts:
    plan, kept = result.plan, result.kept
    own, since = result.of_its_file, result.set_since
    n_inputs = max((len(values) for values in result.inputs.values()), default=0)
    facts = []
    for path, blended in result.outcomes.items():
        outcome = _current_outcome(blended, own, since)
        facts.append(
            Fact(
                outcome=outcome,
                value=kept.get(path) if outcome.status is Status.KEPT else outcome.value,
                title=plan[path].attribute.title,
                unit=plan[path].attribute.unit,
                summary="" if outcome.rule is None else _summary(plan[path]),
                inputs=result.inputs.get(outcome.source),
                n_all=n_inputs,
            )
        )
    return Facts(
        product=result.product_name,
        model_type=result.product_type,
        n_inputs=n_inputs,
        attributes=tuple(facts),
        skipped=tuple(map(str, result.skipped)),
        notes=(*_notes_on_rows(result), *notes),
        labels=result.row_labels,
        are_of_several=result.has_inputs_of_several_rows,
    )


def _notes_on_rows(result: BlendResult) -> list[str]:
    if not result.has_inputs_of_several_rows:
        return []
    return [f"There are {result.n_inputs_in_words}, and each row is shown as an input."]


def _current_outcome(outcome: Outcome, own: Mapping[str, Any], since: Mapping[str, Any]) -> Outcome:
    """Claim no rule and no input for what the product has of its own file, or has got since."""
    if outcome.attribute in since:
        return replace(
            outcome,
            status=Status.LATER,
            value=since[outcome.attribute],
            from_input=None,
            blended=outcome.value if outcome.status is Status.SET else outcome.blended,
            replaced=None,
        )
    value = own.get(outcome.attribute)
    if value is None or (outcome.status is Status.SET and value == outcome.value):
        return outcome
    return own_outcome(outcome, value)


def _summary(assignment: Assignment) -> str:
    rule = assignment.rule
    return ENGINE_RULES[assignment.name] if rule is None else rule.summary


def _of_product(product: ProductFile, notes: Iterable[str]) -> Facts:
    summaries, problem = _installed_summaries(product.outcomes.values())
    unknown = Attribute("")
    facts = []
    for path, outcome in product.outcomes.items():
        attribute = product.attributes.get(path, unknown)
        is_refused = outcome.status is Status.REFUSED
        facts.append(
            Fact(
                outcome=outcome,
                value=outcome.value if is_refused else product.values.get(path),
                title=attribute.title,
                unit=attribute.unit,
                summary=_summary_of_outcome(outcome, summaries),
                inputs=product.inputs.get(outcome.source),
                n_all=product.n_inputs,
            )
        )
    return Facts(
        product=product.path.name,
        model_type=product.model_type,
        n_inputs=product.n_inputs,
        attributes=tuple(facts),
        notes=(*_unknown_things(product), *([problem] if problem else []), *notes),
    )


def _unknown_things(product: ProductFile) -> list[str]:
    """Say what a product on disk does not tell."""
    statuses = {outcome.status for outcome in product.outcomes.values()}
    notes = []
    if not product.n_inputs:
        notes.append("The product has no table HDRTAB, which tells what its inputs said.")
    if not product.has_rules:
        notes.append(
            "Which rules made the values is not known: the product has no table HDRRULES, which a "
            "blend with record_rules=True (--record-rules) leaves."
        )
    elif Status.UNKNOWN in statuses:
        notes.append(
            "Which rules made the values is only known of those that were amended: the product's "
            "HDRRULES tells of no others."
        )
    if not product.has_rules and Status.LATER in statuses:
        notes.append(
            "That values were set after the blend is known from what the rules of the schema make "
            "of HDRTAB."
        )
    return notes


def _installed_summaries(
    outcomes: Collection[Outcome],
) -> tuple[dict[tuple[str, Provider], str], str]:
    """Return what installed rules do, and why that is not known, if so, and outcomes name any.

    Another version of a distribution may have another rule of the same name, of which it is not
    said what it does.
    """
    if all(outcome.rule is None or outcome.rule in ENGINE_RULES for outcome in outcomes):
        return {}, ""
    try:
        rules = Plugins.discover().rules()
    except BlenderError as error:
        # A plugin that is broken today says nothing against a product of yesterday.
        return {}, f"What the rules do is left out: {format_error(error)}"
    return {(rule.name, provider): rule.summary for rule, provider in rules}, ""


def _summary_of_outcome(outcome: Outcome, summaries: Mapping[tuple[str, Provider], str]) -> str:
    if outcome.rule is None or outcome.provider is None:
        return ""
    if outcome.rule in ENGINE_RULES:
        return ENGINE_RULES[outcome.rule]
    # A plugin's own rule may have been asked for outright: std:mean.
    name = outcome.rule.removeprefix(f"{outcome.provider.plugin}:")
    return summaries.get((name, outcome.provider), "")
