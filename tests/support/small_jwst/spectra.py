"""Exposures of MIRI's low-resolution spectrograph through its slit, for ``calwebb_spec3``."""

import numpy as np
from astropy import coordinates, units
from astropy.modeling import models
from gwcs import WCS, coordinate_frames
from stdatamodels.jwst.datamodels import SlitModel

from small_jwst.association import write_association
from small_jwst.exposure import Exposure
from small_jwst.pointing import DEC, RA

SHAPE = (40, 24)  # wavelengths run along y
PIXEL = 0.11 / 3600
EXPOSURES = tuple(Exposure(number, "MIRIMAGE") for number in (1, 2))
PRODUCT = "jw01234-o001_t001_miri_p750l"
AREA_STERADIANS = 2.86e-13
AREA_ARCSECSQ = 1.22e-2
INSTRUMENT = {"name": "MIRI", "filter": "P750L"}


def spectral_wcs(shape, ra=RA, dec=DEC):
    """Return a WCS of right ascension, declination and wavelength; the slit lies along x."""
    to_tangent = models.Shift(-(shape[-1] - 1) / 2) | models.Scale(PIXEL)
    # A slit has no width: what is across it is a very small part of what is along it.
    across = models.Shift(-(shape[-1] - 1) / 2) | models.Scale(1e-5 * PIXEL)
    to_sky = (
        to_tangent & across | models.Pix2Sky_TAN() | models.RotateNative2Celestial(ra, dec, 180)
    )
    # From 14 down to 5 micrometres.
    wavelength = models.Scale(-9.0 / shape[-2]) | models.Shift(14.0)
    mapping = models.Mapping((0, 0, 1))
    mapping.inverse = models.Mapping((0, 2), n_inputs=3)
    detector = coordinate_frames.Frame2D(
        name="detector", axes_names=("x", "y"), unit=(units.pix, units.pix)
    )
    sky = coordinate_frames.CelestialFrame(
        name="sky", axes_order=(0, 1), reference_frame=coordinates.ICRS()
    )
    spectrum = coordinate_frames.SpectralFrame(
        name="spectral", axes_order=(2,), unit=(units.micron,), axes_names=("wavelength",)
    )
    world = coordinate_frames.CompositeFrame([sky, spectrum], name="world")
    wcs = WCS([(detector, mapping | to_sky & wavelength), (world, None)])
    wcs.bounding_box = ((-0.5, shape[-1] - 0.5), (-0.5, shape[-2] - 0.5))
    wcs.array_shape = shape[-2:]
    return wcs


def spectral_wcsinfo(ra=RA, dec=DEC):
    """Return what ``meta.wcsinfo`` says of a slit with a spectrum."""
    width, length = 0.51 / 3600 / 2, SHAPE[1] * PIXEL / 2
    corners = [(-length, -width), (length, -width), (length, width), (-length, width)]
    numbers = " ".join(f"{ra + x:.9f} {dec + y:.9f}" for x, y in corners)
    return {
        "wcsaxes": 3,
        "ctype1": "RA---TAN",
        "ctype2": "DEC--TAN",
        "ctype3": "WAVE",
        "cunit1": "deg",
        "cunit2": "deg",
        "cunit3": "um",
        "dispersion_direction": 2,
        "ra_ref": ra,
        "dec_ref": dec,
        "roll_ref": 0.0,
        "v2_ref": -415.0,
        "v3_ref": -400.0,
        "v3yangle": 4.7,
        "vparity": -1,
        "s_region": f"POLYGON ICRS  {numbers}",
    }


def spectrum(exposure, model_class=SlitModel, exposure_type="MIR_LRS-FIXEDSLIT", planes=()):
    """Return the calibrated spectral image of an exposure, or ``planes`` of them."""
    ra = RA + 4 * exposure.number * PIXEL
    shape = (*planes, *SHAPE)
    wcs = spectral_wcs(shape, ra=ra)
    noise = np.random.default_rng(exposure.number)
    model = model_class(shape)
    source = 10 * np.exp(-((np.arange(SHAPE[1]) - 11.5) ** 2) / 4)
    model.data = (source + noise.normal(1, 0.1, shape)).astype(np.float32)
    model.err = np.ones(shape, np.float32)
    model.dq = np.zeros(shape, np.uint32)
    for name in ("var_rnoise", "var_poisson", "var_flat"):
        setattr(model, name, noise.uniform(0.5, 1.5, shape).astype(np.float32))
    model.update({"meta": exposure.meta(INSTRUMENT, exposure_type)})
    model.meta.wcs = wcs
    model.meta.wcsinfo = spectral_wcsinfo(ra=ra)
    model.meta.photometry.conversion_megajanskys = 1.5
    model.meta.photometry.pixelarea_steradians = AREA_STERADIANS
    model.meta.photometry.pixelarea_arcsecsq = AREA_ARCSECSQ
    model.meta.target.source_type = "POINT"
    model.meta.subarray = {
        "name": "FULL",
        "xstart": 1,
        "ystart": 1,
        "xsize": SHAPE[1],
        "ysize": SHAPE[0],
    }
    return model


def write_spectra(folder):
    """Write the two spectral images and their association; return its path and theirs."""
    paths = []
    for exposure in EXPOSURES:
        with spectrum(exposure) as model:
            path = folder / exposure.filename
            model.save(path)
            paths.append(path)
    members = dict.fromkeys(paths, "science")
    return write_association(folder, PRODUCT, members, rule="Asn_Lv3MIRMRS"), paths
