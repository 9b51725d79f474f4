import math

import pytest

from blender_core.values import distinct, identity

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
