import pytest

from blender_core.errors import RuleError
from blender_rules_std.checks import NUMBERS, is_nan, kinds, quoted, require, require_some


def test_quoted_says_the_type_of_each_value():
    assert quoted(["a", 1, 1.5, None]) == "'a' (str), 1 (int), 1.5 (float), None (NoneType)"


def test_quoted_is_short_however_many_values_there_are():
    assert quoted([1, 2, 3, 4, 5, 6, 7]).endswith("5 (int) and 2 more")
    assert len(quoted(["x" * 10_000])) < 100


def test_quoted_shows_a_date_time_whole():
    text = "2024-01-02T03:04:05.123456789012"
    assert text in quoted([text])


def test_kinds():
    assert kinds([1, True, 2, "a"]) == {int, bool, str}


def test_require_returns_the_types():
    assert require([1, 2.5, True], NUMBERS, "numbers") == {int, float, bool}


def test_require_names_every_wrong_value_and_what_is_wanted():
    with pytest.raises(RuleError, match=r"takes numbers, not 'a' \(str\), None \(NoneType\)$"):
        require([1, "a", None], NUMBERS, "numbers")


@pytest.mark.parametrize("check", [require_some, kinds, lambda v: require(v, int, "integers")])
def test_no_values_are_refused(check):
    with pytest.raises(RuleError, match="no values"):
        check([])


@pytest.mark.parametrize(
    ("value", "answer"),
    [(float("nan"), True), (1.5, False), (float("inf"), False), (10**400, False), ("nan", False)],
)
def test_is_nan(value, answer):
    assert is_nan(value) is answer
