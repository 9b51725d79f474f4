import math
import sys

import numpy as np
import pytest

from blender_core.common.values import distinct, identity
from blender_core.common.wording import format_error, preview

NAN, OTHER_NAN = float("nan"), float("inf") - float("inf")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        (["b", "a", "b"], ["b", "a"]),
        ([1, 1.0, 2], [1, 2]),
        ([[1, 2], [1, 2], [2, 1]], [[1, 2], [2, 1]]),
        ([{"a": [1]}, {"a": [1]}, {"a": [2]}], [{"a": [1]}, {"a": [2]}]),
        ([None, "a", None], [None, "a"]),
    ],
)
def test_distinct(values, expected):
    assert distinct(values) == expected


def test_all_nans_are_one_value():
    found = distinct([NAN, 1.0, OTHER_NAN, 1.0])
    assert len(found) == 2
    assert math.isnan(found[0])
    assert found[1] == 1.0
    assert len(distinct([[NAN], [OTHER_NAN]])) == 1


def test_a_list_is_not_the_mapping_or_text_of_the_same_items():
    assert identity(["a"]) != identity("a")
    assert identity([["a", 1]]) != identity({"a": 1})
    assert identity({"a": 1, "b": 2}) == identity({"b": 2, "a": 1})


def test_objects_without_hash_are_the_same_only_as_themselves():
    one, other = {1, 2}, {1, 2}
    assert len(distinct([[one], [one], [other]])) == 2


class UnspeakableError(Exception):
    def __repr__(self):
        raise RuntimeError("no repr")

    __str__ = __repr__


def nested(depth):
    return [nested(depth - 1)] * 100 if depth else "x" * 1000


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        [["x" * 1000] * 1000] * 1000,
        dict.fromkeys(range(1000), "x" * 1000),
        nested(4),
        10**1000,
        10 ** (sys.get_int_max_str_digits() + 1),
        np.zeros((1000, 1000)),
        UnspeakableError(),
        [UnspeakableError()] * 3,
        {"a": UnspeakableError()},
    ],
    ids=lambda value: type(value).__name__,
)
def test_any_value_is_shown_in_a_few_characters(value):
    assert 0 < len(preview(value)) < 250


@pytest.mark.parametrize("value", ["2026-01-02T03:04:05.678", 0.1, -(2**63), None, ["a", 1]])
def test_common_values_are_shown_whole(value):
    assert preview(value) == repr(value)


def test_what_an_error_says():
    assert format_error(KeyError("lost")) == "'lost'"
    assert len(format_error(ValueError("x" * 10**6))) < 1100
    assert format_error(UnspeakableError()) == "(its message cannot be had)"
