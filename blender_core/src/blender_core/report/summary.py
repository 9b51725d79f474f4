"""What was blended, in a few lines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import shorten
from blender_core.report.escaping import text_of
from blender_core.report.exposures import span

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from blender_core.report.exposures import Exposure
    from blender_core.report.model import Facts

__all__ = ["lasting", "said_by_inputs", "time_span"]

_TOLD: Final = {
    "Telescope": ("meta.telescope", "TELESCOP"),
    "Instrument": ("meta.instrument.name", "INSTRUME"),
    "Detector": ("meta.instrument.detector", "DETECTOR"),
    "Filter": ("meta.instrument.filter", "FILTER"),
    "Pupil": ("meta.instrument.pupil", "PUPIL"),
    "Grating": ("meta.instrument.grating", "GRATING"),
    "Channel": ("meta.instrument.channel", "CHANNEL"),
    "Band": ("meta.instrument.band", "BAND"),
    "Exposure type": ("meta.exposure.type", "EXP_TYPE"),
    "Target": ("meta.target.catalog_name", "TARGNAME", "meta.target.proposer_name", "TARGPROP"),
    "Program": ("meta.observation.program_number", "PROGRAM"),
}

_LONGEST: Final = 120
"""How many letters the top of the page has of a text. The table of the attributes has more."""


def said_by_inputs(facts: Facts) -> dict[str, list[tuple[str, int]]]:
    """Return what the inputs are."""
    said = {}
    for name, attributes in _TOLD.items():
        values = facts.said(*attributes)
        if values is not None:
            counts = Counter(text_of(one) for one in values if one is not None).most_common()
            said[name] = [(shorten(text, _LONGEST), count) for text, count in counts]
    return said


def time_span(exposures: Sequence[Exposure]) -> str:
    """Say from when to when the exposures were taken."""
    found = span(exposures)
    if found is None:
        return ""
    start, end = found
    last = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} to {last} UTC ({lasting(end - start)})"


def lasting(length: datetime.timedelta) -> str:
    """Say how long something lasts."""
    rest = round(length.total_seconds())
    parts: list[tuple[int, str]] = []
    for unit, seconds in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        if count or (parts and unit != "d"):
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count) or "0 s"
