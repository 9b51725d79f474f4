from contextlib import suppress
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS

from blender_core.errors import RuleError
from blender_rules_std.times import earliest, earliest_time, latest, latest_time

CALENDAR_RULES = [earliest, latest]
CLOCK_RULES = [earliest_time, latest_time]


@pytest.mark.parametrize(
    "in_order",
    [
        ["2024-01-02"],
        ["2023-12-31", "2024-01-01", "2024-02-29", "2024-03-01"],
        ["2024-9-5", "2024-09-30", "2024-10-1"],
        ["2024-01-01T23:00:00", "2024-01-02T01:00:00"],
        ["2024-01-01T09:50:00.5", "2024-01-01 09:50:00.75", "2024-01-01T09:50:01"],
        ["2024-01-01 9:50:00", "2024-01-01T10:00:00"],
        ["2024-01-01", "2024-01-01T00:00:00.001", "2024-01-01T12:00", "2024-01-02"],
        # A leap second lies between the last second of its day and the first of the next.
        [
            "2016-12-31T23:59:59.999",
            "2016-12-31T23:59:60",
            "2016-12-31T23:59:60.5",
            "2017-01-01T00:00:00",
        ],
        ["2016-12-31T23:59:59.999", "2017-01-01T08:59:60+09:00", "2017-01-01"],
        # More digits than a float has.
        ["2024-01-01T00:00:00.12345678901234567890", "2024-01-01T00:00:00.123456789012345678901"],
        ["2024-01-01T00:00:00.09", "2024-01-01T00:00:00.1", "2024-01-01T00:00:00.11"],
        # An offset says how far the clock is ahead of UTC.
        ["2024-01-01T12:00:00+02:00", "2024-01-01T11:00:00Z", "2024-01-01T10:00:00-01:30"],
        ["2024-01-01T00:00:00+00:01", "2024-01-01"],
        [" 2024-01-01", "2024-01-02 ", " 2024-01-03T00:00:00 "],
    ],
)
def test_dates_and_date_times(in_order):
    for values in (in_order, in_order[::-1], in_order[1:] + in_order[:1]):
        assert earliest(values) is in_order[0]
        assert latest(values) is in_order[-1]


@pytest.mark.parametrize(
    "in_order",
    [
        ["00:00:00"],
        ["9:50:00", "10:00:00"],
        ["00:00", "0:00:00.001", "00:01"],
        ["09:50:00.5", "09:50:00.75", "09:50:01"],
        ["23:59:59.999", "23:59:60", "23:59:60.001"],
        [" 1:00:00", "02:00:00Z", "3:00:00 "],
    ],
)
def test_times_of_day(in_order):
    for values in (in_order, in_order[::-1], in_order[1:] + in_order[:1]):
        assert earliest_time(values) is in_order[0]
        assert latest_time(values) is in_order[-1]


@pytest.mark.parametrize("rule", CALENDAR_RULES)
@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-01T00:00:00.5", "2024-01-01T00:00:00.50"],
        ["2024-01-01T00:00:00.50", "2024-01-01T00:00:00.5"],
        ["2024-01-01", "2024-01-01T00:00"],
        ["2024-01-01T00:00:00.0", "2024-1-1"],
        ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00"],
        ["2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00-00:00"],
        ["2024-01-01", str(date(2024, 1, 1))],
    ],
)
def test_the_first_of_those_that_tie(rule, values):
    assert rule(values) is values[0]
    assert rule(values[::-1]) is values[1]


@pytest.mark.parametrize("rule", CLOCK_RULES)
@pytest.mark.parametrize("values", [["9:00:00", "09:00:00"], ["09:00", "9:00:00.000"]])
def test_the_first_of_those_that_tie_on_a_clock(rule, values):
    assert rule(values) is values[0]
    assert rule(values[::-1]) is values[1]


NEITHER = [
    "",
    "UNKNOWN",
    "N/A",
    "20240101",
    "2024-01",
    "2024-W01-1",
    "01/02/98",
    "2024-13-01",
    "2024-00-01",
    "2024-01-00",
    "2024-01-32",
    "2023-02-29",
    "1900-02-29",
    "0000-01-01",
    "2024-01-01T",
    "2024-01-01T25:00:00",
    "2024-01-01T24:00:00",
    "2024-01-01T00:60:00",
    "2024-01-01T00:00:61",
    "2024-01-01T00:00:00.",
    "2024-01-01T00:00:00,5",
    "2024-01-01T00:00:00+25:00",
    "2024-01-01T00:00:00 UTC",
    "2024-01-01\n2024-01-02",
    "202\N{ARABIC-INDIC DIGIT FOUR}-01-02",
    "24:00:00",
    "12:60:00",
    "12:00:61",
    "1:2:3",
    "12",
    "-1:00:00",
    "12:00:00.",
    "12:00:00+01:00",
]


@pytest.mark.parametrize("value", NEITHER)
@pytest.mark.parametrize("rule", [*CALENDAR_RULES, *CLOCK_RULES])
def test_what_is_no_time_is_named(rule, value):
    good = "2024-01-01" if rule in CALENDAR_RULES else "12:00:00"
    for values in ([value], [good, value], [value, value]):
        with pytest.raises(RuleError) as caught:
            rule(values)
        assert repr(value) in str(caught.value)


@pytest.mark.parametrize("rule", [*CALENDAR_RULES, *CLOCK_RULES])
@pytest.mark.parametrize("value", [60310.5, 20240101, True, None, ["2024-01-01"]])
def test_what_is_no_text_is_named(rule, value):
    with pytest.raises(RuleError) as caught:
        rule(["2024-01-01", value])
    assert repr(value) in str(caught.value)


def test_dates_are_no_times_of_day_nor_the_other_way():
    for rule in CALENDAR_RULES:
        with pytest.raises(RuleError, match="'12:00:00' is not a date"):
            rule(["2024-01-01", "12:00:00"])
    for rule in CLOCK_RULES:
        with pytest.raises(RuleError, match="'2024-01-01T12:00:00' is not a time of day"):
            rule(["12:00:00", "2024-01-01T12:00:00"])


moments = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29))
offsets = st.integers(min_value=-1439, max_value=1439)


@given(st.lists(moments, min_size=1))
@settings(deadline=None)
def test_as_datetime_has_it(times):
    texts = [time.isoformat() for time in times]
    assert earliest(texts) == min(times).isoformat()
    assert latest(texts) == max(times).isoformat()
    dates = [time.date() for time in times]
    assert earliest(list(map(str, dates))) == str(min(dates))
    assert latest(list(map(str, dates))) == str(max(dates))
    clocks = [time.time() for time in times]
    assert earliest_time([clock.isoformat() for clock in clocks]) == min(clocks).isoformat()
    assert latest_time([clock.isoformat() for clock in clocks]) == max(clocks).isoformat()


@given(st.lists(st.tuples(moments, offsets, st.sampled_from("T ")), min_size=1))
@settings(deadline=None)
def test_as_datetime_has_it_with_offsets(parts):
    times = [
        time.replace(tzinfo=timezone(timedelta(minutes=minutes))) for time, minutes, _ in parts
    ]
    texts = [time.isoformat(sep) for time, (_, _, sep) in zip(times, parts, strict=True)]
    # Of times that tie, min and max return the first too.
    assert earliest(texts) is texts[times.index(min(times))]
    assert latest(texts) is texts[times.index(max(times))]


@given(st.lists(st.tuples(moments, st.integers(0, 12)), min_size=1))
@settings(deadline=None)
def test_zeros_at_the_end_of_a_fraction_do_not_matter(parts):
    times = [time for time, _ in parts]
    texts = [f"{time:%H:%M:%S.%f}" + zeros * "0" for time, zeros in parts]
    clocks = [time.time() for time in times]
    assert earliest_time(texts) is texts[clocks.index(min(clocks))]
    assert latest_time(texts) is texts[clocks.index(max(clocks))]


@given(st.lists(moments, min_size=1))
@settings(deadline=None)
def test_as_the_peer_has_it_for_texts_of_one_width(times):
    texts = [time.isoformat(timespec="microseconds") for time in times]
    assert earliest(texts) == RULE_FUNCTIONS["mindatetime"](texts)
    assert latest(texts) == RULE_FUNCTIONS["maxdatetime"](texts)
    dates = [text[:10] for text in texts]
    assert earliest(dates) == RULE_FUNCTIONS["mindate"](dates)
    assert latest(dates) == RULE_FUNCTIONS["maxdate"](dates)
    clocks = [text[11:] for text in texts]
    assert earliest_time(clocks) == RULE_FUNCTIONS["mintime"](clocks)
    assert latest_time(clocks) == RULE_FUNCTIONS["maxtime"](clocks)


def test_unlike_the_peer_nine_comes_before_ten():
    values = ["9:50:00", "10:00:00"]
    assert RULE_FUNCTIONS["mintime"](values) == "10:00:00"
    assert earliest_time(values) == "9:50:00"


@given(st.text(), st.sampled_from(["2024-01-01", "2024-01-01T00:00:00", "12:00:00"]))
@settings(deadline=None)
def test_any_text_gives_a_value_or_a_rule_error(text, other):
    for rule in [*CALENDAR_RULES, *CLOCK_RULES]:
        with suppress(RuleError):
            assert rule([text, other]) in (text, other)
