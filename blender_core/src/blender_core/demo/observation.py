"""The invented observation of the demo: what was exposed, when, and with what.

It is made as NIRCam's imaging mode would make it: two filters, three dithers, and four detectors
that expose together.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DETECTORS", "DITHERS", "SETTINGS", "DemoExposure", "Detector", "Setting", "exposures"]

PROGRAM, OBSERVATION, VISIT, VISIT_GROUP = "01234", "001", "001", "02"
START: Final = datetime.datetime(2022, 7, 17, 19, 0, tzinfo=datetime.UTC)
FRAME_TIME: Final = 10.73677  # [s] of a full frame
N_FRAMES, GROUP_GAP = 4, 1  # averaged and dropped in each group of the readout pattern SHALLOW4
DITHERS: Final = ((0.0, 0.0), (5.8, 23.5), (-5.8, -23.5))  # x, y [arcsec]


@dataclass(frozen=True, slots=True)
class Setting:
    """A filter, and how it is exposed.

    Parameters
    ----------
    filter : str
        Its name.
    activity : str
        The number of the activity in which it is used.
    n_groups : int
        How many groups each integration has.
    calibration : float
        The surface brightness in MJy/sr that gives one count per second.
    """

    filter: str
    activity: str
    n_groups: int
    calibration: float


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector, and where it lies in the focal plane.

    Parameters
    ----------
    name : str
        Its name.
    number : int
        The number of its sensor chip assembly.
    v2, v3 : float
        Where its centre lies in the telescope's own coordinates, in arcsec.
    y_angle : float
        Angle from the V3 axis to its columns, in degrees.
    pixel_area : float
        In arcsec2.
    """

    name: str
    number: int
    v2: float
    v3: float
    y_angle: float
    pixel_area: float


SETTINGS: Final = (Setting("F115W", "01", 6, 2.831), Setting("F200W", "03", 5, 1.853))
DETECTORS: Final = (
    Detector("NRCA1", 481, 120.6714, -527.3877, -0.5644, 0.000966),
    Detector("NRCA2", 482, 120.1121, -459.6806, -0.2598, 0.000961),
    Detector("NRCA3", 483, 51.9345, -527.8034, 0.0265, 0.000970),
    Detector("NRCA4", 484, 52.2779, -459.8097, 0.0862, 0.000965),
)


@dataclass(frozen=True, slots=True)
class DemoExposure:
    """What one detector saw in one exposure.

    Parameters
    ----------
    setting : Setting
        The filter.
    dither : int
        The place in the dither pattern, counted from 1.
    detector : Detector
        The detector.
    start : datetime.datetime
        When the exposure began; the same for all its detectors.
    """

    setting: Setting
    dither: int
    detector: Detector
    start: datetime.datetime

    @property
    def filename(self) -> str:
        """The name that the archive would give the file."""
        visit = f"jw{PROGRAM}{OBSERVATION}{VISIT}_{VISIT_GROUP}1{self.setting.activity}"
        return f"{visit}_{self.dither:05d}_{self.detector.name.lower()}_cal.fits"

    @property
    def frames(self) -> int:
        """How many frames the exposure lasts; none are dropped after the last group."""
        return self.setting.n_groups * (N_FRAMES + GROUP_GAP) - GROUP_GAP

    @property
    def end(self) -> datetime.datetime:
        """When the exposure was over, to the millisecond: the reset takes a frame more."""
        milliseconds = round((self.frames + 1) * FRAME_TIME * 1000)
        return self.start + datetime.timedelta(milliseconds=milliseconds)


def exposures() -> Iterator[DemoExposure]:
    """Yield the exposures of all detectors in the order in which they were taken."""
    start = START
    for setting in SETTINGS:
        for dither in range(1, len(DITHERS) + 1):
            together = [DemoExposure(setting, dither, one, start) for one in DETECTORS]
            yield from together
            start = together[0].end + datetime.timedelta(seconds=62.5)  # to move the telescope
        start += datetime.timedelta(seconds=41.25)  # to turn the filter wheel
