"""Where the demo's exposures point, on a sky that is flat over their small field."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from blender_core.demo.observation import DITHERS

if TYPE_CHECKING:
    from blender_core.demo.observation import DemoExposure

__all__ = ["SIZE", "pointing"]

SIZE: Final = 32
"""Pixels on a side: the centre of each detector, so that the files are small."""

_RA, _DEC = 24.17395, 15.78346  # [deg] of the target
_PA_V3: Final = 290.5  # [deg]
_MODULE = (86.103462, -493.227512)  # where the target is put at first, in V2 and V3 [arcsec]
_PARITY: Final = -1
_PIXEL: Final = 0.0311  # [arcsec]


def pointing(exposure: DemoExposure) -> dict[str, Any]:
    """Return the target, the telescope's pointing and the WCS keywords of an exposure."""
    detector = exposure.detector
    x, y = DITHERS[exposure.dither - 1]
    # The target moves by the offset in the field of view.
    ra_v1, dec_v1 = _placed(_RA, _DEC, -(_MODULE[0] + _PARITY * x), -(_MODULE[1] + y))
    ra, dec = _placed(ra_v1, dec_v1, detector.v2, detector.v3)
    angle = math.radians(_PA_V3 - _PARITY * detector.y_angle)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = (_PARITY * cos, sin, -_PARITY * sin, cos)
    return {
        "target": {
            "proposer_name": "DEMO-FIELD",
            "catalog_name": "DEMO-FIELD",
            "type": "FIXED",
            "ra": _RA,
            "dec": _DEC,
            "proposer_ra": _RA,
            "proposer_dec": _DEC,
            "source_type_apt": "EXTENDED",
        },
        "pointing": {"ra_v1": ra_v1, "dec_v1": dec_v1, "pa_v3": _PA_V3},
        "wcsinfo": {
            "wcsaxes": 2,
            "crpix1": (SIZE + 1) / 2,
            "crpix2": (SIZE + 1) / 2,
            "crval1": ra,
            "crval2": dec,
            "ctype1": "RA---TAN",
            "ctype2": "DEC--TAN",
            "cunit1": "deg",
            "cunit2": "deg",
            "cdelt1": _PIXEL / 3600,
            "cdelt2": _PIXEL / 3600,
            **dict(zip(("pc1_1", "pc1_2", "pc2_1", "pc2_2"), matrix, strict=True)),
            "ra_ref": ra,
            "dec_ref": dec,
            "roll_ref": _PA_V3,
            "v2_ref": detector.v2,
            "v3_ref": detector.v3,
            "v3yangle": detector.y_angle,
            "vparity": _PARITY,
            "s_region": _footprint(ra, dec, matrix),
        },
    }


def _placed(ra: float, dec: float, v2: float, v3: float) -> tuple[float, float]:
    """Return what lies at an offset in V2 and V3 [arcsec] from a place on the sky [deg]."""
    angle = math.radians(_PA_V3)
    east = v2 * math.cos(angle) + v3 * math.sin(angle)
    north = -v2 * math.sin(angle) + v3 * math.cos(angle)
    return _moved(ra, dec, east, north)


def _moved(ra: float, dec: float, east: float, north: float) -> tuple[float, float]:
    # The declination of the target serves for the whole field, so that moves can be undone.
    stretch = math.cos(math.radians(_DEC))
    return round(ra + east / stretch / 3600, 9), round(dec + north / 3600, 9)


def _footprint(ra: float, dec: float, matrix: tuple[float, float, float, float]) -> str:
    half = SIZE / 2 * _PIXEL
    corners = []
    for x, y in ((-half, -half), (-half, half), (half, half), (half, -half)):
        corner = _moved(ra, dec, matrix[0] * x + matrix[1] * y, matrix[2] * x + matrix[3] * y)
        corners.append("{:.9f} {:.9f}".format(*corner))
    return f"POLYGON ICRS  {' '.join(corners)}"
