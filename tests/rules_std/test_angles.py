import cmath
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import circstd

from blender_core.errors import RuleError
from blender_rules_std.angles import angle_range, angle_spread, mean_angle


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10.0], 10.0),
        ([359.0, 1.0], 0.0),
        ([350, 10, 0], 0.0),
        ([90, 180], 135.0),
        ([-90], 270.0),
        ([-10.0, 30.0], 10.0),
        ([720.5, 0.5], 0.5),
        ([360], 0.0),
        ([0, 0, 90], math.degrees(math.atan2(1, 2))),
        ([180.0, -180.0], 180.0),
        ([True], 1.0),
        ([360 * 10**400 + 5], 5.0),
    ],
)
def test_mean_angle(values, expected):
    difference = mean_angle(values) - expected
    assert math.remainder(difference, 360) == pytest.approx(0, abs=1e-12)
    assert type(mean_angle(values)) is float


@pytest.mark.parametrize("values", [[-1e-20], [-1e-20, 0.0], [360.0], [math.nextafter(0, -1)]])
def test_a_whole_turn_is_zero(values):
    assert mean_angle(values) == 0.0


@pytest.mark.parametrize("values", [[0, 180], [0.0, 120.0, 240.0], [90, 270.00000001], [1, 181]])
def test_angles_that_cancel_have_no_mean(values):
    with pytest.raises(RuleError, match="no mean: "):
        mean_angle(values)


@pytest.mark.parametrize("values", [[math.nan], [math.nan, 1], [math.inf, 1], [1, -math.inf]])
def test_nan(values):
    assert math.isnan(mean_angle(values))


@pytest.mark.parametrize("values", [["1"], [1, None], [[1]]])
def test_what_is_no_number_is_an_error(values):
    with pytest.raises(RuleError, match="takes numbers, not"):
        mean_angle(values)


@given(st.floats(0, 360, exclude_max=True), st.integers(1, 20))
@settings(deadline=None)
def test_mean_of_equal_angles_is_that_angle(angle, n):
    assert mean_angle([angle] * n) == angle


@given(st.lists(st.floats(-1000, 1000), min_size=1), st.randoms())
@settings(deadline=None)
def test_direction_of_the_sum_of_unit_vectors_in_any_order(angles, random):
    vector = sum(cmath.rect(1, math.radians(angle)) for angle in angles) / len(angles)
    assume(abs(vector) > 1e-3)
    found = mean_angle(angles)
    expected = math.degrees(cmath.phase(vector))
    assert 0 <= found < 360
    assert math.remainder(found - expected, 360) == pytest.approx(0, abs=1e-8)
    assert mean_angle(random.sample(angles, len(angles))) == found


class TestSpread:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([10.0], 0.0),
            ([300.1] * 7, 0.0),
            # R is cos 30°, and that of a right angle's ends cos 45°.
            ([330, 30], math.degrees(math.sqrt(-2 * math.log(math.cos(math.radians(30)))))),
            ([0.0, 90.0], math.degrees(math.sqrt(math.log(2)))),
            # Near each other it is the deviation of numbers.
            ([359.999999, 0.000001], 1e-6),
            ([1e-9, 3e-9], 1e-9),
        ],
    )
    def test_values(self, values, expected):
        assert angle_spread(values) == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize("draw", range(5))
    def test_what_scipy_makes_of_them(self, draw):
        angles = np.random.default_rng(draw).normal(350, 20, 50)
        expected = circstd(angles, high=360, low=0)
        assert angle_spread(list(angles)) == pytest.approx(expected, rel=1e-9)

    def test_refused(self):
        with pytest.raises(RuleError, match="no mean"):
            angle_spread([0, 180])
        assert math.isnan(angle_spread([math.nan, 1.0]))


class TestRange:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([10.0], 0.0),
            ([10.0, 10.0], 0.0),
            ([350, 20, 5], 30.0),
            ([170, 190], 20.0),
            ([0, 180], 180.0),
            ([0, 120, 240], 240.0),
            ([0, 90, 180, 270], 270.0),
            ([-10, 350, 710.5], 0.5),
            ([179.75, -179.75], 0.5),
        ],
    )
    def test_values(self, values, expected):
        assert angle_range(values) == expected
        kinds = set(map(type, values))
        assert type(angle_range(values)) is (int if kinds == {int} else float)

    @given(st.lists(st.integers(-720, 720), min_size=1, max_size=6))
    def test_the_smallest_of_all_arcs(self, angles):
        starts = (max((angle - start) % 360 for angle in angles) for start in angles)
        assert angle_range(angles) == min(starts)

    def test_nan_and_texts(self):
        assert math.isnan(angle_range([math.inf, 1.0]))
        with pytest.raises(RuleError, match="takes numbers"):
            angle_range(["1"])
