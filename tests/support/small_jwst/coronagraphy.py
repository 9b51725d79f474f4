"""Exposures of NIRCam's coronagraph, of a target and of a star for the PSF, for ``calwebb_coron3``."""

import numpy as np
from stdatamodels.jwst.datamodels import CubeModel, ImageModel

from small_jwst.association import write_association
from small_jwst.exposure import Exposure
from small_jwst.pointing import DEC, RA, imaging_wcs, wcsinfo

SHAPE = (2, 32, 32)
PIXEL = 0.063 / 3600
# Two rolls of the target, and the star, which another observation took.
TARGETS = tuple(Exposure(number, "NRCALONG", "calints", nints=SHAPE[0]) for number in (1, 2))
STAR = Exposure(3, "NRCALONG", "calints", observation="002", nints=SHAPE[0])
PRODUCT = "jw01234-a3001_t001_nircam_f335m-maskrnd"
# Of an exposure's own pixels, which differ a little from those of the product.
AREA_STERADIANS = 9.3e-14
AREA_ARCSECSQ = 3.95e-3


def cube(exposure):
    """Return the calibrated integrations of an exposure, as a datamodel in memory."""
    place = {"ra": RA, "dec": DEC, "angle": 10.0 * exposure.number}
    wcs = imaging_wcs(SHAPE, PIXEL, **place)
    noise = np.random.default_rng(exposure.number)
    y, x = np.mgrid[: SHAPE[1], : SHAPE[2]]
    star = 100 * np.exp(-((x - 15.5) ** 2 + (y - 15.5) ** 2) / 30)
    model = CubeModel(SHAPE)
    model.data = (star + noise.normal(0, 0.1, SHAPE)).astype(np.float32)
    model.err = np.ones(SHAPE, np.float32)
    model.dq = np.zeros(SHAPE, np.uint32)
    for name in ("var_rnoise", "var_poisson", "var_flat"):
        setattr(model, name, noise.uniform(0.5, 1.5, SHAPE).astype(np.float32))
    instrument = {
        "name": "NIRCAM",
        "module": "A",
        "channel": "LONG",
        "filter": "F335M",
        "pupil": "MASKRND",
        "coronagraph": "MASK335R",
    }
    model.update({"meta": exposure.meta(instrument, "NRC_CORON")})
    model.meta.wcs = wcs
    model.meta.wcsinfo = wcsinfo(wcs, **place)
    model.meta.photometry.conversion_megajanskys = 1.5
    model.meta.photometry.pixelarea_steradians = AREA_STERADIANS
    model.meta.photometry.pixelarea_arcsecsq = AREA_ARCSECSQ
    model.meta.subarray = {
        "name": "SUB320A335R",
        "xstart": 1,
        "ystart": 1,
        "xsize": SHAPE[2],
        "ysize": SHAPE[1],
    }
    return model


def write_coronagraphy(folder):
    """Write the target's and the star's exposures; return the association and the target's paths."""
    members = {}
    for exposure in (*TARGETS, STAR):
        with cube(exposure) as model:
            path = folder / exposure.filename
            model.save(path)
            members[path] = "psf" if exposure is STAR else "science"
    association = write_association(folder, PRODUCT, members, rule="Asn_Lv3Coron")
    return association, [path for path, kind in members.items() if kind == "science"]


def write_mask(folder):
    """Write the reference file that says which pixels the images are aligned by: all of them."""
    path = folder / "small_psfmask.fits"
    with ImageModel(np.ones(SHAPE[1:], np.float32)) as model:
        model.meta.reftype = "psfmask"
        model.save(path)
    return path
