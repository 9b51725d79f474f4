import random

import pytest
from astropy.time import Time

from blender_core.errors import RuleError
from blender_rules_std.mean_times import mean_datetime


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        (["2024-01-01T10:00:00"], "2024-01-01T10:00:00"),
        (["2024-02-28T00:00:00", "2024-03-01T00:00:00"], "2024-02-29T00:00:00"),
        (["2024-01-01T00:00:00", "2024-01-01T00:00:00", "2024-01-01T00:00:03"], "2024-01-01T00:00:01"),
        # A second more than 86,400 lies between these, and than 2 between those.
        (["2016-12-31T12:00:00.0", "2017-01-01T12:00:00.0"], "2016-12-31T23:59:60.5"),
        (["2016-12-31T12:00:00.0", "2017-01-01T11:59:59.0"], "2016-12-31T23:59:60.0"),
        (["2016-12-31T23:59:59", "2017-01-01T00:00:00"], "2016-12-31T23:59:60"),
        (["2016-12-31T23:59:60.25", "2016-12-31T23:59:60.75"], "2016-12-31T23:59:60.50"),
        (["1972-06-30T23:59:59", "1972-07-01T00:00:00"], "1972-06-30T23:59:60"),
        # None is known of these days.
        (["1971-12-31T23:59:59", "1972-01-01T00:00:01"], "1972-01-01T00:00:00"),
        (["2015-12-31T23:59:59", "2016-01-01T00:00:01"], "2016-01-01T00:00:00"),
        # Clocks ahead of UTC, and the leap second on them.
        (["2024-01-01T12:00:00+02:00", "2024-01-01T12:00:00Z"], "2024-01-01T13:00:00+02:00"),
        (["2017-01-01T08:59:59+09:00", "2017-01-01T00:00:00Z"], "2017-01-01T08:59:60+09:00"),
        (["2024-01-01T00:00:00-01:30", "2024-01-01T00:00:00-01:30"], "2024-01-01T00:00:00-01:30"),
        (["2024-01-01T00:00:00Z", "2024-01-01T00:00:02Z"], "2024-01-01T00:00:01Z"),
        # As the most precise one is written.
        (["2024-01-01 00:00:00", "2024-01-01T00:00:00.50"], "2024-01-01T00:00:00.25"),
        (["2024-01-01 00:00:00.00", "2024-01-01T00:00:00.50"], "2024-01-01 00:00:00.25"),
        (["2024-01-01", "2024-01-01T12:00"], "2024-01-01T06:00"),
        (["2024-1-1 9:00", "2024-01-01T10:00"], "2024-01-01 09:30"),
        (["2024-01-01T00:00:00.000000000001", "2024-01-01T00:00:00.000000000003"], "2024-01-01T00:00:00.000000000002"),
        # Half to even.
        (["2024-01-01T00:00:00.1", "2024-01-01T00:00:00.2"], "2024-01-01T00:00:00.2"),
        (["2024-01-01T00:00:00.2", "2024-01-01T00:00:00.3"], "2024-01-01T00:00:00.2"),
        (["2024-01-01T00:00:59", "2024-01-01T00:01:00"], "2024-01-01T00:01:00"),
        (["2024-12-31T23:59", "2025-01-01T00:00"], "2025-01-01T00:00"),
        (["2016-12-31T23:59", "2017-01-01T00:00"], "2017-01-01T00:00"),
        (["2024-01-01", "2024-01-03"], "2024-01-02"),
        (["2024-01-01", "2024-01-02", "2024-01-02"], "2024-01-02"),
    ],
)  # fmt: skip
def test_utc(values, mean):
    assert mean_datetime(values) == mean


@pytest.mark.parametrize("scale", ["tai", "tdb"])
def test_scales_without_leap_seconds(scale):
    values = ["2016-12-31T12:00:00.0", "2017-01-01T12:00:00.0"]
    assert mean_datetime(values, scale=scale) == "2017-01-01T00:00:00.0"
    with pytest.raises(RuleError, match="second 60, which only a minute of UTC"):
        mean_datetime(["2016-12-31T23:59:60"], scale=scale)


def test_what_astropy_makes_of_them():
    draw = random.Random(20)  # noqa: S311
    for _ in range(60):
        around = draw.choice([(41500, 61000), (57753.999, 57754.001)])  # the latter: end of 2016
        moments = [draw.uniform(*around) for _ in range(3)]
        texts = list(Time(moments, format="mjd", scale="utc", precision=9).isot)
        tai = Time(texts, scale="utc", precision=9).tai
        mean = tai[0] + (tai - tai[0]).mean()
        difference = Time(mean_datetime(texts), scale="utc").tai - mean
        assert abs(difference.to_value("s")) < 1e-9


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([], "no values"),
        (["2024-01-01", 3], "takes texts"),
        (["2023-02-29"], "2023-02-29"),
        (["10:00:00"], "10:00:00"),
        (["0001-01-01T00:00+05:00", "0001-01-01T00:00:00.0"], "ordinal"),
    ],
)
def test_refused(values, problem):
    with pytest.raises(RuleError, match=problem):
        mean_datetime(values)


def test_unknown_scale():
    with pytest.raises(RuleError, match=r"scale is one of utc, tai, .*, not 'ut1'"):
        mean_datetime(["2024-01-01"], scale="ut1")
