"""Overrides that have an attribute blended from another's values, and make it where it is not."""

import re
from typing import ClassVar

import pytest

from blender_core import (
    BlendWarning,
    Override,
    OverrideConflictError,
    PlanError,
    Plugins,
    Provider,
    RulesFileError,
    Source,
    UnknownAttributeError,
    blendmodels,
    hookimpl,
)

NUMBER = {"type": "number"}
SCHEMA = {
    "time": {**NUMBER, "fits_keyword": "EXPTIME", "title": "[s] Exposure time", "blend_rule": "mean"},
    "start": {**NUMBER, "fits_keyword": "EXPSTART", "fits_section": "TIMES OF EXPOSURE"},
    "name": {"type": "string", "fits_keyword": "ROOTNAME"},
    "sci": {
        "properties": {
            "time": {**NUMBER, "fits_keyword": "EXPTIME", "fits_hdu": "SCI"},
            "own": {**NUMBER, "fits_keyword": "TEXPTIME", "fits_hdu": "SCI"},
            "end": {**NUMBER, "fits_keyword": "EXPEND", "fits_hdu": "SCI", "fits_section": "times of exposure"},
        }
    },
}  # fmt: skip


class Row(Source):
    what = "input"
    model_type = "rows"
    schema = None

    def __init__(self, values, schema):
        self.values = values
        self.schema = {"properties": {"meta": {"properties": schema}}}

    def read(self, layout):
        return [self.values.get(path) for path in layout.paths]


class Reader:
    @hookimpl
    def blender_open(self, given):
        return given if isinstance(given, Row) else None


@pytest.fixture(scope="module")
def plugins():
    found = Plugins.discover()
    found.register(Reader(), Provider("rows", "1", "rows"))
    return found


@pytest.fixture
def blend(plugins):
    def make(*overrides, schema=SCHEMA, rows=None, **settings):
        rows = rows or [
            {"meta.time": 10.0, "meta.sci.time": 1.0, "meta.name": "a"},
            {"meta.time": 20.0, "meta.sci.time": 2.0, "meta.name": "b"},
        ]
        inputs = [Row(values, schema) for values in rows]
        return blendmodels(None, inputs, plugins=plugins, overrides=overrides, **settings)

    return make


def total(**settings):
    return Override(**{"attribute": "TEXPTIME", "rule": "sum", "blend_from": "EXPTIME"} | settings)


class TestBlendFrom:
    def test_it_is_made_in_each_hdu_that_has_the_other(self, blend):
        result = blend(total())
        assert result.values["meta.TEXPTIME"] == 30.0
        assert result.values["meta.sci.own"] == 3.0  # there was one
        made = result.plan["meta.TEXPTIME"].attribute
        assert (made.keyword, made.hdu, made.unit) == ("TEXPTIME", "PRIMARY", "s")
        assert result.values["meta.time"] == 15.0
        assert "The rule is 'sum' (from EXPTIME)" in result.explain("meta.TEXPTIME")

    def test_one_hdu_by_a_path(self, blend):
        result = blend(total(blend_from="meta.time"))
        assert result.values["meta.TEXPTIME"] == 30.0
        assert "meta.sci.own" not in result.values

    def test_one_attribute_by_a_path(self, blend):
        result = blend(total(attribute="meta.all.total", blend_from="meta.sci.time"))
        assert result.values["meta.all.total"] == 3.0
        made = result.plan["meta.all.total"].attribute
        assert (made.keyword, made.hdu) == ("TOTAL", "SCI")

    def test_several_for_one_path(self, blend):
        with pytest.raises(PlanError, match=r"may be meta.time or meta.sci.time: give the path"):
            blend(total(attribute="meta.total"))

    def test_what_is_made_is_an_attribute_for_others(self, blend):
        lesser = Override(attribute="meta.*", rule="min", optional=True)
        assert blend(total(), lesser).values["meta.TEXPTIME"] == 30.0
        one = {"blend_from": "meta.time"}
        with pytest.raises(OverrideConflictError, match=r"max \(from EXPTIME\) by the caller"):
            blend(total(**one), total(rule="max", **one))

    def test_those_that_have_the_attribute_and_those_that_do_not(self, blend):
        """The attribute's own values count where there are any, whatever the order."""
        own = Override(attribute="TEXPTIME", rule="max")
        for overrides in ([own, total()], [total(), own]):
            plan = blend(*overrides).plan
            assert plan["meta.TEXPTIME"].choice.label == "sum (from EXPTIME)"
            assert plan["meta.sci.own"].choice.label == "max"

    def test_what_is_made_is_no_source(self, blend):
        other = Override(attribute="OTHER", rule="sum", blend_from="TEXPTIME")
        values = blend(total(), other).values
        assert "meta.OTHER" not in values
        assert "meta.sci.OTHER" not in values  # no input has a TEXPTIME of its own

    def test_another_rule_of_a_higher_tier(self, blend, tmp_path):
        path = tmp_path / "rules.toml"
        path.write_text(
            '[[override]]\nattribute = "TEXPTIME"\nrule = "sum"\nblend_from = "EXPTIME"\n'
        )
        result = blend(Override(attribute="meta.TEXPTIME", rule="max"), rules=path)
        assert result.values["meta.TEXPTIME"] == 20.0
        assert result.values["meta.sci.own"] == 3.0

    def test_nothing_to_blend_from(self, blend):
        with pytest.raises(
            UnknownAttributeError, match=r"blend_from 'EXPTIMES'.*\nDid you mean .*\(EXPTIME\)"
        ):
            blend(total(blend_from="EXPTIMES"))
        assert "meta.TEXPTIME" not in blend(total(blend_from="EXPTIMES", optional=True)).values

    def test_settings_go_with_it(self, blend):
        rows = [
            {"meta.time": seconds, "meta.name": name}
            for seconds, name in [(1.0, "a"), (1.0, "a"), (5.0, "b")]
        ]
        result = blend(total(once_per="ROOTNAME"), rows=rows)
        assert result.values["meta.TEXPTIME"] == 6.0

    @pytest.mark.parametrize(
        ("settings", "problem"),
        [
            ({"attribute": "TEXP*"}, "several attributes by a pattern: name one"),
            ({"blend_from": " "}, "blend_from of the override of 'TEXPTIME' is empty"),
            ({"rule": None}, "says blend_from and no rule"),
            ({"rule": "keep"}, "'keep' looks at no values, so blend_from means nothing"),
        ],
    )  # fmt: skip
    def test_refused(self, settings, problem):
        with pytest.raises(ValueError, match=re.escape(problem)):
            total(**settings)

    def test_refused_in_a_file(self, blend, tmp_path):
        path = tmp_path / "rules.toml"
        path.write_text('[[override]]\nattribute = "TEXPTIME"\nrule = "sum"\nblend_from = 3\n')
        with pytest.raises(RulesFileError, match=r"rules.toml, line 4, key 'blend_from': .*a str"):
            blend(rules=path)


class TestSections:
    def test_all_keywords_of_a_section(self, blend):
        row = {"meta.start": 1.0, "meta.sci.end": 2.0, "meta.time": 3.0}
        result = blend(Override(attribute="/ TIMES OF EXPOSURE", rule="drop"), rows=[row])
        assert {path: one.name for path, one in result.plan.items()} == {
            "meta.time": "mean",
            "meta.start": "drop",
            "meta.name": "first",
            "meta.sci.time": "first",
            "meta.sci.own": "first",
            "meta.sci.end": "drop",
        }

    def test_a_keyword_by_its_name_and_a_group_wins_or_loses(self, blend):
        overrides = [
            Override(attribute="/ times", rule="drop"),
            Override(attribute="EXPEND", rule="max"),
            Override(attribute="meta.**", rule="min"),
            Override(attribute="meta.**", record=False),
            Override(attribute="EXPST*", record=True),
            Override(attribute="meta.sci", rule="last"),
        ]
        plan = blend(*overrides).plan
        assert plan["meta.sci.end"].name == "max"
        assert plan["meta.start"].name == "drop"
        assert plan["meta.sci.time"].name == "last"
        assert plan["meta.time"].name == "min"
        assert plan.columns == {"meta.start": "EXPSTART"}

    @pytest.mark.parametrize("title", ["/ TIMES OF NOTHING", "/", "/ "])
    def test_no_such_section(self, blend, title):
        with pytest.raises(UnknownAttributeError, match="is not an attribute"):
            blend(Override(attribute=title, rule="drop"))


class TestOncePerOfTheSchema:
    SCHEMA: ClassVar = {
        "time": {**NUMBER, "fits_keyword": "EXPTIME", "blend_rule": "sum", "blend_once_per": "ROOTNAME"},
        "name": {"type": "string", "fits_keyword": "ROOTNAME"},
        "detector": {"type": "string", "fits_keyword": "DETECTOR"},
    }  # fmt: skip
    ROWS: ClassVar = [
        {"meta.time": 10.0, "meta.name": name, "meta.detector": detector}
        for name, detector in [("a", "1"), ("a", "2"), ("b", "1"), ("b", "1")]
    ]

    def test_whatever_the_rule(self, blend):
        result = blend(schema=self.SCHEMA, rows=self.ROWS)
        assert result.values["meta.time"] == 20.0
        override = Override(attribute="EXPTIME", rule="count")
        assert blend(override, schema=self.SCHEMA, rows=self.ROWS).values["meta.time"] == 2

    def test_an_override_says_otherwise(self, blend):
        override = Override(attribute="EXPTIME", rule="sum", once_per=("ROOTNAME", "DETECTOR"))
        assert blend(override, schema=self.SCHEMA, rows=self.ROWS).values["meta.time"] == 30.0

    def test_what_is_made_of_it_counts_alike(self, blend):
        result = blend(total(), schema=self.SCHEMA, rows=self.ROWS)
        assert result.values["meta.TEXPTIME"] == 20.0

    def test_a_name_that_is_not_there(self, blend):
        schema = {"time": {**NUMBER, "blend_once_per": ["ROOTNAM"]}}
        with pytest.raises(UnknownAttributeError, match="blend_once_per 'ROOTNAM'"):
            blend(schema=schema, rows=[{"meta.time": 1.0}])


class TestNoColumn:
    SCHEMA: ClassVar = {
        "time": {**NUMBER, "fits_keyword": "EXPTIME"},
        "sci": {**NUMBER, "fits_keyword": "EXPTIME", "fits_hdu": "SCI", "blend_table": "never"},
    }  # fmt: skip
    ROWS: ClassVar = [{"meta.time": 1.0, "meta.sci": 2.0}]

    def test_a_keyword_has_one_column(self, blend):
        override = Override(attribute="EXPTIME", record=True)
        result = blend(override, schema=self.SCHEMA, rows=self.ROWS)
        assert list(result.table["EXPTIME"]) == [1.0]
        assert result.table.colnames == ["EXPTIME"]

    @pytest.mark.parametrize("order", [1, -1])
    def test_but_where_another_input_has_it_alone(self, plugins, order):
        """Whichever comes first, the table has what each has."""
        alone = {"sci": {**self.SCHEMA["sci"], "blend_table": True}}
        inputs = [Row(self.ROWS[0], self.SCHEMA), Row({"meta.sci": 3.0}, alone)][::order]
        with pytest.warns(BlendWarning, match="EXPTIME_2"):
            table = blendmodels(None, inputs, plugins=plugins, overrides=[
                Override(attribute="EXPTIME", record=True)
            ]).table  # fmt: skip
        cells = [cell for name in table.colnames for cell in table[name].compressed()]
        assert sorted(cells) == [1.0, 2.0, 3.0]

    def test_which_an_override_may_name(self, blend):
        override = Override(attribute="EXPTIME", column="T_EXP")
        assert blend(override, schema=self.SCHEMA, rows=self.ROWS).table.colnames == ["T_EXP"]


def test_what_is_made_has_no_column(blend):
    """The other one tells what inputs said."""
    result = blend(total(record=True), Override(attribute="meta.time", record=True))
    assert result.table.colnames == ["EXPTIME"]
