import math
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_rules_std.exact import nonfinite_sum, quotient, root, scaled

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.one_of(finite, st.integers()), min_size=1))
@settings(deadline=None)
def test_scaled_changes_no_value(values):
    numerators, denominator = scaled(values)
    assert [Fraction(top, denominator) for top in numerators] == list(map(Fraction, values))


def test_nonfinite_sum_is_none_for_finite_values_of_any_size():
    assert nonfinite_sum([1, 1.5, True, 10**400]) is None
    assert nonfinite_sum([10**400, math.inf]) == math.inf
    assert math.isnan(nonfinite_sum([math.inf, -math.inf]))


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 3, 1 / 3), (10**400, 1, math.inf), (-(10**400), 7, -math.inf), (1, 10**400, 0.0)],
)
def test_quotient(numerator, denominator, expected):
    assert quotient(numerator, denominator) == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (0, 5, 0.0),
        (2, 1, 1.4142135623730951),
        (9, 16, 0.75),
        (10**400, 1, 1e200),
        (1, 10**400, 1e-200),
        (10**700, 1, math.inf),
        (1, 2**2148, 5e-324),
        # A little more than half-way between 1 and the next float, and just half-way.
        ((2**53 + 1) ** 2 + 1, 2**106, 1 + 2**-52),
        ((2**53 + 1) ** 2, 2**106, 1.0),
    ],
)
def test_root(numerator, denominator, expected):
    assert root(numerator, denominator) == expected


@given(st.integers(0, 10**60), st.integers(1, 10**60))
@settings(deadline=None)
def test_root_is_the_nearest_float(numerator, denominator):
    getcontext().prec = 120
    precise = (Decimal(numerator) / Decimal(denominator)).sqrt()
    assert root(numerator, denominator) == float(precise)


@given(finite)
@settings(deadline=None)
def test_root_of_a_square(value):
    top, bottom = value.as_integer_ratio()
    assert root(top * top, bottom * bottom) == abs(value)
