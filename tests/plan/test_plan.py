import re
import warnings

import pytest
from stdatamodels.jwst.datamodels import (
    AmiOIModel,
    FlatModel,
    ImageModel,
    JwstDataModel,
    Level1bModel,
    SlitDataModel,
)

from blender_core import (
    BlendErrorGroup,
    BlendPlan,
    BlendWarning,
    InputError,
    Override,
    PlanError,
    Plugins,
    Registry,
    Rule,
    Tier,
    UnknownRuleError,
    When,
)
from blender_core.common.wording import preview
from blender_core.plan.assignment import SourcedOverride
from blender_core.schema.attributes import Attribute, read_attributes


@pytest.fixture(scope="module")
def registry():
    return Registry(Plugins.discover().rules())


@pytest.fixture(scope="module")
def image_plan():
    return BlendPlan.for_model(ImageModel)


def plan_of(registry, *attributes, **kwargs):
    return BlendPlan.for_attributes(attributes, registry, **kwargs)


def asked_by(tier, *overrides, source="team.toml"):
    return [SourcedOverride(Override(**one), tier, source) for one in overrides]


def test_what_an_image_gets(image_plan):
    detector = image_plan["meta.instrument.detector"]
    assert (detector.name, detector.tier) == ("multi", Tier.SCHEMA)
    assert detector.reason == "blend_rule of the schema"
    assert detector.provider.distribution == "blender-rules-std"
    assert detector.rule.blend(["NRCA1", "NRCA2"]) == "MULTIPLE"
    target = image_plan["meta.target.ra"]
    assert (target.name, target.tier) == ("first", Tier.DEFAULT)
    assert target.reason == "no blend_rule in the schema"


def test_an_image_has_411_columns_without_a_rule(image_plan):
    # The figure is the survey's, of stdatamodels 6.0.0: 441 columns, 30 rules.
    silent = [path for path in image_plan.columns if image_plan[path].tier is Tier.DEFAULT]
    assert (len(image_plan.columns), len(silent)) == (441, 411)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("meta.wcs", "meta.wcs is protected"),
        ("meta.wcsinfo.crval1", "meta.wcsinfo is protected"),
        ("meta.model_type", "meta.model_type is protected"),
        ("meta.exposure.read_times", "a list without a rule"),
    ],
)
def test_what_stays_the_products_own(image_plan, path, reason):
    kept = image_plan[path]
    assert (kept.name, kept.rule, kept.tier, kept.reason) == ("keep", None, Tier.DEFAULT, reason)
    assert kept.provider.distribution == "blender-core"


def test_protected_paths_are_paths_and_not_beginnings_of_words(registry):
    plan = plan_of(registry, Attribute("meta.wcsname"), Attribute("meta.wcs.name"))
    assert [one.name for one in plan.values()] == ["first", "keep"]


def test_protection_can_be_lifted(registry):
    plan = plan_of(
        registry,
        Attribute("meta.wcsinfo.crval1"),
        overrides=asked_by(Tier.CALLER, {"attribute": "meta.wcsinfo.crval1", "rule": "first"}),
    )
    assert plan["meta.wcsinfo.crval1"].name == "first"


def test_ignored_attributes_are_the_callers_wish_and_stay_recorded(registry):
    plan = plan_of(
        registry,
        Attribute("meta.filename", keyword="FILENAME", recorded=True),
        Attribute("meta.file_date", rule="min"),
        Attribute("meta.origin"),
        ignore=["meta.file"],
    )
    assert [one.name for one in plan.values()] == ["keep", "keep", "first"]
    assert plan["meta.filename"].tier is Tier.CALLER
    assert plan.columns == {"meta.filename": "FILENAME"}
    assert plan.wanted == ("meta.filename",)


def test_keep_and_drop_are_the_engines_own(registry):
    plan = plan_of(registry, Attribute("meta.a", rule="keep"), Attribute("meta.b", rule="drop"))
    assert [(one.name, one.rule, one.tier) for one in plan.values()] == [
        ("keep", None, Tier.SCHEMA),
        ("drop", None, Tier.SCHEMA),
    ]
    assert plan.wanted == plan.wanted_once == ()


def test_what_is_read_from_every_input_and_what_from_the_first(registry):
    plan = plan_of(
        registry,
        Attribute("meta.recorded", recorded=True),
        Attribute("meta.ruled", rule="max"),
        Attribute("meta.keyword", keyword="KEYWORD"),
        Attribute("meta.neither"),
        Attribute("meta.unknown", known=False),
    )
    assert plan.wanted == ("meta.recorded", "meta.ruled", "meta.keyword")
    assert plan.wanted_once == ("meta.neither", "meta.unknown")
    assert plan["meta.unknown"].reason == "not in the schema"


def test_one_column_for_two_attributes(registry):
    attributes = [
        Attribute("meta.a", keyword="ROLL_REF", recorded=True),
        Attribute("meta.b", keyword="roll_ref", recorded=True),
        Attribute("meta.c", keyword="ROLL_REF", recorded=True),
        Attribute("meta.d", recorded=True),
    ]
    words = re.escape("'ROLL_REF' of HDRTAB is asked for by both meta.a and meta.c")
    with (
        pytest.warns(BlendWarning, match=words),
        pytest.warns(BlendWarning, match="meta.b: the latter is kept in 'roll_ref_2'"),
    ):
        plan = plan_of(registry, *attributes)
    assert plan.columns == {
        "meta.a": "ROLL_REF",
        "meta.b": "roll_ref_2",
        "meta.c": "ROLL_REF_3",
        "meta.d": "meta.d",
    }


def test_a_column_with_another_name_takes_none_that_is_asked_for(registry):
    attributes = [
        Attribute(f"meta.{path}", keyword=keyword, recorded=True)
        for path, keyword in {"a": "X", "b": "x", "c": "X_3", "d": "x_2", "e": "X"}.items()
    ]
    with pytest.warns(BlendWarning, match="by both meta.a and meta") as caught:
        plan = plan_of(registry, *attributes)
    assert len(caught) == 2
    assert list(plan.columns.values()) == ["X", "x_4", "X_3", "x_2", "X_5"]


def test_the_class_that_jwst_cannot_blend():
    with pytest.warns(BlendWarning, match="HDRTAB") as caught:
        plan = BlendPlan.for_model(AmiOIModel())
    assert len(caught) == 3
    names = list(plan.columns.values())
    assert len(set(names)) == len(names)
    assert {"ROLL_REF", "ROLL_REF_2", "V3I_YANG_2", "VPARITY_2"} <= set(names)


def test_the_plan_of_a_class_needs_no_datamodel(monkeypatch):
    def fail(*_, **__):
        pytest.fail("a datamodel was made")

    monkeypatch.setattr(JwstDataModel, "__init__", fail)
    assert len(BlendPlan.for_model(Level1bModel)) > 400


@pytest.mark.parametrize("model_type", [ImageModel, SlitDataModel, FlatModel])
def test_a_class_has_the_plan_of_its_new_datamodels(model_type):
    # The second's schema has no meta.date, and the third puts metadata into new ones.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        of_class, of_model = map(BlendPlan.for_model, (model_type, model_type()))
    assert list(of_class.values()) == list(of_model.values())


def test_a_file_has_the_plan_of_what_is_in_it(tmp_path):
    model = ImageModel()
    model.meta.instrument.name = "MIRI"
    model.meta.my_own = 1.5  # not in the schema
    path = tmp_path / "a_cal.fits"
    model.save(path)
    miri_only = [Override(attribute="EXPSTART", rule="max", when=When(instrument="MIRI"))]
    for given in (path, str(path), model):
        plan = BlendPlan.for_model(given, overrides=miri_only)
        assert plan["meta.my_own"].reason == "not in the schema"
        assert plan["meta.exposure.start_time"].name == "max"
    plan = BlendPlan.for_model(path, overrides=miri_only, instrument="NIRCAM")
    assert plan["meta.exposure.start_time"].name == "min"
    with pytest.raises(InputError, match=r"nowhere\.fits"):
        BlendPlan.for_model(tmp_path / "nowhere.fits")


def test_unknown_rules_are_one_error(registry):
    with pytest.raises(UnknownRuleError) as caught:
        plan_of(
            registry,
            Attribute("meta.a", keyword="A", rule="maen"),
            Attribute("meta.b", rule="maen"),
            Attribute("meta.c", rule="nowhere"),
        )
    assert caught.value.wanted == {"maen": ("meta.a (A)", "meta.b"), "nowhere": ("meta.c",)}


def test_without_plugins_it_says_which_rules_are_missing_and_what_to_install():
    with pytest.raises(UnknownRuleError, match="install blender-rules-std") as caught:
        BlendPlan.for_model(ImageModel, block=("std",))
    text = str(caught.value)
    assert "'mintime', asked for by meta.observation.time (TIME-OBS)" in text
    assert set(caught.value.wanted) == {
        *("first", "min", "max", "mean", "sum", "multi", "wheeltol"),
        *("mindate", "mintime", "mindatetime", "maxdatetime"),
    }


def test_a_schema_cannot_give_a_rule_its_companions(make_plugins, acme):
    rule = Rule(name="pair", blend=max, summary="Of two.", companions=("weights", "flags"))
    plugins = make_plugins({acme: [rule]})
    with pytest.raises(PlanError, match="needs weights and flags") as caught:
        plan_of(Registry(plugins.rules()), Attribute("meta.a", rule="pair"))
    assert caught.value.attribute == "meta.a"
    with pytest.raises(BlendErrorGroup):
        plan_of(
            Registry(plugins.rules()),
            Attribute("meta.a", rule="pair"),
            Attribute("meta.b", rule="weighted_mean"),
        )


@pytest.mark.parametrize("name", [3, True, ["min"], ["x" * 10**6] * 1000])
def test_a_rule_that_is_no_name(registry, name):
    subschema = {"fits_keyword": "A", "blend_rule": name}
    meta = {"type": "object", "properties": {"a": subschema}}
    attributes = read_attributes({"type": "object", "properties": {"meta": meta}})
    with pytest.raises(PlanError, match=r"^meta.a \(A\) has the blend_rule .* a rule") as caught:
        plan_of(registry, *attributes.values())
    assert caught.value.attribute == "meta.a"
    assert len(str(caught.value)) < 400
    assert preview(name) in str(caught.value)
    assert plan_of(registry, *attributes.values(), ignore=["meta.a"])["meta.a"].name == "keep"


def test_a_plugins_own_rule_can_be_named_outright(registry):
    plan = plan_of(registry, Attribute("meta.a", rule="std:max"))
    assert plan["meta.a"].rule.name == "max"
