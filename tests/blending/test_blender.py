import copy
import math

import numpy as np
import pytest
from stdatamodels.jwst.datamodels import CubeModel, ImageModel, Level1bModel

from blender_core import (
    BlenderError,
    BlendErrorGroup,
    BlendPlan,
    MixedModelTypesError,
    ModelBlender,
    NoInputsError,
    NotADatamodelError,
    Plugins,
    Rule,
    RuleError,
    TableError,
    UnknownRuleError,
    blendmodels,
)

START = "meta.exposure.start_time"
DETECTOR = "meta.instrument.detector"


def test_three_exposures_by_hand(make_model):
    inputs = [
        make_model(
            {
                START: start,
                "meta.exposure.end_time": start + 0.5,
                "meta.exposure.exposure_time": 100.5,
                "meta.observation.date_beg": f"2026-01-0{day}T00:00:00.000",
                "meta.instrument.filter_wheel_tolerance": "within commanded tolerance",
                DETECTOR: detector,
                "meta.target.ra": ra,
            }
        )
        for day, (start, detector, ra) in enumerate(
            [(3.0, "NRCA1", 10.0), (1.0, "NRCA2", 11.0), (2.0, "NRCA3", 12.0)], start=1
        )
    ]
    product = ImageModel()
    blendmodels(product, inputs)
    assert product.meta.exposure.start_time == 1.0
    assert product.meta.exposure.end_time == 3.5
    assert product.meta.exposure.exposure_time == 301.5
    assert product.meta.observation.date_beg == "2026-01-01T00:00:00.000"
    assert product.meta.instrument.filter_wheel_tolerance == "within commanded tolerance"
    assert product.meta.instrument.detector == "MULTIPLE"
    assert product.meta.target.ra == 10.0
    assert product.hdrtab["DETECTOR"].tolist() == ["NRCA1", "NRCA2", "NRCA3"]
    assert product.hdrtab["EXPSTART"].tolist() == [3.0, 1.0, 2.0]


def test_an_iterator_of_inputs(make_models):
    product = ImageModel()
    blendmodels(product, iter(make_models(START, [2.0, 1.0])))
    assert product.meta.exposure.start_time == 1.0


def test_one_input_gives_its_own_values(make_model):
    values = {START: 59000.5, DETECTOR: "NRCA1", "meta.target.ra": 10.0}
    product = ImageModel()
    blendmodels(product, [make_model(values)])
    assert {path: product[path] for path in values} == values


def test_finalize_more_than_once_and_accumulate_in_between(make_models):
    first, second, third = make_models(START, [2.0, 3.0, 1.0])
    blender = ModelBlender()
    blender.accumulate(first)
    blender.accumulate(second)
    early, late = ImageModel(), ImageModel()
    early_result = blender.finalize_model(early)
    blender.finalize_model(early)
    assert early.hdrtab["EXPSTART"].tolist() == [2.0, 3.0]
    blender.accumulate(third)
    blender.finalize_model(late)
    assert early.meta.exposure.start_time == 2.0
    assert early_result.table["EXPSTART"].tolist() == [2.0, 3.0]
    assert early_result.outcomes[START].n_inputs == 2
    assert late.meta.exposure.start_time == 1.0
    assert late.hdrtab["EXPSTART"].tolist() == [2.0, 3.0, 1.0]


def test_inputs_are_not_changed_and_not_needed_afterwards(make_models):
    inputs = make_models(START, [2.0, 1.0])
    before = [copy.deepcopy(model.instance) for model in inputs]
    blender = ModelBlender()
    for model in inputs:
        blender.accumulate(model)
    assert [model.instance for model in inputs] == before
    for model in inputs:
        model.meta.exposure.start_time = -1.0
    product = ImageModel()
    blender.finalize_model(product)
    assert product.meta.exposure.start_time == 1.0


def test_arrays_are_left_alone(make_models):
    inputs = make_models(START, [2.0, 1.0])
    product = ImageModel((4, 4))
    data = product.data
    blendmodels(product, inputs)
    assert product.data is data
    assert all("data" not in model.instance for model in inputs)


def test_the_products_own_value_stays_where_no_input_has_one(make_model, make_models):
    product = make_model({DETECTOR: "NRCB1", "meta.target.ra": 5.0, "meta.nickname": "mine"})
    blendmodels(product, make_models(START, [1.0]))
    assert product.meta.instrument.detector == "NRCB1"
    assert product.meta.target.ra == 5.0
    assert product.meta.nickname == "mine"


def test_a_rule_runs_also_where_the_first_input_lacks_the_value(make_models):
    product = ImageModel()
    blendmodels(product, make_models(START, [None, 2.0, 1.0]))
    assert product.meta.exposure.start_time == 1.0


def test_first_means_the_first_input_even_where_it_lacks_the_value(make_models, make_model):
    product = make_model({"meta.target.ra": 5.0})
    blendmodels(product, make_models("meta.target.ra", [None, 2.0]))
    assert product.meta.target.ra == 5.0


def test_protected_unless_asked(make_model):
    values = {"meta.wcsinfo.crval1": 1.0, "meta.target.ra": 1.0}
    inputs = [make_model(values)]
    product = make_model({"meta.wcsinfo.crval1": 2.0}, model_class=CubeModel)
    blendmodels(product, inputs)
    assert product.meta.wcsinfo.crval1 == 2.0
    assert product.meta.model_type == "CubeModel"
    assert product.hdrtab["CRVAL1"].tolist() == [1.0]
    blendmodels(product, inputs, overrides={"CRVAL1": "first"})
    assert product.meta.wcsinfo.crval1 == 1.0
    assert product.meta.model_type == "CubeModel"


def test_ignored_attributes_stay_the_products_own(make_model):
    inputs = [make_model({"meta.filename": "a_cal.fits", "meta.target.ra": 1.0})]
    product = make_model({"meta.filename": "product.fits"})
    blendmodels(product, inputs, ignore=["meta.filename"])
    assert product.meta.filename == "product.fits"
    assert product.hdrtab["FILENAME"].tolist() == ["a_cal.fits"]


def test_ignore_is_not_a_text():
    with pytest.raises(TypeError, match=r"\['meta.filename'\], not a str"):
        ModelBlender(blend_ignore_attrs="meta.filename")
    with pytest.raises(TypeError, match=r"^ignore takes a collection of paths"):
        blendmodels(ImageModel(), [], ignore="meta.filename")


def test_what_is_ignored_are_texts():
    with pytest.raises(TypeError, match=r"^blend_ignore_attrs takes paths, each a str, not 3"):
        ModelBlender(blend_ignore_attrs=["meta.filename", 3])
    with pytest.raises(TypeError, match=r"^ignore takes paths, each a str, not b'meta'"):
        blendmodels(ImageModel(), [], ignore=[b"meta"])
    with pytest.raises(TypeError, match=r"^ignore takes paths, each a str, not 3"):
        BlendPlan.for_model(ImageModel, ignore=[3])
    with pytest.raises(TypeError, match=r"^block takes names, each a str, not 3"):
        ModelBlender(block=[3])


def test_scalars_that_the_schema_does_not_know_come_from_the_first_input(make_models):
    inputs = make_models("meta.nickname", ["Deep", "Wide"])
    inputs[0].instance["meta"]["team"] = {"lead": "A", "weight": np.float32(0.5), "l": [1, 2]}
    product = ImageModel()
    result = blendmodels(product, inputs)
    assert product.meta.nickname == "Deep"
    assert product.instance["meta"]["team"] == {"lead": "A", "weight": 0.5}
    assert result.outcomes["meta.nickname"].reason == "not in the schema"


def test_numpy_values_are_blended_as_plain_ones(make_models):
    inputs = make_models(START, [np.float64(2.5), np.float64(1.5)])
    inputs[0].instance["meta"]["exposure"]["start_time"] = np.float32(2.5)
    product = ImageModel()
    result = blendmodels(product, inputs)
    assert type(product.meta.exposure.start_time) is float
    assert result.inputs[START] == (2.5, 1.5)


def test_no_inputs():
    with pytest.raises(NoInputsError, match="no input was accumulated"):
        blendmodels(ImageModel(), [])
    with pytest.raises(NoInputsError):
        ModelBlender().finalize_model(ImageModel())


def test_inputs_of_another_type():
    blender = ModelBlender()
    blender.accumulate(ImageModel())
    with pytest.raises(ValueError, match=r"model of type .*CubeModel.*does not match") as caught:
        blender.accumulate(CubeModel())
    assert isinstance(caught.value, MixedModelTypesError)
    assert "input 2" in str(caught.value)
    blender.accumulate(ImageModel())
    assert len(blender.finalize_model(ImageModel()).inputs["meta.date"]) == 2


def test_subclasses_are_another_type():
    blender = ModelBlender()
    blender.accumulate(Level1bModel())

    class OwnLevel1bModel(Level1bModel):
        pass

    with pytest.raises(MixedModelTypesError):
        blender.accumulate(OwnLevel1bModel())


def test_what_is_not_a_datamodel_says_which_input_it_is(make_models):
    blender = ModelBlender()
    blender.accumulate(*make_models(START, [1.0]))
    with pytest.raises(
        NotADatamodelError, match="input 2 is neither a datamodel nor a file, but dict"
    ):
        blender.accumulate({"meta": {}})


def test_an_unknown_rule_is_found_before_anything_is_kept(make_models):
    inputs = make_models(START, [1.0])
    target = inputs[0].schema["properties"]["meta"]["properties"]["target"]["properties"]
    target["ra"]["blend_rule"] = "nowhere"
    blender = ModelBlender()
    with pytest.raises(UnknownRuleError, match=r"'nowhere', asked for by meta.target.ra"):
        blender.accumulate(inputs[0])
    with pytest.raises(NoInputsError):
        blender.finalize_model(ImageModel())


def test_a_rule_that_fails_names_attribute_rule_provider_and_values(
    make_models, make_plugins, acme
):
    def fail(_values):
        raise KeyError("lost")

    rule = Rule(name="min", blend=fail, summary="Fails.", replaces="blender-rules-std")
    product = ImageModel()
    before = copy.deepcopy(product.instance)
    with pytest.raises(RuleError) as caught:
        blendmodels(product, make_models(START, [1.0, 2.0]), plugins=make_plugins({acme: [rule]}))
    assert str(caught.value) == (
        "rule 'min' of acme-rules 1.2 [acme] fails for meta.exposure.start_time (EXPSTART) "
        "with the values 1.0, 2.0: KeyError: 'lost'"
    )
    assert (caught.value.attribute, caught.value.rule, caught.value.provider) == (
        START,
        "min",
        acme,
    )
    assert isinstance(caught.value.__cause__, KeyError)
    assert product.instance == before


def test_all_rules_that_fail_are_reported_together(make_model):
    values = {START: "text", "meta.exposure.end_time": "text"}
    inputs = [make_model(dict.fromkeys(values, 1.0)), ImageModel()]
    for path, value in values.items():
        inputs[1].instance["meta"].setdefault("exposure", {})[path.rpartition(".")[2]] = value
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(ImageModel(), inputs)
    assert {fault.attribute for fault in caught.value.exceptions} == set(values)


def test_a_table_that_cannot_be_made_leaves_the_product_as_it_was(make_models):
    inputs = make_models("meta.target.proposer_name", ["José", "b"])
    product = ImageModel()
    before = copy.deepcopy(product.instance)
    with pytest.raises(TableError, match=r"meta.target.proposer_name \(TARGPROP\)"):
        blendmodels(product, inputs)
    assert product.instance == before
    assert "hdrtab" not in product.schema["properties"]


def test_a_product_without_recorded_values_has_no_table_and_no_old_one(make_models):
    inputs = make_models(START, [1.0])
    product = ImageModel()
    blendmodels(product, inputs)
    bare = ImageModel()
    bare.instance["meta"].clear()
    result = blendmodels(product, [bare])
    assert "hdrtab" not in product.instance
    assert len(result.table.colnames) == 0


def test_the_product_may_be_one_of_the_inputs(make_models):
    inputs = make_models(START, [2.0, 1.0])
    blendmodels(inputs[0], inputs)
    assert inputs[0].meta.exposure.start_time == 1.0
    assert inputs[0].hdrtab["EXPSTART"].tolist() == [2.0, 1.0]


def test_nan_is_a_value(make_models):
    product = ImageModel()
    blendmodels(product, make_models("meta.target.ra", [math.nan, 1.0]))
    assert math.isnan(product.meta.target.ra)


def test_no_plugins_at_all(make_models):
    with pytest.raises(BlenderError, match="install blender-rules-std"):
        blendmodels(ImageModel(), make_models(START, [1.0]), plugins=Plugins())
    with pytest.raises(BlenderError, match="install blender-rules-std"):
        blendmodels(ImageModel(), make_models(START, [1.0]), block=["blender-rules-std"])


class UnspeakableError(Exception):
    def __repr__(self):
        raise RuntimeError("no repr")

    __str__ = __repr__


@pytest.mark.parametrize(
    "error", [UnspeakableError(), ValueError("x" * 10**6), RuleError("x" * 10**6)]
)
def test_the_message_of_a_rule_that_fails_is_bounded(make_models, make_plugins, acme, error):
    def fail(_values):
        raise error

    rule = Rule(name="min", blend=fail, summary="Fails.", replaces="blender-rules-std")
    inputs = make_models(START, [1.0, 2.0])
    inputs[0].instance["meta"]["exposure"]["start_time"] = ["x" * 10**6] * 1000
    inputs[1].instance["meta"]["exposure"]["start_time"] = UnspeakableError()
    with pytest.raises(RuleError, match="of acme-rules") as caught:
        blendmodels(ImageModel(), inputs, plugins=make_plugins({acme: [rule]}))
    assert len(str(caught.value)) < 2000
    assert caught.value.__cause__ is error


def test_what_is_no_datamodel_is_shown_in_a_few_characters():
    for thing in (UnspeakableError(), ["x" * 10**6] * 1000):
        with pytest.raises(NotADatamodelError, match="input 1") as caught:
            ModelBlender().accumulate(thing)
        assert len(str(caught.value)) < 400
