"""What is found by path or keyword, and what is said where nothing is."""

import json
import pickle

import pytest

from blender_core.errors import AmbiguousAttributeError, UnknownAttributeError
from blender_core.schema.by_attribute import ByAttribute, close_labels

KEYWORDS = {
    "meta.target.ra": "TARG_RA",
    "meta.target.dec": "TARG_DEC",
    "meta.one.bunit": "BUNIT",
    "meta.other.bunit": "BUNIT",
    "meta.bare": None,
}


@pytest.fixture
def values():
    items = {"meta.target.ra": 10.5, "meta.one.bunit": "Jy", "meta.bare": None, "meta.extra": 3}
    return ByAttribute(items, KEYWORDS, "it has no value")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("meta.target.ra", 10.5),
        ("TARG_RA", 10.5),
        ("targ_ra", 10.5),
        ("meta.one.bunit", "Jy"),
        ("meta.bare", None),
        ("meta.extra", 3),
    ],
)
def test_what_is_there(values, name, value):
    assert values[name] == value
    assert values.get(name, "default") == value
    assert name in values


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TARG_DEC", "meta.target.dec (TARG_DEC): it has no value"),
        ("meta.target.dec", "meta.target.dec (TARG_DEC): it has no value"),
        ("meta.other.bunit", "meta.other.bunit (BUNIT): it has no value"),
        ("TRAG_RA", "there is no attribute 'TRAG_RA': did you mean meta.target.ra (TARG_RA)?"),
        ("meta.tagret.ra", "did you mean meta.target.ra (TARG_RA)"),
        ("meta.target", "it is a group of 2, such as meta.target.ra"),
        ("", "there is no attribute ''"),
        ("QQQQQQQQ", "there is no attribute 'QQQQQQQQ'"),
        (5, "there is no attribute 5: a path or a keyword is a str"),
        (None, "there is no attribute None"),
    ],
)
def test_what_is_not(values, name, said):
    assert name not in values
    assert values.get(name) is None
    assert values.get(name, "default") == "default"
    with pytest.raises(KeyError) as caught:
        values[name]
    assert isinstance(caught.value, UnknownAttributeError)
    assert said in str(caught.value)
    assert not str(caught.value).startswith(("'", '"'))  # as a KeyError's own would


@pytest.mark.parametrize("ask", ["[]", "get", "in"])
def test_a_keyword_of_two_attributes(values, ask):
    both = r"meta\.one\.bunit or meta\.other\.bunit"
    with pytest.raises(AmbiguousAttributeError, match=both) as error:
        {"[]": values.__getitem__, "get": values.get, "in": values.__contains__}[ask]("bunit")
    assert error.value.paths == ("meta.one.bunit", "meta.other.bunit")
    assert not isinstance(error.value, KeyError)


def test_it_is_a_dict(values):
    plain = dict(values)
    assert values == plain
    assert json.loads(json.dumps(values)) == plain
    assert repr(values) == repr(plain)
    again = pickle.loads(pickle.dumps(values))  # noqa: S301
    assert (again, again["TARG_RA"]) == (values, 10.5)
    with pytest.raises(AmbiguousAttributeError):
        again["BUNIT"]


def test_errors_can_be_sent(values):
    for name, kind in (("TRAG_RA", UnknownAttributeError), ("BUNIT", AmbiguousAttributeError)):
        with pytest.raises(kind) as caught:
            values[name]
        again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
        assert (type(again), str(again), vars(again)) == (
            kind,
            str(caught.value),
            vars(caught.value),
        )


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        # The last part of a path, also abbreviated as keywords of other telescopes do it.
        ("exposure_time", ["meta.exposure.exposure_time (EFFEXPTM)"]),
        ("EXPTIME", ["meta.exposure.exposure_time (EFFEXPTM)", "meta.ephemeris.time (EPH_TIME)"]),
        ("EXPOSURETIME", ["meta.exposure.exposure_time (EFFEXPTM)"]),
        # Where a keyword is misspelt, what it may abbreviate is not of interest.
        ("EFFEXPTIM", ["meta.exposure.exposure_time (EFFEXPTM)"]),
        ("EPH_TIM", ["meta.ephemeris.time (EPH_TIME)"]),
        ("exp", []),
        ("METF", []),
        ("", []),
    ],
)
def test_what_may_be_meant(name, labels):
    keywords = {
        "meta.ephemeris.time": "EPH_TIME",
        "meta.exposure.exposure_time": "EFFEXPTM",
        "meta.exposure.type": "EXP_TYPE",
        "meta.extra.metadata_of_file": None,
    }
    assert close_labels(name, keywords)[: max(len(labels), 1)] == labels
