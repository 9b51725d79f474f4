"""The rule for the middle of dates and times, in which leap seconds count."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from blender_core.common.datetimes import CALENDAR
from blender_core.common.wording import preview
from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import require

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "mean_datetime"]

_DAY: Final = 86_400
_SCALES: Final = ("utc", "tai", "tt", "tdb", "tcb", "tcg")


def mean_datetime(values: Sequence[str], *, scale: str = "utc") -> str:
    """Return the mean of dates and date-times: the moment in the middle of them.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order, written as :func:`~blender_rules_std.times.earliest` takes
        them.
    scale : {'utc', 'tai', 'tt', 'tdb', 'tcb', 'tcg'}, optional
        Their time scale, as FITS names it in TIMESYS, in small letters. Days of UTC may have a
        second more since 1972.

    Returns
    -------
    value : str
        The mean, computed exactly and rounded once, half to even. It is written as the most precise
        value is, the first of them if there are several: to as many digits, with its ``Z`` or
        offset. Of dates alone it is a date.

    Raises
    ------
    RuleError
        If there are no values, if one is neither a date nor a date-time, or if a minute of a scale
        other than UTC has a second 60.

    References
    ----------
    FITS Standard 4.0, sections 9.1.1 and 9.2.1. The leap seconds are those of ERFA, as astropy
    brings and updates them.

    Examples
    --------
    >>> from blender_rules_std.mean_times import mean_datetime
    >>> mean_datetime(["2024-01-01T10:00:00.0", "2024-01-01T10:00:00.5"])
    '2024-01-01T10:00:00.2'
    >>> mean_datetime(["2016-12-31T23:59:59", "2017-01-01T00:00:00"], scale="tai")
    '2017-01-01T00:00:00'
    >>> mean_datetime(["2016-12-31T23:59:59", "2017-01-01T00:00:00"])  # with a second between
    '2016-12-31T23:59:60'
    """
    require(values, str, f"texts, each {CALENDAR.name}")
    if scale not in _SCALES:
        msg = f"scale is one of {', '.join(_SCALES)}, not {preview(scale)}"
        raise RuleError(msg)
    days = _leap_days() if scale == "utc" else _Days()
    try:
        seconds = [days.count(value) for value in values]
        notation = max(map(_Notation.of, values), key=lambda notation: notation.digits)
        if len(set(values)) == 1:
            return values[0]
        return notation.write(*days.moment(sum(seconds, Fraction(0)) / len(seconds)), days)
    except (ValueError, OverflowError) as error:  # the latter of a day beyond year 9999
        raise RuleError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of a time scale: from which of them on how many seconds more have passed."""

    steps: tuple[int, ...] = ()
    offsets: tuple[int, ...] = (0,)

    def start(self, day: int) -> int:
        """Return how many seconds have passed when a day begins."""
        return _DAY * day + self.offsets[bisect_right(self.steps, day)]

    def length(self, day: int) -> int:
        """Return how many seconds a day has."""
        return self.start(day + 1) - self.start(day)

    def count(self, text: str) -> Fraction:
        """Return how many seconds have passed until a moment that is written in a text."""
        minutes, second, fraction = CALENDAR.instant(text)
        if second == 60 and not self.steps:
            msg = f"{preview(text)} has a second 60, which only a minute of UTC can have"
            raise ValueError(msg)
        day, minute = divmod(minutes, 24 * 60)
        return self.start(day) + 60 * minute + second + Fraction(f"0.{fraction or 0}")

    def moment(self, seconds: Fraction) -> tuple[int, Fraction]:
        """Return the day and the second of the day when so many seconds have passed."""
        day = int(seconds // _DAY)
        while self.start(day) > seconds:
            day -= 1
        return day, seconds - self.start(day)


def _leap_days() -> _Days:
    """Return the days of UTC. Until 1972 it ran at another rate, and no day had a second more."""
    from astropy.utils.iers import LeapSeconds

    rows = [row for row in LeapSeconds.from_erfa() if row["year"] >= 1972]
    steps = tuple(date(row["year"], row["month"], 1).toordinal() for row in rows[1:])
    return _Days(steps, tuple(int(row["tai_utc"]) for row in rows))


@dataclass(frozen=True, slots=True)
class _Notation:
    """How a date-time is written."""

    digits: int
    """Digits after the second's point; -1 where there is no second, -2 where there is a date."""
    separator: str
    zone: str
    ahead: int
    """By how many minutes its clock is ahead of UTC."""

    @classmethod
    def of(cls, text: str) -> _Notation:
        """Return the notation of a valid text."""
        text = text.strip()
        field = CALENDAR.pattern.fullmatch(text).groupdict(default="")  # type: ignore[union-attr]
        if not field["hour"]:
            return cls(-2, "", "", 0)
        zone = "Z" if text.endswith("Z") else text[-6:] if field["sign"] else ""
        ahead = int(f"{field['sign']}1") * (
            60 * int(field["ahead_hours"] or 0) + int(field["ahead_minutes"] or 0)
        )
        digits = len(field["fraction"]) if field["second"] else -1
        return cls(digits, "T" if "T" in text else " ", zone, ahead)

    def write(self, day: int, second: Fraction, days: _Days) -> str:
        """Return a moment, rounded and written in this notation."""
        length = days.length(day)
        if self.digits < -1:
            return date.fromordinal(day + round(second / length)).isoformat()
        unit = Fraction(60) if self.digits < 0 else Fraction(1, 10**self.digits)
        second = round(second / unit) * unit
        # A minute that is rounded to, at the end of a day with a leap second, is the next day's.
        if second >= (length if self.digits >= 0 else _DAY):
            day, second = day + 1, Fraction(0)
        minute = min(int(second // 60), 24 * 60 - 1)
        second -= 60 * minute
        day, minute = divmod(24 * 60 * day + minute + self.ahead, 24 * 60)
        clock = f"{minute // 60:02}:{minute % 60:02}"
        if self.digits >= 0:
            clock += f":{int(second):02}"
        if self.digits > 0:
            clock += f".{int(second % 1 / unit):0{self.digits}}"
        return f"{date.fromordinal(day).isoformat()}{self.separator}{clock}{self.zone}"


RULES: Final = (
    Rule(
        name="mean_datetime",
        blend=mean_datetime,
        summary="The mean of dates or date-times, as the most precise is written.",
        gives=Gives.TEXT,
        parameters=("scale",),
    ),
)
