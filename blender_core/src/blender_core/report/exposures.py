"""What the inputs of a blend are, and when they were exposed."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import of_row, shorten
from blender_core.report.encoding import to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from blender_core.report.model import Facts

_SUMMARY: Final = {
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

_OPTICS: Final = ("Filter", "Pupil", "Grating", "Channel", "Band")

_NO_ELEMENT: Final = frozenset({"CLEAR", "CLEARP", "MIRROR", "N/A", "NONE", "ANY", "OPEN", ""})
"""What wheels say of places where there is no filter, no grating."""

_LONGEST: Final = 120
"""How many letters the top of the page has of a text. The table of the attributes has more."""

_MJD_0: Final = datetime.datetime(1858, 11, 17, tzinfo=datetime.UTC)


def describe_inputs(facts: Facts) -> dict[str, list[tuple[str, int]]]:
    """Return the texts of the summary, each with the number of inputs that have it."""
    summary = {}
    for name, attributes in _SUMMARY.items():
        values = facts.input_values(*attributes)
        if values is not None:
            counts = Counter[str]()
            for value, count in _counted(values):
                counts[to_text(value)] += count
            summary[name] = [
                (shorten(text, _LONGEST), count) for text, count in counts.most_common()
            ]
    return summary


def _counted(values: Iterable[Any]) -> Iterable[tuple[Any, int]]:
    """Give different values, and how many inputs have each."""
    present = [value for value in values if value is not None]
    # Of other types, values may be equal that look different.
    is_text = set(map(type, present)) == {str}
    return Counter(present).items() if is_text else zip(present, repeat(1))


@dataclass(frozen=True, slots=True)
class Exposure:
    """One input, as far as a timeline shows it; texts are empty where nothing is known."""

    number: int
    name: str
    detector: str
    optics: str
    start: datetime.datetime | None
    end: datetime.datetime | None


def read_exposures(facts: Facts, rows: Sequence[int] | None = None) -> list[Exposure]:
    """Return what a timeline shows, of all inputs or of some, which are counted from 0."""
    rows = range(facts.n_inputs) if rows is None else rows
    names = _names(facts, rows)
    detectors = _texts(facts, rows, *_SUMMARY["Detector"])
    elements = [_texts(facts, rows, *_SUMMARY[name]) for name in _OPTICS]
    starts = _times(facts, rows, ("DATE-BEG", "meta.observation.date_beg"), ("MJD-BEG", "EXPSTART"))
    ends = _times(facts, rows, ("DATE-END", "meta.observation.date_end"), ("MJD-END", "EXPEND"))
    return [
        Exposure(
            number=row + 1,
            name=names[i],
            detector=detectors[i],
            optics=_optics([texts[i] for texts in elements]),
            start=starts[i],
            end=ends[i],
        )
        for i, row in enumerate(rows)
    ]


def _names(facts: Facts, rows: Sequence[int]) -> list[str]:
    """Return what inputs are called: their files, with the row where there are several of one."""
    names: Sequence[Any] | None = facts.input_values("meta.filename", "FILENAME")
    numbers = dict[int, int]()
    if names is not None and facts.are_of_several is not False:
        numbers = _numbers_of_rows(names, set(rows))
    called = []
    for row, file in zip(rows, _texts(facts, rows, "meta.filename", "FILENAME"), strict=True):
        name = of_row(file, numbers[row]) if row in numbers else file
        label = facts.labels[row] if facts.labels else f"input {row + 1}"
        called.append(name if file else label)
    return called


def _numbers_of_rows(names: Sequence[Any], rows: Collection[int]) -> dict[int, int]:
    """Return which of the rows of its file each row is, where there are several of one."""
    n_rows = Counter(names)
    numbers, seen = {}, Counter[Any]()
    for row, name in enumerate(names):
        if n_rows[name] > 1:
            seen[name] += 1
            if row in rows:
                numbers[row] = seen[name]
    return numbers


def span(exposures: Sequence[Exposure]) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Return when the first exposure began, and when the last one ended."""
    times = [time for each in exposures for time in (each.start, each.end) if time is not None]
    return (min(times), max(times)) if times else None


def span_text(exposures: Sequence[Exposure]) -> str:
    """Say from when to when the exposures were taken."""
    times = span(exposures)
    if times is None:
        return ""
    start, end = times
    last = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} to {last} UTC ({duration_text(end - start)})"


def duration_text(duration: datetime.timedelta) -> str:
    """Say how long something lasts."""
    rest = round(duration.total_seconds())
    parts: list[tuple[int, str]] = []
    for unit, seconds in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        if count or (parts and unit != "d"):
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count) or "0 s"


def parse_time(value: Any) -> datetime.datetime | None:
    """Return a date and time, or a modified Julian date, in UTC."""
    try:
        if isinstance(value, str):
            time = datetime.datetime.fromisoformat(value)
            if time.tzinfo:
                return time.astimezone(datetime.UTC)
            return time.replace(tzinfo=datetime.UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _MJD_0 + datetime.timedelta(days=value)
    except (ValueError, OverflowError):
        pass
    return None


def _times(
    facts: Facts, rows: Sequence[int], *alternatives: tuple[str, ...]
) -> list[datetime.datetime | None]:
    """Return a time of each input, of the first of several attributes that has one for it."""
    times: list[datetime.datetime | None] = [None] * len(rows)
    for names in alternatives:
        values = facts.input_values(*names)
        if values is not None:
            chosen = (values[row] for row in rows)
            times = [time or parse_time(value) for time, value in zip(times, chosen, strict=True)]
    return times


def _optics(elements: Sequence[str]) -> str:
    filter_, pupil, grating, channel, band = elements
    # Channels say more where they are parts of a spectrum than where the filter tells all.
    candidates = (filter_, pupil, grating) if filter_ or grating else (channel, band)
    telling = [element for element in candidates if element not in _NO_ELEMENT]
    return " ".join(telling) or next((element for element in candidates if element), "")


def _texts(facts: Facts, rows: Sequence[int], *names: str) -> list[str]:
    values = facts.input_values(*names)
    if values is None:
        return [""] * len(rows)
    chosen = (values[row] for row in rows)
    return ["" if value is None else to_text(value) for value in chosen]
