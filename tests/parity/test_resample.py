"""A pipeline step that blends: jwst's resampling, with either blender in it."""

import jwst.model_blender
import numpy as np
import pytest
from astropy import coordinates, units
from astropy.modeling import models
from gwcs import WCS, coordinate_frames
from jwst.datamodels import ModelLibrary
from jwst.resample import resample
from stdatamodels.jwst.datamodels import ImageModel

import blender_core

SHAPE = (24, 20)
PIXEL = 0.063 / 3600
ARRAYS = {"data", "wht", "con", "err", "var_rnoise", "var_flat", "var_poisson"}


def tangential_wcs(ra, dec, angle):
    """Return a WCS as simple as an image can have, made without reference files."""
    to_sky = (
        models.Shift(-(SHAPE[1] - 1) / 2) & models.Shift(-(SHAPE[0] - 1) / 2)
        | models.Scale(-PIXEL) & models.Scale(PIXEL)
        | models.Rotation2D(angle)
        | models.Pix2Sky_TAN()
        | models.RotateNative2Celestial(ra, dec, 180)
    )
    detector = coordinate_frames.Frame2D(
        name="detector", axes_names=("x", "y"), unit=(units.pix, units.pix)
    )
    sky = coordinate_frames.CelestialFrame(
        name="world", reference_frame=coordinates.ICRS(), unit=(units.deg, units.deg)
    )
    wcs = WCS([(detector, to_sky), (sky, None)])
    wcs.bounding_box = ((-0.5, SHAPE[1] - 0.5), (-0.5, SHAPE[0] - 0.5))
    wcs.array_shape = SHAPE
    return wcs


def exposure(number):
    rng = np.random.default_rng(number)
    model = ImageModel(SHAPE)
    model.data = rng.normal(5, 1, SHAPE).astype(np.float32)
    model.err = np.ones(SHAPE, np.float32)
    model.dq = np.zeros(SHAPE, np.uint32)
    for name in ("var_rnoise", "var_poisson", "var_flat"):
        setattr(model, name, rng.uniform(0.5, 1.5, SHAPE).astype(np.float32))
    wcs = tangential_wcs(22.02 + 3 * number * PIXEL, 11.99, 5 * number)
    model.meta.wcs = wcs
    corners = " ".join(f"{angle:.9f}" for angle in wcs.footprint().ravel())
    model.meta.wcsinfo = {
        "ctype1": "RA---TAN",
        "ctype2": "DEC--TAN",
        "ra_ref": 22.02 + 3 * number * PIXEL,
        "dec_ref": 11.99,
        "roll_ref": 5.0 * number,
        "v2_ref": 86.0,
        "v3_ref": -493.4,
        "v3yangle": -0.07,
        "vparity": -1,
        "s_region": f"POLYGON ICRS  {corners}",
    }
    model.meta.date = f"2021-10-26T00:00:0{number}.000"
    model.meta.filename = f"jw42424001001_03101_0000{number}_nrca1_cal.fits"
    model.meta.bunit_data = "MJy/sr"
    model.meta.photometry = {"pixelarea_steradians": 9.4e-14, "pixelarea_arcsecsq": 4.0e-3}
    model.meta.instrument = {
        "detector": f"NRCA{number + 1}",
        "name": "NIRCAM",
        "filter": "F200W",
        "pupil": "CLEAR",
    }
    model.meta.observation = {"date": "2021-10-25", "time": f"16:58:2{number}.258"}
    model.meta.exposure = {
        "start_time": 59512.707 + number / 100,
        "end_time": 59512.709 + number / 100,
        "duration": 161.05155 + number,
        "exposure_time": 150.31478 + number,
        "effective_exposure_time": 150.31478 + number,
        "measurement_time": 139.57801,
    }
    # Two exposures at a time: a pipeline has the detectors of one exposure here.
    model.meta.group_id = str(number // 2)
    model.meta.subarray = {"name": "FULL", "xstart": 1, "ystart": 1, "xsize": 20, "ysize": 24}
    return model


@pytest.fixture
def resampled(monkeypatch):
    """Return a function that resamples four exposures with one of the blenders."""

    def run(blender, method):
        finalized = []

        class Witness(blender):
            def finalize_model(self, model):
                finalized.append(model)
                return super().finalize_model(model)

        monkeypatch.setattr(resample, "ModelBlender", Witness)
        library = ModelLibrary([exposure(number) for number in range(4)], on_disk=False)
        step = resample.ResampleImage(
            library, blendheaders=True, enable_var=True, report_var=True, compute_err="from_var"
        )
        products = method(step)
        # Else two products that nobody blended might be found equal.
        last = finalized[-len(products) :]
        assert [id(model) for model in last] == [id(product) for product in products]
        for product in products:
            # The only thing that says when the product was made.
            product.meta.date = "2021-10-26T12:00:00.000"
        return products

    return run


def to_one(step):
    return [step.resample_many_to_one()]


def one_group(step):
    # Twice, because a step that runs again makes a new blender.
    step.resample_group([3])
    return [step.resample_group([0, 1, 2])]


def to_many(step):
    library = step.resample_many_to_many()
    with library:
        products = [library.borrow(index) for index in range(len(library))]
        for index, product in enumerate(products):
            library.shelve(product, index, modify=False)
    return products


def assert_same_product(theirs, ours, inputs, same):
    expected, found = theirs.to_flat_dict(), ours.to_flat_dict()
    assert list(found) == list(expected) or set(found) == set(expected)
    arrays = {name for name, value in expected.items() if isinstance(value, np.ndarray)}
    assert arrays >= ARRAYS | {"hdrtab"}
    for name in ARRAYS:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
    for path in set(expected) - arrays - {"meta.wcs"}:
        same.value(expected[path], found[path], path)
    grid = np.mgrid[: SHAPE[1], : SHAPE[0]]
    np.testing.assert_array_equal(ours.meta.wcs(*grid), theirs.meta.wcs(*grid))
    assert same.table(theirs.hdrtab, ours.hdrtab, inputs) > 25 * len(inputs)


@pytest.mark.parametrize(
    ("method", "groups"),
    [
        pytest.param(to_one, [[0, 1, 2, 3]], marks=pytest.mark.exhaustive),
        pytest.param(one_group, [[0, 1, 2]], marks=pytest.mark.exhaustive),
        (to_many, [[0, 1], [2, 3]]),
    ],
)
def test_same_product(method, groups, resampled, same, tmp_path):
    theirs = resampled(jwst.model_blender.ModelBlender, method)
    ours = resampled(blender_core.ModelBlender, method)
    assert len(theirs) == len(ours) == len(groups)
    for expected, found, group in zip(theirs, ours, groups, strict=True):
        assert_same_product(expected, found, [exposure(number) for number in group], same)
        # What resampling leaves as it is, and what it writes over the blended value.
        assert found.meta.instrument.detector == "MULTIPLE"
        assert found.meta.observation.time == f"16:58:2{group[0]}.258"
        assert found.meta.cal_step.resample == "COMPLETE"
        expected.save(tmp_path / "theirs.fits")
        found.save(tmp_path / "ours.fits")
        same.files(tmp_path / "theirs.fits", tmp_path / "ours.fits")
