"""How the peer behaves, quirks included, where this project means to behave alike."""

import copy
import itertools

import jwst.model_blender
import pytest
from jwst.model_blender import blendmeta as peer_blendmeta
from jwst.model_blender.tests import test_blend as peer_tests
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst.datamodels import CubeModel, ImageModel

import blender_core

BOTH = pytest.mark.parametrize(
    "package", [jwst.model_blender, blender_core], ids=lambda package: package.__name__
)


def blend(package, inputs, ignore=None, product=None):
    product = ImageModel() if product is None else product
    package.blendmodels(product, inputs, ignore=ignore)
    return product


def images(path, values):
    models = [ImageModel() for _ in values]
    for model, value in zip(models, values, strict=True):
        model[path] = value
    return models


@pytest.fixture
def peer_scenario(monkeypatch):
    """What the fixtures of the peer's own tests make, with this project's functions in it."""
    monkeypatch.setattr(peer_blendmeta, "blendmodels", blender_core.blendmodels)
    monkeypatch.setattr(peer_tests, "ModelBlender", blender_core.ModelBlender)
    models, given, expected = peer_tests._make_data()
    product = ImageModel()
    peer_blendmeta.blendmodels(product, models, ignore=["meta.filename"])
    blended = {k: v for k, v in product.to_flat_dict().items() if k.startswith("meta")}
    return blended, product.hdrtab, models, given, expected


def test_tests_of_the_peer(peer_scenario):
    peer_tests.test_blendmeta(peer_scenario)
    peer_tests.test_blendtab(peer_scenario)
    peer_tests.test_wrong_type_failure()
    # All of its tests, should it get more.
    names = [name for name in vars(peer_tests) if name.startswith("test_")]
    assert names == ["test_blendmeta", "test_blendtab", "test_wrong_type_failure"]


def test_table_of_the_peers_scenario(peer_scenario):
    # The peer looks its columns up by the wrong names, so its test sees none of their values.
    _, table, _, given, _ = peer_scenario
    columns = peer_tests.build_fits_dict(ImageModel().schema)
    for name in set(table.dtype.names) & set(columns):
        if columns[name] in given and None not in given[columns[name]]:
            assert table[name].tolist() == given[columns[name]]


@BOTH
@pytest.mark.parametrize("ignore", [["meta.filename"], ["meta.file"], ("meta.fil", "meta.date")])
def test_ignores_are_beginnings_of_paths(package, ignore):
    inputs = images("meta.filename", ["a.fits", "b.fits"])
    product = ImageModel()
    product.meta.filename = "own.fits"
    blend(package, inputs, ignore, product)
    assert product.meta.filename == "own.fits"
    assert product.hdrtab["FILENAME"].tolist() == ["a.fits", "b.fits"]


@BOTH
def test_ignored_rules_do_not_run(package):
    inputs = images("meta.exposure.exposure_time", [1.0, 2.0])
    product = blend(package, inputs, ["meta.exposure"])
    assert product.meta.exposure.exposure_time is None
    assert product.hdrtab["EFFEXPTM"].tolist() == [1.0, 2.0]


@BOTH
def test_inputs_of_another_type_are_refused(package):
    blender = package.ModelBlender()
    blender.accumulate(ImageModel())
    with pytest.raises(ValueError, match=r"model of type .*CubeModel.* does not match "):
        blender.accumulate(CubeModel())


@BOTH
def test_inputs_of_a_subclass_are_refused(package):
    class Subclass(ImageModel):
        pass

    blender = package.ModelBlender()
    blender.accumulate(ImageModel())
    with pytest.raises(ValueError, match="model of type"):
        blender.accumulate(Subclass())


@BOTH
def test_blending_on_after_a_refused_input(package):
    blender = package.ModelBlender()
    first, last = images("meta.exposure.exposure_time", [1.0, 2.0])
    blender.accumulate(first)
    with pytest.raises(ValueError, match="model of type"):
        blender.accumulate(CubeModel())
    blender.accumulate(last)
    product = ImageModel()
    blender.finalize_model(product)
    assert product.meta.exposure.exposure_time == 3.0
    assert len(product.hdrtab) == 2


@BOTH
def test_product_of_another_type(package):
    inputs = images("meta.exposure.exposure_time", [1.0, 2.0])
    product = blend(package, inputs, ["meta.model_type"], CubeModel())
    assert product.meta.exposure.exposure_time == 3.0
    assert product.meta.model_type == "CubeModel"


@BOTH
def test_finalize_twice(package):
    blender = package.ModelBlender()
    for model in images("meta.exposure.exposure_time", [1.0, 2.0]):
        blender.accumulate(model)
    products = [ImageModel(), ImageModel()]
    for product in products:
        blender.finalize_model(product)
        assert product.meta.exposure.exposure_time == 3.0
        assert product.hdrtab["EFFEXPTM"].tolist() == [1.0, 2.0]
    # One product does not see what happens to the other.
    products[0].hdrtab["EFFEXPTM"][0] = 99.0
    assert products[1].hdrtab["EFFEXPTM"].tolist() == [1.0, 2.0]


@BOTH
def test_finalize_the_same_product_twice(package):
    blender = package.ModelBlender()
    product = ImageModel()
    for count, model in enumerate(images("meta.exposure.exposure_time", [1.0, 2.0, 4.0]), 1):
        blender.accumulate(model)
        blender.finalize_model(product)
        assert len(product.hdrtab) == count
    assert product.meta.exposure.exposure_time == 7.0


@BOTH
def test_accumulate_after_finalize(package):
    blender = package.ModelBlender()
    first, second = images("meta.exposure.exposure_time", [1.0, 2.0])
    early, late = ImageModel(), ImageModel()
    blender.accumulate(first)
    blender.finalize_model(early)
    blender.accumulate(second)
    blender.finalize_model(late)
    assert early.meta.exposure.exposure_time == 1.0
    assert late.meta.exposure.exposure_time == 3.0
    assert (len(early.hdrtab), len(late.hdrtab)) == (1, 2)


@BOTH
def test_products_can_be_inputs(package):
    inputs = images("meta.filename", ["a.fits", "b.fits"])
    first = blend(package, inputs)
    second = blend(package, [first, first])
    # A row for each input, not those that the inputs have themselves.
    assert second.hdrtab["FILENAME"].tolist() == ["a.fits", "a.fits"]


@BOTH
def test_products_own_table_is_replaced(package):
    product = blend(package, images("meta.filename", ["a.fits", "b.fits"]))
    blend(package, images("meta.exposure.nints", [1, 2, 3]), product=product)
    assert "FILENAME" not in product.hdrtab.dtype.names
    assert product.hdrtab["NINTS"].tolist() == [1, 2, 3]


@BOTH
def test_a_product_can_be_one_of_the_inputs(package):
    inputs = images("meta.exposure.exposure_time", [1.0, 2.0])
    blend(package, inputs, product=inputs[0])
    assert inputs[0].meta.exposure.exposure_time == 3.0
    assert inputs[0].hdrtab["EFFEXPTM"].tolist() == [1.0, 2.0]


@BOTH
def test_inputs_stay_as_they_are(package):
    inputs = images("meta.exposure.exposure_time", [1.0, 2.0])
    inputs[0].meta.background.polynomial_info = [{"degree": [1]}]
    before = [copy.deepcopy(model.instance) for model in inputs]
    schemas = [copy.deepcopy(model.schema) for model in inputs]
    blend(package, inputs)
    assert [model.instance for model in inputs] == before
    assert [model.schema for model in inputs] == schemas


@BOTH
def test_unknown_scalars_come_from_the_first_input(package):
    product = blend(package, images("meta.unheard_of", ["a", "b"]))
    assert product.meta.unheard_of == "a"
    assert "meta.unheard_of" not in product.hdrtab.dtype.names


@BOTH
def test_unknown_scalars_of_later_inputs_are_lost(package):
    inputs = [ImageModel(), *images("meta.unheard_of", ["b"])]
    assert not blend(package, inputs).meta.hasattr("unheard_of")


@BOTH
def test_without_a_rule_the_first_input_counts_even_if_it_has_nothing(package):
    inputs = [ImageModel(), *images("meta.observation.visit_id", ["2"])]
    assert blend(package, inputs).meta.observation.visit_id is None
    product = blend(package, inputs, product=images("meta.observation.visit_id", ["own"])[0])
    assert product.meta.observation.visit_id == "own"


@BOTH
def test_rules_run_even_if_the_first_input_has_nothing(package):
    inputs = [ImageModel(), *images("meta.instrument.detector", ["NRCA1"])]
    assert blend(package, inputs).meta.instrument.detector == "NRCA1"


@BOTH
def test_lists_stay_the_products_own(package):
    inputs = images("meta.background.polynomial_info", [[{"degree": [1]}]])
    assert not blend(package, inputs).meta.background.hasattr("polynomial_info")


@BOTH
def test_one_input(package):
    model = images("meta.exposure.exposure_time", [1.5])[0]
    model.meta.instrument.detector = "NRCA1"
    product = blend(package, [model])
    assert product.meta.exposure.exposure_time == 1.5
    assert product.meta.instrument.detector == "NRCA1"
    assert len(product.hdrtab) == 1


@BOTH
def test_inputs_from_a_generator(package):
    product = blend(package, itertools.islice(images("meta.exposure.nints", [1, 2, 3]), 2))
    assert product.hdrtab["NINTS"].tolist() == [1, 2]


@BOTH
def test_wheel_tolerance(package):
    path = "meta.instrument.filter_wheel_tolerance"
    within, outside = "within commanded tolerance", "outside calibration tolerance"
    assert blend(package, images(path, [within, within]))[path] == within
    assert blend(package, images(path, [within, outside]))[path] == outside


@BOTH
def test_product_that_passes_invalid_values(package, one_attribute):
    case = one_attribute({"type": "integer", "blend_rule": "multi"}, [1, 2])
    product = case.product()
    product._pass_invalid_values = True
    with pytest.warns((ValidationWarning, blender_core.BlendWarning), match="MULTIPLE"):
        package.blendmodels(product, case.inputs)
    assert product.meta.x == "MULTIPLE"


@BOTH
def test_column_named_after_its_path(package, small_model):
    leaves = {"g.y": {"type": "integer", "blend_table": True}, "z": {"type": "integer"}}
    inputs = [small_model(leaves, {"meta.g.y": value, "meta.z": 0}) for value in (3, 1)]
    product = small_model(leaves)
    package.blendmodels(product, inputs)
    assert product.hdrtab.dtype.names == ("meta.g.y",)
    assert product.hdrtab["meta.g.y"].tolist() == [3, 1]


@BOTH
def test_column_of_an_open_type(package, one_attribute):
    case = one_attribute({}, ["a", 1, 2.5, True])
    product = case.product()
    package.blendmodels(product, case.inputs)
    assert product.hdrtab["X"].tolist() == ["a", "1", "2.5", "True"]
