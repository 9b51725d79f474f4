"""What a report knows of a blend, before it is a page."""

import datetime
import warnings

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, Status, blendmodels
from blender_core.report.encoding import (
    axis_kind,
    encode_texts,
    encode_values,
    shown,
    to_text,
)
from blender_core.report.exposures import (
    describe_inputs,
    duration_text,
    parse_time,
    read_exposures,
    span,
    span_text,
)
from blender_core.report.model import facts_of


@pytest.fixture
def blend(make_model):
    """Return a function that blends inputs of given values, and gives the facts of it."""

    def make(rows, product=None, **settings):
        inputs = [make_model(values) for values in rows]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return facts_of(blendmodels(product or ImageModel(), inputs, **settings))

    return make


def named(facts, keyword):
    return next(one for one in facts.attributes if one.outcome.keyword == keyword)


def test_every_attribute_of_the_plan_is_there(blend):
    facts = blend([{"meta.exposure.nframes": 4}])
    assert len(facts.attributes) > 400
    assert facts.n_inputs == 1
    assert facts.model_type == "ImageModel"
    assert not named(facts, "NFRAMES").is_empty
    assert named(facts, "GRATING").is_empty


def test_values_that_the_product_has_now(blend):
    product = ImageModel()
    product.meta.resample.pixfrac = 0.75
    product.meta.exposure.ngroups = 9
    overrides = [
        Override(attribute="NINTS", rule="mean", reason="to be refused"),
        Override(attribute="NFRAMES", rule="drop", reason="to be dropped"),
        Override(attribute="NGROUPS", rule="keep", reason="to be kept"),
    ]
    rows = [
        {"meta.exposure.nints": n, "meta.exposure.nframes": 4, "meta.exposure.ngroups": n}
        for n in (1, 2)
    ]
    facts = blend(rows, product, overrides=overrides)
    found = {
        keyword: (named(facts, keyword).outcome.status, named(facts, keyword).value)
        for keyword in ("NINTS", "NFRAMES", "NGROUPS", "PIXFRAC")
    }
    assert found == {
        "NINTS": (Status.REFUSED, 1.5),
        "NFRAMES": (Status.DROPPED, None),
        "NGROUPS": (Status.KEPT, 9),
        "PIXFRAC": (Status.KEPT, 0.75),
    }
    assert not named(facts, "PIXFRAC").is_empty
    assert "schema forbids" in named(facts, "NINTS").warning
    assert [named(facts, one).warning for one in ("NFRAMES", "NGROUPS", "PIXFRAC")] == [""] * 3


def test_warnings(blend):
    facts = blend(
        [
            {"meta.target.proposer_name": "A", "meta.exposure.exposure_time": 1.0},
            {"meta.target.proposer_name": "B"},
        ]
    )
    assert "nobody asked for a rule" in named(facts, "TARGPROP").warning
    assert "1 of 2 inputs" in named(facts, "EFFEXPTM").warning


def test_a_value_taken_from_an_input_is_not_partial(blend):
    facts = blend([{"meta.exposure.start_time": 59000.5}, {}])
    assert named(facts, "EXPSTART").value == 59000.5
    assert named(facts, "EXPSTART").warning == ""


def test_the_name_of_the_product(blend, make_model, tmp_path):
    rows = [{"meta.filename": "a.fits"}, {"meta.filename": "b.fits"}]
    assert blend(rows).product == ""  # the first input's name is not its own
    product = ImageModel()
    product.meta.filename = "mosaic.fits"
    assert blend(rows, product, ignore=["meta.filename"]).product == "mosaic.fits"
    result = blendmodels(ImageModel(), [make_model(one) for one in rows])
    result.save(tmp_path / "saved.fits")
    assert facts_of(result).product == "saved.fits"
    result = blendmodels(tmp_path / "saved.fits", [make_model(one) for one in rows])
    assert facts_of(result).product == "saved.fits"
    assert facts_of(result).model_type == "ImageModel"


def test_inputs_left_out_and_notes(make_model, tmp_path):
    absent = tmp_path / "absent.fits"
    result = blendmodels(ImageModel(), [make_model(), absent], on_bad_input="skip")
    facts = facts_of(result, ["seen by me"])
    assert facts.n_inputs == 1
    assert len(facts.skipped) == 1
    assert "absent.fits" in facts.skipped[0]
    assert facts.notes == ("seen by me",)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2.5, None], "number"),
        ([float("nan")], "number"),
        ([True, False], "text"),
        ([1, "1"], "text"),
        (["2022-07-17", "2022-07-18T01:02:03.4567890"], "time"),
        (["2022-07-17 18:29:00Z"], "time"),
        (["19:00:00.000", "07:30"], "clock"),
        (["2022-07-17", "MULTIPLE"], "text"),
        (["2022-07-17 and more"], "text"),
        (["1.5"], "text"),
        ([[1, 2]], "text"),
        ([None], "text"),
        ([], "text"),
    ],
)
def test_kinds(values, kind):
    assert axis_kind(values) == kind


def test_each_text_is_held_once():
    assert encode_values([2.5, None, 2.5, 1e-5]) == {
        "kind": "number",
        "of": ["2.5", "1e-05"],
        "at": [0, -1, 0, 1],
    }
    assert encode_texts(["a"] * 1000) == {"of": ["a"]}
    assert encode_texts([None, None]) == {"of": [], "at": [-1, -1]}
    assert encode_texts([]) == {"of": [], "at": []}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\tb", r"a\tb"),
        ("right\u202eleft", r"right\u202eleft"),
        ("line\u2028end", r"line\u2028end"),
        ("lone\udc80", r"lone\udc80"),
        ("zero\x00", r"zero\x00"),
        ("Å and µm", "Å and µm"),
        ("", ""),
        (True, "True"),
        (-0.0, "-0.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (10**30, "1" + "0" * 30),
        ([1, "a"], "[1, 'a']"),
    ],
)
def test_texts(value, text):
    assert to_text(value) == text


def test_long_texts_lose_their_middle():
    text = shown("a" * 5000 + "b" * 5000)
    assert 2000 <= len(text) < 2010
    assert text.startswith("aaa")
    assert text.endswith("bbb")


def test_exposures_by_their_dates(blend):
    facts = blend(
        [
            {
                "meta.filename": "a.fits",
                "meta.instrument.detector": "NRCA1",
                "meta.instrument.filter": "F115W",
                "meta.instrument.pupil": "CLEAR",
                "meta.observation.date_beg": "2022-07-17T19:00:00.000",
                "meta.observation.date_end": "2022-07-17T19:05:00.000",
            },
            # Of this one, there are only Julian dates: 2022-07-17 is MJD 59777.
            {"meta.exposure.start_time": 59777.25, "meta.exposure.end_time": 59777.5},
        ]
    )
    first, second = read_exposures(facts)
    assert (first.name, first.detector, first.optics) == ("a.fits", "NRCA1", "F115W")
    assert (second.name, second.detector, second.optics) == ("input 2", "", "")
    utc = datetime.UTC
    assert first.start == datetime.datetime(2022, 7, 17, 19, 0, tzinfo=utc)
    assert first.end == datetime.datetime(2022, 7, 17, 19, 5, tzinfo=utc)
    assert second.start == datetime.datetime(2022, 7, 17, 6, 0, tzinfo=utc)
    assert second.end == datetime.datetime(2022, 7, 17, 12, 0, tzinfo=utc)
    assert span([first, second]) == (second.start, first.end)
    assert span_text([first, second]) == "2022-07-17 06:00:00 to 19:05:00 UTC (13 h 5 min)"


@pytest.mark.parametrize(
    ("elements", "optics"),
    [
        ({"filter": "F115W", "pupil": "CLEAR"}, "F115W"),
        ({"filter": "F322W2", "pupil": "F323N"}, "F322W2 F323N"),
        ({"filter": "CLEAR", "grating": "PRISM"}, "PRISM"),
        ({"filter": "F170LP", "grating": "G235H"}, "F170LP G235H"),
        ({"filter": "CLEAR", "grating": "MIRROR"}, "CLEAR"),
        ({"channel": "12", "band": "SHORT"}, "12 SHORT"),
        ({"filter": "F560W", "channel": "12"}, "F560W"),
    ],
)
def test_optics(blend, elements, optics):
    facts = blend([{f"meta.instrument.{name}": value for name, value in elements.items()}])
    assert read_exposures(facts)[0].optics == optics


@pytest.mark.parametrize(
    "value", [None, "", "MULTIPLE", "2022-02-30", float("nan"), float("inf"), 1e300, True, [1]]
)
def test_what_is_no_moment(value):
    assert parse_time(value) is None


@pytest.mark.parametrize(
    "value", ["2022-07-17T19:00:00", "2022-07-17T20:30:00+01:30", "2022-07-17T19:00:00Z"]
)
def test_moments_are_in_utc(value):
    assert f"{parse_time(value):%Y-%m-%d %H:%M}" == "2022-07-17 19:00"


def test_the_top_has_no_room_for_long_texts(blend):
    texts = [f"{'x' * 500}{i}{'y' * 500}" for i in range(2)]
    said = describe_inputs(blend([{"meta.target.catalog_name": one} for one in texts]))
    assert said == {"Target": [(f"{'x' * 60}...{'y' * 60}", 1)] * 2}


def test_what_the_inputs_are(blend):
    rows = [{"meta.instrument.filter": one} for one in ("F115W", "F200W", "F200W")]
    assert describe_inputs(blend(rows)) == {"Filter": [("F200W", 2), ("F115W", 1)]}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.6, "1 min"), (3600, "1 h"), (3661, "1 h 1 min"), (90061, "1 d 1 h")],
)
def test_lengths(seconds, text):
    assert duration_text(datetime.timedelta(seconds=seconds)) == text


@pytest.mark.parametrize("of_a_file", [False, True])
def test_a_written_product_has_its_own_name_and_date(blend, of_a_file, tmp_path):
    rows = [
        {"meta.filename": f"{name}_cal.fits", "meta.date": "2001-01-01T00:00:00.000"}
        for name in "ab"
    ]
    own, path = ImageModel(), tmp_path / "blended_i2d.fits"
    if of_a_file:
        own.save(tmp_path / "product_i2d.fits")
        own = tmp_path / "product_i2d.fits"
    facts = blend(rows, own, output=path)
    name, date = named(facts, "FILENAME"), named(facts, "DATE")
    assert (name.value, name.outcome.from_input, name.warning) == (path.name, None, "")
    with ImageModel(path) as written:
        assert date.value == str(written.meta.date)
    assert date.value > "2001-01-01T00:00:00.000"
    assert (name.inputs, name.varies) == (("a_cal.fits", "b_cal.fits"), True)


def test_a_product_in_memory_has_the_blended_name(blend):
    fact = named(blend([{"meta.filename": "a_cal.fits"}]), "FILENAME")
    assert (fact.value, fact.outcome.status) == ("a_cal.fits", Status.SET)
    assert fact.outcome.from_input == 0
