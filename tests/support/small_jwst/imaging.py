"""Exposures of NIRCam: two detectors, two dithers, for resampling and ``calwebb_image3``."""

import numpy as np
from stdatamodels.jwst.datamodels import ImageModel

from small_jwst.association import write_association
from small_jwst.exposure import Exposure
from small_jwst.pointing import DEC, RA, imaging_wcs, wcsinfo

SHAPE = (64, 64)
PIXEL = 0.031 / 3600
EXPOSURES = tuple(
    Exposure(number, detector) for number in (1, 2) for detector in ("NRCA1", "NRCA2")
)
PRODUCT = "jw01234-o001_t001_nircam_clear-f200w"
# Of an exposure's own pixels: what a product of smaller ones must not have.
AREA_STERADIANS = 2.2e-14
AREA_ARCSECSQ = 9.6e-4


def image(exposure):
    """Return the calibrated image of an exposure, as a datamodel in memory."""
    # The detectors are side by side; the second exposure is a few pixels away.
    column = 60 * PIXEL if exposure.detector == "NRCA2" else 0.0
    place = {"ra": RA + column + 3 * exposure.number * PIXEL, "dec": DEC, "angle": 5.0}
    wcs = imaging_wcs(SHAPE, PIXEL, **place)
    noise = np.random.default_rng(exposure.number)
    model = ImageModel(SHAPE)
    model.data = noise.normal(5, 1, SHAPE).astype(np.float32)
    model.err = np.ones(SHAPE, np.float32)
    model.dq = np.zeros(SHAPE, np.uint32)
    for name in ("var_rnoise", "var_poisson", "var_flat"):
        setattr(model, name, noise.uniform(0.5, 1.5, SHAPE).astype(np.float32))
    instrument = {
        "name": "NIRCAM",
        "module": "A",
        "channel": "SHORT",
        "filter": "F200W",
        "pupil": "CLEAR",
    }
    model.update({"meta": exposure.meta(instrument, "NRC_IMAGE")})
    model.meta.wcs = wcs
    model.meta.wcsinfo = wcsinfo(wcs, **place)
    model.meta.photometry.conversion_megajanskys = 1.5
    model.meta.photometry.pixelarea_steradians = AREA_STERADIANS
    model.meta.photometry.pixelarea_arcsecsq = AREA_ARCSECSQ
    model.meta.subarray = {
        "name": "FULL",
        "xstart": 1,
        "ystart": 1,
        "xsize": SHAPE[1],
        "ysize": SHAPE[0],
    }
    return model


def images():
    """Return the four images, in the order of the association."""
    return [image(exposure) for exposure in EXPOSURES]


def write_imaging(folder):
    """Write the four images and their association; return its path and theirs."""
    paths = []
    for exposure in EXPOSURES:
        with image(exposure) as model:
            path = folder / exposure.filename
            model.save(path)
            paths.append(path)
    association = write_association(folder, PRODUCT, dict.fromkeys(paths, "science"))
    return association, paths
