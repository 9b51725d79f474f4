"""Which attributes are beginnings, middles and ends, and when they are out of order."""

import numpy as np
import pytest
from stdatamodels.jwst.datamodels import ImageModel, SpecModel

from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.model_class import described
from blender_core.schema.spans import disorder


def spans_of(*attributes):
    layout = Layout(attributes)
    return [
        tuple(None if place is None else layout.paths[place] for place in span)
        for span in layout.spans
    ]


def test_those_of_a_telescope():
    # Picked from the core schema of stdatamodels 5 by hand.
    spans = spans_of(*read_attributes(described(ImageModel).schema).values())
    groups = {}
    for begin, mid, end in spans:
        group, _, name = begin.rpartition(".")
        rest = (None if path is None else path.removeprefix(f"{group}.") for path in (mid, end))
        groups.setdefault(group.removeprefix("meta").removeprefix("."), []).append((name, *rest))
    assert groups == {
        "": [("hga_start_time", None, "hga_stop_time")],
        "observation": [("date_beg", None, "date_end")],
        "exposure": [
            ("start_time", "mid_time", "end_time"),
            ("start_time_mjd", "mid_time_mjd", "end_time_mjd"),
            ("start_time_tdb", "mid_time_tdb", "end_time_tdb"),
            ("integration_start", None, "integration_end"),
        ],
        "time": [
            ("barycentric_expstart", "barycentric_expmid", "barycentric_expend"),
            ("heliocentric_expstart", "heliocentric_expmid", "heliocentric_expend"),
        ],
        "guidestar": [
            ("gs_start_time", None, "gs_stop_time"),
            ("gs_function_start_time", None, "gs_function_end_time"),
            ("data_start", None, "data_end"),
        ],
    }


def test_a_position_may_begin_after_it_ends():
    paths = {
        path
        for span in spans_of(*read_attributes(described(SpecModel).schema).values())
        for path in span
    }
    assert "meta.exposure.start_time" in paths
    assert not any("waverange" in path for path in paths if path)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("expstart", "expend"),
        ("EXPSTART", "EXPEND"),
        ("date-beg", "date-end"),
        ("mjd_begin", "mjd_end"),
        ("tstart", "tstop"),
        ("start_time", "stop_time"),
    ],
)
def test_those_of_other_observatories(begin, end):
    attributes = [Attribute(f"meta.{name}", type="number", unit="d") for name in (end, begin)]
    assert spans_of(*attributes) == [(f"meta.{begin}", None, f"meta.{end}")]


@pytest.mark.parametrize(
    "attributes",
    [
        [Attribute("meta.start_time")],
        [Attribute("meta.a.start_time"), Attribute("meta.b.end_time")],
        [Attribute("meta.started", type="string"), Attribute("meta.ended", type="string")],
        [Attribute("meta.restart_time"), Attribute("meta.reend_time")],
        [
            Attribute("meta.ra_start", type="number", unit="deg"),
            Attribute("meta.ra_end", type="number"),
        ],
        [Attribute("meta.start_time", type="boolean"), Attribute("meta.end_time", type="boolean")],
    ],
)
def test_those_that_are_none(attributes):
    assert spans_of(*attributes) == []


ORDERED = [
    (1.0, 2.0),
    (1, 1.0),
    (float("nan"), 1.0),
    (2.0, float("nan")),
    (None, 1.0),
    (1.0, None),
    ("2024-01-01", "2024-01-01"),
    ("2024-01-01T12:00:00", "2024-01-01"),  # a day is all of it
    ("2024-01-01T12:00:00", "2024-01-01T12:00:00.001"),
    ("2024-01-01T12:00:00.1", "2024-01-01T12:00:00.10"),
    ("2016-12-31T23:59:60.5", "2017-01-01T00:00:00"),
    ("2024-01-01T12:00:00+02:00", "2024-01-01T11:00:00Z"),
    ("23:59:00", "00:01:00"),  # of another day, perhaps
    ("N/A", "A"),
    ("x", 1.0),
    ([2], [1]),
    (np.array([2, 3]), np.array([1, 2])),
]
DISORDERED = [
    (2.0, 1.0),
    (2, 1),
    (2, 1.5),
    (float("inf"), 1.0),
    ("2024-01-02", "2024-01-01"),
    ("2024-01-02T00:00:00", "2024-01-01"),
    ("2024-01-01T12:00:00.001", "2024-01-01T12:00:00"),
    ("2024-01-01 12:00:00.001", "2024-01-01 12:00:00.000"),
    ("2024-01-01 13:00:00", "2024-01-01T12:00:00"),
    ("2024-01-01T12:00:00", "2024-01-01 11:00:00"),
    ("2024-01-01T12:00:00Z", "2024-01-01T13:00:00+02:00"),
    ("2024-2-1T00:00:00", "2024-1-31T00:00:00"),
]


@pytest.mark.parametrize("begin_and_end", ORDERED + DISORDERED, ids=repr)
def test_order(begin_and_end):
    layout = Layout([Attribute("meta.start_time"), Attribute("meta.end_time", keyword="EXPEND")])
    said = disorder(layout.spans, layout.attributes, begin_and_end)
    assert bool(said) == any(begin_and_end is each for each in DISORDERED)
    if said:
        assert said.startswith("meta.end_time (EXPEND) ")
        assert said.endswith(f" is before meta.start_time {begin_and_end[0]!r}")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((1.0, 2.0, 3.0), ""),
        ((1.0, 0.5, 3.0), "meta.mid_time 0.5 is before meta.start_time 1.0"),
        ((1.0, 4.0, 3.0), "meta.end_time 3.0 is before meta.mid_time 4.0"),
        ((3.0, 2.0, 1.0), "meta.end_time 1.0 is before meta.start_time 3.0"),
        ((3.0, None, 1.0), "meta.end_time 1.0 is before meta.start_time 3.0"),
        ((3.0, 2.0, None), "meta.mid_time 2.0 is before meta.start_time 3.0"),
        ((None, 2.0, 1.0), "meta.end_time 1.0 is before meta.mid_time 2.0"),
    ],
)
def test_middles(row, said):
    layout = Layout(Attribute(f"meta.{name}_time") for name in ("start", "mid", "end"))
    assert disorder(layout.spans, layout.attributes, row) == said
