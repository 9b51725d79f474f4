import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS

from blender_core.errors import RuleError
from blender_rules_std.sums import total

NAN = math.nan
INF = math.inf
LARGEST = 1.7976931348623157e308


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5], 5),
        ([1, 2, 3], 6),
        ([2**53, 1], 9007199254740993),
        ([10**400, 1, -(10**400)], 1),
        ([True, True, False], 2),
        ([True], 1),
        ([True, 2], 3),
    ],
)
def test_integers_sum_to_an_exact_integer(values, expected):
    assert total(values) == expected
    assert type(total(values)) is int


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.5], 1.5),
        ([0.1] * 10, 1.0),
        ([1e16, 1.0, 1.0, -1e16], 2.0),
        ([1e308, 1e308, -1e308], 1e308),
        ([-LARGEST, -LARGEST, LARGEST, 5e-324], -LARGEST),
        ([LARGEST, LARGEST], INF),
        ([-LARGEST, -LARGEST], -INF),
        ([INF, 1.0], INF),
        ([-INF, LARGEST], -INF),
        ([1e308, 1e308, -INF], -INF),
        ([1, 0.5], 1.5),
        ([True, 0.5], 1.5),
        # The integer is no float, and rounding it first would lose the 1.
        ([2**53 + 1, -(2.0**53)], 1.0),
        ([10**400, -(10**400), 0.5], 0.5),
        ([10**400, 0.5], INF),
        ([-(10**400), INF], INF),
    ],
)
def test_floats_are_rounded_once(values, expected):
    assert total(values) == expected
    assert type(total(values)) is float


@pytest.mark.parametrize(
    "values", [[NAN], [NAN, 1.0], [INF, -INF], [NAN, INF], [INF, NAN, -INF], [10**400, NAN]]
)
def test_nan(values):
    assert math.isnan(total(values))


@pytest.mark.parametrize("values", [["1"], [1, "1"], [[1], [2]], [1, None], [{}]])
def test_what_is_no_number_is_an_error(values):
    with pytest.raises(RuleError, match="takes numbers, not"):
        total(values)


@given(st.lists(st.integers(), min_size=1))
@settings(deadline=None)
def test_integers_as_fractions(values):
    assert total(values) == sum(map(Fraction, values))


@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(),
            st.integers(-(2**80), 2**80),
        ),
        min_size=1,
    ),
    st.randoms(),
)
@settings(deadline=None)
def test_the_rounded_exact_sum_in_any_order(values, random):
    exact = sum(map(Fraction, values))
    try:
        expected = float(exact)
    except OverflowError:
        expected = math.copysign(INF, exact.numerator > 0 or -1)
    assert total([*values, 0.0]) == expected
    shuffled = random.sample(values, len(values))
    assert total(shuffled) == total(values)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
@settings(deadline=None)
def test_close_to_the_peer(values):
    assert total(values) == pytest.approx(RULE_FUNCTIONS["sum"](values), rel=1e-9, abs=1e-6)


@given(st.lists(st.sampled_from([INF, -INF, NAN, 1.0]), min_size=1))
@settings(deadline=None)
def test_what_is_not_finite_as_in_numpy(values):
    with np.errstate(invalid="ignore"):
        expected = np.sum(values)
    assert total(values) == pytest.approx(expected, nan_ok=True)
