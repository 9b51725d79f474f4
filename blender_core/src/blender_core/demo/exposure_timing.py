"""The times of the demo's exposures: when, in which time scale, and for how long."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

from blender_core.demo.observation import (
    DITHERS,
    FRAME_TIME,
    GROUP_GAP,
    N_FRAMES,
    SETTINGS,
)

if TYPE_CHECKING:
    from blender_core.demo.observation import DemoExposure

__all__ = ["milliseconds", "timing"]

_MJD_0: Final = datetime.datetime(1858, 11, 17, tzinfo=datetime.UTC)
_DAY: Final = datetime.timedelta(days=1)
_TDB_MINUS_UTC: Final = datetime.timedelta(seconds=69.184)  # from 2017 on, to 2 ms


def timing(exposure: DemoExposure) -> dict[str, Any]:
    """Return when an exposure was taken, how it was read out, and how long it lasted."""
    n_groups = exposure.setting.n_groups
    group_time = (N_FRAMES + GROUP_GAP) * FRAME_TIME
    exposed = round(exposure.frames * FRAME_TIME, 3)
    middle = exposure.start + (exposure.end - exposure.start) / 2
    start, mid, end = (_mjd(time) for time in (exposure.start, middle, exposure.end))
    return {
        "count": SETTINGS.index(exposure.setting) * len(DITHERS) + exposure.dither,
        "prime_parallel": "PRIME",
        "type": "NRC_IMAGE",
        "start_time": start,
        "mid_time": mid,
        "end_time": end,
        "start_time_mjd": start,
        "mid_time_mjd": mid,
        "end_time_mjd": end,
        "start_time_tdb": _mjd(exposure.start + _TDB_MINUS_UTC),
        "mid_time_tdb": _mjd(middle + _TDB_MINUS_UTC),
        "end_time_tdb": _mjd(exposure.end + _TDB_MINUS_UTC),
        "readpatt": "SHALLOW4",
        "noutputs": 4,
        "nints": 1,
        "ngroups": n_groups,
        "nframes": N_FRAMES,
        "frame_divisor": N_FRAMES,
        "integration_start": 1,
        "integration_end": 1,
        "groupgap": GROUP_GAP,
        "nsamples": 1,
        "sample_time": 10.0,
        "frame_time": FRAME_TIME,
        "group_time": round(group_time, 5),
        "integration_time": round(exposure.frames * FRAME_TIME, 5),
        "exposure_time": exposed,
        "effective_exposure_time": exposed,
        "duration": exposed,
        "elapsed_exposure_time": exposed,
        "measurement_time": round((n_groups - 1) * group_time, 3),
        "nresets_at_start": 1,
        "nresets_between_ints": 1,
        "zero_frame": False,
        "data_problem": False,
        "sca_num": exposure.detector.number,
        "gain_factor": 2.0,
    }


def milliseconds(time: datetime.datetime) -> str:
    """Return a time as headers write it."""
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _mjd(time: datetime.datetime) -> float:
    return (time - _MJD_0) / _DAY
