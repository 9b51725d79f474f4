"""Where a small exposure points: a WCS as simple as an image can have, and the headers about it."""

from astropy import coordinates, units
from astropy.modeling import models
from gwcs import WCS, coordinate_frames

RA, DEC = 22.02, 11.99  # degrees


def imaging_wcs(shape, pixel, ra=RA, dec=DEC, angle=0.0):
    """Return a tangential projection with ``pixel`` degrees for each pixel, turned by ``angle``."""
    to_sky = (
        models.Shift(-(shape[-1] - 1) / 2) & models.Shift(-(shape[-2] - 1) / 2)
        | models.Scale(-pixel) & models.Scale(pixel)
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
    wcs.bounding_box = ((-0.5, shape[-1] - 0.5), (-0.5, shape[-2] - 0.5))
    wcs.array_shape = shape[-2:]
    return wcs


def wcsinfo(wcs, ra=RA, dec=DEC, angle=0.0):
    """Return what ``meta.wcsinfo`` says of an imaging WCS."""
    corners = " ".join(f"{degrees:.9f}" for degrees in wcs.footprint().ravel())
    return {
        "wcsaxes": 2,
        "ctype1": "RA---TAN",
        "ctype2": "DEC--TAN",
        "cunit1": "deg",
        "cunit2": "deg",
        "crval1": ra,
        "crval2": dec,
        "ra_ref": ra,
        "dec_ref": dec,
        "roll_ref": angle,
        "v2_ref": 86.0,
        "v3_ref": -493.4,
        "v3yangle": -0.07,
        "vparity": -1,
        "s_region": f"POLYGON ICRS  {corners}",
    }
