"""Rules that tell moments as date-times that headers have as numbers of days."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from blender_core import Gives, Rule, RuleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "AS_MOMENTS",
    "MOMENTS",
    "max_mjd_as_datetime",
    "min_mjd_as_datetime",
    "moment_of",
]

_BEGIN: Final = datetime(1858, 11, 17)  # of MJD, in the time scale that it is in


def min_mjd_as_datetime(values: Sequence[float]) -> str:
    """Return the earliest of Modified Julian Dates as a date-time.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    moment : str
        The earliest, to the millisecond, in the values' own time scale.

    Raises
    ------
    RuleError
        If a value is no number of days that a calendar has.

    Examples
    --------
    >>> from blender_hst.moments import min_mjd_as_datetime
    >>> min_mjd_as_datetime([55162.01051, 55161.5])
    '2009-11-26T12:00:00.000'
    """
    return _as_datetime(min(map(_days, values)))


def max_mjd_as_datetime(values: Sequence[float]) -> str:
    """Return the latest of Modified Julian Dates as a date-time.

    Parameters
    ----------
    values : list of float, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    moment : str
        The latest, to the millisecond, in the values' own time scale.

    Raises
    ------
    RuleError
        If a value is no number of days that a calendar has.

    Examples
    --------
    >>> from blender_hst.moments import max_mjd_as_datetime
    >>> max_mjd_as_datetime([55162.25, 55161.5])
    '2009-11-27T06:00:00.000'
    """
    return _as_datetime(max(map(_days, values)))


def moment_of(days: Any) -> str | None:
    """Return a Modified Julian Date as a date-time; None of what is none."""
    try:
        return _as_datetime(_days(days))
    except RuleError:
        return None


def _days(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        msg = f"a Modified Julian Date is a number of days, and {value!r} is not"
        raise RuleError(msg)
    return float(value)


def _as_datetime(days: float) -> str:
    try:
        # Whole days are exact, and a float has microseconds of the rest.
        whole = math.floor(days)
        moment = _BEGIN + timedelta(whole, milliseconds=round((days - whole) * 86_400_000))
    except OverflowError as error:
        msg = f"no calendar has the Modified Julian Date {days!r}"
        raise RuleError(msg) from error
    return moment.isoformat(timespec="milliseconds")


MOMENTS: Final = (
    Rule(
        name="min_mjd_as_datetime",
        blend=min_mjd_as_datetime,
        summary="The earliest Modified Julian Date, as a date-time.",
        gives=Gives.TEXT,
    ),
    Rule(
        name="max_mjd_as_datetime",
        blend=max_mjd_as_datetime,
        summary="The latest Modified Julian Date, as a date-time.",
        gives=Gives.TEXT,
    ),
)

AS_MOMENTS: Final[Mapping[tuple[str, str, str], str]] = {
    ("EXPSTART", "DATE-BEG", "min"): MOMENTS[0].name,
    ("EXPEND", "DATE-END", "max"): MOMENTS[1].name,
}
"""Keyword, keyword of the header and function → the rule that gives what the latter is to have."""
