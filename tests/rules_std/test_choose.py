import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS

from blender_core.errors import RuleError
from blender_rules_std.choose import first, last, maximum, minimum

NAN = math.nan
INF = math.inf


@pytest.mark.parametrize("values", [["a"], ["a", "b"], [None, "b"], [NAN, 1.0], [[1], [2]]])
def test_first_is_the_very_first(values):
    assert first(values) is values[0]


@pytest.mark.parametrize("values", [["a"], ["a", "b"], ["b", None], [1.0, NAN], [[1], [2]]])
def test_last_is_the_very_last(values):
    assert last(values) is values[-1]


@pytest.mark.parametrize(
    ("values", "smallest", "largest"),
    [
        ([3], 3, 3),
        ([3, -1, 2], -1, 3),
        ([2.5, 1, 2.75], 1, 2.75),
        ([2**53 + 1, 2**53, 2.0**53 + 2], 2**53, 2.0**53 + 2),
        ([2**53 + 1, 2.0**53], 2.0**53, 2**53 + 1),
        ([True, False], False, True),
        ([INF, 1.0, -INF], -INF, INF),
        ([10**400, 1.0, INF], 1.0, INF),
        (["F200W", "F115W", "F444W"], "F115W", "F444W"),
        ([""], "", ""),
        ([NAN, 2.0, NAN, 1.0, NAN], 1.0, 2.0),
        ([NAN, 3], 3, 3),
    ],
)
def test_smallest_and_largest(values, smallest, largest):
    assert minimum(values) == smallest
    assert maximum(values) == largest


@pytest.mark.parametrize("rule", [minimum, maximum])
def test_nan_only_if_all_are(rule):
    assert math.isnan(rule([NAN]))
    assert math.isnan(rule([NAN, float("nan")]))


@pytest.mark.parametrize("rule", [minimum, maximum])
@pytest.mark.parametrize(
    "values", [[1, 1.0], [1.0, 1], [True, 1], [0.0, -0.0], [-0.0, 0.0], ["a b", " ".join("ab")]]
)
def test_the_first_of_those_that_tie(rule, values):
    assert rule(values) is values[0]


@pytest.mark.parametrize("rule", [minimum, maximum])
@pytest.mark.parametrize(
    ("values", "named"),
    [
        (["a", 1], r"'a' \(str\), 1 \(int\)"),
        ([NAN, "a"], r"nan \(float\), 'a' \(str\)"),
        ([[1], [2]], r"\[2\] \(list\)"),
        ([{"a": 1}], r"\{'a': 1\} \(dict\)"),
        ([1, None], r"1 \(int\), None \(NoneType\)"),
        ([1j], "complex"),
    ],
)
def test_values_that_have_no_order_are_an_error(rule, values, named):
    with pytest.raises(RuleError, match=named):
        rule(values)


numbers = st.one_of(st.integers(), st.floats(), st.booleans())


@given(st.lists(st.floats(), min_size=1))
@settings(deadline=None)
def test_as_numpy_without_nan(values):
    if all(map(math.isnan, values)):
        assert math.isnan(minimum(values))
        assert math.isnan(maximum(values))
    else:
        assert minimum(values) == np.nanmin(values)
        assert maximum(values) == np.nanmax(values)


@given(st.lists(numbers.filter(lambda x: x == x), min_size=1), st.randoms())  # noqa: PLR0124
@settings(deadline=None)
def test_whatever_the_order_one_of_the_values_and_beyond_all_others(values, random):
    shuffled = random.sample(values, len(values))
    smallest, largest = minimum(shuffled), maximum(shuffled)
    assert any(smallest is value for value in values)
    assert any(largest is value for value in values)
    assert all(smallest <= value <= largest for value in values)
    assert (minimum(values), maximum(values)) == (smallest, largest)


@given(st.lists(st.floats(allow_nan=False), min_size=1))
@settings(deadline=None)
def test_as_the_peer_has_it(values):
    assert minimum(values) == RULE_FUNCTIONS["min"](values)
    assert maximum(values) == RULE_FUNCTIONS["max"](values)
