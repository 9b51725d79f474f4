import math
from statistics import mode as reference

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_rules_std.counts import count, count_distinct, mode

NAN = math.nan


@pytest.mark.parametrize(
    ("values", "present", "different"),
    [
        ([], 0, 0),
        ([None, None], 0, 0),
        (["a"], 1, 1),
        (["a", "b", "a"], 3, 2),
        (["a", None, "a"], 2, 1),
        ([0, False, "", []], 4, 3),
        ([NAN, float("nan"), 1.0], 3, 2),
        ([2**53, 2**53 + 1], 2, 2),
        ([[1, 2], [1, 2], [2, 1]], 3, 2),
        ([{"a": [1]}, {"a": [1]}], 2, 1),
    ],
)
def test_counts(values, present, different):
    assert count(values) == present
    assert count_distinct(values) == different
    assert type(count(values)) is type(count_distinct(values)) is int


@pytest.mark.parametrize(
    ("values", "place"),
    [
        (["a"], 0),
        (["b", "a", "a"], 1),
        (["b", "a", "a", "b"], 0),
        ([3, 1, 2], 0),
        ([1.0, NAN, float("nan")], 1),
        ([[2], [1], [1]], 1),
        ([{"a": 1}, {"b": 1}, {"b": 1}], 1),
        ([True, False, False], 1),
        ([2**53, 2**53 + 1, 2**53 + 1], 1),
        ([5, True, 1, 1.0], 1),
    ],
)
def test_mode_is_the_first_of_the_most_frequent(values, place):
    assert mode(values) is values[place]


@given(st.lists(st.sampled_from("abcd"), min_size=1))
@settings(deadline=None)
def test_mode_as_the_standard_library(values):
    assert mode(values) == reference(values)


@given(st.lists(st.one_of(st.text(max_size=1), st.integers(0, 3))))
@settings(deadline=None)
def test_counts_as_list_and_set(values):
    assert count(values) == len(values)
    assert count_distinct(values) == len(set(values))
