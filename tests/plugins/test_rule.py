import pickle

import pytest

from blender_core import DROP, Gives, Missing, Rule

GOOD = {"name": "spread", "blend": max, "summary": "Largest minus smallest."}


def test_defaults():
    rule = Rule(**GOOD)
    assert (rule.gives, rule.missing) == (Gives.INPUT, Missing.SKIP)
    assert (rule.constants, rule.companions, rule.replaces) == ((), (), None)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"name": ""}, ValueError, "a word"),
        ({"name": "two words"}, ValueError, "two words"),
        ({"name": "std:mean"}, ValueError, "colons"),
        ({"name": 3}, TypeError, "name"),
        ({"name": "keep"}, ValueError, "engine's own"),
        ({"name": "drop"}, ValueError, "engine's own"),
        ({"blend": "max"}, TypeError, "'max'"),
        ({"summary": ""}, ValueError, "one line"),
        ({"summary": "a\nb"}, ValueError, "one line"),
        ({"summary": None}, TypeError, "summary"),
        ({"gives": "input"}, TypeError, "Gives"),
        ({"missing": "skip"}, TypeError, "Missing"),
        ({"constants": "MULTIPLE"}, TypeError, "tuple"),
        ({"companions": ["weights"]}, TypeError, "tuple"),
        ({"constant_parameters": ["value"]}, TypeError, "tuple"),
        (
            {"constant_parameters": ("value",)},
            ValueError,
            "some of its parameters, and .value. is not one of them",
        ),
        ({"replaces": 3}, TypeError, r"replaces of rule 'spread' is a str \| None, not 3"),
        ({"replaces": ("blender-rules-std",)}, TypeError, "replaces"),
    ],
)
def test_malformed_rules_are_refused_where_they_are_made(change, error, words):
    with pytest.raises(error, match=words):
        Rule(**GOOD | change)


def test_rules_cannot_be_changed():
    with pytest.raises(AttributeError):
        Rule(**GOOD).name = "other"


def test_drop_is_one_object_also_after_pickling():
    assert pickle.loads(pickle.dumps(DROP)) is DROP  # noqa: S301
    assert repr(DROP) == "DROP"


def needy(values, more):  # noqa: ARG001
    return values[0]


def nothing():
    return 1


def by_name(*, values):
    return values[0]


def weighted(values, weights, *, power=1):  # noqa: ARG001
    return values[0]


def alone(values):
    return values[0]


class TestFunctions:
    @pytest.mark.parametrize(
        ("blend", "settings", "problem"),
        [
            (nothing, {}, "it takes no values: they are its first argument, given by place"),
            (by_name, {}, "it takes no values: they are its first argument, given by place"),
            (needy, {}, "it needs 'more', which is neither a companion nor a parameter"),
            (
                needy,
                {"parameters": ("more",)},
                "its parameter 'more' has no default, and an override need not give one",
            ),
            (
                alone,
                {"companions": ("weights",)},
                "it takes no argument 'weights' by name, which is a companion",
            ),
            (
                alone,
                {"parameters": ("word",)},
                "it takes no argument 'word' by name, which is a parameter",
            ),
        ],
    )
    def test_that_cannot_be_called(self, blend, settings, problem):
        with pytest.raises(TypeError) as caught:
            Rule(**GOOD | {"blend": blend, **settings})
        assert str(caught.value) == f"blend of rule 'spread' cannot be called: {problem}"

    @pytest.mark.parametrize(
        ("blend", "settings"),
        [
            (min, {}),
            (len, {}),
            (sum, {}),
            (print, {}),
            (lambda *values: values, {}),
            (lambda values, **arguments: values, {"companions": ("a",), "parameters": ("b",)}),  # noqa: ARG005
            (weighted, {"companions": ("weights",)}),
            (weighted, {"companions": ("weights",), "parameters": ("power",)}),
        ],
    )
    def test_that_can(self, blend, settings):
        assert Rule(**GOOD | {"blend": blend, **settings}).blend is blend
