"""What a plan's check finds, and that it finds what a blend would run into."""

import pickle

import pytest
from astropy.io import fits
from plain_products import INPUTS, Combined, PlainPlugin, plugins_with
from plain_products import schema_of as plain_schema_of
from release import VERSION
from stdatamodels import DataModel
from stdatamodels.jwst.datamodels import AmiOIModel, ImageModel

from blender_core import (
    DROP,
    BlendPlan,
    BlendWarning,
    FindingKind,
    Findings,
    Gives,
    InputError,
    NotADatamodelError,
    Override,
    Plugins,
    Registry,
    Rule,
    RuleError,
    UnknownAttributeError,
    UnknownInputError,
)
from blender_core.evaluation.evaluation import evaluate_attribute
from blender_core.schema.attributes import read_attributes
from blender_core.schema.validation import objection

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}
BOOLEAN = {"type": "boolean"}
LIST = {"type": "array", "items": {"type": "number"}}
OPEN = {"title": "Whatever it is"}
MODULES = {"type": "string", "enum": ["A", "B"]}
MODULES_OR_MULTIPLE = {"type": "string", "enum": ["A", "B", "MULTIPLE"]}
COUNTS = {"type": "integer", "enum": [1, 2, 5]}
POSITIVE = {"type": "integer", "minimum": 1}
UNLISTED = ", not among those that the schema lists"


def schema_of(**leaves):
    meta = {"type": "object", "properties": leaves}
    return {"type": "object", "properties": {"meta": meta}}


@pytest.fixture(scope="module")
def plugins():
    return Plugins.discover()


@pytest.fixture
def plan_of(plugins):
    """Return a function that plans for a schema: name → what it says of the attribute."""

    def make(overrides=(), plugins=plugins, **leaves):
        model = DataModel(schema=schema_of(**leaves))
        return BlendPlan.for_model(model, overrides=overrides, plugins=plugins)

    return make


@pytest.fixture
def found(plan_of):
    """Return a function that gives the kind and the problem of what is found for `rule`."""

    def find(rule, subschema, **settings):
        if settings:
            override = Override(attribute="meta.one", rule=rule, **settings)
            plan = plan_of(one=subschema, other=TEXT, more=LIST, overrides=[override])
        else:
            plan = plan_of(one={**subschema, "blend_rule": rule})
        return [
            (one.kind, one.problem)
            for one in plan.check()
            if one.kind is not FindingKind.DEPRECATED
        ]

    return find


@pytest.mark.parametrize(
    ("rule", "subschema", "problem"),
    [
        # jwst #1650
        ("multi", INTEGER, "its rule may give 'MULTIPLE' where an integer is asked for"),
        ("multi", NUMBER, "its rule may give 'MULTIPLE' where a number is asked for"),
        ("multi", LIST, "its rule may give 'MULTIPLE' where a list is asked for"),
        ("multi?", BOOLEAN, "its rule may give '?' where a boolean is asked for"),
        ("mean", INTEGER, "its rule may give a fraction where an integer is asked for"),
        ("median", COUNTS, "its rule may give a fraction where an integer is asked for"),
        ("mean", TEXT, "its rule gives a number where a text is asked for"),
        ("stddev", BOOLEAN, "its rule gives a number where a boolean is asked for"),
        ("count", TEXT, "its rule gives an integer where a text is asked for"),
        ("count_distinct", LIST, "its rule gives an integer where a list is asked for"),
        ("join", INTEGER, "its rule gives a text where an integer is asked for"),
        ("join", LIST, "its rule gives a text where a list is asked for"),
        ("union", TEXT, "its rule gives a list where a text is asked for"),
        ("concatenate", NUMBER, "its rule gives a list where a number is asked for"),
        ("sum", TEXT, "its rule computes with numbers where inputs have a text"),
        ("range", LIST, "its rule computes with numbers where inputs have a list"),
        ("sum", BOOLEAN, "its rule gives an integer where a boolean is asked for"),
        ("range", BOOLEAN, "its rule gives an integer where a boolean is asked for"),
        ("zero", TEXT, "its rule may give 0 where a text is asked for"),
        ("float_one", BOOLEAN, "its rule may give 1.0 where a boolean is asked for"),
        ("any", TEXT, "its rule may give False or True where a text is asked for"),
        (
            "wheeltol",
            NUMBER,
            "its rule may give 'outside calibration tolerance' or "
            + "'within commanded tolerance' where a number is asked for",
        ),
    ],
)
def test_values_of_another_type(found, rule, subschema, problem):
    assert found(rule, subschema) == [(FindingKind.TYPE, problem)]


@pytest.mark.parametrize(
    ("rule", "subschema", "problem"),
    [
        # jwst #2019
        ("multi", MODULES, "its rule may give 'MULTIPLE'"),
        ("multi?", MODULES, "its rule may give '?'"),
        ("join", MODULES, "its rule may give a text"),
        ("sum", COUNTS, "its rule may give an integer"),
        ("count", COUNTS, "its rule may give an integer"),
        ("zero", COUNTS, "its rule may give 0"),
    ],
)
def test_values_that_are_not_listed(found, rule, subschema, problem):
    ((kind, said),) = found(rule, subschema)
    assert kind is FindingKind.ENUM
    assert said == problem + (UNLISTED if "'" in said or "0" in said else UNLISTED[1:])


def test_what_else_a_schema_says(found):
    assert found("zero", POSITIVE) == [
        (FindingKind.SCHEMA, "its rule may give 0: 0 is less than the minimum of 1")
    ]
    assert found("int_one", POSITIVE) == []


@pytest.mark.parametrize(
    ("rule", "subschema"),
    [
        ("multi", TEXT),
        ("multi", MODULES_OR_MULTIPLE),
        ("multi", OPEN),
        ("mean", NUMBER),
        ("mean", OPEN),
        ("count", NUMBER),
        ("count", INTEGER),
        ("sum", INTEGER),
        ("sum", NUMBER),
        ("bit_or", BOOLEAN),
        ("any", BOOLEAN),
        ("float_one", INTEGER),  # it is the integer 1 there
        ("join", TEXT),
        ("union", LIST),
        ("wheeltol", TEXT),
        ("keep", INTEGER),
        ("drop", INTEGER),
        *((rule, MODULES) for rule in ("first", "last", "min", "max", "common", "same", "mode")),
        *((rule, INTEGER) for rule in ("first", "last", "min", "max", "common", "same", "mode")),
    ],
)
def test_what_can_come_out_right(found, rule, subschema):
    assert found(rule, subschema) == []


SAMPLES = {
    "text": (TEXT, ["b", "a", "b"]),
    "module": (MODULES, ["A", "B", "B"]),
    "number": (NUMBER, [0.25, 1, 2.5]),
    "integer": (INTEGER, [1, 2, 2]),
    "count": (COUNTS, [1, 2, 5, 2]),
    "boolean": (BOOLEAN, [True, False, True]),
    "list": (LIST, [[1.0], [2.0], [2.0]]),
}


@pytest.mark.parametrize("rule", sorted(Registry(Plugins.discover().rules())))
@pytest.mark.parametrize("sample", SAMPLES)
def test_it_finds_what_a_blend_runs_into_and_nothing_else(plan_of, rule, sample):
    subschema, values = SAMPLES[sample]
    needs = {"companions": {"weights": "meta.weight"}} if rule == "weighted_mean" else {}
    override = Override(attribute="meta.one", rule=rule, **needs)
    plan = plan_of(one=subschema, weight=NUMBER, overrides=[override])
    findings = [one for one in plan.check() if one.kind is not FindingKind.DEPRECATED]
    some_go_wrong = False
    for seen in (values, values[:2], values[1:], values[:1]):
        try:
            weights = {"meta.weight": [1.0] * len(seen)}
            value = evaluate_attribute(plan["meta.one"], seen, weights).value
        except RuleError:
            some_go_wrong = True
        else:
            refused = None if value is DROP else objection(value, subschema)
            some_go_wrong |= refused is not None
            assert findings or not refused
    assert some_go_wrong or not findings


@pytest.mark.parametrize(
    ("rule", "subschema", "default", "problem"),
    [
        (
            "first",
            INTEGER,
            "none",
            "its rule may give the default 'none' where an integer is asked for",
        ),
        ("multi", TEXT, 0, "its rule may give the default 0 where a text is asked for"),
        ("min", INTEGER, 0.5, "its rule may give the default 0.5 where an integer is asked for"),
        ("first", MODULES, "C", f"its rule may give the default 'C'{UNLISTED}"),
        ("max", POSITIVE, 0, "its rule may give the default 0: 0 is less than the minimum of 1"),
        (
            "mean",
            NUMBER,
            "none",
            "its rule computes with numbers, and the default 'none' is not one",
        ),
        (
            "sum",
            NUMBER,
            "none",
            "its rule computes with numbers, and the default 'none' is not one",
        ),
        (
            "sum",
            INTEGER,
            0.5,
            "with the default 0.5, its rule may give a fraction where an integer is asked for",
        ),
        ("union", LIST, "a", "its rule takes lists, and the default 'a' is not one"),
    ],
)
def test_defaults(found, rule, subschema, default, problem):
    assert found(rule, subschema, default=default) == [(FindingKind.DEFAULT, problem)]


@pytest.mark.parametrize(
    ("rule", "subschema", "default"),
    [
        ("first", INTEGER, 0),
        ("first", NUMBER, 0),
        ("first", MODULES, "A"),
        ("sum", INTEGER, 1.0),
        ("sum", NUMBER, 0.5),
        ("mean", NUMBER, 0),
        ("join", TEXT, 0),
        ("count", INTEGER, "none"),
    ],
)
def test_defaults_that_can_stand_in(found, rule, subschema, default):
    assert found(rule, subschema, default=default) == []


def test_lists_order_nothing_and_tell_no_exposures_apart(found):
    assert found("first", TEXT, order_by="meta.more", once_per=("meta.other", "meta.more")) == [
        (FindingKind.SELECTION, "inputs cannot be put in order by meta.more, which is a list"),
        (FindingKind.SELECTION, "exposures cannot be told apart by meta.more, which is a list"),
    ]
    assert found("first", TEXT, order_by="meta.other", once_per="meta.other") == []


def test_what_is_not_there_is_an_error_before_any_check(found):
    with pytest.raises(UnknownAttributeError, match=r"order_by 'meta\.nothing'"):
        found("first", TEXT, order_by="meta.nothing")
    with pytest.raises(UnknownAttributeError, match=r"weights 'meta\.nothing'"):
        found("weighted_mean", NUMBER, companions={"weights": "meta.nothing"})


def test_two_attributes_in_one_column(plan_of):
    leaves = {
        name: {"type": "string", "fits_keyword": keyword, "blend_table": True}
        for name, keyword in {"a": "ROLL", "b": "roll", "c": "OTHER"}.items()
    }
    with pytest.warns(BlendWarning, match="HDRTAB"):
        (finding,) = plan_of(**leaves).check()
    assert (finding.kind, finding.attribute) == (FindingKind.COLUMN, "meta.b")
    assert finding.problem == "its column 'roll' is that of meta.a (ROLL) as well: it gets 'roll_2'"
    assert "Override(attribute='meta.b', column=...)" in finding.remedy
    assert finding.is_information, "both have a column, and no team has written the schema"
    mended = [Override(attribute="meta.b", column="ROLL_B")]
    assert not plan_of(overrides=mended, **leaves).check()


@pytest.mark.parametrize(
    "override",
    [
        Override(attribute="meta.a", column="OTHER"),
        Override(attribute="meta.b", rule="first", record=True),
    ],
    ids=["a name", "a column"],
)
def test_a_column_that_an_override_asks_for_and_another_has(plan_of, override):
    recorded = {**TEXT, "blend_table": True}
    leaves = {
        "a": {**recorded, "fits_keyword": "ROLL"},
        "b": {**TEXT, "fits_keyword": "ROLL"},
        "c": {**recorded, "fits_keyword": "OTHER"},
    }
    with pytest.warns(BlendWarning, match="HDRTAB"):
        (finding,) = plan_of(overrides=[override], **leaves).check()
    assert (finding.kind, finding.is_information) == (FindingKind.COLUMN, False)


def test_a_column_that_fits_does_not_allow(plan_of):
    long = "of_which_there_is_very_much_to_say"
    leaves = {long: {"type": "object", "properties": {long: {**TEXT, "blend_table": True}}}}
    (finding,) = plan_of(**leaves).check()
    # "meta." and a dot between the two
    assert finding.problem.endswith(
        f"its name has {6 + 2 * len(long)} characters, and FITS allows 68"
    )
    assert (finding.kind, finding.is_information) == (FindingKind.COLUMN, False)


def test_deprecated_names(plan_of):
    names = ("mintime", "maxtime", "mindate", "maxdate", "mindatetime", "maxdatetime")
    leaves = {name: {"type": "string", "blend_rule": name} for name in (*names, "min", "multi")}
    findings = plan_of(**leaves).check()
    # The six that jwst calls so, in jwst/model_blender/rules.py.
    assert [one.attribute for one in findings] == [f"meta.{name}" for name in names]
    assert {one.kind for one in findings} == {FindingKind.DEPRECATED}
    assert findings[0].problem == "its rule 'mintime' is deprecated"
    assert "'min'" in findings[0].remedy
    assert "'max'" in findings[-1].remedy
    assert all(one.is_information for one in findings), "nobody but the schema can mend them"


def test_a_deprecated_name_that_is_asked_for(plan_of):
    plan = plan_of(overrides={"meta.one": "mintime"}, one={"type": "string", "blend_rule": "min"})
    (finding,) = plan.check()
    assert (finding.kind, finding.is_information) == (FindingKind.DEPRECATED, False)


def test_a_third_partys_rule_says_what_to_use_instead(plan_of, make_plugins, acme):
    rule = Rule(name="old", blend=max, summary="The largest.", deprecated="Use 'max'.")
    (finding,) = plan_of(plugins=make_plugins({acme: [rule]}), one={"blend_rule": "old"}).check()
    assert (finding.provider, finding.remedy) == (acme, "Use 'max'.")


def test_constants_that_are_no_values(plan_of, make_plugins, acme):
    rule = Rule(name="odd", blend=max, summary="Odd.", constants=({1, 2},))
    plugins = make_plugins({acme: [rule]})
    (finding,) = plan_of(plugins=plugins, one={**TEXT, "blend_rule": "odd"}).check()
    assert finding.problem.startswith(
        "its rule may give {1, 2}: it gives {1, 2}, which is of type set"
    )


def test_a_rule_that_fails_on_booleans_is_not_judged_by_them(plan_of, make_plugins, acme):
    def fails(values):
        msg = f"not of {values}"
        raise RuleError(msg)

    rule = Rule(name="fails", blend=fails, summary="Fails.", gives=Gives.SAME_TYPE)
    plugins = make_plugins({acme: [rule]})
    assert not plan_of(plugins=plugins, one={**BOOLEAN, "blend_rule": "fails"}).check()


@pytest.mark.parametrize(
    ("here", "there", "problem"),
    [
        (NUMBER, INTEGER, "its rule may give a fraction where an integer is asked for"),
        (TEXT, NUMBER, "its rule gives a text where a number is asked for"),
        (TEXT, MODULES, "its rule may give a text not among those that the schema lists"),
        (MODULES_OR_MULTIPLE, MODULES, f"its rule may give 'MULTIPLE'{UNLISTED}"),
        (INTEGER, NUMBER, None),
        (MODULES, MODULES_OR_MULTIPLE, None),
        (MODULES, TEXT, None),
        (TEXT, OPEN, None),
        (OPEN, TEXT, None),
    ],
)
def test_a_product_of_another_schema(plan_of, here, there, problem):
    plan = plan_of(one=here)
    assert not plan.check()
    product = DataModel(schema=schema_of(one=there))
    findings = plan.check(product)
    assert [one.problem for one in findings] == ([problem] if problem else [])
    assert list(plan.check(product.schema)) == list(findings)
    assert not plan.check(schema_of(another=TEXT))
    assert plan_of(one={**INTEGER, "blend_rule": "multi"}).check()
    assert not plan_of(one={**INTEGER, "blend_rule": "multi"}).check(schema_of(another=TEXT))
    if findings:
        # The default rule is no remedy for what the inputs have.
        assert findings[0].remedy == "Override the rule: overrides={'meta.one': 'keep'}, say."


def test_many_values_are_not_all_shown(plan_of):
    listed = {"type": "string", "enum": list("ABCDEF")}
    (finding,) = plan_of(one=listed).check(schema_of(one={"type": "string", "enum": ["F"]}))
    assert finding.problem == (
        "its rule may give 'A', 'B', 'C' or 2 others, not among those that the schema lists"
    )


def test_whom_a_finding_names(plan_of):
    (by_schema,) = plan_of(one={**INTEGER, "blend_rule": "multi", "fits_keyword": "ONE"}).check()
    assert by_schema.source == "the schema"
    assert by_schema.provider.distribution == "blender-rules-std"
    assert by_schema.remedy == "Override the rule: overrides={'meta.one': 'first'}, say."
    (by_caller,) = plan_of(one=INTEGER, overrides={"meta.one": "multi"}).check()
    assert by_caller.remedy == "Let the caller ask for another rule, such as 'first'."
    text = str(by_schema)
    assert text.splitlines()[0] == (
        "meta.one (ONE): its rule may give 'MULTIPLE' where an integer is asked for"
    )
    assert f"multi of blender-rules-std {VERSION} [std], asked for by the schema" in text


def test_findings_are_a_sequence_and_print_as_a_table(plan_of):
    leaves = {name: {**INTEGER, "blend_rule": "multi"} for name in "abc"}
    findings = plan_of(**leaves).check()
    assert [one.attribute for one in findings] == ["meta.a", "meta.b", "meta.c"]
    assert isinstance(findings[1:], Findings)
    assert len(findings[1:]) == 2
    lines = str(findings).splitlines()
    assert lines[0].split()[:3] == ["attribute", "keyword", "rule"]
    assert len(lines) == 4
    assert "its rule may give 'MULTIPLE' where an integer is asked for" in lines[1]
    assert pickle.loads(pickle.dumps(findings[0])) == findings[0]  # noqa: S301


def test_an_image_of_today():
    findings = BlendPlan.for_model(ImageModel).check()
    assert {one.rule for one in findings} == {"mindate", "mintime", "mindatetime", "maxdatetime"}
    overrides = {"NGROUPS": "mean", "DETECTOR": "join", "EXP_TYPE": "multi", "TARGNAME": "multi"}
    more = BlendPlan.for_model(ImageModel, overrides=overrides).check()
    assert {one.keyword: one.kind for one in more if one.source == "the caller"} == {
        "NGROUPS": FindingKind.TYPE,
        "DETECTOR": FindingKind.ENUM,
        "EXP_TYPE": FindingKind.ENUM,  # it has no MULTIPLE
    }


def test_the_class_that_jwst_cannot_blend():
    with pytest.warns(BlendWarning, match="HDRTAB"):
        findings = BlendPlan.for_model(AmiOIModel).check()
    assert [one.keyword for one in findings if one.kind is FindingKind.COLUMN] == [
        "VPARITY",
        "V3I_YANG",
        "ROLL_REF",
    ]


def test_the_product_may_be_given_as_its_class(plan_of):
    attributes = read_attributes(ImageModel().schema)
    assert attributes["meta.exposure.ngroups"].type == "integer"
    exposure = {"type": "object", "properties": {"ngroups": NUMBER}}
    (finding,) = plan_of(exposure=exposure).check(ImageModel)
    assert finding.attribute == "meta.exposure.ngroups"


@pytest.mark.parametrize(
    ("rule", "parameters", "subschema", "problem"),
    [
        ("common", {"otherwise": "MIXED"}, MODULES, "its rule may give 'MIXED'" + UNLISTED),
        ("constant", {"value": 5}, COUNTS, None),
        ("constant", {"value": 6}, COUNTS, "its rule may give 6" + UNLISTED),
        ("constant", {"value": "x"}, NUMBER, "its rule may give 'x' where a number is asked for"),
        ("common", {"tolerance": 0.5}, COUNTS, None),
        ("common", {"otherwise": "MIXED"}, TEXT, None),
    ],
)
def test_values_that_parameters_say(plan_of, rule, parameters, subschema, problem):
    override = Override(attribute="meta.one", rule=rule, parameters=parameters)
    findings = plan_of([override], one=subschema).check()
    assert [one.problem for one in findings] == ([problem] if problem else [])


def test_a_product_is_a_datamodel_in_any_form(tmp_path, plugins):
    plan = BlendPlan.for_model(ImageModel, overrides={"NGROUPS": "mean"}, plugins=plugins)
    ImageModel().save(tmp_path / "product.fits")
    forms = (ImageModel, ImageModel(), ImageModel().schema, tmp_path / "product.fits")
    expected = list(plan.check())
    for product in forms:
        assert list(plan.check(product)) == expected
    with pytest.raises(NotADatamodelError, match="the product is neither a datamodel nor a file"):
        plan.check(3)
    with pytest.raises(InputError, match=r"the product \(nowhere.fits\) cannot be read"):
        plan.check("nowhere.fits")


def test_what_inputs_are_is_told_in_texts():
    with pytest.raises(TypeError, match="instrument is a str, not 3"):
        BlendPlan.for_model(ImageModel, instrument=3)


class Narrow(Combined):
    """A product that can have an integer where inputs have a number."""

    schema = plain_schema_of(exptime={"type": "integer", "fits_keyword": "EXPTIME"})


@pytest.mark.parametrize("way", ["of the plan", "of the check"])
def test_a_product_that_a_plugin_takes(tmp_path, way):
    path = tmp_path / "combined.fits"
    fits.PrimaryHDU().writeto(path)
    narrow, wide = plugins_with(PlainPlugin(Narrow)), plugins_with(PlainPlugin())
    plan = BlendPlan.for_model(INPUTS[0], plugins=narrow if way == "of the plan" else wide)
    findings = plan.check(path, plugins=narrow if way == "of the check" else None)
    (finding,) = (each for each in findings if each.attribute == "meta.exptime")
    assert finding.problem == "its rule may give a fraction where an integer is asked for"
    assert "meta.exptime" not in [each.attribute for each in plan.check(path, plugins=wide)]
    # A plan that was sent elsewhere has the plugins that are installed there.
    with pytest.raises(UnknownInputError):
        pickle.loads(pickle.dumps(plan)).check(path)  # noqa: S301
