"""Exposures of the telescope: the files that jwst carries for the tests of its associations."""

import warnings
from pathlib import Path

import jwst.model_blender
import pytest
from astropy.io import fits
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst import datamodels

import blender_core

DATA = Path(jwst.__file__).parent / "associations" / "tests" / "data"
FOLDERS = {"exposures": 3, "exposures_nopsf": 18}


@pytest.fixture(scope="module", params=FOLDERS)
def exposures(request):
    files = sorted((DATA / request.param).glob("*.fits"))
    assert len(files) == FOLDERS[request.param]
    with warnings.catch_warnings():
        # A visit type of that time is none of today's.
        warnings.filterwarnings("ignore", "While validating meta.visit.type", ValidationWarning)
        models = [datamodels.open(file) for file in files]
    yield models
    for model in models:
        model.close()


@pytest.fixture
def product(exposures):
    """Return a function that makes a product as resampling does: updated from the first input."""

    def make(updated=True):
        model = type(exposures[0])()
        # Not the time of its making, which would differ between two products.
        model.meta.date = "2020-02-20T20:20:20.202"
        if updated:
            model.update(exposures[0])
        return model

    return make


@pytest.mark.parametrize(
    ("order", "ignore"),
    [
        pytest.param(1, None, marks=pytest.mark.exhaustive),
        (-1, None),
        (1, ["meta.filename", "meta.photometry.pixelarea"]),
    ],
)
@pytest.mark.parametrize("updated", [True, False])
def test_values_and_table(exposures, product, updated, order, ignore, blend_both, same):
    inputs = exposures[::order]
    theirs, ours = blend_both(inputs, lambda: product(updated), ignore)
    assert same.values(theirs, ours) > 140
    assert same.table(theirs.hdrtab, ours.hdrtab, inputs) > 140 * len(inputs)


def test_saved_files(exposures, product, blend_both, same, tmp_path):
    theirs, ours = blend_both(exposures, product)
    theirs.save(tmp_path / "theirs.fits")
    ours.save(tmp_path / "ours.fits")
    same.files(tmp_path / "theirs.fits", tmp_path / "ours.fits")
    with (
        fits.open(tmp_path / "theirs.fits") as expected,
        fits.open(tmp_path / "ours.fits") as found,
    ):
        same.table(expected["HDRTAB"].data, found["HDRTAB"].data, exposures)
    with (
        type(ours)(tmp_path / "theirs.fits") as expected,
        type(ours)(tmp_path / "ours.fits") as found,
    ):
        expected.meta.date = found.meta.date
        expected.meta.filename = found.meta.filename
        assert same.values(expected, found) > 140
        same.table(expected.hdrtab, found.hdrtab, exposures)


def test_the_comparison_can_fail(exposures, product, blend_both, same):
    theirs, ours = blend_both(exposures, product)
    ours.meta.exposure.duration *= 1 + 1e-15
    with pytest.raises(AssertionError, match="duration"):
        same.values(theirs, ours)
    ours.hdrtab["FILENAME"][-1] = "another.fits"
    with pytest.raises(AssertionError, match="filename"):
        same.table(theirs.hdrtab, ours.hdrtab, exposures)


def test_blender_a_model_at_a_time(exposures, product, same):
    theirs, ours = jwst.model_blender.ModelBlender(), blender_core.ModelBlender()
    for number, model in enumerate(exposures[:3], start=1):
        theirs.accumulate(model)
        ours.accumulate(model)
        expected, found = product(updated=False), product(updated=False)
        theirs.finalize_model(expected)
        ours.finalize_model(found)
        same.values(expected, found)
        same.table(expected.hdrtab, found.hdrtab, exposures[:number])
