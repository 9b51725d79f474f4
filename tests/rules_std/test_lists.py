import math
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_core.errors import RuleError
from blender_rules_std.lists import concatenate, union

NAN = math.nan


@pytest.mark.parametrize(
    ("values", "together", "different"),
    [
        ([["a"]], ["a"], ["a"]),
        ([[], []], [], []),
        ([["a", "b"], [], ["b", "c", "a"]], ["a", "b", "b", "c", "a"], ["a", "b", "c"]),
        ([[2**53], [2**53 + 1]], [2**53, 2**53 + 1], [2**53, 2**53 + 1]),
        ([[[1], [2]], [[1]]], [[1], [2], [1]], [[1], [2]]),
        ([[{"a": 1}], [{"a": 1}]], [{"a": 1}, {"a": 1}], [{"a": 1}]),
        ([[None, True], [None]], [None, True, None], [None, True]),
    ],
)
def test_lists(values, together, different):
    assert concatenate(values) == together
    assert union(values) == different


def test_nan_is_no_repeat_of_a_number_and_one_of_nan():
    (only,) = union([[NAN], [float("nan")]])
    assert only is NAN
    assert len(union([[NAN, 1.0], [1.0]])) == 2


@pytest.mark.parametrize("rule", [concatenate, union])
def test_the_result_is_a_new_list_of_the_same_elements(rule):
    value = [[1], [2]]
    result = rule([value])
    assert result is not value
    assert all(a is b for a, b in zip(result, value, strict=True))


@pytest.mark.parametrize("rule", [concatenate, union])
@pytest.mark.parametrize("value", ["ab", 1, 1.5, True, None, {"a": 1}, ("a",)])
def test_what_is_no_list_is_an_error(rule, value):
    with pytest.raises(RuleError, match="takes lists, not"):
        rule([["a"], value])


@given(st.lists(st.lists(st.integers(0, 9)), min_size=1))
@settings(deadline=None)
def test_as_the_standard_library(values):
    assert concatenate(values) == list(chain.from_iterable(values))
    assert union(values) == list(dict.fromkeys(chain.from_iterable(values)))
