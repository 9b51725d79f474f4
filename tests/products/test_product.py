"""What the product's own schema and validation settings have to say."""

import copy
import warnings

import pytest
from astropy.io import fits
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import (
    DROP,
    BlendErrorGroup,
    BlendWarning,
    Gives,
    InputError,
    InvalidValueError,
    NotADatamodelError,
    Rule,
    Status,
    blendmodels,
)

# `multi` makes MULTIPLE of these, which the product's schema is made to forbid.
DETECTORS = ("NRCA1", "NRCA2")


def product_that_forbids_multiple(**settings):
    product = ImageModel(**settings)
    instrument = product.schema["properties"]["meta"]["properties"]["instrument"]["properties"]
    instrument["detector"]["enum"] = list(DETECTORS)
    product.meta.instrument.detector = "NRCA1"
    return product


@pytest.fixture
def inputs(make_models):
    return make_models("meta.instrument.detector", DETECTORS)


def test_a_forbidden_value_is_no_value_and_no_stale_one_either(inputs):
    product = product_that_forbids_multiple()
    with pytest.warns(BlendWarning) as caught:
        result = blendmodels(product, inputs)
    (message,) = {str(one.message) for one in caught}
    assert message.startswith(
        "the product's schema forbids the blended value 'MULTIPLE' of "
        "meta.instrument.detector (DETECTOR), made by the rule 'multi' of blender-rules-std"
    )
    assert "is not one of ['NRCA1', 'NRCA2']" in message
    assert message.endswith("So the product has no value.")
    assert product.meta.instrument.detector is None
    outcome = result.outcomes["meta.instrument.detector"]
    assert (outcome.status, outcome.value) == (Status.REFUSED, "MULTIPLE")
    assert "meta.instrument.detector" not in result.values


def test_a_forbidden_value_is_set_where_the_product_lets_it_pass(inputs):
    product = product_that_forbids_multiple(pass_invalid_values=True)
    with pytest.warns(BlendWarning, match="So it is set all the same"):
        result = blendmodels(product, inputs)
    assert product.meta.instrument.detector == "MULTIPLE"
    assert result.outcomes["meta.instrument.detector"].status is Status.SET


def test_a_forbidden_value_is_an_error_where_the_product_is_strict(inputs):
    product = product_that_forbids_multiple(strict_validation=True)
    before = copy.deepcopy(product.instance)
    with pytest.raises(
        InvalidValueError, match=r"'MULTIPLE' of meta.instrument.detector"
    ) as caught:
        blendmodels(product, inputs)
    assert (caught.value.attribute, caught.value.value) == ("meta.instrument.detector", "MULTIPLE")
    assert product.instance == before
    assert "hdrtab" not in product.schema["properties"]


def test_a_product_that_validates_when_it_is_saved_gets_the_value(inputs):
    product = product_that_forbids_multiple(validate_on_assignment=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        blendmodels(product, inputs)
    assert product.meta.instrument.detector == "MULTIPLE"
    with pytest.warns(ValidationWarning, match="MULTIPLE"):
        product.validate()


def test_all_forbidden_values_are_reported_together(make_model):
    values = [
        {"meta.instrument.detector": name, "meta.exposure.integration_start": 1}
        for name in DETECTORS
    ]
    inputs = [make_model(one) for one in values]
    product = product_that_forbids_multiple(strict_validation=True)
    exposure = product.schema["properties"]["meta"]["properties"]["exposure"]["properties"]
    exposure["integration_start"]["type"] = "string"
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(product, inputs)
    assert {fault.attribute for fault in caught.value.exceptions} == {
        "meta.instrument.detector",
        "meta.exposure.integration_start",
    }


def test_a_fraction_is_no_integer(make_models, make_plugins, acme, make_model):
    def half(values):
        return sum(values) / 2

    # Half of 6 is an integer, half of 7 is none.
    rule = Rule(
        name="first",
        blend=half,
        summary="Half the sum.",
        gives=Gives.NUMBER,
        replaces="blender-rules-std",
    )
    plugins = make_plugins({acme: [rule]})
    product = make_model({"meta.exposure.nints": 99})
    blendmodels(product, make_models("meta.exposure.nints", [2, 4]), ["meta.date"], plugins=plugins)
    assert product.meta.exposure.nints == 3
    assert type(product.meta.exposure.nints) is int
    with pytest.warns(BlendWarning, match=r"3.5 of meta.exposure.nints \(NINTS\).*acme-rules 1.2"):
        blendmodels(
            product, make_models("meta.exposure.nints", [3, 4]), ["meta.date"], plugins=plugins
        )
    assert product.meta.exposure.nints is None


def test_drop_takes_the_value_away(make_models, make_plugins, acme, make_model):
    rule = Rule(
        name="first", blend=lambda _: DROP, summary="Nothing.", replaces="blender-rules-std"
    )
    product = make_model({"meta.target.proposer_name": "old", "meta.target.ra": 1.0})
    inputs = make_models("meta.target.proposer_name", ["a", "b"])
    result = blendmodels(product, inputs, plugins=make_plugins({acme: [rule]}))
    assert "proposer_name" not in product.instance["meta"]["target"]
    assert result.outcomes["meta.target.proposer_name"].status is Status.DROPPED
    assert product.meta.target.ra == 1.0


def test_drop_in_the_schema(make_models, make_model):
    inputs = make_models("meta.target.ra", [1.0, 2.0])
    target = inputs[0].schema["properties"]["meta"]["properties"]["target"]["properties"]
    target["ra"]["blend_rule"] = "drop"
    target["dec"]["blend_rule"] = "keep"
    inputs[0].meta.target.dec = 5.0
    product = make_model({"meta.target.ra": 9.0, "meta.target.dec": 8.0})
    blendmodels(product, inputs)
    assert product.meta.target.ra is None
    assert product.meta.target.dec == 8.0


def test_nothing_is_dropped_where_there_is_nothing(make_models):
    inputs = make_models("meta.observation.visit_id", ["1", "2"])
    target = inputs[0].schema["properties"]["meta"]["properties"]["target"]["properties"]
    target["ra"]["blend_rule"] = "drop"
    product = ImageModel()
    blendmodels(product, inputs)
    assert "target" not in product.instance["meta"]


def test_a_value_where_a_group_should_be(make_models):
    product = ImageModel()
    product.instance["meta"]["target"] = "NGC 1234"
    before = copy.deepcopy(product.instance)
    with pytest.raises(
        InputError, match=r"the value 'NGC 1234' where the group meta.target should"
    ):
        blendmodels(product, make_models("meta.target.ra", [1.0, 2.0]))
    assert product.instance == before


def test_a_blended_value_where_the_group_of_another_should_be(make_models):
    inputs = make_models("meta.exposure.start_time", [None, 2.0, 1.0])
    inputs[0].instance["meta"]["exposure"] = 5
    product = ImageModel(validate_on_assignment=False)
    before = copy.deepcopy(product.instance)
    words = r"^meta.exposure has the blended value 5, so that meta.exposure.start_time cannot have"
    with pytest.raises(InputError, match=words):
        blendmodels(product, inputs)
    assert product.instance == before
    blendmodels(product, inputs, ignore=["meta.exposure.start_time"])
    assert product.instance["meta"]["exposure"] == 5


def test_a_value_far_above_another_is_one_fault(make_model):
    first, second = make_model(), make_model({"meta.exposure.start_time": 1.0})
    deep = {"type": "number", "blend_rule": "max"}
    group = {"type": "object", "properties": {"c": deep, "d": deep}}
    first.schema["properties"]["meta"]["properties"]["a"] = {
        "type": "object",
        "properties": {"b": group},
    }
    first.instance["meta"]["a"] = "A"
    second.instance["meta"]["a"] = {"b": {"c": 1.0, "d": 2.0}}
    with pytest.raises(InputError, match=r"^meta.a has .* 'A', so that meta.a.b.c cannot have 1.0"):
        blendmodels(ImageModel(), [first, second])


@pytest.mark.parametrize("group", ["meta", "meta.target"])
def test_a_group_that_is_none_is_missing(make_models, group):
    product = ImageModel()
    *parents, name = group.split(".")
    node = product.instance
    for parent in parents:
        node = node[parent]
    node[name] = None
    blendmodels(product, make_models("meta.target.ra", [1.0, 2.0]))
    assert product.instance["meta"]["target"]["ra"] == 1.0


@pytest.mark.parametrize(
    ("thing", "problem"),
    [
        (7, "the product is not a datamodel but"),
        (["product.fits"], "are product and inputs swapped"),
        ({"meta": {}}, "the product is not a datamodel but"),
    ],
)
def test_a_product_that_is_no_datamodel(thing, problem, make_models):
    with pytest.raises(NotADatamodelError, match=problem):
        blendmodels(thing, make_models("meta.target.ra", [1.0]))


def test_lists_of_the_product_are_its_own(make_models):
    inputs = make_models("meta.exposure.read_times", [[[1.0]], [[2.0]]])
    properties = inputs[0].schema["properties"]["meta"]["properties"]["exposure"]["properties"]
    properties["read_times"]["blend_rule"] = "concatenate"
    product = ImageModel()
    result = blendmodels(product, inputs)
    assert product.meta.exposure.read_times == [[1.0], [2.0]]
    product.instance["meta"]["exposure"]["read_times"].append([3.0])
    assert inputs[0].meta.exposure.read_times == [[1.0]]
    assert result.inputs["meta.exposure.read_times"] == ([[1.0]], [[2.0]])


def test_a_schema_with_a_pattern_is_asked(make_models):
    inputs = make_models("meta.target.catalog_name", ["NGC 1", "NGC 1"])
    forbidding, allowing = ImageModel(), ImageModel()
    for product, pattern in (forbidding, "^M [0-9]+$"), (allowing, "^NGC [0-9]+$"):
        target = product.schema["properties"]["meta"]["properties"]["target"]["properties"]
        target["catalog_name"]["pattern"] = pattern
    with pytest.warns(BlendWarning, match="'NGC 1' of meta.target.catalog_name"):
        blendmodels(forbidding, inputs)
    blendmodels(allowing, inputs)
    assert allowing.meta.target.catalog_name == "NGC 1"


def test_messages_are_bounded(make_model):
    product, strict = ImageModel(), ImageModel(strict_validation=True)
    for model in product, strict:
        target = model.schema["properties"]["meta"]["properties"]["target"]["properties"]
        target["catalog_name"]["pattern"] = "^M [0-9]+$"
    inputs = [make_model({"meta.target.catalog_name": "x" * 10**6})]
    with pytest.warns(BlendWarning, match="forbids the blended value") as caught:
        blendmodels(product, inputs)
    assert len(str(caught[0].message)) < 1000
    with pytest.raises(InvalidValueError, match="forbids the blended value") as error:
        blendmodels(strict, inputs)
    assert len(str(error.value)) < 1000
    product.instance["meta"]["target"] = "x" * 10**6
    with pytest.raises(InputError, match="where the group") as error:
        blendmodels(product, [make_model({"meta.target.ra": 1.0})])
    assert len(str(error.value)) < 1000


class Uncopyable:
    def __deepcopy__(self, memo):
        raise RuntimeError("no copy")

    __reduce_ex__ = __deepcopy__


def test_what_cannot_be_copied_does_not_end_a_blend_half_way(make_models):
    inputs = make_models("meta.exposure.start_time", [1.0, 2.0])
    thing = Uncopyable()
    inputs[0].instance["meta"]["extra"] = {"thing": [thing]}
    inputs[0].schema["properties"]["meta"]["properties"]["extra"] = {"blend_rule": "first"}
    product = ImageModel()
    blendmodels(product, inputs)
    assert product.meta.exposure.start_time == 1.0
    assert product.instance["meta"]["extra"] == {"thing": [thing]}
    assert product.instance["meta"]["extra"] is not inputs[0].instance["meta"]["extra"]


def test_an_old_table_beside_the_tree_does_not_come_back(tmp_path, inputs, make_models):
    """Datamodels keep tables of files with touched headers twice, and save the wrong one."""
    path = str(tmp_path / "product.fits")
    product = ImageModel()
    blendmodels(product, inputs)
    product.save(path)
    fits.setval(path, "OBSERVER", value="someone")
    with open_model(path) as touched:
        assert len(touched.extra_fits.HDRTAB.data) == 2
        blendmodels(touched, make_models("meta.instrument.detector", [*DETECTORS, "NRCA3"]))
        touched.save(path)
    assert list(fits.getdata(path, "HDRTAB")["DETECTOR"]) == [*DETECTORS, "NRCA3"]
    assert fits.getval(path, "OBSERVER") == "someone"
