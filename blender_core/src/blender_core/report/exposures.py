"""When the inputs were exposed, by which detector, through which filter."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.report.escaping import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.report.model import Facts

__all__ = ["Exposure", "exposures_of", "moment", "span"]

_NO_ELEMENT: Final = frozenset({"CLEAR", "CLEARP", "MIRROR", "N/A", "NONE", "ANY", "OPEN", ""})
"""What wheels say of places where there is no filter, no grating."""

_ELEMENTS: Final = {
    "FILTER": "meta.instrument.filter",
    "PUPIL": "meta.instrument.pupil",
    "GRATING": "meta.instrument.grating",
    "CHANNEL": "meta.instrument.channel",
    "BAND": "meta.instrument.band",
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """One input, as far as a timeline shows it.

    Parameters
    ----------
    name : str
        Its file, or its number.
    detector : str
        The detector; empty if it is not known.
    optics : str
        Filter, and what else was in the light's way; empty if it is not known.
    start, end : datetime.datetime or None
        When it was exposed, in UTC.
    """

    name: str
    detector: str
    optics: str
    start: datetime.datetime | None
    end: datetime.datetime | None


def exposures_of(facts: Facts) -> list[Exposure]:
    """Return what a timeline shows."""
    n = facts.n_inputs
    names = _texts(facts.said("meta.filename", "FILENAME"), n)
    detectors = _texts(facts.said("meta.instrument.detector", "DETECTOR"), n)
    elements = [_texts(facts.said(path, keyword), n) for keyword, path in _ELEMENTS.items()]
    starts = _moments(facts, ("DATE-BEG", "meta.observation.date_beg"), ("MJD-BEG", "EXPSTART"))
    ends = _moments(facts, ("DATE-END", "meta.observation.date_end"), ("MJD-END", "EXPEND"))
    return [
        Exposure(
            name=names[i] or f"input {i + 1}",
            detector=detectors[i],
            optics=_optics([element[i] for element in elements]),
            start=starts[i],
            end=ends[i],
        )
        for i in range(n)
    ]


def span(exposures: Sequence[Exposure]) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Return when the first exposure began, and when the last one ended."""
    moments = [one for each in exposures for one in (each.start, each.end) if one is not None]
    return (min(moments), max(moments)) if moments else None


def moment(value: Any) -> datetime.datetime | None:
    """Return a date and time in UTC."""
    try:
        if isinstance(value, str):
            found = datetime.datetime.fromisoformat(value)
            if found.tzinfo:
                return found.astimezone(datetime.UTC)
            return found.replace(tzinfo=datetime.UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            start = datetime.datetime(1858, 11, 17, tzinfo=datetime.UTC)
            return start + datetime.timedelta(days=value)
    except (ValueError, OverflowError):
        pass
    return None


def _moments(facts: Facts, *names: tuple[str, ...]) -> list[datetime.datetime | None]:
    found: list[datetime.datetime | None] = [None] * facts.n_inputs
    for several in names:
        values = facts.said(*several)
        if values is not None:
            found = [one or moment(value) for one, value in zip(found, values, strict=True)]
    return found


def _optics(elements: Sequence[str]) -> str:
    filter_, pupil, grating, channel, band = elements
    # Channels say more where they are parts of a spectrum than where the filter tells all.
    candidates = (filter_, pupil, grating) if filter_ or grating else (channel, band)
    telling = [one for one in candidates if one not in _NO_ELEMENT]
    return " ".join(telling) or next((one for one in candidates if one), "")


def _texts(values: Sequence[Any] | None, n: int) -> list[str]:
    if values is None:
        return [""] * n
    return ["" if one is None else text_of(one) for one in values]
