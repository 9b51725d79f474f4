"""Rules with settings, values of another attribute, and names of columns, as a schema asks."""

import re

import pytest
from stdatamodels import DataModel

from blender_core import BlendPlan, Override, PlanError, Plugins, UnknownAttributeError, blendmodels

NUMBER = {"type": "number"}
TIME = {"type": "number", "fits_keyword": "EXPTIME", "blend_table": True}


@pytest.fixture(scope="module")
def plugins():
    return Plugins.discover()


@pytest.fixture
def blend(plugins):
    """Return a function that blends models of one schema: a dict of what each has below meta."""

    def make(leaves, *inputs, **settings):
        meta = {"type": "object", "properties": leaves}
        schema = {"type": "object", "properties": {"meta": meta}}
        models = [DataModel({"meta": values}, schema=schema) for values in inputs]
        return blendmodels(DataModel(schema=schema), models, plugins=plugins, **settings)

    return make


@pytest.fixture
def plan_of(plugins):
    def make(overrides=(), **leaves):
        meta = {"type": "object", "properties": leaves}
        model = DataModel(schema={"type": "object", "properties": {"meta": meta}})
        return BlendPlan.for_model(model, overrides=overrides, plugins=plugins)

    return make


class TestSettings:
    def test_an_exposure_counts_once(self, blend):
        leaves = {
            "time": {**TIME, "blend_rule": {"rule": "sum", "once_per": ["EXPOSURE"]}},
            "number": {"type": "integer", "fits_keyword": "EXPOSURE"},
        }
        result = blend(leaves, {"time": 10.0, "number": 1}, {"time": 10.0, "number": 1}, {"time": 5.0, "number": 2})  # fmt: skip
        assert result.values["meta.time"] == 15.0
        assert "(once_per=meta.number)" in result.explain("EXPTIME")

    def test_order_default_missing_and_companions(self, blend):
        leaves = {
            "last": {"type": "string", "blend_rule": {"rule": "last", "order_by": "EXPSTART"}},
            "start": {"type": "number", "fits_keyword": "EXPSTART"},
            "count": {**NUMBER, "blend_rule": {"rule": "sum", "default": 1}},
            "all": {**NUMBER, "blend_rule": {"rule": "sum", "missing": "propagate"}},
            "mean": {**NUMBER, "blend_rule": {"rule": "weighted_mean", "companions": {"weights": "meta.count"}}},
            "names": {"type": "string", "blend_rule": {"rule": "join", "parameters": {"sort": True}}},
        }  # fmt: skip
        inputs = (
            {"last": "b", "start": 2.0, "count": 3.0, "all": 1.0, "mean": 8.0, "names": "z"},
            {"last": "a", "start": 1.0, "names": "y"},
        )
        values = blend(leaves, *inputs).values
        expected = {"last": "b", "count": 4.0, "mean": 8.0, "names": "y, z"}
        assert {name: values[f"meta.{name}"] for name in expected} == expected
        assert "meta.all" not in values

    def test_an_override_wins(self, plan_of):
        leaf = {**TIME, "blend_rule": {"rule": "sum", "missing": "require", "reason": "All add."}}
        plan = plan_of({"EXPTIME": "max"}, time=leaf)
        assert str(plan["meta.time"]).splitlines()[3:] == [
            "  instead of    sum (missing=require), asked for by the schema: All add.",
            "  instead of    first, asked for by the engine (default): no blend_rule in the schema",
            "  HDRTAB        recorded",
        ]

    def test_only_a_rule(self, plan_of):
        assert plan_of(time={**TIME, "blend_rule": {"rule": "sum"}})["meta.time"].name == "sum"

    @pytest.mark.parametrize(
        ("rule", "problem"),
        [
            ({"rul": "sum"}, "unknown key 'rul': did you mean 'rule'?"),
            ({"rule": "sum", "record": True}, "unknown key 'record': known are rule, missing"),
            ({"rule": "sum", 3: 4}, "unknown key 3"),
            ({"missing": "skip"}, "no rule"),
            ({}, "the name of a rule is asked for"),
            ({"rule": 3}, "the blend_rule 3 in the schema, where the name of a rule is asked for"),
            ({"rule": 3, "default": 1}, "rule of the override of 'meta.time' is a str, not 3"),
            ({"rule": "sum", "missing": "no"}, "missing of the override of 'meta.time' is one of"),
            ({"rule": "keep", "default": 3}, "looks at no values"),
            ({"rule": "sum", "parameters": {"a": 1}}, "takes nothing beside the values"),
            ({"rule": "weighted_mean"}, "needs weights"),
        ],
    )
    def test_refused(self, plan_of, rule, problem):
        with pytest.raises(PlanError, match=re.escape(problem)) as caught:
            plan_of(time={**TIME, "blend_rule": rule})
        assert caught.value.attribute == "meta.time"
        assert "meta.time (EXPTIME)" in str(caught.value)

    def test_an_attribute_that_is_not_there(self, plan_of):
        rule = {"rule": "sum", "once_per": "meta.tine"}
        with pytest.raises(
            UnknownAttributeError, match=r"meta.tine.*says of meta.time \(EXPTIME\)"
        ):
            plan_of(time={**TIME, "blend_rule": rule})


TOTALS = {
    "time": {**TIME, "blend_rule": "mean"},
    "total": {"type": "number", "fits_keyword": "TEXPTIME", "blend_rule": "sum", "blend_from": "EXPTIME"},
    "longest": {"type": "number", "blend_rule": "max", "blend_from": "meta.time"},
}  # fmt: skip


class TestValuesOfAnother:
    def test_several_results_of_one_keyword(self, blend):
        result = blend(TOTALS, {"time": 10.0, "total": 1.0}, {"time": 20.0})
        assert result.values["meta.time"] == 15.0
        assert result.values["meta.total"] == 30.0
        assert result.values["meta.longest"] == 20.0

    def test_where_they_are_from_is_told(self, blend, plan_of):
        result = blend(TOTALS, {"time": 10.0}, {"time": 20.0}, record_rules=True)
        explanation = result.explain("TEXPTIME")
        assert "The rule is 'sum' (from EXPTIME)" in explanation
        assert "2 of 2 inputs have it, with 2 different values: 10.0, 20.0." in explanation
        assert str(plan_of(**TOTALS)["meta.total"]).startswith(
            "meta.total (TEXPTIME): sum (from EXPTIME)"
        )

    def test_an_override_is_of_the_same_values(self, blend):
        override = Override(attribute="TEXPTIME", rule="min")
        result = blend(TOTALS, {"time": 10.0}, {"time": 20.0}, overrides=[override])
        assert result.values["meta.total"] == 10.0

    def test_without_a_rule_it_is_the_first(self, blend):
        leaves = {"time": TIME, "copy": {"type": "number", "blend_from": "EXPTIME"}}
        assert blend(leaves, {"time": 10.0}, {"time": 20.0}).values["meta.copy"] == 10.0

    @pytest.mark.parametrize(
        ("name", "error", "problem"),
        [
            ("EXPTIM", UnknownAttributeError, "Did you mean meta.time (EXPTIME)"),
            (3, PlanError, "blend_from 3, which is no str"),
        ],
    )
    def test_refused(self, plan_of, name, error, problem):
        with pytest.raises(error, match=re.escape(problem)):
            plan_of(time=TIME, total={**NUMBER, "blend_from": name})


class TestColumn:
    def test_its_name(self, blend):
        leaves = {"time": {**NUMBER, "blend_column": "T_EXP"}}
        result = blend(leaves, {"time": 10.0}, {"time": 20.0})
        assert list(result.table["T_EXP"]) == [10.0, 20.0]

    def test_an_override_names_another(self, plan_of):
        override = Override(attribute="meta.time", column="MINE")
        assert plan_of([override], time={**NUMBER, "blend_column": "T"}).columns == {
            "meta.time": "MINE"
        }
        override = Override(attribute="meta.time", record=False)
        assert plan_of([override], time={**NUMBER, "blend_column": "T"}).columns == {}

    @pytest.mark.parametrize("column", ["", 3, "a\nb", "x" * 69])
    def test_refused(self, plan_of, column):
        with pytest.raises(PlanError, match=r"^meta.time has in the schema a blend_column "):
            plan_of(time={**NUMBER, "blend_column": column})
