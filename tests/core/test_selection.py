import pytest

from blender_core import Missing, RuleError
from blender_core.selection import select

GAPS = ("a", None, "b")


@pytest.mark.parametrize(
    ("missing", "seen"),
    [
        (Missing.SKIP, ["a", "b"]),
        (Missing.KEEP, ["a", None, "b"]),
        (Missing.PROPAGATE, []),
    ],
)
def test_what_a_rule_sees_of_values_with_gaps(missing, seen):
    assert select(GAPS, missing) == seen


@pytest.mark.parametrize("missing", list(Missing))
def test_no_rule_is_called_where_no_input_has_the_value(missing):
    assert select((None, None), missing) == []


@pytest.mark.parametrize("missing", list(Missing))
def test_without_gaps_a_rule_sees_everything(missing):
    assert select((3, 1, 2), missing) == [3, 1, 2]


def test_required_values_that_are_missing_name_the_inputs():
    with pytest.raises(RuleError, match="input 2, 4 of 4 has none"):
        select((1, None, 3, None), Missing.REQUIRE)
