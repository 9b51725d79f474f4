import pytest

from blender_core import Missing, RuleError
from blender_core.evaluation.selected_values import select, select_with
from blender_core.plan.assignment import Selection

GAPS = ("a", None, "b")


@pytest.mark.parametrize(
    ("missing", "seen"),
    [
        (Missing.SKIP, ["a", "b"]),
        (Missing.KEEP, ["a", None, "b"]),
        (Missing.PROPAGATE, []),
        (Missing.DROP, []),
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
    with pytest.raises(RuleError, match="inputs 2 and 4 of 4 have none"):
        select((1, None, 3, None), Missing.REQUIRE)


def seen(selection, values, missing=Missing.SKIP, **others):
    found = select_with(
        selection, missing, values, {f"meta.{key}": one for key, one in others.items()}
    )
    return found.values, found.inputs


ONCE = Selection(once_per=("meta.id",))
ORDER = Selection(order_by="meta.start")


def test_an_exposure_counts_once():
    assert seen(ONCE, [10.0, 10.0, 20.0, 10.0], id=[7, 7, 8, 9]) == ([10.0, 20.0, 10.0], [0, 2, 3])


def test_an_exposure_has_a_value_if_one_of_its_inputs_has():
    values = [None, 10.0, None, None]
    assert seen(ONCE, values, id=[7, 7, 8, 8]) == ([10.0], [1])
    assert seen(ONCE, values, Missing.KEEP, id=[7, 7, 8, 8]) == ([10.0, None], [1, 2])
    with pytest.raises(RuleError, match=r"every exposure must have .* but input 3 of 4 has none"):
        seen(ONCE, values, Missing.REQUIRE, id=[7, 7, 8, 8])


def test_several_attributes_identify_an_exposure():
    both = Selection(once_per=("meta.visit", "meta.id"))
    values = [1, 2, 3, 4]
    assert seen(both, values, visit=[1, 1, 2, 2], id=[1, 1, 1, 1]) == ([1, 3], [0, 2])
    # NaN is NaN.
    nan = float("nan")
    assert seen(ONCE, values, id=[1, 2, nan, nan]) == ([1, 2, 3], [0, 1, 2])


def test_inputs_of_one_exposure_that_differ():
    found = select_with(ONCE, Missing.SKIP, [1.0, 2.0, 1.0, 5.0], {"meta.id": [7, 7, 8, 8]})
    assert (found.differing, found.unidentified) == ([(0, 1), (2, 3)], [])


def test_inputs_that_do_not_say_of_which_exposure_they_are():
    found = select_with(ONCE, Missing.SKIP, [1.0, 1.0, 1.0], {"meta.id": [7, None, None]})
    assert (found.values, found.unidentified) == ([1.0, 1.0, 1.0], [1, 2])
    found = select_with(ONCE, Missing.SKIP, [1.0, None, 1.0], {"meta.id": [7, None, None]})
    assert (found.values, found.unidentified) == ([1.0, 1.0], [2])
    default = Selection(once_per=("meta.id",), default=2.0)
    found = select_with(default, Missing.SKIP, [1.0, None, 1.0], {"meta.id": [7, None, None]})
    assert (found.values, found.unidentified) == ([1.0, 2.0, 1.0], [1, 2])


def test_the_order_of_another_attribute():
    assert seen(ORDER, ["b", "c", "a"], start=[2.0, 3.0, 1.0]) == (["a", "b", "c"], [2, 0, 1])
    # Those of the same time stay in the order of the inputs.
    assert seen(ORDER, ["b", "c", "a"], start=[1, 1, 1]) == (["b", "c", "a"], [0, 1, 2])


@pytest.mark.parametrize(
    ("moments", "order"),
    [
        (["10:00:00", "9:50:00", "09:50:00.5"], [1, 2, 0]),
        (["2024-01-02T00:00:00Z", "2024-01-02T00:00:00.5", "2024-01-02"], [0, 2, 1]),
        (["2024-01-02T01:00:00", "2024-01-02T01:30:00+02:00"], [1, 0]),
        # Others are texts, as those are of which one is no moment.
        (["10:00:00", "9:50:00", "noon"], [0, 1, 2]),
        (["2024-02-30", "2024-2-1"], [0, 1]),
        (["b", "B", "a"], [1, 2, 0]),
    ],
)
def test_moments_are_in_order_however_they_are_written(moments, order):
    selection = Selection(order_by="meta.when")
    seen = select_with(selection, Missing.SKIP, list("abc")[: len(moments)], {"meta.when": moments})
    assert seen.inputs == order


def test_order_comes_before_exposures():
    both = Selection(order_by="meta.start", once_per=("meta.id",))
    assert seen(both, ["b", "a", "c"], start=[2, 1, 3], id=[7, 7, 8]) == (["a", "c"], [1, 2])


@pytest.mark.parametrize("lost", [None, float("nan")])
def test_inputs_without_a_place_in_the_order(lost):
    with pytest.raises(RuleError, match=r"no meta\.start to put inputs 1 and 3 in order by"):
        seen(ORDER, [1, 2, 3], start=[lost, 1.0, lost])
    # Whoever has no value needs no place; but where every input must have the value, it is missed.
    assert seen(ORDER, [None, 2, 3], start=[lost, 2.0, 1.0]) == ([3, 2], [2, 1])
    assert seen(ORDER, [None, 2, 3], Missing.KEEP, start=[lost, 2.0, 1.0]) == ([3, 2], [2, 1])
    for missing in (Missing.PROPAGATE, Missing.DROP):
        assert seen(ORDER, [None, 2, 3], missing, start=[lost, 2.0, 1.0]) == ([], [])
    with pytest.raises(RuleError, match=r"every input must have .* but input 1 of 3 has none"):
        seen(ORDER, [None, 2, 3], Missing.REQUIRE, start=[lost, 2.0, 1.0])


def test_an_order_that_there_is_not():
    with pytest.raises(RuleError, match=r"by meta\.start: it has values of types int and str"):
        seen(ORDER, [1, 2], start=[1, "2026-01-01"])


def test_a_default_stands_in():
    one = Selection(default=1)
    assert seen(one, [None, 4, None]) == ([1, 4, 1], [0, 1, 2])
    assert seen(one, [None, None]) == ([1, 1], [0, 1])


@pytest.mark.parametrize(("missing", "expected"), [("keep", [1, None]), ("propagate", [])])
def test_a_selection_says_what_is_missing(missing, expected):
    selection = Selection(missing=Missing(missing))
    assert seen(selection, [1, None])[0] == expected


def test_companions_are_aligned():
    selection = Selection(
        order_by="meta.start", companions=(("weights", "meta.w"),), missing=Missing.SKIP
    )
    others = {"meta.start": [3, 2, 1], "meta.w": [30, None, 10]}
    found = select_with(selection, Missing.SKIP, [0.3, None, 0.1], others)
    assert (found.values, found.companions) == ([0.1, 0.3], {"weights": [10, 30]})
    with pytest.raises(RuleError, match=r"meta\.w is needed as weights.*, and input 2 lacks it"):
        select_with(selection, Missing.SKIP, [0.3, 0.2, 0.1], others)
    others["meta.w"] = [None, None, 10]
    with pytest.raises(RuleError, match="and inputs 1 and 2 lack it"):
        select_with(selection, Missing.SKIP, [0.3, 0.2, 0.1], others)


def test_many_inputs_are_counted():
    with pytest.raises(RuleError, match=r"inputs 2, 3, .*, 11, … \(20 in all\) of 21 have none"):
        select([1] + [None] * 20, Missing.REQUIRE)


def test_selections_in_words():
    selection = Selection(Missing.REQUIRE, None, "meta.a", ("meta.b", "meta.c"), (("w", "meta.d"),))
    assert str(selection) == ("missing=require, order_by=meta.a, once_per=meta.{b,c}, w=meta.d")
    assert str(Selection(once_per=("meta.a.b", "meta.a.c", "meta.d"))) == (
        "once_per=meta.a.b+meta.a.c+meta.d"
    )
    assert str(Selection(once_per=("meta.a",))) == "once_per=meta.a"
    assert str(Selection(default=1, parameters=(("sort", True),))) == "default=1, sort=True"
    assert selection.needs == ("meta.a", "meta.b", "meta.c", "meta.d")
