"""The plugin's own rules, and what it makes of headers where no rules file is given."""

import itertools
import subprocess
from pathlib import Path

import pytest
from astropy.io import fits
from hst_files import WFC3, WFPC2, Undefined, drizzled, exposure

from blender_core import (
    BlendWarning,
    InputError,
    Override,
    ReaderConflictError,
    blendmodels,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def blend(hst):  # noqa: ARG001
    """Return a function that blends files, and gives the values by HDU and keyword."""

    def run(*paths, **settings):
        result = blendmodels(None, paths, **settings)
        values = {}
        for path, value in result.values.items():
            attribute = result.plan[path].attribute
            values[attribute.hdu, attribute.keyword] = value
        return result, values

    return run


def test_exposure_times_and_dates(blend, write):
    """Out of time order, two chips each: the second file is the earliest."""
    two = ({}, {})
    paths = [
        write("j9l9a1q", two, start=1.01, EXPTIME=350.5),
        write("j9l9a2q", two, start=0.995, EXPTIME=400.25),  # the day before, later on the clock
        write("j9l9a3q", two, start=1.5, EXPTIME=10.0),
    ]
    _, values = blend(*paths)
    assert {key: values["PRIMARY", key] for key in (
        "EXPTIME", "TEXPTIME", "EXPSTART", "EXPEND", "DATE-OBS", "TIME-OBS", "DATE-BEG", "DATE-END"
    )} == {
        "EXPTIME": 760.75,  # each exposure once, and not each chip
        "TEXPTIME": 760.75,
        "EXPSTART": 53807.995,
        "EXPEND": pytest.approx(53808.5 + 30 / 86400),
        "DATE-OBS": "2006-03-13",
        "TIME-OBS": "23:52:48",
        "DATE-BEG": "2006-03-13T23:52:48.000",
        "DATE-END": "2006-03-14T12:00:30.000",
    }  # fmt: skip


def test_chips_count_each_for_itself(blend, write):
    chips = ({"NGOODPIX": 10, "SOFTERRS": 1, "SDQFLAGS": 1}, {"NGOODPIX": 5, "SDQFLAGS": 4})
    _, values = blend(write("j9l9a1q", chips), write("j9l9a2q", chips))
    assert values["SCI", "NGOODPIX"] == 30
    assert values["SCI", "SOFTERRS"] == 2
    assert values["SCI", "NCOMBINE"] == 4
    assert values["SCI", "SDQFLAGS"] == 5
    assert values["SCI", "CCDCHIP"] == "MULTIPLE"
    assert type(values["SCI", "NGOODPIX"]) is int


def test_words_of_error_and_quality(blend, write):
    _, values = blend(write("j9l9a1q"))
    assert values["ERR", "BUNIT"] == values["DQ", "BUNIT"] == "UNITLESS"
    assert ("SCI", "BUNIT") not in values  # the product's own


def test_without_an_error_array_it_has_what_science_says(blend, write):
    _, values = blend(write("u5780205q", extensions=("SCI",), **WFPC2))
    assert values["ERR", "PHOTFLAM"] == values["SCI", "PHOTFLAM"]
    assert values["ERR", "BUNIT"] == "UNITLESS"


class TestTable:
    def test_primary_and_science_together(self, blend, write):
        two = ({"NGOODPIX": 10}, {"NGOODPIX": 5})
        paths = [write("j9l9a1q", two), write("j9l9a2q", two, TARGNAME=None)]
        table = blend(*paths)[0].table
        assert list(table["ROOTNAME"]) == ["j9l9a1q", "j9l9a1q", "j9l9a2q", "j9l9a2q"]
        assert list(table["EXTVER"]) == [1, 2, 1, 2]
        assert list(table["NGOODPIX"]) == [10, 5, 10, 5]
        assert list(table["TARGNAME"].mask) == [False, False, True, True]
        names = table.colnames
        assert names.index("EXPTIME") < names.index("NGOODPIX")
        assert "LTV1" not in names

    def test_types_stay(self, blend, write):
        paths = [write("j9l9a1q", PROPOSID=1), write("j9l9a2q", PROPOSID=None, SUBARRAY=None)]
        table = blend(*paths)[0].table
        assert table["PROPOSID"].dtype.kind == "i"
        assert table["SUBARRAY"].dtype.kind == "b"
        assert table["SUBARRAY"].mask.tolist() == [False, True]

    def test_missing_everywhere(self, blend, write):
        paths = [write("j9l9a1q", TARGNAME=Undefined), write("j9l9a2q", TARGNAME=Undefined)]
        result, values = blend(*paths)
        assert "TARGNAME" not in result.table.colnames
        assert ("PRIMARY", "TARGNAME") not in values


def test_missing_values_are_passed_over(blend, write):
    paths = [
        write("j9l9a1q", TARGNAME=None, EXPTIME=Undefined),
        write("j9l9a2q", TARGNAME="M31", PROPOSID=Undefined),
        write("j9l9a3q", TARGNAME="M31", **{"DATE-OBS": None, "TIME-OBS": None}),
    ]
    _, values = blend(*paths)
    assert values["PRIMARY", "TARGNAME"] == "M31"
    assert values["PRIMARY", "EXPTIME"] == 60.0
    assert values["PRIMARY", "PROPOSID"] == 10775
    assert values["PRIMARY", "DATE-OBS"] == "2006-03-13"


def test_a_keyword_without_a_rule_is_the_first_inputs(blend, write):
    paths = [write("j9l9a1q", WHATEVER=1), write("j9l9a2q", WHATEVER=2, LATER="x")]
    _, values = blend(*paths)
    assert values["PRIMARY", "WHATEVER"] == 1
    assert ("PRIMARY", "LATER") not in values


def test_distortion_and_what_is_the_files_own(blend, write):
    result, values = blend(write("j9l9a1q"))
    for keyword in ("A_0_2", "IDCSCALE", "CRVAL1", "CTYPE1", "NAXIS1", "BITPIX"):
        assert ("SCI", keyword) not in values
    assert ("PRIMARY", "IDCTAB") in values
    assert result.plan["meta.distortion.sci.A_0_2"].name == "drop"
    assert result.plan["meta.kept.sci.CRVAL1"].name == "keep"


class TestTwo:
    @pytest.mark.parametrize("n_chips", [1, 2])
    def test_instruments(self, blend, write, n_chips):
        chips = [{}] * n_chips
        paths = [write("j9l9a1q", chips), write("ibfu01a1q", chips, **WFC3)]
        _, values = blend(*paths)
        for keyword in ("INSTRUME", "DETECTOR", "PROPOSID", "APERTURE", "BPIXTAB"):
            assert values["PRIMARY", keyword] == "MULTIPLE"
        assert values["PRIMARY", "FILTER1"] == "F606W"  # of those that have it
        assert values["PRIMARY", "FILTER"] == "F814W"
        assert values["PRIMARY", "SAMPTIME"] == 10.0
        assert values["PRIMARY", "EXPTIME"] == 60.0

    @pytest.mark.parametrize("first", [0, 1, 2])
    def test_of_different_headers(self, blend, write, first):
        """Other keywords, other comments, other sections; whichever is the first."""
        unlike = exposure("u5780205q", ({},), extensions=("SCI",), **WFPC2)
        unlike[0].header.comments["DETECTOR"] = "CCD detector (1-4)"
        unlike[0].header.insert("PROPOSID", ("", "   / WHOSE IT IS"))
        inputs = [write("j9l9a1q", ({}, {})), write("ibfu01a1q", ({}, {}), **WFC3), unlike]
        result, values = blend(*inputs[first:], *inputs[:first])
        for keyword in ("INSTRUME", "DETECTOR", "PROPOSID"):
            assert values["PRIMARY", keyword] == "MULTIPLE"
        assert values["PRIMARY", "UEXPODUR"] == 300
        assert values["PRIMARY", "EXPTIME"] == 90.0
        assert len(result.table) == 5

    @pytest.mark.parametrize("first", [0, 1])
    def test_of_which_one_has_what_is_made_for_the_other(self, blend, write, first):
        """By hand: STIS tells its exposure time and dates by other keywords, and begins a day later."""
        stis = {
            **dict.fromkeys(("EXPTIME", "EXPSTART", "EXPEND", "DATE-OBS", "TIME-OBS")),
            "INSTRUME": "STIS",
            "TEXPTIME": 7.0,
            "TEXPSTRT": 53808.5,
            "TEXPEND": 53808.75,
        }
        paths = [write("j9l9a1q"), write("o8xi01010", **stis)]
        result, values = blend(*paths[first:], *paths[:first])
        assert {name: values["PRIMARY", name] for name in ("TEXPTIME", "DATE-BEG", "DATE-END")} == {
            "TEXPTIME": 37.0,
            "DATE-BEG": "2006-03-13T00:00:00.000",
            "DATE-END": "2006-03-14T18:00:00.000",
        }
        assert list(result.table["TEXPTIME"]) == [[30.0, 7.0], [7.0, 30.0]][first]

    def test_proposals(self, blend, write):
        paths = [write("j9l9a1q"), write("j9l9a2q", PROPOSID=1, PR_INV_L="Noyola")]
        _, values = blend(*paths)
        assert values["PRIMARY", "PROPOSID"] == values["PRIMARY", "PR_INV_L"] == "MULTIPLE"


class TestOverrides:
    def test_a_callers_own_counts_exposures_once(self, blend, write):
        paths = [write("j9l9a1q", ({}, {})), write("j9l9a2q", ({}, {}))]
        _, values = blend(*paths, overrides={"SUNANGLE": "sum"})
        assert values["PRIMARY", "SUNANGLE"] == pytest.approx(2 * 96.67)

    def test_a_rules_file_is_all_the_rules_that_there_are(self, blend, write, rules):
        paths = [write("j9l9a1q"), write("j9l9a2q", EXPTIME=10.0, PROPOSID=1)]
        result, values = blend(*paths, rules=[rules("ROOTNAME\nEXPTIME EXPTIME max\n")])
        assert values["PRIMARY", "EXPTIME"] == 30.0
        assert values["PRIMARY", "PROPOSID"] == 10775
        assert ("PRIMARY", "DATE-BEG") not in values
        assert result.table.colnames == ["ROOTNAME"]

    def test_the_caller_wins_over_it(self, blend, write, rules):
        paths = [write("j9l9a1q"), write("j9l9a2q", EXPTIME=10.0)]
        override = Override(attribute="TEXPTIME", rule="min")
        text = "ROOTNAME\nEXPTIME TEXPTIME sum\n"
        _, values = blend(*paths, rules=[rules(text)], overrides=[override])
        assert values["PRIMARY", "TEXPTIME"] == 10.0


def test_instruments_agree_on_what_a_keyword_means(hst):  # noqa: ARG001
    from blender_hst.meanings import FILES, meanings, meanings_in

    for one, other in itertools.combinations(FILES, 2):
        ours, theirs = meanings_in(one), meanings_in(other)
        for keyword in ours.keys() & theirs.keys():
            assert ours[keyword].rule["rule"] == theirs[keyword].rule["rule"], keyword
            assert ours[keyword].is_recorded == theirs[keyword].is_recorded, keyword
    for name in FILES[1:]:
        assert len(meanings_in("hst") | meanings_in(name)) > 150
    assert len(meanings()) > 250


def test_every_rule_is_one_that_there_is(hst):  # noqa: ARG001
    from blender_hst.meanings import made, meanings

    from blender_core import Plugins, Registry

    rules = {each.rule["rule"] for each in meanings().values()}
    assert {each.keyword for each in made()} <= set(meanings())
    assert rules - {"keep"} <= set(Registry(Plugins.discover().rules()))


class TestFiles:
    def test_others_are_not_for_it(self, blend, tmp_path):
        path = tmp_path / "x.fits"
        fits.PrimaryHDU(header=fits.Header({"TELESCOP": "Euclid"})).writeto(path)
        with pytest.raises(InputError, match=r"asked was blender-hst 1\.0"):
            blend(path)

    def test_an_open_file(self, blend):
        _, values = blend(exposure("j9l9a1q", ({}, {})))
        assert values["PRIMARY", "EXPTIME"] == 30.0

    def test_one_that_is_truncated(self, blend, write):
        path = write("j9l9a1q")
        path.write_bytes(path.read_bytes()[:-4000])
        with pytest.raises(InputError, match="truncated"):
            blend(path)

    def test_beside_the_example_that_reads_any(self, blend, write, install_examples):
        install_examples("plain_fits")
        with pytest.raises(ReaderConflictError):
            blend(write("j9l9a1q"))
        _, values = blend(write("j9l9a2q"), block=["plain-fits"])
        assert values["PRIMARY", "EXPTIME"] == 30.0


class TestLimits:
    def test_a_keyword_of_primary_here_and_of_science_there(self, blend, write):
        paths = [write("j9l9a1q", PHOTFNU=1.5), write("j9l9a2q", ({"PHOTFNU": 2.5},))]
        with pytest.warns(BlendWarning, match="PHOTFNU_2"):
            result, values = blend(*paths)
        assert values["PRIMARY", "PHOTFNU"] == 1.5
        assert values["SCI", "PHOTFNU"] == 2.5
        assert {"PHOTFNU", "PHOTFNU_2"} <= set(result.table.colnames)

    @pytest.mark.parametrize("first", [0, 1])
    def test_a_keyword_of_both_here_and_of_science_there(self, blend, write, first):
        """Whichever comes first, the table has what each has."""
        both = write("j9l9a1q", ({"PHOTFNU": 2.5},), PHOTFNU=1.5)
        paths = [both, write("j9l9a2q", ({"PHOTFNU": 3.5},))]
        with pytest.warns(BlendWarning, match="PHOTFNU_2"):
            table = blend(*paths[first:], *paths[:first])[0].table
        cells = {cell for name in ("PHOTFNU", "PHOTFNU_2") for cell in table[name].compressed()}
        assert cells == {1.5, 2.5, 3.5}

    def test_and_a_rules_file_names_its_column(self, blend, write, rules):
        paths = [write("j9l9a1q", PHOTFNU=1.5), write("j9l9a2q", ({"PHOTFNU": 2.5},))]
        with pytest.warns(BlendWarning, match="NU_2"):
            result, _ = blend(*paths, rules=[rules("ROOTNAME\nPHOTFNU NU\n")])
        assert result.table["NU"][0] == 1.5
        assert result.table["NU_2"][1] == 2.5
        assert list(result.table["NU"].mask) == [False, True]


@pytest.mark.exhaustive
def test_installed(installed, write, rules, tmp_path):
    environment = installed(ROOT / "blender_rules_std", ROOT / "examples" / "hst")
    product = tmp_path / "j9l960010_drz.fits"
    drizzled().writeto(product)
    inputs = [str(write("j9l9a1q", ({}, {}))), str(write("j9l9a2q", ({}, {})))]
    code = (
        "import sys\n"
        "from blender_core import blendmodels\n"
        "product, rules, output, *inputs = sys.argv[1:]\n"
        "result = blendmodels(product, inputs, rules=[rules], output=output)\n"
        "print(result.values['meta.primary.EXPTIME'])\n"
    )
    path = rules("ROOTNAME\nEXPTIME EXPTIME sum\n")
    arguments = (str(product), str(path), str(tmp_path / "out.fits"), *inputs)
    assert environment.run(code, tmp_path, *arguments) == "60.0\n"
    program = environment.programs / "hst-rules"
    subprocess.run([program, path, "--to", tmp_path / "team.toml"], check=True)
    again = tmp_path / "again.toml"
    subprocess.run([environment.python, "-m", "blender_hst", path, "--to", again], check=True)
    assert again.read_text() == (tmp_path / "team.toml").read_text()
    arguments = (str(product), str(tmp_path / "team.toml"), str(tmp_path / "out2.fits"), *inputs)
    assert environment.run(code, tmp_path, *arguments) == "60.0\n"
