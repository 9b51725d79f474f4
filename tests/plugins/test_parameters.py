import functools
from typing import TYPE_CHECKING, Any, Literal, Optional

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import BlendPlan, Override, PlanError, Plugins, Rule
from blender_core.plugins.parameters import parameters_of

if TYPE_CHECKING:
    from decimal import Decimal


def blend(
    values: "list[Decimal]",
    count: int = 3,
    ratio: "float" = 0.5,
    word: "str | None" = None,
    other: Optional[bool] = True,  # noqa: UP045
    either: int | str = "a",
    anything: Any = None,
    chosen: Literal["a"] = "a",
    unknown: "Decimal" = 1,
    bare=(),
):
    return values, count, ratio, word, other, either, anything, chosen, unknown, bare


NAMES = ("count", "ratio", "word", "other", "either", "anything", "chosen", "unknown", "bare")
RULE = Rule(name="tried", blend=blend, summary="A rule that is tried.", parameters=NAMES)


def test_as_the_function_has_them():
    assert list(map(str, parameters_of(blend, NAMES).values())) == [
        "count: int = 3",
        "ratio: float = 0.5",
        "word: str | None = None",
        "other: bool | None = True",
        "either: int | str = 'a'",
        "anything=None",
        "chosen='a'",
        "unknown=1",
        "bare=()",
    ]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("count", [3, -1], [3.0, "3", True, None]),
        ("ratio", [0.5, 1], ["0.5", True, None]),
        ("word", ["a", None], [3, b"a"]),
        ("other", [True, None], [1, "True"]),
        ("either", [3, "a"], [3.5, None]),
        ("anything", [3, object()], []),
        ("unknown", [3, "a"], []),
    ],
)
def test_types(name, right, wrong):
    parameter = parameters_of(blend, NAMES)[name]
    assert all(parameter.accepts(value) for value in right)
    assert not any(parameter.accepts(value) for value in wrong)


@pytest.mark.parametrize("function", [max, functools.partial(blend, count=4)])
def test_functions_that_tell_less(function):
    rule = Rule(name="tried", blend=function, summary="A rule.", parameters=("count",))
    assert parameters_of(rule.blend, rule.parameters)["count"].accepts(3)


class TestPlan:
    @pytest.fixture
    def plan(self):
        plugins = Plugins.discover()

        def make(**parameters):
            override = Override(attribute="DETECTOR", rule="join", parameters=parameters)
            return BlendPlan.for_model(ImageModel, overrides=[override], plugins=plugins)

        return make

    def test_right(self, plan):
        assert plan(sort=True)["meta.instrument.detector"].choice.label == "join (sort=True)"

    @pytest.mark.parametrize(
        ("parameters", "problem"),
        [
            ({"sort": "yes"}, r"which takes sort: bool = False, and not 'yes'$"),
            ({"sort": 1}, r"which takes sort: bool = False, and not 1$"),
            ({"srot": True}, r"takes sort: bool = False, and not 'srot': did you mean 'sort'\?$"),
        ],
    )
    def test_wrong(self, plan, parameters, problem):
        with pytest.raises(PlanError, match=problem):
            plan(**parameters)
