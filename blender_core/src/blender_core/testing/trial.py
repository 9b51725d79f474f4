"""Call a rule as a blend does: with what, and what it answers."""

from __future__ import annotations

import copy
import json
import math
import os
import pickle
import subprocess
import sys
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import Guard, type_name
from blender_core.common.values import DROP, Noted
from blender_core.common.wording import full_repr, preview
from blender_core.errors import RuleError
from blender_core.schema.conversion import rule_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blender_core.plugins.rule import Rule

_MOST_VALUES: Final = 4


@dataclass(frozen=True)
class Sample:
    """What a rule is called with.

    Parameters
    ----------
    values : sequence
        The values, one for each input.
    arguments : mapping of str to object, optional
        The rule's companions, aligned with the values, and its parameters, by their names.

    Examples
    --------
    >>> from blender_core.testing import Sample
    >>> print(Sample([10.0, 20.0], {"weights": [3.0, 1.0]}))
    10.0, 20.0 with weights=[3.0, 1.0]
    """

    values: Sequence[Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        more = ", …" if len(self.values) > _MOST_VALUES else ""
        text = ", ".join(map(preview, self.values[:_MOST_VALUES])) + more
        arguments = ", ".join(f"{name}={preview(value)}" for name, value in self.arguments.items())
        return f"{text} with {arguments}" if arguments else text


_NUMBERS: Final = (3.5, 1.25, 2.75, 1.25)
_VALUES: Final[tuple[tuple[Any, ...], ...]] = (
    # One value.
    (2.5,),
    (3,),
    (True,),
    ("F200W",),
    # Many.
    _NUMBERS,
    (3, 1, 4, 1, 6),
    (3, 1.25, 4, 2.5),
    (True, False, True),
    ("F200W", "F115W", "F200W", "F444W", "F356W", "F277W", "F150W", "F090W", "F070W"),
    ("2024-01-02", "2024-01-01"),
    ("2024-01-02T03:04:05.678", "2024-01-02T03:04:05.6"),
    ("10:00:00.0", "09:50:00.0"),
    ([2.5, 1.0], [1.0, 3.5]),
    (["F200W", "F115W", "F444W"], ["F356W", "F277W", "F200W"]),
    ({"degree": 1}, {"degree": 2}),
    # All the same.
    (1.5, 1.5),
    (0, 0),
    (0.0, 0.0),
    (False, False),
    ("F200W", "F200W"),
    # What authors do not think of.
    (math.nan,),
    (math.nan, 1.5, math.nan),
    (math.inf, -math.inf),
    (-1.5, -2.5),
    (2**62, 2**62),
    (1e308, 1e308),
    ("", "F200W"),
    ([], [1.0]),
    ("F200W", 1.5),
)
_COMPANIONS: Final[tuple[tuple[Any, ...], ...]] = (
    (0.0, 0.0, 0.0, 0.0),
    (1.0, math.nan, 2.0, 1.0),
    ("F200W", "F115W", "F200W", "F444W"),
)


def samples_for(rule: Rule) -> Iterator[Sample]:
    """Return what to try a rule with."""

    def sample(values: Sequence[Any], companion: Sequence[Any]) -> Sample:
        return Sample(list(values), {name: list(companion) for name in rule.companions})

    for values in _VALUES:
        yield sample(values, [float(i + 1) for i in range(len(values))])
    if rule.companions:
        for companion in _COMPANIONS:
            yield sample(_NUMBERS, companion)


@dataclass(frozen=True)
class Trial:
    """A sample, and what a rule made of it: a value or an error."""

    sample: Sample
    value: Any
    error: BaseException | None
    has_changed_sample: bool

    @property
    def answer(self) -> str:
        """What it answered, in a form that is the same for the same answers of any process."""
        if self.error is not None:
            return type_name(self.error)
        if self.value is None or self.value is DROP:
            return repr(self.value)
        try:
            return repr(rule_result(self.value, None))
        except RuleError:
            return f"something of type {type_name(self.value)}"


def try_rule(rule: Rule, sample: Sample) -> Trial:
    """Call a rule."""
    values, arguments = copy.deepcopy((list(sample.values), dict(sample.arguments)))
    before = repr((values, arguments))
    value, error = None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Guard(_RaisedError):
                value = rule.blend(values, **arguments)
                value = value.value if type(value) is Noted else value
        except _RaisedError as raised:
            error = raised.error
    has_changed_sample = full_repr((values, arguments)) != before
    return Trial(sample, value, error, has_changed_sample)


class _RaisedError(Exception):
    """What a rule raised, be it what would end the program."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


_ANSWERS: Final = b"answers: "
_PROGRAM: Final = """
import json, pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
rule, samples = pickle.load(sys.stdin.buffer)
from blender_core.testing.trial import try_rule
print("answers: " + json.dumps([try_rule(rule, sample).answer for sample in samples]))
"""


def answers_of_another_process(rule: Rule, samples: Sequence[Sample]) -> list[str] | None:
    """Return what a rule answers in a process whose hashes, and so the order of sets, differ."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    done = subprocess.run(  # noqa: S603  # this Python, and the program above
        [sys.executable, "-c", _PROGRAM],
        input=pickle.dumps(sys.path) + pickle.dumps((rule, list(samples))),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    # The module of the rule may print when it is imported, and also when the process ends.
    lines = [line for line in done.stdout.splitlines() if line.startswith(_ANSWERS)]
    if done.returncode or not lines:
        return None
    answers: list[str] = json.loads(lines[-1].removeprefix(_ANSWERS))
    return answers
