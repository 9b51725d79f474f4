"""Rules that are what they say, and rules with one fault each."""

import datetime
import itertools
import random
import re
import sys

import numpy as np
import pytest

from blender_core import (
    DROP,
    BlenderError,
    Gives,
    Missing,
    Plugins,
    Registry,
    Rule,
    RuleCheckError,
    RuleError,
)
from blender_core.testing import Sample, check_rule

STANDARD = Registry(Plugins.discover().rules())
calls = itertools.count()
seen = []


def problems_of(blend, samples=(), **settings):
    rule = Rule(name="tried", blend=blend, summary="A rule that is tried.", **settings)
    try:
        check_rule(rule, samples)
    except RuleCheckError as error:
        return error.problems
    return ()


# What rules do. They are functions of a module, so that they can be pickled.


def first(values):
    return values[0]


def constant(values, word="MULTIPLE"):  # noqa: ARG001
    return word


def multiple(values):
    return values[0] if all(value == values[0] for value in values) else "MULTIPLE"


def numbers(values):
    if not all(isinstance(value, (int, float)) for value in values):
        msg = f"these are no numbers: {values}"
        raise RuleError(msg)
    return values


def floored(values):
    return int(numbers(values)[0] // 1) if abs(numbers(values)[0]) < 1e300 else 0


def halved(values):
    return numbers(values)[0] / 2


def mean_that_warns(values):
    return np.nanmean(numbers(values))


def half_count(values):
    return len(values) / 2


def listed(values):
    return list(values)


def joined(values):
    return "".join(values)


def as_a_set(values):
    return set(map(repr, values))


def as_an_array(values):
    return np.array(numbers(values))


def as_a_date(values):
    return datetime.date.fromisoformat(values[0]) if values[0] == "2024-01-02" else None


def lowered(values):
    return values[0].lower()


def second(values):
    return values[1]


def weighted(values, weights):
    return float(sum(map(float.__mul__, values, weights))) / sum(weights)


def aligned(values, weights):
    seen.append(len(values) == len(weights))
    return values[0]


def sorts(values):
    values.sort(key=repr)
    return values[0]


def empties(values):
    if isinstance(values[0], list):
        values[0].clear()
    return values[0]


def weighs_in(values, weights):
    weights.append(0.0)
    return values[0]


def counts_calls(values):
    return len(values) + next(calls)


def rolls_dice(values):
    return random.random() * len(values)  # noqa: S311


def hidden(values):
    if values != ["open sesame"]:
        msg = "not the word"
        raise RuleError(msg)
    return values[0]


def not_last(values):
    return values[-1] + values[0]


def any_name(values, **_):
    return values[0]


def dropped(values):
    return DROP if len(values) > 1 else values[0]


class Bound:
    def blend(self, values):
        return values[0]


@pytest.mark.parametrize("name", list(STANDARD))
def test_the_standard_rules_are_what_they_say(name):
    check_rule(STANDARD[name].rule)


def test_there_are_forty_of_them():
    assert len(list(STANDARD)) == 40


@pytest.mark.parametrize(
    ("blend", "settings"),
    [
        (first, {}),
        (max, {}),  # Python's own, whose arguments are not known
        (Bound().blend, {}),
        (first, {"missing": Missing.KEEP}),
        (multiple, {"constants": ("MULTIPLE",)}),
        (constant, {"constants": ("MULTIPLE",), "gives": Gives.CONSTANT}),
        (constant, {"parameters": ("word",), "gives": Gives.TEXT}),
        (any_name, {"companions": ("weights",), "parameters": ("word",)}),
        (dropped, {}),
        (halved, {"gives": Gives.NUMBER}),
        (len, {"gives": Gives.COUNT}),
        (listed, {"gives": Gives.LIST}),
        (tuple, {"gives": Gives.LIST}),  # becomes a list
        (joined, {"gives": Gives.TEXT}),
    ],
)
def test_rules_that_are_what_they_say(blend, settings):
    assert problems_of(blend, **settings) == ()


@pytest.mark.parametrize(
    ("blend", "settings", "problem"),
    [
        (
            multiple,
            {},
            (
                "of 3.5, 1.25, 2.75, 1.25 it gives 'MULTIPLE', which no input has: name it in constants, "
                "or say in gives what is made of inputs"
            ),
        ),
        (np.max, {}, "of 3, 1.25, 4, 2.5 it gives 4.0 (float), and the input has 4 (int)"),
        (
            floored,
            {"gives": Gives.NUMBER},
            "of 2.5 it gives 2 (int), and says that it gives a computed float (float)",
        ),
        (
            half_count,
            {"gives": Gives.COUNT},
            "of 2.5 it gives 0.5 (float), and says that it gives a computed integer (int)",
        ),
        (
            listed,
            {"gives": Gives.TEXT},
            "of 2.5 it gives [2.5] (list), and says that it gives a text (str)",
        ),
        (
            joined,
            {"gives": Gives.LIST},
            "of 'F200W' it gives 'F200W' (str), and says that it gives a list (list)",
        ),
        (
            joined,
            {"gives": Gives.SAME_TYPE},
            (
                "of 'F200W' it gives 'F200W' (str), though it says that it computes with numbers: "
                "say in gives what it is"
            ),
        ),
        (
            halved,
            {"gives": Gives.SAME_TYPE},
            (
                "of 3 it gives 1.5 (float), and says that it gives a computed number of its inputs' "
                "own type (int)"
            ),
        ),
        (
            floored,
            {"gives": Gives.SAME_TYPE},
            (
                "of 2.5 it gives 2 (int), and says that it gives a computed number of its inputs' "
                "own type (float)"
            ),
        ),
        (
            constant,
            {"gives": Gives.CONSTANT, "constants": ("?",)},
            "of 2.5 it gives 'MULTIPLE' (str), which is not among its constants",
        ),
        (
            as_a_set,
            {"gives": Gives.LIST},
            (
                "of 2.5 it gives {'2.5'} (set), which is not a str, an int, a float or a bool, nor a "
                "list or dict of these"
            ),
        ),
        (
            as_an_array,
            {},
            (
                "of 2.5 it gives array([2.5]) (ndarray), which is not a str, an int, a float or a "
                "bool, nor a list or dict of these"
            ),
        ),
        (
            as_a_date,
            {},
            (
                "of '2024-01-02', '2024-01-01' it gives datetime.date(2024, 1, 2) (date), which is not "
                "a str, an int, a float or a bool, nor a list or dict of these"
            ),
        ),
        (
            lowered,
            {"gives": Gives.TEXT},
            (
                "of 2.5 it raises AttributeError ('float' object has no attribute 'lower'), and not a "
                "RuleError or TypeError"
            ),
        ),
        (
            second,
            {},
            "of 2.5 it raises IndexError (list index out of range), and not a RuleError or TypeError",
        ),
        (
            weighted,
            {"gives": Gives.NUMBER, "companions": ("weights",)},
            (
                "of 3.5, 1.25, 2.75, 1.25 with weights=[0.0, 0.0, 0.0, 0.0] it raises ZeroDivisionError "
                "(float division by zero), and not a RuleError or TypeError"
            ),
        ),
        (
            hidden,
            {},
            (
                "it blends nothing of what it was tried with (RuleError (not the word)): give samples "
                "that it blends"
            ),
        ),
        (sorts, {}, "of 3.5, 1.25, 2.75, 1.25 it changes what it is called with"),
        (empties, {}, "of [2.5, 1.0], [1.0, 3.5] it changes what it is called with"),
        (
            weighs_in,
            {"companions": ("weights",)},
            "of 2.5 with weights=[1.0] it changes what it is called with",
        ),
        (
            first,
            {"gives": Gives.CONSTANT},
            "it says that it gives one of its constants, and has none",
        ),
        (
            first,
            {"constants": (np.float64(1.5),)},
            "the constant np.float64(1.5) (float64) is not a plain value",
        ),
        (first, {"constants": ({1},)}, "the constant {1} (set) is not a plain value"),
        (
            not_last,
            {"missing": Missing.KEEP, "gives": Gives.SAME_TYPE},
            (
                "of None, 2.5 it raises TypeError (unsupported operand type(s) for +: 'float' and "
                "'NoneType'), though its missing says that it sees None"
            ),
        ),
    ],
)
def test_faults_are_found(blend, settings, problem):
    assert problem in problems_of(blend, **settings)


def test_what_it_remembers_of_other_calls():
    problems = problems_of(counts_calls, gives=Gives.COUNT)
    assert re.fullmatch(r"of 2.5 it gives 1, and \d+ when it is called again", problems[0])


def test_chance():
    problems = problems_of(rolls_dice, gives=Gives.NUMBER)
    assert re.fullmatch(r"of 2.5 it gives 0.\d+, and 0.\d+ when it is called again", problems[0])


UNORDERED = """
def unordered(values):
    return ", ".join(set(values))

def ordered(values):
    return ", ".join(sorted(set(values)))
"""


def test_the_order_of_sets_of_texts(tmp_path, monkeypatch):
    (tmp_path / "sets_of_texts.py").write_text(UNORDERED)
    monkeypatch.syspath_prepend(tmp_path)
    import sets_of_texts

    try:
        problem, *_ = problems_of(sets_of_texts.unordered, gives=Gives.TEXT)
        assert problem.startswith("of 'F200W', 'F115W', 'F200W', 'F444W', … it gives '")
        assert "' in another process: neither the order of a set of texts nor" in problem
        assert problems_of(sets_of_texts.ordered, gives=Gives.TEXT) == ()
    finally:
        del sys.modules["sets_of_texts"]


def test_what_cannot_be_pickled():
    (problem,) = problems_of(lambda values: values[0])
    assert problem.startswith("it cannot be pickled (")
    assert problem.endswith("): let blend be a function of a module")


def test_companions_are_aligned_with_the_values():
    seen.clear()
    assert problems_of(aligned, companions=("weights",), missing=Missing.KEEP) == ()
    assert len(seen) > 50
    assert all(seen)


def test_samples_of_the_author():
    assert problems_of(hidden, [Sample(["open sesame"])]) == ()
    assert problems_of(constant, [Sample([1], {"word": 3})], gives=Gives.TEXT) == (
        "of 1 with word=3 it gives 3 (int), and says that it gives a text (str)",
    )


def test_all_faults_come_together():
    rule = Rule(name="all", blend=lambda values: values.pop(), summary="All wrong.")
    with pytest.raises(
        RuleCheckError, match="rule 'all' is not what a rule must be:\n  - "
    ) as caught:
        check_rule(rule)
    assert isinstance(caught.value, BlenderError)
    assert isinstance(caught.value, AssertionError)
    assert caught.value.rule == "all"
    assert len(caught.value.problems) == 5
    assert all(f"\n  - {problem}" in str(caught.value) for problem in caught.value.problems)


def test_many_faults_of_one_kind_are_not_all_told():
    problems = problems_of(second)
    assert [problem.partition(" it ")[0] for problem in problems[:3]] == [
        "of 2.5",
        "of 3",
        "of True",
    ]
    assert problems[3:] == ("… and 2 more of this kind",)


def test_warnings_of_a_rule_are_not_its_faults():
    with pytest.warns(RuntimeWarning, match="empty slice"):
        mean_that_warns([np.nan])
    assert problems_of(mean_that_warns, gives=Gives.NUMBER) == ()


@pytest.mark.parametrize("blend", [np.mean, np.median])
def test_functions_of_numpy_that_refuse_lists_of_different_lengths(blend):
    assert problems_of(blend, gives=Gives.NUMBER) == ()


def choice_by_chance(values):
    return random.choice(values)  # noqa: S311


def test_what_changes_by_itself_is_told_once():
    random.seed(1)
    problems = problems_of(choice_by_chance)
    assert problems
    assert all("when it is called again" in one or "of this kind" in one for one in problems)


@pytest.mark.parametrize("rule", ["multi", None, max])
def test_only_rules_can_be_checked(rule):
    with pytest.raises(TypeError, match=r"check_rule takes a blender_core\.Rule, not "):
        check_rule(rule)
    with pytest.raises(TypeError, match=r"samples are blender_core\.testing\.Sample objects, not"):
        check_rule(STANDARD["multi"].rule, [["F200W", "F115W"]])
