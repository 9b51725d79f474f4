import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS

from blender_core.errors import RuleError
from blender_rules_std.texts import join, wheel_tolerance

NAN = math.nan
INF = math.inf
OUTSIDE = "outside calibration tolerance"
WITHIN = "within commanded tolerance"


@pytest.mark.parametrize(
    ("values", "in_order", "in_size"),
    [
        (["F184"], "F184", "F184"),
        (["F184", "F158", "F184"], "F184, F158", "F158, F184"),
        ([10, 9, 10], "10, 9", "9, 10"),
        ([1.5, 0.1], "1.5, 0.1", "0.1, 1.5"),
        ([2**53 + 1, 5], "9007199254740993, 5", "5, 9007199254740993"),
        ([True, False], "True, False", "False, True"),
        ([INF, NAN, 1, float("nan")], "inf, nan, 1", "1, inf, nan"),
        (["b", 2, "a", 1], "b, 2, a, 1", "1, 2, a, b"),
        (["", "a"], ", a", ", a"),
    ],
)
def test_join(values, in_order, in_size):
    assert join(values) == in_order
    assert join(values, sort=True) == in_size


@pytest.mark.parametrize("values", [[["a"]], [{"a": 1}], ["a", None]])
def test_join_refuses_what_is_neither_text_nor_number(values):
    with pytest.raises(RuleError, match="takes texts and numbers, not"):
        join(values)


names = st.text(st.characters(exclude_characters=", "), min_size=1)


@given(st.lists(names, min_size=1), st.randoms())
@settings(deadline=None)
def test_each_text_comes_once(values, random):
    parts = join(values).split(", ")
    assert parts == list(dict.fromkeys(values))
    shuffled = random.sample(values, len(values))
    assert join(shuffled, sort=True) == join(values, sort=True) == ", ".join(sorted(parts))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([WITHIN], WITHIN),
        ([OUTSIDE], OUTSIDE),
        ([WITHIN, OUTSIDE, WITHIN], OUTSIDE),
        ([WITHIN, WITHIN], WITHIN),
        (["something else"], WITHIN),
        ([OUTSIDE, 1, None, NAN, ["a"]], OUTSIDE),
    ],
)
def test_wheel_tolerance_as_the_peer_has_it(values, expected):
    assert wheel_tolerance(values) == expected
    assert RULE_FUNCTIONS["wheeltol"](values) == expected


class TestALongText:
    def test_what_a_header_is_given(self):
        # Of 67 characters on a card, 10,000 cards CONTINUE have 670,000: 67,001 texts of 8 with
        # ", " between them are 670,008.
        assert len(join([f"{i:08d}" for i in range(67_000)])) == 669_998
        with pytest.raises(RuleError, match=r"first 67,001 of 70,000 .* 670,008 characters"):
            join([f"{i:08d}" for i in range(70_000)])

    def test_it_is_found_while_joining(self):
        made = []

        class Number(int):
            def __str__(self):
                made.append(1)
                return f"{self:08d}"

        with pytest.raises(RuleError, match="first 67,001 of 200,000 different values"):
            join([Number(i) for i in range(200_000)])
        assert len(made) == 67_001
