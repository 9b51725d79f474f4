"""What a report tells of a blend, wherever it is known from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from blender_core.evaluation.outcome import Status, own_outcome
from blender_core.products.product_file import ProductFile
from blender_core.report.rule_summaries import OF_THE_ENGINE, RuleSummaries
from blender_core.schema.attributes import Attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.blending.result import BlendResult
    from blender_core.evaluation.outcome import Outcome
    from blender_core.plan.assignment import Assignment

__all__ = ["Fact", "Facts", "facts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a report tells of one attribute.

    Parameters
    ----------
    outcome : Outcome
        How its value came about.
    value : object
        What the product has now: the blended value, its own that stayed, one that was set later.
        If the blended value was refused, that one. None if there is none.
    title : str
        What the attribute is.
    unit : str or None
        Its unit.
    summary : str
        What its rule does; empty if that is not known.
    inputs : sequence, shape (n_inputs,), or None
        What the inputs said; None if that is not known.
    n_all : int
        How many inputs there are.
    """

    outcome: Outcome
    value: Any
    title: str
    unit: str | None
    summary: str
    inputs: Sequence[Any] | None
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
        one = self.outcome
        if one.status is Status.REFUSED:
            return "The product's schema forbids the blended value, so the product has none."
        if one.varied:
            return "The inputs differ, and the first was taken because nobody asked for a rule."
        computed = one.status in (Status.SET, Status.AMENDED) and one.from_input is None
        if computed and one.n_inputs and one.n_inputs < self.n_all:
            return f"Computed from {one.n_inputs} of {self.n_all} inputs: the others have no value."
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report tells of a blend.

    Parameters
    ----------
    product : str
        Name of the product; empty if it has none.
    model_type : str
        Name of its class of datamodels; empty if there is no product.
    n_inputs : int
        How many inputs were blended.
    attributes : tuple of Fact
        In the order of the plan.
    skipped : tuple of str
        What was wrong with each input that was left out.
    notes : tuple of str
        What else there is to know.
    """

    product: str
    model_type: str
    n_inputs: int
    attributes: tuple[Fact, ...]
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def said(self, *names: str) -> Sequence[Any] | None:
        """Return what the inputs said of the first of several attributes that any of them has."""
        for name in names:
            for fact in self.attributes:
                is_it = name in (fact.outcome.attribute, fact.outcome.keyword)
                if is_it and fact.outcome.n_inputs and fact.inputs is not None:
                    return fact.inputs
        return None


def facts_of(source: BlendResult | ProductFile, notes: Iterable[str] = ()) -> Facts:
    """Return what a report tells of a blend."""
    if isinstance(source, ProductFile):
        return _of_product(source, notes)
    plan, kept = source.plan, source.kept
    own, since = source.of_its_file, source.set_since
    outcomes = {path: _as_it_is(one, own, since) for path, one in source.outcomes.items()}
    n_inputs = max((len(values) for values in source.inputs.values()), default=0)
    return Facts(
        product=source.product_name,
        model_type=source.product_type,
        n_inputs=n_inputs,
        attributes=tuple(
            Fact(
                outcome=outcome,
                value=kept.get(path) if outcome.status is Status.KEPT else outcome.value,
                title=plan[path].attribute.title,
                unit=plan[path].attribute.unit,
                summary="" if outcome.rule is None else _summary(plan[path]),
                inputs=source.inputs.get(path),
                n_all=n_inputs,
            )
            for path, outcome in outcomes.items()
        ),
        skipped=tuple(map(str, source.skipped)),
        notes=tuple(notes),
    )


def _as_it_is(outcome: Outcome, own: Mapping[str, Any], since: Mapping[str, Any]) -> Outcome:
    """Claim no rule and no input for what the product has of its own file, or has got since."""
    if outcome.attribute in since:
        is_of_blend = outcome.status is Status.SET
        return replace(
            outcome,
            status=Status.LATER,
            value=since[outcome.attribute],
            from_input=None,
            blended=outcome.value if is_of_blend else outcome.blended,
            replaced=None,
        )
    value = own.get(outcome.attribute)
    if value is None or (outcome.status is Status.SET and value == outcome.value):
        return outcome
    return own_outcome(outcome, value)


def _of_product(product: ProductFile, notes: Iterable[str]) -> Facts:
    outcomes = product.outcomes.values()
    lacking = []
    if not product.n_inputs:
        lacking.append("The product has no table HDRTAB, which tells what its inputs said.")
    if not product.has_rules:
        lacking.append(
            "Which rules made the values is not known: the product has no table HDRRULES, which a "
            "blend with record_rules=True (--record-rules) leaves."
        )
    elif any(one.status is Status.UNKNOWN for one in outcomes):
        lacking.append(
            "Which rules made the values is only known of those that were amended: the product's "
            "HDRRULES tells of no others."
        )
    if not product.has_rules and any(one.status is Status.LATER for one in outcomes):
        lacking.append(
            "That values were set after the blend is known from what the rules of the schema make "
            "of HDRTAB."
        )
    summaries = RuleSummaries(outcomes)
    unknown = Attribute("")
    facts = []
    for path, outcome in product.outcomes.items():
        attribute = product.attributes.get(path, unknown)
        facts.append(
            Fact(
                outcome=outcome,
                value=(
                    outcome.value if outcome.status is Status.REFUSED else product.values.get(path)
                ),
                title=attribute.title,
                unit=attribute.unit,
                summary=summaries[outcome],
                inputs=product.inputs.get(path),
                n_all=product.n_inputs,
            )
        )
    return Facts(
        product=product.path.name,
        model_type=product.model_type,
        n_inputs=product.n_inputs,
        attributes=tuple(facts),
        notes=(*lacking, *filter(None, [summaries.problem]), *notes),
    )


def _summary(assignment: Assignment) -> str:
    rule = assignment.rule
    return OF_THE_ENGINE[assignment.name] if rule is None else rule.summary
