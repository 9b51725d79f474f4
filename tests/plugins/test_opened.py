"""What plugins get to see of a file that is none of the engine's own."""

import datetime
from pathlib import Path

import asdf
import numpy as np
import pytest
from astropy.io import fits
from astropy.time import Time

from blender_core import BlendWarning, InputError
from blender_core.inputs.opener import Opener

NUMBERS = ["0", "-0", "+12", "007", "9223372036854775807", "9223372036854775808", "-1" + "0" * 40,
           "1.", ".5", "-1.5E3", "1.5D-3", "1d5", "3.0e+05", "1E400", "1E-400"]  # fmt: skip
TEXTS = ["''", "'   '", "'a'", "'it''s'", "''''", "' a  '", "'a / b'", "'a: 1'", "'NAXIS: 2'",
         "'T'", "'a&'"]  # fmt: skip
OTHERS = ["T", "F", "", "(1.0, 2.5)", "(1, -2)"]
COMMENTS = ["", " / a comment", "/a", " /  two  / 'of' them  ", " /"]


def images():
    """Give cards of many kinds as they can be in a file."""
    for value in NUMBERS + TEXTS + OTHERS:
        for comment in COMMENTS:
            yield f"KEY     = {value}{comment}"
            yield f"KEY     = {value:>20}{comment}"
    yield from ("COMMENT a text", "HISTORY   of it ", "", "        after blanks", "COMMENT")
    yield from ("HIERARCH ESO DET ID = 'a' / its name", "HIERARCH eso dit=1.5", "HIERARCH KEY = 3")
    yield from ("key     = 3", "KEY-_1  = T", " KEY    = 1", "KEY = 1", "KEY     =1", "KEY  text")
    yield from ("DP1     = 'NAXIS: 2' / a record", "KEY     = 'no end", "KEY     = 1.2.3 / what")
    yield "KEY     = 'a long text &'".ljust(80) + "CONTINUE  ' that goes on' / and a comment"
    yield "KEY     = 'a: 1 &'".ljust(80) + "CONTINUE  'b&' / one".ljust(80) + "CONTINUE  '' / two"
    yield "KEY     = 'not so'".ljust(80) + "CONTINUE  'but continued'"


def write(path, *cards):
    """Write a file whose primary header has some cards."""
    whole = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   = 0"]
    raw = "".join(card.ljust(-(-len(card) // 80) * 80 or 80) for card in [*whole, *cards, "END"])
    path.write_bytes(raw.ljust(-(-len(raw) // 2880) * 2880).encode("latin-1"))
    return path


def opened(given):
    return Opener().opened(given, "input 1")


def content(header):
    """Return what astropy has on cards, as `Card` has it: None without a value."""
    return [
        (card.keyword, None if isinstance(card.value, fits.card.Undefined) else card.value,
         card.comment)
        for card in header.cards
    ]  # fmt: skip


def equal(one, other):
    return type(one) is type(other) and one == other


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("group", range(8))
def test_cards_as_astropy_has_them(group, tmp_path):
    for image in [*images()][group::8]:
        check_card(image, tmp_path)


def check_card(image, tmp_path):
    path = write(tmp_path / "a.fits", image, "LAST    = 'a'")
    theirs, ours = fits.getheader(path), opened(path).headers[0]
    try:
        cards = content(theirs)
    except fits.VerifyError:
        keyword = "KEY"
        with pytest.raises(InputError, match=rf"HDU 0 \(PRIMARY\) has a bad card.*{keyword}"):
            ours.get(keyword)
        with pytest.raises(InputError, match=rf"HDU 0 \(PRIMARY\) has a bad card.*{keyword}"):
            ours.cards  # noqa: B018
        assert ours["LAST"] == "a"
        return
    assert list(ours.cards) == cards
    assert [*map(type, (card.value for card in ours.cards))] == [type(card[1]) for card in cards]
    assert [*ours] == list(dict.fromkeys(keyword for keyword, *_ in cards))
    for keyword, *_ in cards:
        if keyword not in ("", "COMMENT", "HISTORY"):
            assert equal(ours[keyword], theirs[keyword])
            any_case = keyword if "." in keyword else keyword.lower()
            assert equal(ours.get(any_case), theirs[keyword])
            assert keyword in ours


ALTERED = {
    "KEY     = 'M\xfcller'": (
        r"KEY = 'M\\xfcller' in HDU 0 \(PRIMARY\), which has bytes",
        "M?ller",
    ),
    "KEY     = 1E400": (r"KEY = 1E400 in HDU 0 .*: inf is taken", float("inf")),
    "KEY     = 1E-400 / small": (r"KEY = 1E-400 .*: 0.0 is taken", 0.0),
    "HIERARCH ESO NAME = 'M\xfcller'": (r"ESO NAME = 'M\\xfcller' .*bytes", "M?ller"),
    "COMMENT by M\xfcller": (r"COMMENT = by M\\xfcller in HDU 0", "by M?ller"),
}


@pytest.mark.parametrize("image", ALTERED)
def test_a_value_that_is_not_what_stands_there_is_told(image, tmp_path):
    message, value = ALTERED[image]
    path = write(tmp_path / "a.fits", image)
    for look in (lambda header: header.cards[-1].value, lambda header: header[[*header][-1]]):
        with pytest.warns(BlendWarning, match=message) as caught:
            assert look(opened(path).headers[0]) == value
        assert len(caught) == 1
        assert caught[0].message.label == f"input 1 ({path})"


@pytest.mark.parametrize(
    "image",
    ["HIERARCH ESO NAME = 'a' / its name", "HIERARCH eso x=1.5", "COMMENT = no text", "HISTORY a",
     "KEY     = 1.5 / M\xfcller", "KEY     = 'it''s'", "KEY     = (1, 2)", "DP1     = 'NAXIS: 2'",
     "KEY     = 'a long text &'".ljust(80) + "CONTINUE  ' that goes on' / and a comment"],
)  # fmt: skip
@pytest.mark.filterwarnings("error::blender_core.BlendWarning")
def test_nothing_is_told_of_others(image, tmp_path):
    header = opened(write(tmp_path / "a.fits", image)).headers[0]
    assert len(header.cards) == 4
    assert {**header}


def test_the_headers_of_all_hdus(tmp_path):
    path = tmp_path / "a.fits"
    first = fits.PrimaryHDU(header=fits.Header({"TELESCOP": "HST"}))
    sci = [fits.ImageHDU(np.ones((2, 2)), fits.Header({"CHIP": i}), "sci", ver=i) for i in (1, 2)]
    hdus = fits.HDUList([first, *sci, fits.ImageHDU()])
    hdus.writeto(path)
    with fits.open(path) as lent:
        for given, where in ((path, path), (lent, path), (hdus, None)):
            what = opened(given)
            assert (what.path, what.format, what.tree) == (where, "fits", None)
            assert [(each.index, each.name, each.version) for each in what.headers] == [
                (0, "PRIMARY", 1), (1, "SCI", 1), (2, "SCI", 2), (3, "", 1),
            ]  # fmt: skip
            assert what.header("primary")["telescop"] == "HST"
            assert [what.header("SCI")["CHIP"], what.header("sci ", 2)["CHIP"]] == [1, 2]
            assert what.header("SCI", 3) is what.header("ERR") is None


def test_what_is_there_once_twice_and_not(tmp_path):
    path = write(tmp_path / "a.fits", "A       = 1", "A       = 2", "B       =", "COMMENT one",
                 "COMMENT two")  # fmt: skip
    header = opened(path).headers[0]
    assert header["A"] == 1
    assert [card.value for card in header.cards if card.keyword == "A"] == [1, 2]
    assert "B" in header
    assert header["B"] is header.get("B", 7) is None
    assert "C" not in header
    assert header.get("C", 7) == 7
    assert header["COMMENT"] == "one"
    with pytest.raises(KeyError, match="'C'"):
        header["C"]
    assert {**header} == {
        "SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "A": 1, "B": None, "COMMENT": "one",
    }  # fmt: skip


def test_a_tree_as_plain_content(tmp_path):
    path = tmp_path / "a.asdf"
    shared = {"x": 1}
    asdf.AsdfFile(
        {
            "roman": {
                "data": np.zeros(100),
                "arrays": [np.ones(3), 2.5],
                "start": Time("2027-01-01T00:00:00"),
                "mjd": Time(61000.5, format="mjd"),
                "day": datetime.date(2027, 1, 2),
                "values": [1, 2.5, True, None, "text", shared],
                "same": shared,
            }
        }
    ).write_to(path)
    with path.open("rb") as file:
        text = file.read().replace(
            b"same:", b"tagged: !<asdf://far.away/tags/x-1.0> {a: [1]}\n  same:"
        )
    path.write_bytes(text)
    what = opened(path)
    assert (what.path, what.format, what.headers) == (path, "asdf", ())
    tree = what.tree["roman"]
    assert tree["data"] is None
    assert tree["arrays"] == [None, 2.5]
    assert tree["start"] == "2027-01-01T00:00:00.000"
    assert tree["day"] == "2027-01-02"
    assert tree["tagged"] == {"a": [1]}
    assert tree["values"] == [1, 2.5, True, None, "text", {"x": 1}]
    assert tree["mjd"]["value"] == 61000.5
    assert {type(value) for value in tree.values()} <= {dict, list, str, type(None)}
    assert tree["same"] is tree["values"][-1]


def test_nobody_changes_what_others_see(tmp_path):
    path = tmp_path / "a.asdf"
    asdf.AsdfFile({"roman": {"list": [1]}}).write_to(path)
    what = opened(path)
    other = what.copy()
    what.tree["roman"]["list"].append(2)
    assert other.tree["roman"]["list"] == [1]
    headers = opened(write(tmp_path / "a.fits")).headers
    for owner, name in ((what, "tree"), (headers[0], "name"), (headers[0], "cards")):
        with pytest.raises(AttributeError, match="cannot be changed"):
            setattr(owner, name, None)
        with pytest.raises(AttributeError, match="cannot be changed"):
            delattr(owner, name)


def test_what_is_neither(tmp_path):
    (tmp_path / "a.txt").write_text("SIMPLE it is not")
    assert opened(tmp_path / "a.txt") is None
    assert opened({"a": 1}) is opened(fits.Header()) is None


def test_what_is_broken(tmp_path):
    path = write(tmp_path / "a.fits", "EXTEND  = T")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError, match=r"input 1 \(.*a.fits\) cannot be read: HDU 0 is truncat"):
        opened(path)
    with pytest.raises(InputError, match="No such file"):
        opened(Path(tmp_path, "b.fits"))


@pytest.mark.parametrize(("value", "version"), [("2", 2), ("2.0", 2), ("T", 1)])
def test_the_version(tmp_path, value, version):
    assert opened(write(tmp_path / "a.fits", f"EXTVER  = {value}")).headers[0].version == version


@pytest.mark.parametrize("value", ["'two'", "2.5", "(1, 2)", ""])
def test_no_version(tmp_path, value):
    header = opened(write(tmp_path / "a.fits", f"EXTVER  = {value}")).headers[0]
    with pytest.raises(InputError, match=r"HDU 0 \(PRIMARY\) has the version "):
        header.version  # noqa: B018
