import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_core.errors import RuleError
from blender_rules_std.spread import extent, rms, stddev

NAN = math.nan
INF = math.inf
LARGEST = 1.7976931348623157e308

ordinary = st.floats(-1e6, 1e6)
finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7], 0.0),
        ([0.1, 0.1, 0.1], 0.0),
        ([2, 4, 4, 4, 5, 5, 7, 9], 2.0),
        ([True, False], 0.5),
        ([LARGEST, -LARGEST], LARGEST),
        # Far from zero, where the squares of floats would drown the differences.
        ([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], math.sqrt(22.5)),
        ([2**60, 2**60 + 2], 1.0),
        ([10**400, -(10**400)], INF),
    ],
)
def test_stddev(values, expected):
    assert stddev(values) == expected
    assert type(stddev(values)) is float


@pytest.mark.parametrize("values", [[NAN, 1], [INF, 1], [INF], [INF, -INF]])
def test_stddev_nan(values):
    assert math.isnan(stddev(values))


@given(st.lists(ordinary, min_size=1))
@settings(deadline=None)
def test_stddev_close_to_numpy(values):
    assert stddev(values) == pytest.approx(np.std(values), rel=1e-9, abs=1e-7)


@given(st.lists(st.one_of(finite, st.integers(-(2**80), 2**80)), min_size=1), st.randoms())
@settings(deadline=None)
def test_stddev_and_rms_are_exact_in_any_order(values, random):
    exact = list(map(Fraction, values))
    shuffled = random.sample(values, len(values))
    assert stddev(shuffled) == statistics.pstdev(exact)
    around_zero = [*exact, *(-value for value in exact)]
    assert rms(shuffled) == statistics.pstdev(around_zero)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-7], 7.0),
        ([0, 0], 0.0),
        ([1.0, -7.0], 5.0),
        ([True, True, True, False], math.sqrt(0.75)),
        ([LARGEST, -LARGEST], LARGEST),
        ([5e-324], 5e-324),
        ([INF, -INF], INF),
        ([-INF, 1], INF),
        ([10**400, 1], INF),
    ],
)
def test_rms(values, expected):
    assert rms(values) == expected
    assert type(rms(values)) is float


@pytest.mark.parametrize("values", [[NAN], [NAN, 1], [INF, NAN]])
def test_rms_nan(values):
    assert math.isnan(rms(values))


@given(st.lists(ordinary, min_size=1))
@settings(deadline=None)
def test_rms_close_to_numpy(values):
    assert rms(values) == pytest.approx(np.sqrt(np.mean(np.square(values))), rel=1e-12)


@pytest.mark.parametrize(
    ("values", "expected", "kind"),
    [
        ([5], 0, int),
        ([3, 9, 5], 6, int),
        ([2**53 + 1, 0], 2**53 + 1, int),
        ([True, False], 1, int),
        ([1.5], 0.0, float),
        ([2.5, 1.0, 4.0], 3.0, float),
        ([NAN, 2.5, 1.0], 1.5, float),
        ([2**53 + 1, 2.0**53], 1.0, float),
        ([LARGEST, -LARGEST], INF, float),
        ([INF, 1], INF, float),
        ([-INF, INF], INF, float),
    ],
)
def test_extent(values, expected, kind):
    assert extent(values) == expected
    assert type(extent(values)) is kind


@pytest.mark.parametrize("values", [[NAN], [NAN, NAN], [INF, INF], [-INF, NAN]])
def test_extent_nan(values):
    assert math.isnan(extent(values))


@given(st.lists(finite, min_size=1))
@settings(deadline=None)
def test_extent_as_numpy(values):
    with np.errstate(over="ignore"):
        assert extent(values) == np.max(values) - np.min(values)


@given(st.lists(st.integers(), min_size=1))
@settings(deadline=None)
def test_extent_of_integers(values):
    assert extent(values) == max(values) - min(values)


@pytest.mark.parametrize("rule", [stddev, rms, extent])
@pytest.mark.parametrize("values", [["1", "2"], [1, "2"], [1, None], [[1]]])
def test_what_is_no_number_is_an_error(rule, values):
    with pytest.raises(RuleError, match="takes numbers, not"):
        rule(values)
