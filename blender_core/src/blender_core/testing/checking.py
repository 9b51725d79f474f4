"""Try a rule, and report all at once what is wrong with it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.common.wording import format_error, preview
from blender_core.errors import RuleCheckError, RuleError
from blender_core.plugins.rule import Missing, Rule
from blender_core.testing.asking import ask
from blender_core.testing.contract import (
    problem_with_value,
    problems_with_arguments,
    problems_with_constants,
)
from blender_core.testing.other_process import texts_of_another_process
from blender_core.testing.samples import Sample, samples_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blender_core.testing.asking import Answer

__all__ = ["check_rule"]

Asked: TypeAlias = tuple[Sample, "Answer"]
_MOST_SHOWN: Final = 3


def check_rule(rule: Rule, samples: Iterable[Sample] = ()) -> None:
    """Try a rule with many kinds of values, and see whether it is what it says of itself.

    A rule must

    - take its companions and parameters by name, the latter with defaults, and need nothing else;
    - give what it says in `Rule.gives`, or one of its `Rule.constants`, or None, or `DROP`;
    - raise a `RuleError` or a `TypeError`, and nothing else, for what it cannot blend, and see to
      None where its `Rule.missing` is ``KEEP``; of lists, a `ValueError` will do, as numpy's
      functions raise it where these are of different lengths;
    - leave what it is called with unchanged;
    - give the same for the same values: again, in another order of calls, and in another process;
    - be something that can be pickled, for pools of processes: a function of a module, not a
      lambda.

    Parameters
    ----------
    rule : Rule
        The rule.
    samples : iterable of Sample, optional
        What it is tried with besides, if it blends only what nobody else would think of.

    Raises
    ------
    RuleCheckError
        If something is wrong: all that is, together.
    TypeError
        If it is no rule, or samples are none.

    Examples
    --------
    >>> from blender_core import Plugins, Registry, Rule, RuleCheckError
    >>> from blender_core.testing import check_rule
    >>> check_rule(Registry(Plugins.discover().rules())["multi"].rule)
    >>> spread = Rule(name="spread", blend=lambda v: max(v) - min(v), summary="What lies between.")
    >>> try:
    ...     check_rule(spread)
    ... except RuleCheckError as error:
    ...     print(error.problems[0])
    of 2.5 it gives 0.0, which no input has: name it in constants, or say in gives what is made \
of inputs
    """
    samples = list(samples)
    _require([rule], Rule, "check_rule takes a blender_core.Rule")
    _require(samples, Sample, "samples are blender_core.testing.Sample objects")
    tried = [*samples_for(rule), *samples]
    answers = [ask(rule, sample) for sample in tried]
    asked = list(zip(tried, answers, strict=True))
    pickling = _problem_with_pickling(rule)
    unsteady = list(_of_calls_again(rule, asked))
    elsewhere = [pickling] if pickling else _of_another_process(rule, asked)
    groups: list[Iterable[str]] = [
        problems_with_arguments(rule),
        problems_with_constants(rule),
        _of_errors(asked),
        _of_values(rule, asked),
        _of_missing(rule, asked),
        _of_changes(asked),
        unsteady,
        # What changes by itself changes in another process, too, and tells nothing of that.
        elsewhere if pickling or not unsteady else [],
    ]
    problems = [problem for group in groups for problem in _fewer(list(group))]
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        msg = f"rule {rule.name!r} is not what a rule must be:\n{lines}"
        raise RuleCheckError(msg, rule=rule.name, problems=problems)


def _require(given: Iterable[object], kind: type, what: str) -> None:
    for one in given:
        if not isinstance(one, kind):
            msg = f"{what}, not {preview(one)}"
            raise TypeError(msg)


def _of_errors(asked: Sequence[Asked]) -> Iterator[str]:
    for sample, answer in asked:
        if answer.error is not None and not isinstance(answer.error, _refusals(sample)):
            yield f"of {sample} it raises {_told(answer.error)}, and not a RuleError or TypeError"
    if all(answer.error for _, answer in asked):
        errors = {type(answer.error).__name__: answer.error for _, answer in asked}
        last = _told(next(reversed(errors.values())))
        yield f"it blends nothing of what it was tried with ({last}): give samples that it blends"


def _refusals(sample: Sample) -> tuple[type[Exception], ...]:
    """Return what a rule may raise."""
    nested = any(isinstance(value, list) for value in sample.values)
    return (RuleError, TypeError, ValueError) if nested else (RuleError, TypeError)


def _of_values(rule: Rule, asked: Iterable[Asked]) -> Iterator[str]:
    for sample, answer in asked:
        problem = problem_with_value(rule, sample.values, answer.value)
        if answer.error is None and problem:
            yield f"of {sample} it {problem}"


def _of_missing(rule: Rule, asked: Iterable[Asked]) -> Iterator[str]:
    """Try a rule that sees where a value is missing with such values."""
    if rule.missing is not Missing.KEEP:
        return
    with_none = []
    for sample, answer in asked:
        if answer.error is None:
            with_none += [_extended(rule, sample, 0), _extended(rule, sample, len(sample.values))]
    answers = [(sample, ask(rule, sample)) for sample in with_none]
    for sample, answer in answers:
        if answer.error is not None and not isinstance(answer.error, RuleError):
            problem = f"of {sample} it raises {_told(answer.error)}"
            yield f"{problem}, though its missing says that it sees None"
    yield from _of_values(rule, answers)
    yield from _of_changes(answers)


def _of_changes(asked: Iterable[Asked]) -> Iterator[str]:
    for sample, answer in asked:
        if answer.changed:
            yield f"of {sample} it changes what it is called with"


def _of_calls_again(rule: Rule, asked: Sequence[Asked]) -> Iterator[str]:
    # In another order: what it keeps from one call for the next is not the same.
    again = [ask(rule, sample) for sample, _ in reversed(asked)]
    for (sample, before), after in zip(asked, reversed(again), strict=True):
        if before.text != after.text:
            yield f"of {sample} it gives {before.text}, and {after.text} when it is called again"


def _of_another_process(rule: Rule, asked: Iterable[Asked]) -> Iterator[str]:
    here = [
        (sample, answer)
        for sample, answer in asked
        if answer.error is None and any(map(_has_text, sample.values))
    ]
    there = texts_of_another_process(rule, [sample for sample, _ in here]) if here else None
    for (sample, answer), text in zip(here, there or (), strict=there is not None):
        if answer.text != text:
            yield (
                f"of {sample} it gives {answer.text}, and {text} in another process: neither the "
                "order of a set of texts nor their hashes last"
            )


def _problem_with_pickling(rule: Rule) -> str | None:
    try:
        pickle.loads(pickle.dumps(rule))  # noqa: S301  # our own
    except Exception as error:  # noqa: BLE001  # the rule may have anything in it
        return f"it cannot be pickled ({format_error(error)}): let blend be a function of a module"
    return None


def _extended(rule: Rule, sample: Sample, place: int) -> Sample:
    """Return a sample with None at a place, and something beside it."""
    values = list(sample.values)
    values.insert(place, None)
    arguments = dict(sample.arguments)
    for name in rule.companions:
        if name in arguments:
            arguments[name] = list(arguments[name])
            arguments[name].insert(place, arguments[name][0])
    return Sample(values, arguments)


def _has_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(map(_has_text, value)))


def _told(error: Exception | None) -> str:
    return f"{type(error).__name__} ({format_error(error)})" if error else ""


def _fewer(problems: list[str]) -> list[str]:
    more = len(problems) - _MOST_SHOWN
    return problems if more <= 1 else [*problems[:_MOST_SHOWN], f"… and {more} more of this kind"]
