"""The command `model-blender demo`, on its invented exposures and on real ones."""

import json
import math
import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path

import jwst
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from release import VERSION
from stdatamodels.jwst import datamodels
from typer.testing import CliRunner

from blender_core.cli.app import app

REAL = Path(jwst.__file__).parent / "associations/tests/data"
UNCAL = sorted((REAL / "exposures").glob("*.fits"))
NOPSF = sorted((REAL / "exposures_nopsf").glob("*.fits"))
SCRIPT = Path(sysconfig.get_path("scripts")) / "model-blender"

# By hand. Six exposures: three of F115W with 29 frames, three of F200W with 24; each lasts a frame
# more than it is exposed, and 62.5 s pass between two, 41.25 s more at the change of the filter.
FRAME = 10.73677
N_DETECTORS = 4
F115W, F200W = round(29 * FRAME, 3), round(24 * FRAME, 3)
LONG, SHORT = round(30 * FRAME, 3), round(25 * FRAME, 3)
SECONDS = np.cumsum([0.0, *[LONG + 62.5] * 2, LONG + 62.5 + 41.25, *[SHORT + 62.5] * 2])
FIRST_DAY = 59777 + 19 / 24  # 2022-07-17T19:00 in MJD
LAST_END = FIRST_DAY + (SECONDS[-1] + SHORT) / 86400


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """The demo without arguments, once: what it printed, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "80")
        patch.delenv("FORCE_COLOR", raising=False)
        return run(), folder


@pytest.fixture(scope="module")
def product(invented):
    with datamodels.open(str(invented[1] / "model-blender-demo/product_i2d.fits")) as model:
        yield model


@pytest.fixture(scope="module")
def hdrtab(invented):
    return Table.read(invented[1] / "model-blender-demo/product_i2d.fits", hdu="HDRTAB")


def run(*arguments):
    done = CliRunner().invoke(app, ["demo", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def fails(*arguments):
    """Return the one line with which the demo refuses something."""
    done = CliRunner().invoke(app, ["demo", *map(str, arguments)])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def row(text, keyword):
    """Return the words of the line of a keyword."""
    (found,) = (line.split() for line in text.splitlines() if line.split()[:1] == [keyword])
    return found


class TestInvented:
    def test_product(self, product):
        assert type(product) is datamodels.ImageModel
        meta = product.meta
        assert meta.exposure.start_time == pytest.approx(FIRST_DAY, rel=1e-14)
        assert meta.exposure.end_time == pytest.approx(LAST_END, rel=1e-13)
        middles = FIRST_DAY + (SECONDS + np.repeat([LONG / 2, SHORT / 2], 3)) / 86400
        assert meta.exposure.mid_time == pytest.approx(middles.mean(), rel=1e-13)
        seconds = math.fsum([F115W, F200W] * 3 * N_DETECTORS)
        assert meta.exposure.exposure_time == pytest.approx(seconds, rel=1e-15)
        assert meta.exposure.duration == pytest.approx(6828.576, rel=1e-15)
        assert meta.observation.date_beg == "2022-07-17T19:00:00.000"
        assert meta.observation.date_end == "2022-07-17T19:35:25.316"
        assert meta.instrument.detector == "MULTIPLE"
        assert meta.instrument.filter == "MULTIPLE"
        assert meta.instrument.module == "A"
        assert meta.instrument.filter_wheel_offset == 0.0291
        assert meta.instrument.filter_wheel_tolerance == "outside calibration tolerance"
        assert meta.exposure.ngroups == 6, "no rule is set: the first input's"
        assert meta.filename == "product_i2d.fits"

    def test_hdrtab(self, hdrtab):
        assert len(hdrtab) == 24
        assert hdrtab["FILENAME"][0] == "jw01234001001_02101_00001_nrca1_cal.fits"
        assert list(hdrtab["FILTER"]) == ["F115W"] * 12 + ["F200W"] * 12
        assert list(hdrtab["DETECTOR"]) == ["NRCA1", "NRCA2", "NRCA3", "NRCA4"] * 6
        assert list(hdrtab["NGROUPS"]) == [6] * 12 + [5] * 12
        starts = np.repeat(FIRST_DAY + SECONDS / 86400, N_DETECTORS)
        np.testing.assert_allclose(hdrtab["EXPSTART"], starts, rtol=1e-13)

    def test_null(self, hdrtab):
        (lacking,) = np.flatnonzero(np.isnan(np.ma.filled(hdrtab["FWPOSOFF"], np.nan)))
        assert hdrtab["FILENAME"][lacking] == "jw01234001001_02101_00002_nrca3_cal.fits"

    def test_pixels(self, invented, product):
        inputs = sorted((invented[1] / "model-blender-demo/exposures").iterdir())
        images = np.array([fits.getdata(path, "SCI") for path in inputs], np.float64)
        assert images.shape == (24, 32, 32)
        np.testing.assert_allclose(product.data, images.mean(axis=0), rtol=1e-6)

    def test_nothing_else_is_written(self, invented):
        files = {path.name for path in (invented[1]).rglob("*") if path.is_file()}
        assert len(files) == 26, "the exposures, the product and its report"
        assert [path.name for path in invented[1].iterdir()] == ["model-blender-demo"]

    def test_lines_are_whole_where_there_is_no_terminal(self, monkeypatch):
        monkeypatch.delenv("COLUMNS")
        text = run(*UNCAL)
        assert (
            "  Each value, under the rule that made it and the provider of the rule. At the end of a line: how many different"
            in text
        )

    def test_printout(self, invented):
        text = invented[0]
        assert max(map(len, text.splitlines())) <= 80
        assert "24 exposures, one product" in text
        assert "F115W, F200W" in text
        assert f"sum  blender-rules-std {VERSION}" in text
        assert row(text, "EFFEXPTM") == [
            "EFFEXPTM",
            "exposure.exposure_time",
            "6828.576",
            "2",
            "in",
            "24",
        ]
        assert row(text, "FWPOSOFF")[-3:] == ["4", "in", "23"]
        assert row(text, "NGROUPS")[-4:] == ["6", "2", "in", "24"]
        assert text.index("because no rule is set") < text.index("NGROUPS")
        assert "Warnings" not in text
        assert "  model-blender-demo/product_i2d.fits\n" in text
        assert "\x1b" not in text

    def test_rules_are_recorded_and_reported(self, invented):
        folder = invented[1] / "model-blender-demo"
        rules = Table.read(folder / "product_i2d.fits", hdu="HDRRULES")
        (exposure_time,) = rules[rules["KEYWORD"] == "EFFEXPTM"]
        assert exposure_time["RULE"] == "sum"
        assert "EFFEXPTM" in (folder / "product_i2d_report.html").read_text()
        assert "product_i2d_report.html" in invented[0]

    def test_the_next_commands_run(self, invented, monkeypatch):
        monkeypatch.chdir(invented[1])
        heading, *commands = invented[0].splitlines()[-4:]
        assert heading.startswith("Next, to try")
        printed = []
        for command in commands:
            program, *arguments = shlex.split(command)
            assert program == "model-blender"
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, done.output
            printed.append(done.stdout)
        assert "(EFFEXPTM) is 6828.576." in printed[0]
        assert printed[1].count("_cal.fits") == 24
        assert row(printed[2], "EFFEXPTM")[2:7] == ["6828.576", "sum", "2", "in", "24"]

    def test_json(self, invented_exposures):
        content = json.loads(run("--json", *invented_exposures[:4]))
        assert content["n_inputs"] == 4
        assert content["report"] == "model-blender-demo/product_report.html"
        assert content["values"]["meta.exposure.exposure_time"] == math.fsum([F115W] * 4)

    def test_the_lines_for_python_run(self, invented, warm_programs):
        told = [line.strip() for line in invented[0].splitlines() if line.startswith("    ")]
        done = subprocess.run(
            [warm_programs.folder / "python", "-c", "\n".join(told[-3:])],
            cwd=invented[1],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "jw01234001001_02101_00001_nrca1_cal.fits" in done.stdout

    def test_again(self, invented, invented_exposures):
        brief = " ".join(invented[0].split())
        assert "--all shows the others" in brief
        complete = run("--all", *invented_exposures)
        assert "--all" not in complete
        assert row(complete, "APERNAME")[-3:] == ["4", "in", "24"]

    def test_wide(self, invented_exposures, monkeypatch):
        monkeypatch.setenv("COLUMNS", "120")
        text = run(*invented_exposures)
        assert max(map(len, text.splitlines())) <= 120
        assert "V01234001001P0000000002101" in text

    def test_exposures_are_valid_and_reproducible(self, invented, invented_exposures):
        # Any warning is an error here.
        once = sorted((invented[1] / "model-blender-demo/exposures").iterdir())
        again = invented_exposures
        for first, second in zip(once, again, strict=True):
            with datamodels.open(str(first)) as a, datamodels.open(str(second)) as b:
                a.validate()
                assert a.meta.filename == first.name
                np.testing.assert_array_equal(a.data, b.data)
                said = [m.to_flat_dict(include_arrays=False) for m in (a, b)]
                for one in said:
                    del one["meta.date"], one["_fits_hash"]
                assert said[0] == said[1]

    @pytest.mark.exhaustive
    def test_script(self, here):
        done = subprocess.run([SCRIPT, "demo"], capture_output=True, text=True, check=True)
        assert "24 rows, one for each input" in done.stdout
        assert done.stderr == ""
        assert (here / "model-blender-demo/product_i2d.fits").is_file()


class TestReal:
    def test_nircam(self, here):
        assert len(UNCAL) == 3
        text = run(*UNCAL)
        assert row(text, "DETECTOR")[2:] == ["MULTIPLE", "3", "in", "3"]
        assert row(text, "FILTER")[2:] == ["F210M", "1", "in", "3"]
        assert "not combined" in text
        output = here / "model-blender-demo/product.fits"
        headers = [fits.getheader(path) for path in UNCAL]
        with datamodels.open(str(output)) as model:
            assert type(model) is datamodels.Level1bModel
            assert model.meta.exposure.start_time == min(one["EXPSTART"] for one in headers)
            total = math.fsum(one["EFFEXPTM"] for one in headers)
            assert model.meta.exposure.exposure_time == total
        assert list(Table.read(output, hdu="HDRTAB")["FILENAME"]) == [one.name for one in UNCAL]

    def test_nopsf(self, here):
        assert len(NOPSF) == 18
        text = run(*NOPSF, "-o", "other.fits")
        assert "exp_0.fits and 17 more: While validating meta.visit.type" in text
        assert not (here / "model-blender-demo").exists()
        with datamodels.open(str(here / "other.fits")) as model:
            ends = [fits.getheader(path)["EXPEND"] for path in NOPSF]
            assert model.meta.exposure.end_time == max(ends)
            assert not model.hasattr("data")
        assert len(Table.read(here / "other.fits", hdu="HDRTAB")) == 18

    def test_one(self):
        text = run(UNCAL[0])
        assert "1 exposure, one product" in text
        for command in text.splitlines()[-3:]:
            done = CliRunner().invoke(app, shlex.split(command)[1:])
            assert done.exit_code == 0, done.output

    def test_inputs_stay_as_they_are(self, here):
        copies = [shutil.copy(path, here) for path in UNCAL]
        before = [Path(copy).read_bytes() for copy in copies]
        run(*(Path(copy).name for copy in copies))
        assert [Path(copy).read_bytes() for copy in copies] == before


class TestRefused:
    def test_missing(self):
        assert fails("nowhere/none.fits") == "Error: there is no file nowhere/none.fits\n"

    def test_folder(self):
        assert str(REAL) in fails(REAL)

    @pytest.mark.parametrize("content", [b"", b"hello", b"{}"])
    def test_not_fits(self, content):
        Path("note.fits").write_bytes(content)
        assert fails("note.fits") == "Error: note.fits is not a FITS file\n"

    def test_compressed_in_a_way_that_is_not_read(self):
        Path("note.fits.Z").write_bytes(b"\x1f\x9d\x90")
        expected = "note.fits.Z cannot be read: it is compressed with compress, which is not read"
        assert expected in " ".join(fails("note.fits.Z").split())

    def test_damaged(self):
        Path("cut.fits").write_bytes(UNCAL[0].read_bytes()[:5000])
        assert "cut.fits" in fails("cut.fits")

    def test_odd_name(self):
        shutil.copy(UNCAL[0], "exposure.data")
        assert "exposure.data cannot be opened as a datamodel" in fails("exposure.data")

    def test_not_a_datamodel(self):
        fits.PrimaryHDU().writeto("plain.fits")
        assert "plain.fits is not a datamodel" in fails("plain.fits")

    def test_mixed_types(self, here):
        line = fails(UNCAL[0], NOPSF[0])
        assert f"{NOPSF[0]} is of type ImageModel" in line
        assert f"{UNCAL[0]} is of type Level1bModel" in line
        assert not any(here.iterdir())

    def test_taken(self):
        Path("mine.fits").write_text("mine")
        assert "--overwrite" in fails(*UNCAL, "-o", "mine.fits")
        assert Path("mine.fits").read_text() == "mine"
        Path("mine_report.html").write_text("mine")
        Path("mine.fits").unlink()
        assert "mine_report.html" in fails(*UNCAL, "-o", "mine.fits")
        assert not Path("mine.fits").exists()
        run(*UNCAL, "-o", "mine.fits", "--overwrite")
        assert "EFFEXPTM" in Path("mine_report.html").read_text()
        assert len(Table.read("mine.fits", hdu="HDRTAB")) == 3

    def test_output_is_an_input(self):
        shutil.copy(UNCAL[0], "one.fits")
        os.link("one.fits", "alias.fits")
        before = Path("one.fits").read_bytes()
        assert "one.fits" in fails("one.fits", "-o", "alias.fits", "--overwrite")
        assert Path("one.fits").read_bytes() == before

    def test_default_output_is_an_input(self):
        run(*UNCAL)
        assert "--output" in fails("model-blender-demo/product.fits")

    def test_demo_exposure_as_output(self, invented, monkeypatch):
        monkeypatch.chdir(invented[1])
        exposure = next(Path("model-blender-demo/exposures").iterdir())
        assert "replace the input" in fails("-o", exposure, "--overwrite")

    @pytest.mark.parametrize("output", ["none/p.fits", "product.txt", "."])
    def test_no_place(self, here, output):
        assert str(Path(output).parent) in fails(*UNCAL, "-o", output)
        assert not any(here.iterdir())

    def test_folder_is_a_file(self):
        Path("model-blender-demo").write_text("")
        assert "model-blender-demo" in fails(*UNCAL)

    def test_debug(self):
        done = CliRunner().invoke(app, ["demo", "none.fits", "--debug"])
        assert done.exit_code == 2
        assert "Traceback" in done.stderr
        assert done.stderr.endswith("Error: there is no file none.fits\n")
