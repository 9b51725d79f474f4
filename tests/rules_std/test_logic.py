import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_core.errors import RuleError
from blender_rules_std.logic import all_true, any_true, bit_and, bit_or


@pytest.mark.parametrize(
    ("values", "some", "every"),
    [
        ([True], True, True),
        ([False], False, False),
        ([False, True], True, False),
        ([True, True], True, True),
        ([0, 1], True, False),
        ([1, 1], True, True),
        ([0, False], False, False),
    ],
)
def test_any_and_all(values, some, every):
    assert any_true(values) is some
    assert all_true(values) is every


@pytest.mark.parametrize("rule", [any_true, all_true])
@pytest.mark.parametrize("value", [2, -1, 1.0, 0.0, "T", "", None, [], [True]])
def test_what_is_neither_true_nor_false_is_an_error(rule, value):
    for values in ([value], [True, value], [False, value]):
        with pytest.raises(RuleError) as caught:
            rule(values)
        assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("values", "joined", "shared"),
    [
        ([6], 6, 6),
        ([0b0011, 0b0101], 0b0111, 0b0001),
        ([1, 2, 4], 7, 0),
        ([2**80, 2**80 + 1], 2**80 + 1, 2**80),
        ([-1, 5], -1, 5),
        ([True, 2], 3, 0),
        ([True, False], True, False),
        ([True], True, True),
    ],
)
def test_bits(values, joined, shared):
    assert bit_or(values) == joined
    assert bit_and(values) == shared
    kind = bool if all(type(value) is bool for value in values) else int
    assert type(bit_or(values)) is type(bit_and(values)) is kind


@pytest.mark.parametrize("rule", [bit_or, bit_and])
@pytest.mark.parametrize("value", [1.0, float("nan"), "1", None, [1]])
def test_what_has_no_bits_is_an_error(rule, value):
    with pytest.raises(RuleError, match="takes integers, not"):
        rule([1, value])


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
@settings(deadline=None)
def test_bits_as_numpy(values):
    assert bit_or(values) == np.bitwise_or.reduce(np.array(values, dtype="i8"))
    assert bit_and(values) == np.bitwise_and.reduce(np.array(values, dtype="i8"))


@given(st.lists(st.booleans(), min_size=1))
@settings(deadline=None)
def test_booleans_as_numpy(values):
    assert any_true(values) is bit_or(values) is bool(np.any(values))
    assert all_true(values) is bit_and(values) is bool(np.all(values))
