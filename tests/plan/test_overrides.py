"""What an override may say, and what comes of it in a plan and in a blend."""

import itertools
import pickle
import re
import types

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlenderError,
    BlendErrorGroup,
    BlendPlan,
    Missing,
    ModelBlender,
    Override,
    OverrideConflictError,
    PlanError,
    Plugins,
    Rule,
    RuleError,
    Tier,
    UnknownAttributeError,
    UnknownRuleError,
    When,
    blendmodels,
)
from blender_core.plugins.context import Context

START = "meta.exposure.start_time"


def plan_with(*overrides, **kwargs):
    return BlendPlan.for_model(ImageModel, overrides=overrides, **kwargs)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "overrides nothing: give a rule, record or column"),
        ({"rule": 3}, "rule of the override of 'EFFEXPTM' is a str, not 3"),
        ({"rule": " "}, "rule of the override of 'EFFEXPTM' is empty"),
        ({"rule": "sum", "missing": "ignore"}, "'skip', 'keep', 'require', 'propagate'"),
        ({"missing": "skip"}, "says missing and no rule"),
        ({"rule": "keep", "order_by": "EXPSTART"}, "'keep' looks at no values"),
        ({"rule": "sum", "default": 1, "missing": "skip"}, "says both default and missing"),
        ({"rule": "sum", "once_per": 3}, "once_per of the override of 'EFFEXPTM' is a str or sev"),
        ({"rule": "sum", "once_per": ("",)}, "is empty"),
        # What looks like nothing is not taken for nothing: a sum would be too long.
        ({"rule": "sum", "once_per": ""}, "once_per of the override of 'EFFEXPTM' is empty"),
        ({"rule": "sum", "once_per": []}, "once_per of the override of 'EFFEXPTM' is empty"),
        ({"rule": "sum", "once_per": None}, "once_per of the override of 'EFFEXPTM' is a str or"),
        ({"rule": "first", "order_by": ""}, "order_by of the override of 'EFFEXPTM' is empty"),
        ({"rule": "first", "missing": 3}, "missing of the override of 'EFFEXPTM' is a str, not 3"),
        ({"rule": "sum", "default": [1]}, "is a bool, an int, a float or a str, not [1]"),
        ({"rule": "sum", "companions": "EXPSTART"}, "is a dict of names to attributes, not"),
        ({"rule": "sum", "companions": {"weights": 3}}, "dict of names to attributes"),
        ({"rule": "sum", "parameters": {3: 3}}, "dict of names to values"),
        ({"rule": "sum", "when": {"instrument": "MIRI"}}, "is a When, not"),
        ({"record": False, "column": "T"}, "names a column for what is not to be recorded"),
        ({"rule": "sum", "optional": "yes"}, "optional of the override of 'EFFEXPTM' is a bool"),
        ({"column": " "}, "column of the override of 'EFFEXPTM' is empty"),
        ({"column": "T" * 69}, "has 69 characters, and FITS allows 68"),
        ({"column": "Dauer in µs"}, "FITS allows printable ASCII characters only"),
    ],
)
def test_what_an_override_may_not_say(arguments, problem):
    with pytest.raises((TypeError, ValueError), match=re.escape(problem)):
        Override(attribute="EFFEXPTM", **arguments)


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: Override(attribute="EFFEXPTM", rule=3), "rule"),
        (lambda: Override(attribute="EFFEXPTM", rule="sum", once_per=""), "once_per"),
        (lambda: Override(attribute="EFFEXPTM", rule="sum", parameters={3: 3}), "parameters"),
        (lambda: Override(attribute="EFFEXPTM"), None),
        (lambda: When(detector=3), "detector"),
    ],
)
def test_errors_tell_the_argument_that_they_are_about(make, key):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert caught.value.key == key
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (type(again), str(again), again.key) == (caught.type, str(caught.value), key)


def test_what_an_override_becomes():
    override = Override(attribute="EFFEXPTM", rule="sum", missing="require", once_per="EXPOSURE")
    assert (override.missing, override.once_per) == (Missing.REQUIRE, ("EXPOSURE",))
    companions = types.MappingProxyType({"weights": "EFFEXPTM"})
    weighted = Override(attribute="EXPMID", rule="weighted_mean", companions=companions)
    assert weighted.companions == {"weights": "EFFEXPTM"}
    assert hash(override) == hash(
        Override(attribute="EFFEXPTM", rule="sum", missing=Missing.REQUIRE, once_per=("EXPOSURE",))
    )


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(), True),
        (When(instrument="NIRCAM"), True),
        (When(instrument="nircam"), True),
        (When(instrument=("MIRI", "NIRCAM")), True),
        (When(instrument="NIR"), False),
        (When(detector="NRCA?"), True),
        (When(instrument="NIRCAM", detector="NRCB?"), False),
        (When(model_type="ImageModel", telescope="JWST"), True),
        (When(exp_type="NRC_IMAGE"), False),  # the input does not say
        (When(exp_type="*"), False),
    ],
)
def test_when_an_override_holds(when, holds):
    context = Context(
        model_type="ImageModel", telescope="JWST", instrument="NIRCAM", detector="NRCA1"
    )
    assert when.holds(context) is holds


@pytest.mark.parametrize("condition", [3, [], ("MIRI", 3), " "])
def test_conditions_are_texts(condition):
    with pytest.raises((TypeError, ValueError), match="the condition instrument is"):
        When(instrument=condition)


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({START: "max"}, [START]),
        ({"EXPSTART": "max"}, [START]),
        ({"expstart": "max"}, [START]),
        ({"meta.time": "max"}, None),  # a group
        ({"meta.exposure.*_time_mjd": "max"}, None),
    ],
)
def test_what_a_caller_may_say(given, changed):
    plan = BlendPlan.for_model(ImageModel, overrides=given)
    overridden = [path for path, one in plan.items() if one.tier is Tier.CALLER]
    if changed is None:
        (text,) = given
        group = text.split("*")[0]
        assert len(overridden) > 1
        assert all(path.startswith(group) for path in overridden)
    else:
        assert overridden == changed
    assert {plan[path].name for path in overridden} == {"max"}
    assert {plan[path].source for path in overridden} == {"the caller"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("max", "overrides is a dict of attributes to rules or Overrides, not 'max'"),
        ({"EXPSTART": 3}, "has 'EXPSTART': 3"),
        (["max"], "overrides takes blender_core.Override objects, not 'max'"),
    ],
)
def test_what_a_caller_may_not_say(given, problem):
    with pytest.raises(TypeError, match=re.escape(problem)):
        ModelBlender(overrides=given)


@pytest.mark.parametrize("rules", [None, 3, b"team.toml", [3], {"team.toml": 3}])
def test_rules_are_paths(rules):
    with pytest.raises(TypeError, match="rules takes the path of a rules file, or several, not"):
        ModelBlender(rules=rules)


def test_narrower_overrides_win_in_any_order():
    general = Override(attribute="meta.exposure.*", rule="last")
    group = Override(attribute="meta.exposure", rule="min")
    itself = Override(attribute=START, rule="max")
    for order in ([general, group, itself], [itself, group, general]):
        plan = plan_with(*order)
        assert plan[START].name == "max"
        assert [one.name for one in plan[START].won_over] == ["min", "last", "min", "first"]
        assert plan["meta.exposure.end_time"].name == "min"


def test_an_override_with_a_condition_that_holds_wins():
    general = Override(attribute=START, rule="max")
    miri = Override(attribute=START, rule="mean", when=When(instrument="MIRI"))
    for order in ([general, miri], [miri, general]):
        assert plan_with(*order, instrument="MIRI")[START].name == "mean"
        assert plan_with(*order, instrument="NIRCAM")[START].name == "max"
        assert plan_with(*order)[START].name == "max"


def test_a_detector_is_of_an_instrument_and_that_of_a_telescope():
    conditions = {
        "sum": When(telescope="JWST"),
        "max": When(instrument="MIRI"),
        "mean": When(detector="MIRIMAGE"),
    }
    overrides = [
        Override(attribute=START, rule=rule, when=when) for rule, when in conditions.items()
    ]
    context = {"telescope": "JWST", "instrument": "MIRI", "detector": "MIRIMAGE"}
    for order in itertools.permutations(overrides):
        plan = plan_with(*order, **context)
        assert [one.name for one in (plan[START].choice, *plan[START].won_over)] == [
            "mean", "max", "sum", "min", "first",
        ]  # fmt: skip
    # Of what exposures of a type are taken with, nothing is known.
    exposures = Override(attribute=START, rule="last", when=When(exp_type="MIR_IMAGE"))
    with pytest.raises(OverrideConflictError):
        plan_with(overrides[0], exposures, **context, exp_type="MIR_IMAGE")


def test_what_cannot_be_compared_is_a_conflict():
    itself = Override(attribute=START, rule="max")
    condition = Override(attribute="meta.exposure.*", rule="mean", when=When(instrument="MIRI"))
    plan_with(itself, condition, instrument="NIRCAM")
    message = f"""overrides of one rank disagree on {START} (EXPSTART), its rule:
  - max by the caller, for '{START}'
  - mean by the caller, for 'meta.exposure.*' when instrument=MIRI
Leave one of them out, or make it more specific."""
    for order in ([itself, condition], [condition, itself]):
        with pytest.raises(OverrideConflictError) as caught:
            plan_with(*order, instrument="MIRI")
        assert str(caught.value) == message
        assert caught.value.attribute == START


def test_who_agrees_is_no_conflict():
    one = Override(attribute=START, rule="max", reason="one reason")
    other = Override(attribute="EXPSTART", rule="max", reason="another")
    assert plan_with(one, other)[START].name == "max"
    with pytest.raises(OverrideConflictError):
        plan_with(one, Override(attribute="EXPSTART", rule="max", missing="require"))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("meta.exposure.start_tim", "Did you mean meta.exposure.start_time (EXPSTART)"),
        ("meta.start_time", "meta.exposure.start_time (EXPSTART)"),
        # The name is right, though others look more alike.
        ("meta.observation.start_time", "meta.exposure.start_time (EXPSTART)"),
        ("META.EXPOSURE.START_TIME", "Did you mean meta.exposure.start_time (EXPSTART)"),
        ("EXPSTRT", "Did you mean meta.exposure.start_time (EXPSTART)"),
        ("meta.exp.*", "means no attribute of the inputs' schema"),
        ("EXP[Z-A]*", "means no attribute of the inputs' schema"),
        ("EXP[", "means no attribute of the inputs' schema"),
    ],
)
def test_an_attribute_that_is_not_there(text, hint):
    with pytest.raises(UnknownAttributeError) as caught:
        plan_with(Override(attribute=text, rule="max"))
    assert hint in str(caught.value)
    assert "by the caller" in str(caught.value)
    assert caught.value.attribute == text


@pytest.mark.parametrize("setting", ["order_by", "once_per"])
def test_settings_that_name_no_attribute(setting):
    with pytest.raises(UnknownAttributeError, match=rf"{setting} 'EXPSTRT' in the override of"):
        plan_with(Override(attribute="EFFEXPTM", rule="sum", **{setting: "EXPSTRT"}))


@pytest.mark.parametrize(("name", "hint"), [("MAX", "'max'"), ("std:mxa", "'std:max'")])
def test_a_rule_that_is_not_there(name, hint):
    with pytest.raises(UnknownRuleError, match=f"{name!r} .did you mean {hint}"):
        plan_with(Override(attribute="EXPSTART", rule=name))


def test_a_reason_is_one_line():
    reason = "An exposure\n  counts once."
    plan = plan_with(Override(attribute="EFFEXPTM", rule="sum", reason=reason))
    assert plan["meta.exposure.exposure_time"].reason == "An exposure counts once."
    assert len(str(plan).splitlines()) == len(plan) + 1


def test_faults_come_before_anything_is_read_and_together():
    overrides = {"meta.nothing": "max", "EFFEXPTM": "maximum"}
    with pytest.raises(UnknownAttributeError):
        blendmodels(ImageModel(), [ImageModel()], overrides=overrides)
    with pytest.raises(UnknownRuleError, match=r"EFFEXPTM\) in an override by the caller"):
        plan_with(Override(attribute="EFFEXPTM", rule="maximum"))
    with pytest.raises(BlendErrorGroup) as caught:
        BlendPlan.for_model(ImageModel, overrides={"meta.nothing": "max", "NOWHERE": "max"})
    assert {one.attribute for one in caught.value.exceptions} == {"meta.nothing", "NOWHERE"}


def test_an_override_may_be_for_what_some_schemas_lack():
    plan = plan_with(Override(attribute="meta.nothing", rule="no", optional=True))
    assert [one for one in plan.values() if one.tier > Tier.SCHEMA] == []
    assert plan_with(Override(attribute=START, rule="max", optional=True))[START].name == "max"
    # That is about the attribute alone.
    lacking = Override(attribute=START, rule="max", order_by="meta.nothing", optional=True)
    with pytest.raises(UnknownAttributeError, match=r"order_by 'meta\.nothing'"):
        plan_with(lacking)


def test_a_condition_that_does_not_hold_needs_no_attribute():
    plan_with(Override(attribute="meta.nothing", rule="no", when=When(instrument="MIRI")))


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        (
            {"rule": "weighted_mean"},
            """which needs weights: say companions={"weights": "EFFEXPTM"}""",
        ),
        (
            {"rule": "weighted_mean", "companions": {"weight": "EFFEXPTM"}},
            "which needs weights, and not 'weight': say companions=",
        ),
        ({"rule": "max", "companions": {"weights": "EFFEXPTM"}}, "takes nothing beside the values"),
        (
            {"rule": "join", "parameters": {"sorted": True}},
            "which takes sort: bool = False, and not 'sorted'",
        ),
    ],
)
def test_what_a_rule_is_told_is_what_it_understands(override, problem):
    with pytest.raises(PlanError, match=re.escape(problem)):
        plan_with(Override(attribute=START, **override))


def test_protection_gives_way_to_a_name_only():
    path = "meta.wcsinfo.crval1"
    for text in (path, "CRVAL1", "meta.wcsinfo"):
        assert plan_with(Override(attribute=text, rule="first"))[path].name == "first"
    for text in ("meta", "meta.**", "CRVAL*", "meta.wcsinfo.*"):
        assert plan_with(Override(attribute=text, rule="last"))[path].name == "keep"


def test_what_is_ignored_stays_ignored_unless_it_is_named():
    for text, rule in (("meta.exposure", "keep"), ("meta.exp*.*", "keep"), ("EXPSTART", "last")):
        plan = plan_with(Override(attribute=text, rule="last"), ignore=["meta.exposure"])
        assert plan[START].name == rule


def test_columns(make_models):
    inputs = make_models("meta.exposure.count", [1, 2])
    overrides = [
        Override(attribute="DETECTOR", record=False),
        Override(attribute="meta.exposure.count", column="N_EXP"),
        Override(attribute="meta.cal_step.outlier_detection", record=True),
    ]
    result = blendmodels(ImageModel(), inputs, overrides=overrides)
    assert result.table["N_EXP"].tolist() == [1, 2]
    assert "meta.instrument.detector" not in result.plan.columns
    assert "meta.cal_step.outlier_detection" in result.plan.columns


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        ([{"attribute": "meta.exposure", "column": "T"}], "names one column, 'T', for"),
        ([{"attribute": "meta.exposure.read_times", "record": True}], "a list has no place"),
        (
            [{"attribute": "EFFEXPTM", "column": "T"}, {"attribute": "EXPSTART", "column": "t"}],
            "give the column 'T' of HDRTAB to both",
        ),
        (
            [{"attribute": "EFFEXPTM", "column": "T"}, {"attribute": "EFFEXPTM", "column": "U"}],
            "disagree on meta.exposure.exposure_time (EFFEXPTM), its column",
        ),
    ],
)
def test_columns_that_cannot_be(overrides, problem):
    with pytest.raises(PlanError, match=re.escape(problem)):
        plan_with(*(Override(**one) for one in overrides))


def test_a_named_column_takes_precedence():
    overrides = [Override(attribute="meta.exposure.count", column="EFFEXPTM")]
    with pytest.warns(match="'EFFEXPTM' of HDRTAB is asked for by both"):
        plan = plan_with(*overrides)
    assert plan.columns["meta.exposure.count"] == "EFFEXPTM"
    assert plan.columns["meta.exposure.exposure_time"] == "EFFEXPTM_2"


def test_plans_print_as_tables():
    plan = plan_with(Override(attribute="EXPSTART", rule="max", reason="because"))
    head, *rows = str(plan).splitlines()
    assert head.split() == [
        "attribute",
        "keyword",
        "rule",
        "tier",
        "asked",
        "for",
        "by",
        "provider",
        "reason",
    ]
    (row,) = (row for row in rows if row.startswith(f"{START} "))
    assert re.split("  +", row) == [
        START,
        "EXPSTART",
        "max",
        "caller",
        "the caller",
        str(plan[START].provider),
        "because",
    ]
    assert repr(plan) == f"<BlendPlan of {len(plan)} attributes, 1 of them overridden>"


def test_an_assignment_prints_all_that_led_to_it():
    override = Override(attribute="EFFEXPTM", rule="sum", once_per="EXPOSURE", reason="because")
    path = "meta.exposure.exposure_time"
    summary = "The sum, exact for integers and correctly rounded for floats."
    text = str(plan_with(override)[path])
    assert re.sub("[0-9.]+ ", "1 ", text).splitlines() == [
        "meta.exposure.exposure_time (EFFEXPTM): sum (once_per=meta.observation.exposure_number)",
        f"  rule          sum of blender-rules-std 1 [std]: {summary}",
        "  asked for by  the caller: because",
        "  instead of    sum, asked for by the schema: blend_rule of the schema",
        "  instead of    first, asked for by the engine (default): no blend_rule in the schema",
        "  HDRTAB        recorded",
    ]
    plan = plan_with(
        Override(attribute="EFFEXPTM", rule="drop"),
        Override(attribute="EXPSTART", column="T"),
        Override(attribute="EXPEND", record=False),
    )
    assert "  rule          drop of blender-core" in str(plan[path])
    assert str(plan[START]).endswith("recorded as T")
    assert str(plan["meta.exposure.end_time"]).endswith("not recorded")


def test_what_a_plugin_changes(make_plugins, acme):
    rule = Rule(name="max", blend=max, summary=".", replaces="blender-rules-std")
    plugins = make_plugins({acme: [rule]})
    plan = BlendPlan.for_model(ImageModel)
    diff = plan.diff(BlendPlan.for_model(ImageModel, plugins=plugins, overrides={"DATE": "last"}))
    assert len(diff) == 7  # six attributes have the rule max in the schema, says the survey
    lines = str(diff).splitlines()
    assert "first" in lines[1]
    assert "last by the caller" in lines[1]
    assert all("acme-rules 1.2 [acme]" in line for line in lines[2:])
    assert str(plan.diff(plan)) == "no difference"
    assert [one.attribute for one in diff[:1]] == ["meta.date"]


def test_settings_of_several_tiers_do_not_mix(tmp_path, make_models):
    file = tmp_path / "team.toml"
    file.write_text('[[override]]\nattribute = "EFFEXPTM"\nrule = "sum"\nmissing = "require"\n')
    path = "meta.exposure.exposure_time"
    plan = BlendPlan.for_model(ImageModel, rules=file)
    assert plan[path].choice.label == "sum (missing=require)"
    assert plan[path].source == str(file)
    inputs = make_models(path, [1.0, None])
    with pytest.raises(BlenderError, match="every input must have the value, but input 2 of 2"):
        blendmodels(ImageModel(), inputs, rules=[file])
    with pytest.raises(RuleError, match=re.escape(f"[std], asked for by {file}, fails for")):
        blendmodels(ImageModel(), inputs, rules=[file])
    product = ImageModel()
    blendmodels(product, inputs, rules=[file], overrides={"EFFEXPTM": "max"})
    assert product.meta.exposure.exposure_time == 1.0


def test_plugins_can_be_given():
    plan = BlendPlan.for_model(ImageModel, plugins=Plugins.discover())
    assert plan[START].name == "min"
