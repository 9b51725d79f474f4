"""Names of single extensions, as those have them who drizzle."""

import json
import os
from pathlib import Path

import pytest
from astropy.io import fits
from hst_files import WFPC2, drizzled
from typer.testing import CliRunner

from blender_core import InputError, OutputError, blendmodels
from blender_core.cli.app import app


@pytest.fixture
def two(hst, write):  # noqa: ARG001
    """Two exposures of two chips: their extensions 1 and 4 are those of science."""
    chips = ({"NGOODPIX": 10}, {"NGOODPIX": 5})
    return [write("j9l9a1q", chips), write("j9l9a2q", chips, start=0.5, EXPTIME=40.0)]


@pytest.mark.parametrize(
    ("words", "good"),
    [
        ("sci,1", 10), ("sci,2", 5), ("SCI,2", 5), ("Sci, 2", 5), ("sci", 10), ("1", 10), ("4", 5),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [str, Path])
def test_rows_of_that_alone(two, words, good, kind):
    table = blendmodels(None, [kind(f"{path}[{words}]") for path in two]).table
    assert list(table["NGOODPIX"]) == [good, good]
    assert list(table["ROOTNAME"]) == ["j9l9a1q", "j9l9a2q"]


def test_all_chips_one_by_one_are_as_the_files(two):
    named = [f"{path}[sci,{chip}]" for path in two for chip in (1, 2)]
    one, other = blendmodels(None, named), blendmodels(None, two)
    assert one.values == other.values
    assert one.values["meta.primary.EXPTIME"] == 70.0  # an exposure once
    assert one.table.colnames == other.table.colnames
    assert all((one.table[name] == other.table[name]).all() for name in one.table.colnames)
    mixed = blendmodels(None, [named[1], two[1]])
    assert list(mixed.table["NGOODPIX"]) == [5, 10, 5]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("sci,3", "no such extension"),
        ("9", "no such extension"),
        ("sci,x", "no such extension"),
        ("", "no such extension"),
        ("0", "that of no chip"),
        ("2", "that of no chip"),
        ("err,1", "that of no chip"),
    ],
)
def test_what_is_no_chip(two, words, problem):
    with pytest.raises(InputError, match=problem) as caught:
        blendmodels(None, [f"{two[0]}[{words}]"])
    assert "j9l9a1q_flt.fits" in str(caught.value)
    assert "[sci,1], [sci,2]" in str(caught.value)


def test_no_such_file(two):
    told = {
        "x_flt.fits": "cannot be read: No such file",
        "x_flt.fits[sci,1]": "no file x_flt.fits that it may be a part of",
        f"{two[0]}[sci,1]x": "there is no file whose name is like",
        f"{two[0]}[[sci,1]]": "cannot be read",
    }
    for name, problem in told.items():
        with pytest.raises(InputError, match=problem):
            blendmodels(None, [name])


def test_a_file_of_such_a_name(two, tmp_path):
    path = tmp_path / "x_flt.fits[sci,1]"
    os.link(two[0], path)
    assert len(blendmodels(None, [str(path)]).table) == 2


def test_of_no_telescope_that_is_known(hst, tmp_path):  # noqa: ARG001
    path = tmp_path / "x.fits"
    fits.PrimaryHDU().writeto(path)
    with pytest.raises(InputError, match=r"x.fits\[1\]"):
        blendmodels(None, [f"{path}[1]"])


def test_the_product_is_no_part_of_an_input(two, tmp_path):
    product = tmp_path / "x_drz.fits"
    drizzled().writeto(product)
    before = two[0].read_bytes()
    with pytest.raises(OutputError):
        blendmodels(product, [f"{two[0]}[sci,1]"], output=two[0], overwrite=True)
    assert two[0].read_bytes() == before


def test_four_chips(hst, write):  # noqa: ARG001
    path = write("u5780205q", [{"DETECTOR": i} for i in (1, 2, 3, 4)], extensions=("SCI",), **WFPC2)
    table = blendmodels(None, [f"{path}[sci,{i}]" for i in (4, 2)]).table
    assert list(table["EXTVER"]) == [4, 2]


class TestCommandLine:
    @pytest.fixture
    def run(self, two, tmp_path, monkeypatch):  # noqa: ARG002
        monkeypatch.chdir(tmp_path)
        drizzled().writeto("x_drz.fits")

        def command(*arguments):
            return CliRunner().invoke(app, list(map(str, arguments)))

        return command

    @pytest.mark.parametrize("as_list", [False, True])
    def test_blend(self, run, as_list):
        names = ["j9l9a1q_flt.fits[sci,1]", "j9l9a1q_flt.fits[sci,2]", "j9l9a2q_flt.fits[sci,1]"]
        if as_list:
            Path("names").write_text("\n".join(names))
        done = run("blend", "x_drz.fits", *(["@names"] if as_list else names), "-o", "out_drz.fits")
        assert done.exit_code == 0, done.output
        assert "counts each time" not in done.output
        table = json.loads(run("table", "out_drz.fits", "--json").stdout)
        assert [row["NGOODPIX"] for row in table] == [10, 5, 10]

    def test_given_twice(self, run):
        done = run("blend", "x_drz.fits", *["j9l9a1q_flt.fits[1]"] * 2, "--dry-run")
        assert done.exit_code == 0, done.output
        assert "is given 2 times" in done.output

    def test_plan(self, run):
        done = run("plan", "j9l9a1q_flt.fits[sci,2]")
        assert done.exit_code == 0, done.output

    def test_no_such_extension(self, run):
        done = run("blend", "x_drz.fits", "j9l9a1q_flt.fits[sci,7]", "-o", "out_drz.fits")
        assert done.exit_code == 2
        assert "[sci,7]" in done.output
        assert not Path("out_drz.fits").exists()

    def test_a_pattern_that_fits_nothing(self, run):
        done = run("blend", "x_drz.fits", "k*.fits[1]", "-o", "out_drz.fits")
        assert "there is no file whose name is like k*.fits[1]" in done.output
