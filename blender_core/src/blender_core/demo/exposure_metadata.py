"""The metadata of the demo's exposures, in agreement with each other."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

from blender_core.demo.exposure_timing import milliseconds, timing
from blender_core.demo.observation import (
    DETECTORS,
    DITHERS,
    OBSERVATION,
    PROGRAM,
    SETTINGS,
    START,
    VISIT,
    VISIT_GROUP,
)
from blender_core.demo.pointing import pointing

if TYPE_CHECKING:
    from blender_core.demo.observation import DemoExposure

__all__ = ["metadata"]

_ARCSEC2_IN_STERADIAN: Final = 4.254517e10
_STEPS_DONE: Final = (
    *("assign_wcs", "dark_sub", "dq_init", "flat_field", "gain_scale", "jump", "linearity"),
    *("photom", "ramp_fit", "refpix", "saturation", "superbias"),
)


def metadata(exposure: DemoExposure) -> dict[str, Any]:
    """Return what is below ``meta`` in the datamodel of an exposure."""
    return {
        "telescope": "JWST",
        "origin": "Model Blender demo",
        "time_sys": "UTC",
        "time_unit": "s",
        "calibration_software_version": "1.17.1",
        "data_processing_software_version": "2025_1",
        "prd_software_version": "PRDOPSSOC-067",
        "hga_move": False,
        "program": {
            "title": "Invented data of the Model Blender demo",
            "pi_name": "Blender, Model",
            "category": "CAL",
            "sub_category": "NIRCAM",
        },
        "visit": {
            "engineering_quality": "OK",
            "type": "PRIME_TARGETED_FIXED",
            "start_time": f"{START - datetime.timedelta(minutes=31):%Y-%m-%d %H:%M:%S}.0000000",
            "status": "SUCCESSFUL",
            "total_exposures": len(SETTINGS) * len(DITHERS),
            "internal_target": False,
            "too_visit": False,
            "tsovisit": False,
        },
        "observation": _observation(exposure),
        "instrument": _instrument(exposure),
        "exposure": timing(exposure),
        "dither": _dither(exposure),
        "subarray": {
            "name": "FULL",
            "xstart": 1,
            "ystart": 1,
            "xsize": 2048,
            "ysize": 2048,
            # Neighbours are mounted upside down to each other.
            "fastaxis": -1 if exposure.detector.number % 2 else 1,
            "slowaxis": 2 if exposure.detector.number % 2 else -2,
        },
        "aperture": {"name": f"{exposure.detector.name}_FULL", "pps_name": "NRCAS_FULL"},
        "guidestar": {
            "gs_order": 1,
            "gs_id": "N0DEMO",
            "gs_mag": 14.61,
            "gs_pcs_mode": "FINEGUIDE",
        },
        "photometry": _photometry(exposure),
        "bunit_data": "MJy/sr",
        "coordinates": {"reference_frame": "ICRS"},
        "ref_file": {"crds": {"sw_version": "12.0.9", "context_used": "jwst_1321.pmap"}},
        "cal_step": dict.fromkeys(_STEPS_DONE, "COMPLETE"),
        **pointing(exposure),
    }


def _observation(exposure: DemoExposure) -> dict[str, Any]:
    visit = f"{PROGRAM}{OBSERVATION}{VISIT}"
    return {
        "date": f"{exposure.start:%Y-%m-%d}",
        "time": milliseconds(exposure.start).partition("T")[2],
        "date_beg": milliseconds(exposure.start),
        "date_end": milliseconds(exposure.end),
        "obs_id": f"V{visit}P00000000{VISIT_GROUP}1{exposure.setting.activity}",
        "visit_id": visit,
        "program_number": PROGRAM,
        "observation_number": OBSERVATION,
        "visit_number": VISIT,
        "visit_group": VISIT_GROUP,
        "sequence_id": "1",
        "activity_id": exposure.setting.activity,
        "exposure_number": str(exposure.dither),
        "bkgdtarg": False,
        "template": "NIRCam Imaging",
    }


def _instrument(exposure: DemoExposure) -> dict[str, Any]:
    instrument = {
        "name": "NIRCAM",
        "detector": exposure.detector.name,
        "module": "A",
        "channel": "SHORT",
        "filter": exposure.setting.filter,
        "pupil": "CLEAR",
    }
    if exposure.filename == "jw01234001001_02101_00002_nrca3_cal.fits":
        return instrument  # one exposure lacks values, as happens: a null in the table
    strayed = exposure.setting.filter == "F200W" and exposure.dither == 3
    return instrument | {
        "filter_wheel_offset": 0.0291 if strayed else 0.0008 * exposure.dither,
        "filter_wheel_tolerance": (
            "outside calibration tolerance" if strayed else "within commanded tolerance"
        ),
    }


def _dither(exposure: DemoExposure) -> dict[str, Any]:
    x, y = DITHERS[exposure.dither - 1]
    return {
        "primary_type": "INTRAMODULE",
        "primary_points": len(DITHERS),
        "total_points": len(DITHERS),
        "position_number": exposure.dither,
        "subpixel_pattern": "NONE",
        "subpixel_total_points": 1,
        "x_offset": x,
        "y_offset": y,
    }


def _photometry(exposure: DemoExposure) -> dict[str, Any]:
    # No two detectors respond alike.
    factor = exposure.setting.calibration * (1 + 0.01 * DETECTORS.index(exposure.detector))
    area = exposure.detector.pixel_area
    return {
        "conversion_megajanskys": round(factor, 6),
        "conversion_microjanskys": round(factor * 1e12 / _ARCSEC2_IN_STERADIAN, 6),
        "pixelarea_arcsecsq": area,
        "pixelarea_steradians": area / _ARCSEC2_IN_STERADIAN,
    }
