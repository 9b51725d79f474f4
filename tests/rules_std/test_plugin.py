import copy
import importlib
import pickle
import pkgutil
import re
from pathlib import Path

import pluggy
import pytest

import blender_rules_std
from blender_core.errors import RuleError
from blender_core.plugins.hookspecs import NAME, BlenderSpecs
from blender_core.plugins.rule import Gives, Missing, Rule
from blender_rules_std import plugin

RULES = {rule.name: rule for rule in plugin.blender_rules()}

# The names, and what the rules make of the values beside them.
EXAMPLES = {
    "first": ([3, 1, 2], 3),
    "last": ([3, 1, 2], 2),
    "min": ([3, 1, 2], 1),
    "max": ([1, 3, 2], 3),
    "mintime": (["10:00:00", "9:50:00"], "9:50:00"),
    "maxtime": (["9:50:00", "10:00:00"], "10:00:00"),
    "mindate": (["2024-01-02", "2024-01-01"], "2024-01-01"),
    "maxdate": (["2024-01-01", "2024-01-02"], "2024-01-02"),
    "mindatetime": (["2024-01-02T00:00:00", "2024-01-01T00:00:00"], "2024-01-01T00:00:00"),
    "maxdatetime": (["2024-01-01T00:00:00", "2024-01-02T00:00:00"], "2024-01-02T00:00:00"),
    "mean_datetime": (["2024-01-01T00:00:00", "2024-01-01T00:00:02"], "2024-01-01T00:00:01"),
    "sum": ([1, 2], 3),
    "mean": ([1, 2], 1.5),
    "median": ([9, 1, 2], 2.0),
    "stddev": ([1, 3], 1.0),
    "rms": ([1, 7], 5.0),
    "weighted_mean": ([1, 2], 1.75),
    "mean_angle": ([270, 270], 270.0),
    "angle_spread": ([270, 270], 0.0),
    "angle_range": ([350, 20], 30),
    "zero": ([5, 5], 0),
    "int_one": ([5, 5], 1),
    "float_one": ([5, 5], 1.0),
    "constant": ([5, 5], "five"),
    "multi": (["a", "b"], "MULTIPLE"),
    "multi?": (["a", "b"], "?"),
    "common": (["a", "a"], "a"),
    "same": (["a", "a"], "a"),
    "join": (["b", "a"], "b, a"),
    "mode": (["a", "b", "b"], "b"),
    "count": (["a", "a"], 2),
    "count_distinct": (["a", "a"], 1),
    "any": ([True, False], True),
    "all": ([True, False], False),
    "bit_or": ([1, 2], 3),
    "bit_and": ([1, 3], 1),
    "range": ([4, 1], 3),
    "concatenate": ([[2, 1], [2]], [2, 1, 2]),
    "union": ([[2, 1], [2]], [2, 1]),
    "wheeltol": (["outside calibration tolerance"], "outside calibration tolerance"),
}

ARGUMENTS = {"weighted_mean": {"weights": [1, 3]}, "constant": {"value": "five"}}


def test_exactly_these_rules_are_offered_each_once():
    offered = [rule.name for rule in plugin.blender_rules()]
    assert sorted(offered) == sorted(EXAMPLES)


def test_the_engine_can_call_the_hook():
    manager = pluggy.PluginManager(NAME)
    manager.add_hookspecs(BlenderSpecs)
    manager.register(plugin, "std")
    manager.check_pending()
    (offered,) = manager.hook.blender_rules()
    assert all(isinstance(rule, Rule) for rule in offered)


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_name_has_its_rule_and_the_values_stay_as_they_are(name):
    values, expected = EXAMPLES[name]
    arguments = ARGUMENTS.get(name, {})
    before = copy.deepcopy((values, arguments))
    found = RULES[name].blend(values, **arguments)
    assert found == expected
    assert type(found) is type(expected)
    assert (values, arguments) == before


@pytest.mark.parametrize("name", EXAMPLES)
def test_rules_can_be_pickled(name):
    rule = RULES[name]
    assert pickle.loads(pickle.dumps(rule)) == rule  # noqa: S301


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_values(name):
    companions = {companion: [] for companion in RULES[name].companions}
    if RULES[name].gives is Gives.COUNT:
        assert RULES[name].blend([], **companions) == 0
    else:
        with pytest.raises(RuleError, match="no values"):
            RULES[name].blend([], **companions)


def test_first_and_last_alone_see_what_is_missing():
    seeing = {name for name, rule in RULES.items() if rule.missing is not Missing.SKIP}
    assert seeing == {"first", "last"}
    assert {RULES[name].missing for name in seeing} == {Missing.KEEP}
    assert RULES["first"].blend([None, 1]) is None
    assert RULES["last"].blend([1, None]) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_rule_gives_is_what_it_says(name):
    values, _ = EXAMPLES[name]
    rule = RULES[name]
    found = rule.blend(values, **ARGUMENTS.get(name, {}))
    declared = {
        Gives.INPUT: any(found is value for value in values) or found in rule.constants,
        Gives.NUMBER: type(found) is float,
        Gives.COUNT: type(found) is int,
        Gives.SAME_TYPE: type(found) is type(values[0]),
        Gives.CONSTANT: found in (*rule.constants, *ARGUMENTS.get(name, {}).values()),
        Gives.TEXT: type(found) is str,
        Gives.LIST: type(found) is list,
    }
    assert declared[rule.gives]
    may_give_others = rule.constants or rule.constant_parameters
    others = (Gives.CONSTANT, Gives.INPUT)
    assert rule.gives in others if may_give_others else rule.gives is not Gives.CONSTANT


def test_summaries_are_sentences_of_a_readable_length():
    for rule in RULES.values():
        assert re.fullmatch(r"[A-Z].{10,68}\.", rule.summary), rule.name
    assert len({rule.summary for rule in RULES.values()}) == len(RULES)


def test_no_rule_supersedes_another():
    assert all(rule.replaces is None for rule in RULES.values())


def test_every_module_with_rules_is_in_the_plugin():
    modules = [
        importlib.import_module(f"blender_rules_std.{info.name}")
        for info in pkgutil.iter_modules(blender_rules_std.__path__)
    ]
    rules = [rule for module in modules for rule in getattr(module, "RULES", ())]
    assert sorted(rule.name for rule in rules) == sorted(RULES)


def test_the_readme_has_every_rule():
    readme = Path(__file__).parents[2] / "blender_rules_std" / "README.md"
    rows = [line.split("|")[1] for line in readme.read_text("utf8").splitlines() if "| `" in line]
    named = [name for row in rows for name in re.findall("`(.+?)`", row)]
    assert sorted(named) == sorted(RULES)
