import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS

from blender_core.common.values import DROP
from blender_core.errors import RuleError
from blender_rules_std.agree import common, multiple, question_mark, same

NAN = math.nan

ALIKE = [
    ["NRCA1"],
    ["NRCA1", "NRCA1", "NRCA1"],
    [1, 1.0, True],
    [2**53 + 1, 2**53 + 1],
    [NAN, float("nan")],
    [0.0, -0.0],
    [[1, 2], [1, 2]],
    [[1, NAN], [1, float("nan")]],
    [{"a": 1, "b": [2]}, {"b": [2], "a": 1}],
    [[], []],
    [False, False],
]

DIFFERENT = [
    ["NRCA1", "NRCA2", "NRCA1"],
    ["a", "A"],
    [2**53, 2**53 + 1],
    [2.0**53, 2**53 + 1],
    [NAN, 1.0],
    [1, "1"],
    [[1, 2], [2, 1]],
    [{"a": 1}, {"a": 2}],
    [True, False],
    ["a", None],
    [[1], 1],
]


@pytest.mark.parametrize("rule", [multiple, question_mark, common, same])
@pytest.mark.parametrize("values", ALIKE)
def test_the_first_of_values_that_are_the_same(rule, values):
    assert rule(values) is values[0]


@pytest.mark.parametrize("values", DIFFERENT)
def test_different_values(values):
    assert multiple(values) == "MULTIPLE"
    assert question_mark(values) == "?"
    assert common(values) is DROP
    with pytest.raises(RuleError, match="the inputs differ: "):
        same(values)


def test_same_names_each_value_once():
    with pytest.raises(RuleError, match=r": 'MIRI' \(str\), 'NIRCAM' \(str\)$"):
        same(["MIRI", "NIRCAM", "MIRI"])


hashables = st.one_of(st.text(), st.integers(), st.booleans(), st.floats(allow_nan=False))
trees = st.recursive(
    st.one_of(hashables, st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def copied(value):
    if isinstance(value, list):
        return [copied(item) for item in value]
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return float(str(value)) if isinstance(value, float) else value


@given(trees, st.integers(1, 5))
@settings(deadline=None)
def test_copies_are_the_same(value, n):
    values = [value, *(copied(value) for _ in range(n))]
    assert multiple(values) is value
    assert same(values) is value


@given(st.lists(hashables, min_size=1, max_size=5))
@settings(deadline=None)
def test_as_the_peer_has_it(values):
    assert multiple(values) == RULE_FUNCTIONS["multi"](values)


def test_unlike_the_peer_nan_is_the_same_as_nan():
    assert RULE_FUNCTIONS["multi"]([NAN, float("nan")]) == "MULTIPLE"
    assert math.isnan(multiple([NAN, float("nan")]))


def test_unlike_the_peer_lists_have_a_common_value():
    with pytest.raises(TypeError):
        RULE_FUNCTIONS["multi"]([[1], [1]])
    assert multiple([[1], [1]]) == [1]


INF = math.inf


@pytest.mark.parametrize(
    ("values", "tolerance", "alike"),
    [
        ([6.5, 6.75, 6.25], 0.25, True),
        ([6.5, 6.75, 6.125], 0.25, False),
        # By how much they differ from the first, as in CIAO, and not from each other.
        ([0, 1, -1], 1, True),
        ([1, 0, -1], 1, False),
        ([1, 1.5, True], 0.5, True),
        ([2**53, 2**53 + 1], 0.5, False),
        ([2**53, 2**53 + 1], 1, True),
        ([NAN, float("nan")], 1, True),
        ([NAN, 1.0], INF, False),
        ([1.0, NAN], INF, False),
        ([INF, INF], 1, True),
        ([INF, -INF], 1, False),
        ([1.0, 1.0], 0.0, True),
        ([1.0, 1.5], 0.0, False),
    ],
)
def test_tolerance(values, tolerance, alike):
    assert common(values, tolerance=tolerance) is (values[0] if alike else DROP)
    if alike:
        assert same(values, tolerance=tolerance) is values[0]
    else:
        with pytest.raises(RuleError, match="the inputs differ"):
            same(values, tolerance=tolerance)


@pytest.mark.parametrize("tolerance", [-1, NAN, "0.1", None, True, [1]])
@pytest.mark.parametrize("rule", [common, same])
def test_what_is_no_tolerance(rule, tolerance):
    with pytest.raises(RuleError, match="a tolerance is a number that is not negative, and not"):
        rule([1.0, 1.0], tolerance=tolerance)


@pytest.mark.parametrize("rule", [common, same])
def test_only_numbers_have_a_tolerance(rule):
    with pytest.raises(RuleError, match=r"takes numbers where it has a tolerance, not 'a' \(str\)"):
        rule([1.0, "a"], tolerance=0.5)
    with pytest.raises(RuleError, match="no values"):
        rule([], tolerance=0.5)


@pytest.mark.parametrize("values", DIFFERENT)
def test_what_there_is_otherwise(values):
    assert common(values, otherwise="MIXED") == "MIXED"
    assert common(values[:1], otherwise="MIXED") is values[0]
    assert common(values, otherwise=0) == 0
