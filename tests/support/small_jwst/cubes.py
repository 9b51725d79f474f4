"""Exposures of MIRI's integral field unit, for ``cube_build`` in ``calwebb_spec3``.

They have far fewer pixels than the detector. That is possible because the step takes oversampled
images, which bring a map of the slices and a transformation of their pixels to the detector's.
"""

import numpy as np
from astropy import coordinates, units
from astropy.modeling import models
from gwcs import WCS, coordinate_frames
from stdatamodels.jwst.datamodels import IFUImageModel, MiriIFUCubeParsModel

from small_jwst.association import write_association
from small_jwst.exposure import Exposure
from small_jwst.pointing import DEC, RA

SLICES, WIDTH, PLANES = 4, 8, 12
SHAPE = (PLANES, SLICES * WIDTH)  # wavelengths run along y
DETECTOR = 512 // SHAPE[1]  # pixels of channel 1 on the detector for one of these
ALPHA, BETA = 0.2, 0.2  # arcseconds: a pixel along the slice, a slice across
WAVELENGTH, STEP = 4.9, 0.001  # micrometres
EXPOSURES = tuple(Exposure(number, "MIRIFUSHORT") for number in (1, 2))
PRODUCT = "jw01234-o001_t001_miri"
AREA_STERADIANS = 9.4e-13
AREA_ARCSECSQ = 0.04


def cube_wcs(ra, dec):
    """Return the WCS of an oversampled image: pixels, the detector, the slices, the sky."""
    columns = np.arange(SHAPE[1])
    number = columns // WIDTH

    def of_slice(values):
        return models.Tabular1D(
            DETECTOR * columns, values, method="nearest", bounds_error=False, fill_value=None
        )

    along = models.Scale(ALPHA / DETECTOR) - of_slice(ALPHA * WIDTH * (number + 0.5))
    across = of_slice(BETA * (number - (SLICES - 1) / 2))
    wavelength = models.Scale(STEP) | models.Shift(WAVELENGTH)
    to_slices = models.Mapping((0, 0, 1)) | along & across & wavelength
    to_degrees = models.Scale(1 / 3600) & models.Scale(1 / 3600)
    to_sky = to_degrees | models.Pix2Sky_TAN() | models.RotateNative2Celestial(ra, dec, 180)
    pixels, detector = (
        coordinate_frames.Frame2D(name=name, unit=(units.pix, units.pix))
        for name in ("coordinates", "detector")
    )
    slices = coordinate_frames.CoordinateFrame(
        3,
        ("SPATIAL", "SPATIAL", "SPECTRAL"),
        (0, 1, 2),
        unit=(units.arcsec, units.arcsec, units.micron),
        axes_names=("alpha", "beta", "lam"),
        name="alpha_beta",
    )
    sky = coordinate_frames.CelestialFrame(
        name="sky", axes_order=(0, 1), reference_frame=coordinates.ICRS()
    )
    spectrum = coordinate_frames.SpectralFrame(
        name="spectral", axes_order=(2,), unit=(units.micron,), axes_names=("wavelength",)
    )
    world = coordinate_frames.CompositeFrame([sky, spectrum], name="world")
    return WCS(
        [
            (pixels, models.Scale(DETECTOR) & models.Identity(1)),
            (detector, to_slices),
            (slices, to_sky & models.Identity(1)),
            (world, None),
        ]
    )


def image(exposure, moving=False):
    """Return the calibrated image of an exposure, as a datamodel in memory."""
    ra = RA + ALPHA * exposure.number / 3600
    noise = np.random.default_rng(exposure.number)
    model = IFUImageModel(SHAPE)
    model.data = noise.normal(5, 1, SHAPE).astype(np.float32)
    model.err = np.ones(SHAPE, np.float32)
    model.dq = np.zeros(SHAPE, np.uint32)
    model.regions = np.tile(101 + np.arange(SHAPE[1], dtype=np.int32) // WIDTH, (PLANES, 1))
    instrument = {"name": "MIRI", "channel": "12", "band": "SHORT"}
    model.update({"meta": exposure.meta(instrument, "MIR_MRS")})
    model.meta.wcs = cube_wcs(ra, DEC)
    length, width = ALPHA * WIDTH / 2 / 3600, BETA * SLICES / 2 / 3600
    corners = [(-length, -width), (length, -width), (length, width), (-length, width)]
    numbers = " ".join(f"{ra + x:.9f} {DEC + y:.9f}" for x, y in corners)
    model.meta.wcsinfo = {
        "wcsaxes": 3,
        "ctype1": "RA---TAN",
        "ctype2": "DEC--TAN",
        "ctype3": "WAVE",
        "cunit1": "deg",
        "cunit2": "deg",
        "cunit3": "um",
        "ra_ref": ra,
        "dec_ref": DEC,
        "roll_ref": 0.0,
        "v2_ref": -503.0,
        "v3_ref": -318.0,
        "v3yangle": 0.0,
        "vparity": -1,
        "s_region": f"POLYGON ICRS  {numbers}",
    }
    model.meta.photometry.conversion_megajanskys = 1.5
    model.meta.photometry.pixelarea_steradians = AREA_STERADIANS
    model.meta.photometry.pixelarea_arcsecsq = AREA_ARCSECSQ
    model.meta.target.source_type = "EXTENDED"
    if moving:
        model.meta.target.type = "MOVING"
        model.meta.wcsinfo.mt_ra = ra
        model.meta.wcsinfo.mt_dec = DEC
        # The mean of all exposures, in each of them, as jwst's assign_mtwcs leaves it.
        model.meta.wcsinfo.mt_avra = RA
        model.meta.wcsinfo.mt_avdec = DEC
    return model


def write_cube_images(folder, moving=False):
    """Write the two images and their association; return its path and theirs."""
    paths = []
    for exposure in EXPOSURES:
        with image(exposure, moving) as model:
            path = folder / exposure.filename
            model.save(path)
            paths.append(path)
    members = dict.fromkeys(paths, "science")
    return write_association(folder, PRODUCT, members, rule="Asn_Lv3MIRMRS"), paths


def write_cube_parameters(folder):
    """Write the reference file that says how large the elements of the cube are."""
    path = folder / "small_cubepar.fits"
    with MiriIFUCubeParsModel() as model:
        band = ("1", "SHORT", ALPHA, STEP, WAVELENGTH, WAVELENGTH + PLANES * STEP)
        model.ifucubepars_table = np.array([band], model.get_dtype("ifucubepars_table"))
        name = "ifucubepars_multichannel_driz_wavetable"
        wavelengths = WAVELENGTH + STEP * np.arange(PLANES)
        setattr(model, name, np.array(list(zip(wavelengths)), model.get_dtype(name)))
        model.save(path)
    return path
