"""Try a rule, and report all at once what is wrong with it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from blender_core.common.foreign import Guard, type_name
from blender_core.common.wording import format_error, preview
from blender_core.errors import RuleCheckError, RuleError
from blender_core.plugins.rule import Missing, Rule
from blender_core.testing.contract import problem_with_value, problems_with_constants
from blender_core.testing.problems import gathered, listed
from blender_core.testing.trial import Sample, answers_of_another_process, samples_for, try_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blender_core.testing.trial import Trial


def check_rule(rule: Rule, samples: Iterable[Sample] = ()) -> None:
    """Try a rule with many kinds of values, and see whether it is what it says of itself.

    A rule must

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
    _require(rule, Rule, "check_rule takes a blender_core.Rule")
    for sample in samples:
        _require(sample, Sample, "samples are blender_core.testing.Sample objects")
    trials = [try_rule(rule, sample) for sample in (*samples_for(rule), *samples)]
    pickling = _problem_with_pickling(rule)
    unsteady = list(_problems_when_called_again(rule, trials))
    groups: list[Iterable[str]] = [
        problems_with_constants(rule),
        _problems_with_errors(trials),
        _problems_with_values(rule, trials),
        _problems_with_missing(rule, trials),
        _problems_with_changes(trials),
        unsteady,
        [pickling] if pickling else [],
    ]
    # What changes by itself changes in another process, too, and tells nothing of that.
    if not (pickling or unsteady):
        groups.append(_problems_in_another_process(rule, trials))
    if problems := gathered(groups):
        msg = f"rule {rule.name!r} is not what a rule must be:\n{listed(problems)}"
        raise RuleCheckError(msg, rule=rule.name, problems=problems)


def _require(argument: object, kind: type, demand: str) -> None:
    if not isinstance(argument, kind):
        msg = f"{demand}, not {preview(argument)}"
        raise TypeError(msg)


def _problems_with_errors(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        sample, error = trial.sample, trial.error
        if error is not None and not isinstance(error, _allowed_errors(sample)):
            yield f"of {sample} it raises {_error_text(error)}, and not a RuleError or TypeError"
    errors = [trial.error for trial in trials if trial.error is not None]
    if len(errors) == len(trials):
        # Of the kinds of errors, the one that came last for the first time.
        last = _error_text(list({type_name(error): error for error in errors}.values())[-1])
        yield f"it blends nothing of what it was tried with ({last}): give samples that it blends"


def _allowed_errors(sample: Sample) -> tuple[type[Exception], ...]:
    has_lists = any(isinstance(value, list) for value in sample.values)
    return (RuleError, TypeError, ValueError) if has_lists else (RuleError, TypeError)


def _problems_with_values(rule: Rule, trials: Iterable[Trial]) -> Iterator[str]:
    for trial in trials:
        problem = problem_with_value(rule, trial.sample.values, trial.value)
        if trial.error is None and problem:
            yield f"of {trial.sample} it {problem}"


def _problems_with_missing(rule: Rule, trials: Iterable[Trial]) -> Iterator[str]:
    """Try a rule that sees where a value is missing with such values."""
    if rule.missing is not Missing.KEEP:
        return
    with_none = [
        try_rule(rule, _with_none(rule, trial.sample, place))
        for trial in trials
        if trial.error is None
        for place in (0, len(trial.sample.values))
    ]
    for trial in with_none:
        if trial.error is not None and not isinstance(trial.error, RuleError):
            problem = f"of {trial.sample} it raises {_error_text(trial.error)}"
            yield f"{problem}, though its missing says that it sees None"
    yield from _problems_with_values(rule, with_none)
    yield from _problems_with_changes(with_none)


def _with_none(rule: Rule, sample: Sample, place: int) -> Sample:
    """Return a sample with None at a place, and some value there of each companion."""
    values = list(sample.values)
    values.insert(place, None)
    arguments = dict(sample.arguments)
    for name in rule.companions:
        if name in arguments:
            arguments[name] = list(arguments[name])
            arguments[name].insert(place, arguments[name][0])
    return Sample(values, arguments)


def _problems_with_changes(trials: Iterable[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.has_changed_sample:
            yield f"of {trial.sample} it changes what it is called with"


def _problems_when_called_again(rule: Rule, trials: Sequence[Trial]) -> Iterator[str]:
    # In another order: what it keeps from one call for the next is not the same.
    again = [try_rule(rule, trial.sample).answer for trial in reversed(trials)]
    for trial, answer in zip(trials, reversed(again), strict=True):
        if trial.answer != answer:
            yield (
                f"of {trial.sample} it gives {trial.answer}, and {answer} when it is called again"
            )


def _problems_in_another_process(rule: Rule, trials: Iterable[Trial]) -> Iterator[str]:
    """Try a rule with texts where these have other hashes, so that sets have another order."""
    with_text = [
        trial
        for trial in trials
        if trial.error is None and any(map(_has_text, trial.sample.values))
    ]
    if not with_text:
        return
    answers = answers_of_another_process(rule, [trial.sample for trial in with_text])
    for trial, answer in zip(with_text, answers or (), strict=answers is not None):
        if trial.answer != answer:
            yield (
                f"of {trial.sample} it gives {trial.answer}, and {answer} in another process: "
                "neither the order of a set of texts nor their hashes last"
            )


def _problem_with_pickling(rule: Rule) -> str | None:
    def fault(error: BaseException) -> RuleError:
        problem = (
            f"it cannot be pickled ({format_error(error)}): let blend be a function of a module"
        )
        return RuleError(problem)

    try:
        with Guard(fault):
            pickle.loads(pickle.dumps(rule))  # noqa: S301  # our own
    except RuleError as error:
        return str(error)
    return None


def _has_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(map(_has_text, value)))


def _error_text(error: BaseException) -> str:
    return f"{type_name(error)} ({format_error(error)})"
