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
