"""Overrides that say themselves which of them wins, and for whose inputs they hold."""

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendPlan,
    Override,
    OverrideConflictError,
    Plugins,
    Provider,
    When,
    blendmodels,
    hookimpl,
)
from blender_core.errors import ColumnWarning

SECONDS = "meta.exposure.exposure_time"


def image(seconds, instrument="NIRCAM", **exposure):
    model = ImageModel()
    model.meta.instrument.name = instrument
    model.meta.exposure.exposure_time = seconds
    for name, value in exposure.items():
        model[f"meta.exposure.{name}"] = value
    return model


@pytest.fixture
def three():
    return [image(10.0), image(30.0), image(20.0)]


class TestOfOneCaller:
    @pytest.mark.parametrize(
        ("narrow", "wide", "value"),
        [(0, 0, 60.0), (1, 0, 60.0), (1, 2, 30.0), (0, 1, 30.0), (0, -1, 60.0), (-2, -1, 30.0)],
    )
    @pytest.mark.parametrize("order", [1, -1])
    def test_the_greater_wins_over_the_narrower(self, three, narrow, wide, value, order):
        overrides = [
            Override(attribute=SECONDS, rule="sum", precedence=narrow),
            Override(attribute="meta.exposure.exposure_*", rule="max", precedence=wide),
        ]
        result = blendmodels(None, three, overrides=overrides[::order])
        assert result.values[SECONDS] == value

    def test_what_ties_otherwise(self, three):
        one = Override(attribute="meta.exposure.exposure_*", rule="sum")
        two = Override(attribute="meta.exposure.*_time", rule="max")
        with pytest.raises(OverrideConflictError):
            blendmodels(None, three, overrides=[one, two])
        two = Override(attribute="meta.exposure.*_time", rule="max", precedence=1)
        assert blendmodels(None, three, overrides=[one, two]).values[SECONDS] == 30.0

    def test_of_several_what_is_left_is_ranked_as_ever(self, three):
        overrides = [
            Override(attribute="meta.exposure", rule="min", precedence=1),
            Override(attribute="meta.exposure.exposure_*", rule="max", precedence=1),
            Override(attribute=SECONDS, rule="sum"),
        ]
        assert blendmodels(None, three, overrides=overrides).values[SECONDS] == 10.0


def test_precedence_is_among_the_overrides_of_one_author(three, tmp_path):
    paths = [tmp_path / "a.toml", tmp_path / "b.toml"]
    paths[0].write_text(f'[[override]]\nattribute = "{SECONDS}"\nrule = "sum"\nprecedence = 9\n')
    paths[1].write_text(f'[[override]]\nattribute = "{SECONDS}"\nrule = "max"\n')
    with pytest.raises(OverrideConflictError):
        blendmodels(None, three, rules=paths)
    caller = Override(attribute=SECONDS, rule="min", precedence=-1)
    assert blendmodels(None, three, rules=paths, overrides=[caller]).values[SECONDS] == 10.0


class LineByLine:
    """Reads files of a format whose later lines win: of a path and a rule."""

    @hookimpl
    def blender_rules_file(self, path, text, among):
        self.among = among
        number = 1000 * among.index(path)
        return [
            Override(attribute=line.split()[0], rule=line.split()[1], precedence=number + place)
            for place, line in enumerate(text.splitlines())
        ]


def test_the_files_that_a_plugin_reads_are_as_one(three, tmp_path):
    paths = [tmp_path / "a.acme", tmp_path / "b.acme"]
    paths[0].write_text(f"{SECONDS} max\nmeta.exposure.* sum\n")
    paths[1].write_text(f"{SECONDS} min\n")
    plugin, plugins = LineByLine(), Plugins.discover()
    plugins.register(plugin, Provider("acme", "1.0", "acme"))
    expected = {(0,): 60.0, (0, 1): 10.0, (1, 0): 60.0}
    for order, value in expected.items():
        given = [paths[each] for each in order]
        result = blendmodels(None, three, rules=given, plugins=plugins)
        assert result.values[SECONDS] == value
        assert plugin.among == tuple(given)


class TestForAll:
    MIRI = When(instrument="MIRI")

    @pytest.mark.parametrize("order", [1, -1])
    def test_if_one_is_meant(self, order):
        inputs = [image(10.0, start_time=2.0), image(30.0, "MIRI", start_time=1.0)][::order]
        one = Override(attribute=SECONDS, rule="max", when=self.MIRI)
        with pytest.raises(OverrideConflictError):
            blendmodels(None, inputs, overrides=[one])
        for_all = [
            Override(attribute=SECONDS, rule="max", when=self.MIRI, for_all=True),
            # Of this, the first input alone is asked otherwise.
            Override(attribute="meta.observation.date", rule="drop", when=self.MIRI, for_all=True),
            Override(attribute="meta.exposure.nints", rule="sum", when=self.MIRI, for_all=True),
        ]
        for each in inputs:
            each.meta.exposure.nints = 2
        result = blendmodels(None, inputs, overrides=for_all)
        assert result.values[SECONDS] == 30.0
        assert result.values["meta.exposure.nints"] == 4
        assert result.plan.idle == ()

    def test_if_none_is(self, three):
        override = Override(attribute=SECONDS, rule="max", when=self.MIRI, for_all=True)
        result = blendmodels(None, three, overrides=[override])
        assert result.values[SECONDS] == 60.0
        assert [each.override for each in result.plan.idle] == [override]

    def test_in_a_file(self, tmp_path):
        path = tmp_path / "team.toml"
        path.write_text(
            f'[[override]]\nattribute = "{SECONDS}"\nrule = "max"\nfor_all = true\n'
            'when = { instrument = "MIRI" }\n'
        )
        inputs = [image(10.0), image(30.0, "MIRI")]
        assert blendmodels(None, inputs, rules=path).values[SECONDS] == 30.0


def test_a_column_for_a_keyword_of_two_hdus():
    # BUNIT is that of SCI, and that of ERR.
    with pytest.warns(ColumnWarning, match="'UNIT_2'"):
        plan = BlendPlan.for_model(
            ImageModel, overrides=[Override(attribute="BUNIT", column="UNIT")]
        )
    assert plan.columns["meta.bunit_data"] == "UNIT"
    assert plan.columns["meta.bunit_err"] == "UNIT_2"


@pytest.mark.parametrize("name", ["for_all", "precedence"])
def test_what_is_of_the_wrong_type(name):
    with pytest.raises(TypeError, match=name):
        Override(attribute=SECONDS, rule="sum", **{name: "yes"})
