"""One record for each attribute of a blend: what the inputs have, and what its rule made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from operator import is_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.advice import Advice, Argument
from blender_core.common.foreign import Guard
from blender_core.common.plain_values import PLAIN, is_plain, plain
from blender_core.common.values import DROP, LONGEST_TEXT, Noted, distinct, index_of
from blender_core.common.wording import describe_error, format_error, join_words, preview, shorten
from blender_core.errors import RuleError, raise_all, warn
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.evaluation.selected_values import select, select_with
from blender_core.inputs.column import kinds_of, without_repeats
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.plan.assignment import AS_THEY_ARE, Tier
from blender_core.plugins.rule import Gives, Missing
from blender_core.schema.conversion import rule_result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.errors import BlenderError
    from blender_core.evaluation.selected_values import SelectedValues
    from blender_core.inputs.row_labels import RowLabels
    from blender_core.plan.assignment import Assignment
    from blender_core.plugins.rule import Rule

_LONGEST_REMARK: Final = 400
_FEW: Final = 5
_NO_OTHERS: Final[Mapping[str, Sequence[Any]]] = MappingProxyType({})


class Evaluation:
    """How the value of one attribute comes about. The product adds what becomes of it.

    The values are those of all inputs, or, unless it `is_of_all`, what the first has.
    """

    # There are hundreds, of which most never get another value than these.
    selected: SelectedValues | None = None
    """What the rule saw, if somebody has asked for a selection of values."""
    value: Any = None
    """What the rule made, which may be `DROP`; None without a rule, or anything to make it of."""
    remark: str = ""
    """What the rule says of it."""
    status: Status = Status.KEPT
    """What became of it in the product."""
    stays: bool = False
    """Whether the product keeps what it has, although the rule made another value."""
    is_later: bool = False
    """Whether what the product has was set after an earlier blend."""
    own: Any = None
    """What that is."""

    def __init__(self, assignment: Assignment, values: Sequence[Any], is_of_all: bool) -> None:
        self.assignment = assignment
        self.values = values
        self.is_of_all = is_of_all

    @property
    def blended(self) -> Any:
        """What the rule gives the product; None if nothing, or if the product is to have none."""
        return None if self.value is DROP else self.value

    @property
    def outcome(self) -> Outcome:
        """What is told of it."""
        assignment, status = self.assignment, self.status
        n_inputs = n_distinct = None
        if self.is_of_all:
            n_inputs = len(self.values) - self.values.count(None)
            n_distinct = len(
                distinct(each for each in without_repeats(self.values) if each is not None)
            )
        is_later = status is Status.LATER
        is_blended = status in (Status.SET, Status.REFUSED)
        return Outcome(
            attribute=assignment.attribute.path,
            keyword=assignment.attribute.keyword,
            status=status,
            value=self.own if is_later else self.blended if is_blended else None,
            rule=assignment.name,
            settings=str(assignment.selection),
            tier=assignment.tier,
            asked_by=assignment.source,
            provider=assignment.provider,
            reason=assignment.reason,
            n_inputs=n_inputs,
            n_distinct=n_distinct,
            n_seen=n_inputs if self.selected is None else len(self.selected.values),
            from_input=self._source() if is_blended else None,
            blended=self.blended if is_later else None,
            replaced=self.own if self.is_later and not is_later else None,
            values_of=assignment.selection.values_of,
            remark=self.remark,
        )

    def _source(self) -> int | None:
        """Return the first input that has the value, if the rule took it from one."""
        rule = self.assignment.rule
        if self.value is None or rule is None or rule.gives is not Gives.INPUT:
            return None
        if self.selected is None:
            return _place_of(self.value, self.values)
        place = index_of(self.value, self.selected.values)
        source = None if place is None else self.selected.inputs[place]
        # Where the input lacks the value, a default stood in for it.
        return None if source is None or self.values[source] is None else source


def evaluate(
    assignments: Iterable[Assignment],
    inputs: Mapping[str, Sequence[Any]],
    once: Mapping[str, Any],
    labels: RowLabels = BY_NUMBER,
) -> dict[str, Evaluation]:
    """Return what the rules make of what all inputs have, or of what the first alone has."""
    evaluations: dict[str, Evaluation] = {}
    faults: list[BlenderError] = []
    for assignment in assignments:
        path = assignment.attribute.path
        values = inputs.get(assignment.values_of)
        is_of_all = values is not None
        if values is None:
            values = (once.get(path),)
        try:
            evaluations[path] = evaluate_attribute(assignment, values, inputs, is_of_all, labels)
        except RuleError as fault:
            faults.append(fault)
    _warn_of_exposures(evaluations.values(), inputs, labels)
    for evaluation in evaluations.values():
        if evaluation.remark:
            _warn_of_remark(evaluation, labels)
    raise_all("rules cannot make values of what the inputs have", faults)
    return evaluations


def evaluate_attribute(
    assignment: Assignment,
    values: Sequence[Any],
    others: Mapping[str, Sequence[Any]] = _NO_OTHERS,
    is_of_all: bool = True,
    labels: RowLabels = BY_NUMBER,
) -> Evaluation:
    """Return what a rule makes of the values of an attribute, with those of others to help."""
    evaluation = Evaluation(assignment, values, is_of_all)
    rule = assignment.rule
    if rule is None:
        if assignment.name == "drop":
            evaluation.value = DROP
        return evaluation
    selection = assignment.selection
    with Guard(lambda error: _rule_error(assignment, values, error)):
        if selection is AS_THEY_ARE:
            seen = select(values, rule.missing, labels)
            arguments: dict[str, Any] = {}
            is_all_plain = kinds_of(values) <= PLAIN
        else:
            evaluation.selected = selected = select_with(
                selection, rule.missing, values, others, labels
            )
            seen = selected.values
            arguments = {**selected.companions, **dict(selection.parameters)}
            is_all_plain = is_plain(seen)
        if seen:
            _blend(evaluation, rule, seen, arguments, is_all_plain)
        elif (selection.missing or rule.missing) is Missing.DROP:
            evaluation.value = DROP
    return evaluation


def _blend(
    evaluation: Evaluation,
    rule: Rule,
    seen: list[Any],
    arguments: dict[str, Any],
    is_all_plain: bool,
) -> None:
    """Have a rule make of what it sees what a product has."""
    # The rule may do what it likes with the list, and with lists and mappings in it: it has copies.
    copies = seen if is_all_plain else [plain(value) for value in seen]
    value = rule.blend([*copies], **arguments)
    if type(value) is Noted:
        evaluation.remark = _remark(value)
        value = value.value
    if type(value) is str and len(value) > LONGEST_TEXT and rule.gives is not Gives.INPUT:
        msg = (
            f"it gives a text of {len(value):,} characters, and a FITS header is given "
            f"{LONGEST_TEXT:,} at most"
        )
        raise RuleError(msg)
    evaluation.value = _as_product_has(
        value, rule, seen, copies, evaluation.assignment.attribute.type
    )


def _as_product_has(
    value: Any, rule: Rule, seen: list[Any], copies: list[Any], schema_type: str | None
) -> Any:
    if value is None or value is DROP:
        return value
    if copies is seen:
        if is_plain((value,)):
            result = rule_result(value, schema_type)
            # What a rule has taken from an input stays as it is.
            if result is value or rule.gives is not Gives.INPUT:
                return result
            return value if any(map(is_, seen, repeat(value))) else result
    else:
        for original, copy in zip(seen, copies, strict=True):
            if value is copy:
                return plain(original)
    return rule_result(value, schema_type)


def _place_of(value: Any, values: Sequence[Any]) -> int | None:
    """Return the first input that has a value."""
    is_simple = type(value) in PLAIN and value == value  # noqa: PLR0124  # not NaN
    if not (is_simple and kinds_of(values) <= PLAIN):
        return index_of(value, values)
    try:
        return values.index(value)
    except ValueError:
        return None


def _remark(noted: Noted) -> str:
    remark = noted.remark
    if type(remark) is not str or not remark.strip():
        msg = f"the remark of Noted is a str, not {preview(remark)}"
        raise RuleError(msg)
    return shorten(" ".join(remark.split()), _LONGEST_REMARK)


def _warn_of_remark(evaluation: Evaluation, labels: RowLabels) -> None:
    assignment, selected = evaluation.assignment, evaluation.selected
    inputs: Sequence[int] = [i for i, value in enumerate(evaluation.values) if value is not None]
    if selected is not None:
        inputs = sorted(selected.inputs)
    whose = labels.names(inputs) if len(inputs) <= _FEW else f"{len(inputs)} {labels.noun}s"
    warn(
        f"{assignment.attribute.label}: {evaluation.remark}, says the rule {assignment.name!r} of "
        f"{assignment.provider} of {whose}",
        problem=evaluation.remark,
    )


def _rule_error(assignment: Assignment, values: Sequence[Any], error: BaseException) -> RuleError:
    seen = ", ".join(map(preview, values[:5])) + (", …" if len(values) > 5 else "")
    is_refusal = issubclass(type(error), RuleError)
    problem = format_error(error) if is_refusal else describe_error(error)
    asked = f", asked for by {assignment.source}," if assignment.tier > Tier.SCHEMA else ""
    msg = (
        f"rule {assignment.name!r} of {assignment.provider}{asked} fails for "
        f"{assignment.attribute.label} with the values {seen}: {problem}"
    )
    if not issubclass(type(error), Exception):  # it is not about the values
        msg = Advice(
            f"{msg}\nRepair the rule, or let the product have its own value: pass ",
            Argument("overrides", {assignment.attribute.path: "keep"}),
            ".",
        )
    return RuleError(
        msg,
        attribute=assignment.attribute.path,
        keyword=assignment.attribute.keyword,
        rule=assignment.name,
        provider=assignment.provider,
    )


@dataclass(frozen=True, slots=True)
class _Unidentified:
    """Inputs of unknown exposures, the identifiers that they lack, and attributes concerned."""

    inputs: set[int] = field(default_factory=set)
    lacking: dict[str, None] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)


def _warn_of_exposures(
    evaluations: Iterable[Evaluation], inputs: Mapping[str, Sequence[Any]], labels: RowLabels
) -> None:
    """Warn of inputs that differ within an exposure, and of those of unknown exposures."""
    by_identifiers: dict[tuple[str, ...], _Unidentified] = {}
    for evaluation in evaluations:
        selected, assignment = evaluation.selected, evaluation.assignment
        if selected is None:
            continue
        label = assignment.attribute.label
        if selected.differing:
            counting, other = selected.differing[0]
            n_such = len(selected.differing)
            many = f" ({n_such} exposures differ so)" if n_such > 1 else ""
            warn(
                f"{labels.names([counting, other])} are of one exposure and differ in {label}: "
                f"{preview(evaluation.values[counting])} counts, "
                f"{preview(evaluation.values[other])} does not{many}"
            )
        if selected.unidentified:
            once_per = assignment.selection.once_per
            unidentified = by_identifiers.setdefault(once_per, _Unidentified())
            for path in once_per:
                if any(inputs[path][i] is None for i in selected.unidentified):
                    unidentified.lacking[path] = None
            unidentified.inputs.update(selected.unidentified)
            unidentified.labels[label] = None
    for unidentified in by_identifiers.values():
        alone = len(unidentified.inputs) == 1
        warn(
            f"{labels.names(sorted(unidentified.inputs))} {'lacks' if alone else 'lack'} "
            f"{join_words(list(unidentified.lacking))}, by which exposures are told apart: "
            f"{'it' if alone else 'each'} counts for itself in "
            f"{join_words(list(unidentified.labels))}"
        )
