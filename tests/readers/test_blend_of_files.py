"""A blend of files is the blend of their datamodels."""

import warnings
from pathlib import Path

import jwst
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import CubeModel, ImageModel

from blender_core import InputError, MixedModelTypesError, blendmodels

DATA = Path(jwst.__file__).parent / "associations" / "tests" / "data"

# A visit type of that time is none of today's.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*VISITYPE.*:blender_core.BlendWarning"),
    pytest.mark.filterwarnings("ignore:While validating:stdatamodels.exceptions.ValidationWarning"),
]


@pytest.fixture(scope="module", params=["exposures", "exposures_nopsf"])
def files(request):
    found = sorted((DATA / request.param).glob("*.fits"))
    assert len(found) == {"exposures": 3, "exposures_nopsf": 18}[request.param]
    return found


@pytest.fixture(scope="module")
def opened(files):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = [datamodels.open(file) for file in files]
    # A file without a date has none; a datamodel of it was made now.
    for file, model in zip(files, models, strict=True):
        if "DATE" not in fits.getheader(file):
            del model.instance["meta"]["date"]
    yield models
    for model in models:
        model.close()


def blend(model_class, inputs):
    product = model_class()
    product.meta.date = "2020-02-20T20:20:20.202"
    return blendmodels(product, inputs)


def assert_same_blends(one, other):
    assert one.values == other.values
    assert {path: type(value) for path, value in one.values.items()} == {
        path: type(value) for path, value in other.values.items()
    }
    assert one.inputs == other.inputs
    assert list(one.plan) == list(other.plan)
    assert one.product.instance["meta"] == other.product.instance["meta"]
    assert one.product.hdrtab.dtype == other.product.hdrtab.dtype
    assert np.array(one.product.hdrtab).tobytes() == np.array(other.product.hdrtab).tobytes()
    assert {path: str(one.outcomes[path]) for path in one.outcomes} == {
        path: str(other.outcomes[path]) for path in other.outcomes
    }


def test_files_and_models(files, opened):
    expected = blend(type(opened[0]), opened)
    assert len(expected.values) > 100
    assert_same_blends(blend(type(opened[0]), files), expected)
    assert_same_blends(blend(type(opened[0]), map(str, files)), expected)


@pytest.mark.parametrize("odd", [0, 1])
def test_mixed_inputs(files, opened, odd):
    pairs = enumerate(zip(files, opened, strict=True))
    mixed = [pair[number % 2 == odd] for number, pair in pairs]
    assert_same_blends(blend(type(opened[0]), mixed), blend(type(opened[0]), opened))


def test_the_comparison_can_fail(files, opened):
    expected = blend(type(opened[0]), opened)
    with pytest.raises(AssertionError):
        assert_same_blends(blend(type(opened[0]), files[:-1]), expected)


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good_cal.fits"
    ImageModel((3, 3)).save(path)
    return path


def test_wrong_model_type(good, tmp_path):
    path = tmp_path / "cube_cal.fits"
    CubeModel((2, 3, 3)).save(path)
    with pytest.raises(MixedModelTypesError, match=r"input 2 \(.*cube_cal.fits\) .*CubeModel"):
        blend(ImageModel, [good, path])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: fits.PrimaryHDU().writeto(path), "has no keyword DATAMODL"),
        (lambda path: path.mkdir(), "it is a folder"),
        (lambda path: path.touch(), "the file is empty"),
        (lambda path: path.write_text("Dear all,"), "not a FITS file"),
        (lambda path: path.symlink_to("nowhere"), "No such file"),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_bad_inputs_are_named(good, tmp_path, make, message, number):
    path = tmp_path / "bad_cal.fits"
    make(path)
    inputs = [good, good]
    inputs[number - 1] = path
    product = ImageModel()
    before = dict(product.instance["meta"])
    with pytest.raises(InputError, match=rf"input {number} \(.*bad_cal.fits\).*{message}"):
        blendmodels(product, inputs)
    assert product.instance["meta"] == before
