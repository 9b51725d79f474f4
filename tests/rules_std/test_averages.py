import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS

from blender_core.errors import RuleError
from blender_rules_std.averages import mean, median, weighted_mean

NAN = math.nan
INF = math.inf
LARGEST = 1.7976931348623157e308

finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.one_of(finite, st.integers(-(2**80), 2**80), st.booleans())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7], 7.0),
        ([1, 2], 1.5),
        ([True, False], 0.5),
        ([0.1, 0.2, 0.3], 0.2),
        ([2**53 + 1, 2**53 + 3], 2.0**53 + 2),
        ([10**400, -(10**400), 3], 1.0),
        ([10**400], INF),
        ([LARGEST, LARGEST], LARGEST),
        ([5e-324, 5e-324], 5e-324),
        ([INF, 1], INF),
        ([-INF, LARGEST], -INF),
        ([10**400, -INF], -INF),
    ],
)
def test_mean(values, expected):
    assert mean(values) == expected
    assert type(mean(values)) is float


@pytest.mark.parametrize("values", [[NAN], [1, NAN], [INF, -INF], [NAN, INF]])
def test_mean_nan(values):
    assert math.isnan(mean(values))


@given(st.lists(numbers, min_size=1), st.randoms())
@settings(deadline=None)
def test_mean_is_the_rounded_exact_mean_in_any_order(values, random):
    expected = float(sum(map(Fraction, values)) / len(values))
    assert mean(values) == expected
    assert mean(random.sample(values, len(values))) == expected


@given(finite, st.integers(1, 50))
@settings(deadline=None)
def test_mean_of_equal_values(value, n):
    assert mean([value] * n) == value


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
@settings(deadline=None)
def test_mean_close_to_the_peer(values):
    assert mean(values) == pytest.approx(RULE_FUNCTIONS["mean"](values), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7], 7.0),
        ([3, 1, 2], 2.0),
        ([4, 1, 3, 2], 2.5),
        ([True, False], 0.5),
        ([LARGEST, LARGEST], LARGEST),
        ([2**53 + 1, 2**53 + 3], 2.0**53 + 2),
        ([-INF, 1, INF], 1.0),
        ([1, 2, INF, INF], INF),
        ([10**400, 1, 2], 2.0),
    ],
)
def test_median(values, expected):
    assert median(values) == expected
    assert type(median(values)) is float


@pytest.mark.parametrize("values", [[NAN], [NAN, 1, 2], [1, 2, NAN, 3], [-INF, INF]])
def test_median_nan(values):
    assert math.isnan(median(values))


@given(st.lists(st.floats(-1e300, 1e300), min_size=1))
@settings(deadline=None)
def test_median_as_numpy(values):
    assert median(values) == np.median(values)


@given(st.lists(numbers, min_size=1))
@settings(deadline=None)
def test_median_is_the_rounded_exact_median(values):
    assert median(values) == float(statistics.median(map(Fraction, values)))


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([7.0], [2], 7.0),
        ([10.0, 20.0], [3.0, 1.0], 12.5),
        ([10, 20], [1, 0], 10.0),
        ([True, False], [1, 3], 0.25),
        ([LARGEST, LARGEST], [LARGEST, LARGEST], LARGEST),
        ([1.0, 2.0], [5e-324, 5e-324], 1.5),
        ([1.0, 4.0], [2**53 + 1, 0.0], 1.0),
        ([10**400, 4.0], [0, 1.0], 4.0),
        ([INF, 1.0], [0.5, 1.0], INF),
        ([-INF, 1.0], [5e-324, 1e300], -INF),
        ([INF, 1.0], [10**400, 1.0], INF),
    ],
)
def test_weighted_mean(values, weights, expected):
    assert weighted_mean(values, weights) == expected
    assert type(weighted_mean(values, weights=weights)) is float


@pytest.mark.parametrize(
    ("values", "weights"),
    [([NAN, 1], [1, 1]), ([NAN, 1], [0, 1]), ([INF, 1], [0, 1]), ([INF, -INF], [1, 1])],
)
def test_weighted_mean_nan(values, weights):
    assert math.isnan(weighted_mean(values, weights))


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ([0, 0.0], "all weights are zero"),
        ([1, -1], r"unlike -1 \(int\)"),
        ([1, NAN], r"unlike nan"),
        ([INF, 1], r"unlike inf"),
        ([1, None], "not None"),
        ([1, "2"], "weights that are numbers, not '2'"),
        ([1], "2 values have 1 weights"),
        ([1, 2, 3], "2 values have 3 weights"),
        ([], "2 values have 0 weights"),
    ],
)
def test_weights_that_cannot_be_used(weights, fault):
    with pytest.raises(RuleError, match=fault):
        weighted_mean([1.0, 2.0], weights=weights)


def test_no_values_have_no_weighted_mean():
    with pytest.raises(RuleError, match="no values"):
        weighted_mean([], weights=[])


weights_of_any_size = st.one_of(st.floats(0, LARGEST), st.integers(0, 2**80))


@given(st.lists(st.tuples(numbers, weights_of_any_size), min_size=1), st.randoms())
@settings(deadline=None)
def test_weighted_mean_is_the_rounded_exact_one_in_any_order(pairs, random):
    exact = [(Fraction(value), Fraction(weight)) for value, weight in pairs]
    whole = sum(weight for _, weight in exact)
    if not whole:
        return
    expected = float(sum(value * weight for value, weight in exact) / whole)
    for order in (pairs, random.sample(pairs, len(pairs))):
        values, weights = zip(*order, strict=True)
        assert weighted_mean(list(values), list(weights)) == expected


@given(st.lists(numbers, min_size=1), st.floats(1e-300, 1e300))
@settings(deadline=None)
def test_equal_weights_make_the_mean(values, weight):
    expected = float(sum(map(Fraction, values)) / len(values))
    assert weighted_mean(values, [weight] * len(values)) == expected


@pytest.mark.parametrize("rule", [mean, median, lambda values: weighted_mean(values, [1, 1])])
@pytest.mark.parametrize("values", [["1", 2], [1, None], [[1], [2]]])
def test_what_is_no_number_is_an_error(rule, values):
    with pytest.raises(RuleError, match="takes numbers, not"):
        rule(values)
