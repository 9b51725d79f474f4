"""Rules that choose the earliest or the latest moment, and return it as its input writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.common.datetimes import CALENDAR, CLOCK, Form
from blender_core.errors import RuleError
from blender_core.plugins.rule import Rule
from blender_rules_std.checks import require

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["RULES", "earliest", "earliest_time", "latest", "latest_time"]


def earliest(values: Sequence[str]) -> str:
    """Return the earliest date or date-time, the first of those that tie.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order: dates ``YYYY-MM-DD`` or date-times
        ``YYYY-MM-DDThh:mm:ss[.fff]``. Either may come among the other: a date is its midnight.
        A blank may stand for the ``T``; ``Z`` or an offset such as ``+02:00`` may follow.

    Returns
    -------
    value : str
        The earliest, as its input writes it.

    Raises
    ------
    RuleError
        If there are no values, or if one is neither a date nor a date-time.

    References
    ----------
    ``blend_rule: mindate`` and ``mindatetime`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.times import earliest
    >>> earliest(["2024-01-02T03:04:05.678", "2024-01-02T03:04:05.6"])
    '2024-01-02T03:04:05.6'
    """
    return _choose(min, values, CALENDAR)


def latest(values: Sequence[str]) -> str:
    """Return the latest date or date-time, the first of those that tie.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order, written as :func:`earliest` takes them.

    Returns
    -------
    value : str
        The latest, as its input writes it.

    Raises
    ------
    RuleError
        If there are no values, or if one is neither a date nor a date-time.

    References
    ----------
    ``blend_rule: maxdatetime`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.times import latest
    >>> latest(["2016-12-31T23:59:60.5", "2016-12-31T23:59:59.9"])
    '2016-12-31T23:59:60.5'
    """
    return _choose(max, values, CALENDAR)


def earliest_time(values: Sequence[str]) -> str:
    """Return the earliest time of day, the first of those that tie.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order: ``hh:mm``, ``hh:mm:ss`` or ``hh:mm:ss.fff``, perhaps with
        one digit for the hour, perhaps with a ``Z`` at the end.

    Returns
    -------
    value : str
        The earliest, as its input writes it.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a time of day.

    References
    ----------
    ``blend_rule: mintime`` in the core schema of stdatamodels.

    Examples
    --------
    >>> from blender_rules_std.times import earliest_time
    >>> earliest_time(["10:00:00", "9:50:00"])
    '9:50:00'
    """
    return _choose(min, values, CLOCK)


def latest_time(values: Sequence[str]) -> str:
    """Return the latest time of day, the first of those that tie.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order, written as :func:`earliest_time` takes them.

    Returns
    -------
    value : str
        The latest, as its input writes it.

    Raises
    ------
    RuleError
        If there are no values, or if one is not a time of day.

    Examples
    --------
    >>> from blender_rules_std.times import latest_time
    >>> latest_time(["10:00:00", "9:50:00"])
    '10:00:00'
    """
    return _choose(max, values, CLOCK)


def _choose(pick: Callable[..., str], values: Sequence[str], form: Form) -> str:
    """Return what `pick`, either `min` or `max`, makes of the moments."""
    require(values, str, f"texts, each {form.name}")
    if form.sorts_as_text(values):
        return pick(values)
    try:
        return pick(values, key=form.instant)
    except ValueError as error:
        raise RuleError(str(error)) from error


def _rule(name: str, blend: Callable[..., str], summary: str, instead: str) -> Rule:
    # jwst calls these names deprecated. They compare moments, which `instead` does not.
    return Rule(
        name=name,
        blend=blend,
        summary=summary,
        deprecated=f"In a new schema, {instead!r} does where all are ISO 8601 texts of one form.",
    )


RULES: Final = (
    _rule("mintime", earliest_time, "The earliest time of day, as its input writes it.", "min"),
    _rule("maxtime", latest_time, "The latest time of day, as its input writes it.", "max"),
    _rule("mindate", earliest, "The earliest date, as its input writes it.", "min"),
    _rule("maxdate", latest, "The latest date, as its input writes it.", "max"),
    _rule("mindatetime", earliest, "The earliest date-time, as its input writes it.", "min"),
    _rule("maxdatetime", latest, "The latest date-time, as its input writes it.", "max"),
)
