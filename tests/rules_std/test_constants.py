import math

import pytest

from blender_rules_std.constants import float_one, int_one, zero


@pytest.mark.parametrize("values", [[5], [5, 7], ["a", "b"], [math.nan], [[1], {}], [2**60, True]])
@pytest.mark.parametrize(
    ("rule", "constant", "kind"), [(zero, 0, int), (int_one, 1, int), (float_one, 1.0, float)]
)
def test_the_values_do_not_matter(rule, constant, kind, values):
    assert rule(values) == constant
    assert type(rule(values)) is kind
