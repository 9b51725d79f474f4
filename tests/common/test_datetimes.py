from datetime import date, timedelta
from itertools import pairwise

import pytest

from blender_core.common.datetimes import CALENDAR, CLOCK


def is_day(text):
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def test_every_plain_day_is_a_day_and_every_day_is_plain():
    for year in (0, 1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999):
        for month in range(14):
            for day in range(33):
                text = f"{year:04}-{month:02}-{day:02}"
                assert CALENDAR.sorts_as_text([text]) is is_day(text), text


def test_leap_days_are_plain_in_leap_years_alone():
    for year in range(10_000):
        text = f"{year:04}-02-29"
        assert CALENDAR.sorts_as_text([text]) is is_day(text), text


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-02T03:04:05", "2024-01-02T03:04:60"],
        ["2024-01-02T03:04:05.678", "2025-11-30T23:59:59.999"],
        ["2024-02-29", "2023-02-28"],
    ],
)
def test_texts_of_one_width_sort_as_they_are(texts):
    assert CALENDAR.sorts_as_text(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-02T03:04:05", "2024-01-02"],
        ["2024-01-02T03:04:05", "2024-01-02 03:04:05"],
        ["2024-01-02T03:04:05Z"],
        ["2024-01-02T03:04:05.00", "2024-01-02T03:04:05+0"],
        ["2024-01-02\n2024-01-03"],
        ["2024-01-02T03:04:05\n2024-01-02", "2024-01-02\n2024-01-02T03:04:05"],
        ["2024-01-02\n", "2024-01-02\n"],
        ["2024-01-2", "2024-1-12"],
        ["202\N{ARABIC-INDIC DIGIT FOUR}-01-02"],
        [" 2024-01-02"],
        ["2024-13-01"],
        ["2024-01-02T24:00:00"],
        ["2024-01-02T03:60:00"],
        ["2024-01-02T03:04:61"],
        [""],
        ["", ""],
    ],
)
def test_all_others_are_looked_at_one_by_one(texts):
    assert not CALENDAR.sorts_as_text(texts)


def test_a_clock_is_no_calendar():
    assert CLOCK.sorts_as_text(["03:04:05"])
    assert not CALENDAR.sorts_as_text(["03:04:05"])
    assert not CLOCK.sorts_as_text(["2024-01-02"])
    assert not CLOCK.sorts_as_text(["2024-01-02T03:04:05"])


def test_minutes_go_on_over_the_days():
    day = date(2023, 12, 25)
    minutes = [CALENDAR.instant(str(day + timedelta(days=n)))[0] for n in range(100)]
    assert [b - a for a, b in pairwise(minutes)] == [1440] * 99


def test_an_offset_is_ahead_of_universal_time():
    universal = CALENDAR.instant("2024-02-29T23:30:00Z")
    assert CALENDAR.instant("2024-03-01T01:30:00+02:00") == universal
    assert CALENDAR.instant("2024-02-29T19:00:00-04:30") == universal


def test_the_cause_of_an_impossible_day_is_told():
    with pytest.raises(ValueError, match=r"'2023-02-29' is not a date .*: day") as caught:
        CALENDAR.instant("2023-02-29")
    assert isinstance(caught.value.__cause__, ValueError)
