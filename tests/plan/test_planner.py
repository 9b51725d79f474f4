"""Inputs of different classes and instruments in one blend."""

import re

import pytest
from stdatamodels.jwst.datamodels import AmiOIModel, CubeModel, ImageModel, SpecModel

from blender_core import (
    BlendErrorGroup,
    BlendPlan,
    MixedModelTypesError,
    ModelBlender,
    NoInputsError,
    Override,
    OverrideConflictError,
    Plugins,
    Provider,
    Registry,
    UnknownAttributeError,
    When,
    blendmodels,
    hookimpl,
)
from blender_core.plan.union import agreed, united
from blender_core.schema.attributes import Attribute

DETECTOR, INSTRUMENT = "meta.instrument.detector", "meta.instrument.name"
TIME = "meta.exposure.exposure_time"


@pytest.fixture
def exposures(make_model):
    """Return a function that makes models of instruments: 10 s, 20 s, …"""

    def make(*instruments, model_class=ImageModel):
        return [
            make_model({INSTRUMENT: name, TIME: 10.0 * n}, model_class=model_class)
            for n, name in enumerate(instruments, start=1)
        ]

    return make


MIRI_TAKES_THE_LONGEST = Override(attribute=TIME, rule="max", when=When(instrument="MIRI"))


def test_instruments_may_be_mixed_where_no_override_minds(exposures):
    product = ImageModel()
    blendmodels(product, exposures("MIRI", "NIRCAM"), overrides={"EXPSTART": "max"})
    assert product.meta.exposure.exposure_time == 30.0


@pytest.mark.parametrize("mixed", [True, False])
@pytest.mark.parametrize("instruments", [("MIRI", "NIRCAM"), ("NIRCAM", "NIRCAM", "MIRI")])
def test_an_override_holds_for_all_inputs_or_for_none(exposures, instruments, mixed):
    given = {"overrides": [MIRI_TAKES_THE_LONGEST], "mixed": mixed}
    product = ImageModel()
    with pytest.raises(OverrideConflictError) as caught:
        blendmodels(product, exposures(*instruments), **given)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"inputs of different kinds disagree on {TIME} (EFFEXPTM):"
    assert sorted(lines[1:3]) == [
        "  - max by the caller for ImageModel MIRI",
        "  - sum for ImageModel NIRCAM",
    ]
    assert not product.hasattr("hdrtab")
    same = exposures(*[name for name in instruments if name == instruments[0]])
    expected = 10.0 if instruments[0] == "MIRI" else 30.0
    blendmodels(product, same, **given)
    assert product.meta.exposure.exposure_time == expected


def test_a_higher_tier_settles_it(exposures, tmp_path):
    file = tmp_path / "miri.toml"
    file.write_text(f'[[override]]\nattribute = "{TIME}"\nrule = "max"\nwhen.instrument = "MIRI"\n')
    product = ImageModel()
    inputs = exposures("MIRI", "NIRCAM")
    blendmodels(product, inputs, rules=file, overrides={TIME: "min"})
    assert product.meta.exposure.exposure_time == 10.0


def test_detectors_may_differ_where_the_override_holds_for_all(make_models):
    override = Override(attribute=DETECTOR, rule="join", when=When(detector="NRCA?"))
    with pytest.warns(match="forbids the blended value 'NRCA1, NRCA2'"):
        blendmodels(ImageModel(), make_models(DETECTOR, ["NRCA1", "NRCA2"]), overrides=[override])
    with pytest.raises(OverrideConflictError, match="join by the caller for ImageModel NRCA1"):
        blendmodels(ImageModel(), make_models(DETECTOR, ["NRCA1", "NRCB1"]), overrides=[override])


def test_classes_are_mixed_on_request_only(exposures):
    inputs = exposures("NIRCAM") + exposures("NIRCAM", model_class=CubeModel)
    with pytest.raises(MixedModelTypesError, match="one model type, unless mixed=True"):
        blendmodels(ImageModel(), inputs)
    product = ImageModel()
    result = blendmodels(product, inputs, mixed=True)
    assert product.meta.exposure.exposure_time == 20.0
    assert result.table["INSTRUME"].tolist() == ["NIRCAM", "NIRCAM"]


def test_the_plan_has_the_attributes_of_all_classes(make_model):
    only_ami = "meta.ami.calibrator_object_id"
    inputs = [
        make_model({"meta.target.ra": 1.0, "meta.filename": "a.fits"}, model_class=SpecModel),
        make_model(
            {"meta.target.ra": 2.0, only_ami: "HD 1"},
            model_class=AmiOIModel,
            strict_validation=True,
        ),
        make_model({"meta.target.ra": 3.0}, model_class=SpecModel),
    ]
    assert only_ami not in blendmodels(SpecModel(), inputs[::2]).plan
    with pytest.warns(match="is asked for by both"):
        result = blendmodels(SpecModel(), inputs, mixed=True)
    assert only_ami in result.plan
    assert result.inputs[only_ami] == (None, "HD 1", None)
    assert result.table["TARG_RA"].tolist() == [1.0, 2.0, 3.0]
    assert result.values["meta.filename"] == "a.fits"


def test_overrides_mean_an_attribute_of_one_class_at_least(make_model):
    only_ami = "meta.ami.calibrator_object_id"
    inputs = [SpecModel(), make_model({only_ami: "HD 1"}, model_class=AmiOIModel)]
    with pytest.warns(match="is asked for by both"):
        result = blendmodels(SpecModel(), inputs, mixed=True, overrides={only_ami: "last"})
    assert result.outcomes[only_ami].value == "HD 1"
    with (
        pytest.warns(match="is asked for by both"),
        pytest.raises(UnknownAttributeError, match=r"'meta\.nothing'"),
    ):
        blendmodels(SpecModel(), inputs, mixed=True, overrides={"meta.nothing": "last"})


def test_all_disagreements_are_told(exposures):
    overrides = [
        Override(attribute=name, rule="last", when=When(instrument="MIRI"))
        for name in ("EXPSTART", "EXPEND")
    ]
    with pytest.raises(BlendErrorGroup, match="their plans disagree") as caught:
        blendmodels(ImageModel(), exposures("MIRI", "NIRCAM"), overrides=overrides)
    assert len(caught.value.exceptions) == 2


def test_what_no_schema_knows_has_one_rule_too(make_models):
    inputs = make_models(DETECTOR, ["NRCA1", "NRCA2"])
    for number, model in enumerate(inputs):
        model.instance["meta"]["own"] = number
    overrides = [
        Override(attribute="meta.own", rule=rule, when=When(detector=detector))
        for rule, detector in (("min", "NRCA1"), ("max", "NRCA2"))
    ]
    with pytest.raises(OverrideConflictError, match=r"disagree on meta\.own") as caught:
        blendmodels(ImageModel(), inputs, overrides=overrides)
    assert "min by the caller for ImageModel NRCA1" in str(caught.value)
    with pytest.raises(OverrideConflictError, match="first for ImageModel NRCA1"):
        blendmodels(ImageModel(), inputs, overrides=overrides[1:])


@pytest.mark.parametrize("of_whom", [SpecModel, ImageModel])
def test_an_override_for_one_class_means_an_attribute_of_it(exposures, of_whom):
    inputs = exposures("MIRI") + exposures("MIRI", model_class=SpecModel)
    override = Override(attribute="EXPSTRT", rule="max", when=When(model_type=of_whom.__name__))
    with pytest.raises(UnknownAttributeError, match="'EXPSTRT'") as caught:
        blendmodels(ImageModel(), inputs, mixed=True, overrides=[override])
    assert "Did you mean meta.exposure.start_time (EXPSTART)" in str(caught.value)


def test_schemas_that_disagree():
    registry = Registry(Plugins.discover().rules())
    one, other = (
        BlendPlan.for_attributes([attribute], registry)
        for attribute in (
            Attribute("meta.x", rule="sum", recorded=True),
            Attribute("meta.x", rule="mean", recorded=False),
        )
    )
    with pytest.raises(OverrideConflictError, match=r"disagree on meta\.x"):
        united({"one": one, "other": other})
    # What one of them only does not record is recorded.
    agreed = BlendPlan.for_attributes([Attribute("meta.x", rule="sum")], registry)
    for plans in ({"one": one, "other": agreed}, {"other": agreed, "one": one}):
        assert united(plans)["meta.x"].recorded


def test_a_schema_knows_better():
    registry = Registry(Plugins.discover().rules())
    known, unknown = (
        BlendPlan.for_attributes([Attribute("meta.x", rule=rule, known=rule is not None)], registry)
        for rule in ("sum", None)
    )
    for plans in ({"one": known, "other": unknown}, {"other": unknown, "one": known}):
        assert united(plans)["meta.x"].name == "sum"


def test_classes_of_one_name(make_model):
    class Other(ImageModel):
        schema_url = "http://stsci.edu/schemas/jwst_datamodel/amioi.schema"

    Other.__name__ = "ImageModel"
    inputs = [make_model({TIME: 10.0}), make_model({TIME: 5.0})]
    inputs.append(Other())
    inputs[-1].meta.ami.calibrator_object_id = "HD 1"
    with pytest.warns(match="is asked for by both"):
        result = blendmodels(ImageModel(), inputs, mixed=True)
    assert result.table["CALIB"].tolist() == [None, None, "HD 1"]


def test_what_is_recorded_for_some_only(exposures):
    override = Override(attribute=DETECTOR, column="CHIP", when=When(instrument="MIRI"))
    with pytest.raises(OverrideConflictError, match=re.escape("in column CHIP")):
        blendmodels(ImageModel(), exposures("NIRCAM", "MIRI"), overrides=[override])


def test_plugins_are_asked_once_for_each_instrument(make_models):
    asked = []

    class Asked:
        @hookimpl
        def blender_overrides(self, model_type, instrument):
            asked.append((model_type, instrument))
            return [Override(attribute="EFFEXPTM", rule="max", when=When(detector="NRCA*"))]

    plugins = Plugins.discover()
    plugins.register(Asked(), Provider("asked", "1.0", "asked"))
    inputs = make_models("meta.instrument.detector", ["NRCA1", "NRCA2", "NRCA3"])
    for model in inputs:
        model.meta.instrument.name = "NIRCAM"
    plan = blendmodels(ImageModel(), inputs, plugins=plugins).plan
    assert plan["meta.exposure.exposure_time"].name == "max"
    assert asked == [("ImageModel", "NIRCAM")]


def test_the_plans_of_all_kinds_before_a_blend(exposures):
    blender = ModelBlender(overrides=[MIRI_TAKES_THE_LONGEST])
    with pytest.raises(NoInputsError):
        blender.plans()
    blender.accumulate_all(exposures("NIRCAM", "NIRCAM", "MIRI"))
    plans = blender.plans()
    assert {kind: plan[TIME].name for kind, plan in plans.items()} == {
        "ImageModel NIRCAM": "sum",
        "ImageModel MIRI": "max",
    }
    plan, (conflict,) = agreed(plans)
    assert (conflict.attribute, conflict.sources) == (TIME, ("the caller", "the schema"))
    assert len(plan) == len(plans["ImageModel MIRI"])
    with pytest.raises(OverrideConflictError) as caught:
        united(plans)
    assert str(caught.value) == str(conflict)


def test_plans_that_agree(exposures):
    blender = ModelBlender(mixed=True)
    blender.accumulate_all(exposures("NIRCAM", "MIRI"))
    (plan,) = blender.plans().values()
    assert agreed({"all": plan})[1] == []
