import cmath
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from blender_core.errors import RuleError
from blender_rules_std.angles import mean_angle


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
