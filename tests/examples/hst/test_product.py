"""Drizzled products that get blended headers: what is on disk, and what is told of it."""

import json

import numpy as np
import pytest
from astropy.io import fits
from hst_files import drizzled, primary_header
from typer.testing import CliRunner

from blender_core import BlendWarning, InputError, OutputError, ProductFile, amend, blendmodels
from blender_core.cli.app import app

pytestmark = pytest.mark.usefixtures("hst")

RULES = """\
ROOTNAME
EXPTIME
DETECTOR
SIMPLE
EXPTIME EXPTIME sum
EXPTIME TEXPTIME sum
DETECTOR DETECTOR multi
MDRIZSKY MDRIZSKY mean
TARGNAME
<delete> ASN_ID
<delete> / CALIBRATION REFERENCE FILES
"""


@pytest.fixture
def product(tmp_path):
    path = tmp_path / "j9l960010_drz.fits"
    drizzled().writeto(path, checksum=True)
    return path


@pytest.fixture
def inputs(write):
    """Two chips each, the second file the earlier one."""
    return [
        write("j9l9a2q", ({"MDRIZSKY": 10.0}, {"MDRIZSKY": 11.0}), start=0.5, DETECTOR="HRC"),
        write("j9l9a1q", ({"MDRIZSKY": 12.0}, {"MDRIZSKY": 13.0}), EXPTIME=40.0),
    ]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments):
        done = CliRunner().invoke(app, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.stdout

    return command


def check_untouched(before, after):
    """Pixels, and what is the product's own, are the same to the bit."""
    with fits.open(before) as old, fits.open(after, checksum=True) as new:
        new.verify("exception")
        for name in ("SCI", "WHT", "CTX"):
            assert old[name].data.tobytes() == new[name].data.tobytes()
            for keyword in ("CRPIX1", "CRVAL1", "CTYPE1", "ORIENTAT", "BUNIT", "EXTNAME", "NAXIS1"):
                assert old[name].header[keyword] == new[name].header[keyword]
        for keyword in ("ROOTNAME", "NDRIZIM", "D001DATA", "SIMPLE", "BITPIX", "NAXIS"):
            assert old[0].header[keyword] == new[0].header[keyword]
        assert new[0].header["NEXTEND"] == len(new) - 1
        assert new[0].header.comments["NEXTEND"] == "Number of standard extensions"


class TestBlend:
    def test_by_the_plugins_own_rules(self, product, inputs, tmp_path):
        output = tmp_path / "out_drz.fits"
        result = blendmodels(product, inputs, output=output)
        check_untouched(product, output)
        with fits.open(output) as hdulist:
            assert [hdu.name for hdu in hdulist] == [
                "PRIMARY", "SCI", "WHT", "CTX", "HDRTAB", "HDRRULES",
            ]  # fmt: skip
            primary, science = hdulist[0].header, hdulist["SCI"].header
            assert primary["EXPTIME"] == primary["TEXPTIME"] == 70.0
            assert primary.comments["TEXPTIME"] == "Exposure time of all exposures (seconds)"
            assert primary["DETECTOR"] == "MULTIPLE"
            assert primary["TIME-OBS"] == "00:00:00"
            assert primary["FILENAME"] == "out_drz.fits"
            assert science["MDRIZSKY"] == 11.5
            assert science.comments["MDRIZSKY"] == "Sky value computed by AstroDrizzle"
            assert "A_0_2" not in science
            assert hdulist["WHT"].header["INHERIT"] is True
            assert list(hdulist["HDRTAB"].data["EXPTIME"]) == [30.0, 30.0, 40.0, 40.0]
            assert list(primary["HISTORY"]) == [
                "Headers of 4 chips blended by Model Blender, blender-hst 1.0",
                "rules: the plugin's own for each keyword",
                "HDRTAB has what each chip had, HDRRULES how each keyword came about.",
            ]
        assert result.values["meta.err.BUNIT"] == "UNITLESS"
        assert {each.name for each in tmp_path.glob("*.*")} == {
            *(path.name for path in inputs), product.name, output.name,
        }  # fmt: skip

    def test_by_a_rules_file(self, product, inputs, rules, tmp_path):
        output, path = tmp_path / "out_drz.fits", rules(RULES)
        blendmodels(product, inputs, output=output, rules=[path])
        check_untouched(product, output)
        with fits.open(output) as hdulist:
            primary = hdulist[0].header
            assert primary["EXPTIME"] == primary["TEXPTIME"] == 70.0
            for keyword in ("TARGNAME", "ASN_ID", "BIASFILE", "IDCTAB", "DATE-BEG"):
                assert keyword not in primary
            assert primary["ASN_TAB"] == "j9l960010_asn.fits"
            names = {"SIMPLE", "ROOTNAME", "TARGNAME", "EXPTIME", "DETECTOR"}
            assert set(hdulist["HDRTAB"].columns.names) == names
            assert f"rules: {path} (blender-hst 1.0 [hst])" in "".join(primary["HISTORY"])

    def test_itself_and_again(self, product, inputs, rules, tmp_path):
        before = tmp_path / "before.fits"
        before.write_bytes(product.read_bytes())
        for _ in range(2):
            settings = {"rules": [rules(RULES)], "overwrite": True}
            blendmodels(product, inputs, output=product, **settings)
            check_untouched(before, product)
            with fits.open(product) as hdulist:
                assert len(hdulist) == 6
                assert len(hdulist[0].header["HISTORY"]) < 6
                assert hdulist[0].header["EXPTIME"] == 70.0

    def test_an_open_product(self, inputs):
        hdulist = drizzled()
        result = blendmodels(hdulist, inputs)
        assert result.product is hdulist
        assert hdulist[0].header["EXPTIME"] == 70.0
        assert hdulist["HDRTAB"].data["ROOTNAME"][0] == "j9l9a2q"

    def test_what_a_product_has_no_extension_for(self, inputs, tmp_path):
        path = tmp_path / "x_drz.fits"
        hdulist = drizzled()
        del hdulist["CTX"]
        hdulist.writeto(path)
        result = blendmodels(path, inputs, output=tmp_path / "out.fits")
        assert result.outcomes["meta.dq.BUNIT"].status.value == "kept"
        with fits.open(tmp_path / "out.fits") as written:
            assert [hdu.name for hdu in written] == ["PRIMARY", "SCI", "WHT", "HDRTAB", "HDRRULES"]

    def test_error_and_quality_by_their_own_names(self, inputs, tmp_path):
        path = tmp_path / "x_drz.fits"
        hdulist = drizzled()
        hdulist["WHT"].name, hdulist["CTX"].name = "ERR", "DQ"
        hdulist.writeto(path)
        blendmodels(path, inputs, output=tmp_path / "out.fits")
        assert fits.getheader(tmp_path / "out.fits", "ERR")["INHERIT"] is True

    def test_with_the_table_of_another_blender(self, product, inputs, tmp_path):
        """It is replaced, and its values are, which that blender's rules have made."""
        with fits.open(product, mode="update") as hdulist:
            rows = np.array(
                [("j9l9a2q", 30.0, "HRC"), ("j9l9a1q", 40.0, "WFC")],
                dtype=[("ROOTNAME", "S8"), ("EXPTIME", "f8"), ("DETECTOR", "S3")],
            )
            hdulist.append(fits.BinTableHDU(rows, name="HDRTAB"))
        told = ProductFile(product)
        assert told.n_inputs == 2
        assert told.outcomes["meta.primary.DETECTOR"].status.value == "unknown"
        blendmodels(product, inputs, output=tmp_path / "out.fits")
        with fits.open(tmp_path / "out.fits") as hdulist:
            assert [hdu.name for hdu in hdulist].count("HDRTAB") == 1
            assert len(hdulist["HDRTAB"].data) == 4
            assert hdulist[0].header["EXPTIME"] == 70.0
            assert hdulist[0].header["DETECTOR"] == "MULTIPLE"

    def test_a_product_of_another_telescope(self, inputs, tmp_path):
        path = tmp_path / "x.fits"
        header = primary_header("j9l9a1q", TELESCOP="JWST")
        fits.PrimaryHDU(header=header).writeto(path)
        with pytest.raises(InputError):
            blendmodels(path, inputs, output=tmp_path / "out.fits")
        assert not (tmp_path / "out.fits").exists()

    def test_a_name_that_is_no_fits_file(self, product, inputs, tmp_path):
        with pytest.raises(OutputError):
            blendmodels(product, inputs, output=tmp_path / "out.asdf")


def test_the_command_line(run, product, inputs, rules):
    """From a blend to all that is told of it."""
    path = rules(RULES)
    run("blend", product, *inputs, "--rules", path, "-o", "out_drz.fits")
    explained = run("explain", "out_drz.fits", "TEXPTIME")
    assert "TEXPTIME) is 70.0" in explained
    assert "The rule is 'sum' (from EXPTIME" in explained
    table = json.loads(run("table", "out_drz.fits", "--json"))
    assert [row["EXPTIME"] for row in table] == [30.0, 30.0, 40.0, 40.0]
    run("report", "out_drz.fits", "--output", "report.html")
    run("blend", product, *inputs, "-o", "own_drz.fits")
    difference = CliRunner().invoke(app, ["diff", "out_drz.fits", "own_drz.fits"])
    assert "TARGNAME" in difference.stdout
    assert "line 5" in run("plan", inputs[0], "--rules", path)


def test_amend(product, inputs, tmp_path):
    output = tmp_path / "out.fits"
    blendmodels(product, inputs, output=output)
    amend(output, overrides={"EXPTIME": "max"}, output=output, overwrite=True)
    assert fits.getval(output, "EXPTIME") == 40.0
    explained = ProductFile(output).explain("EXPTIME")
    assert "max" in explained


def test_explain_of_what_was_set_later(product, inputs, tmp_path):
    output = tmp_path / "out.fits"
    blendmodels(product, inputs, output=output)
    fits.setval(output, "TARGNAME", value="47 TUC")
    outcome = ProductFile(output).outcomes["meta.primary.TARGNAME"]
    assert (outcome.status.value, outcome.blended) == ("later", "NGC104")


def test_nothing_is_told_without_a_reason(product, inputs, rules, tmp_path, recwarn):
    for settings in ({}, {"rules": [rules(RULES)]}):
        settings = {"output": tmp_path / "out.fits", "overwrite": True, **settings}
        blendmodels(product, inputs, **settings)
    assert not [str(each.message) for each in recwarn if issubclass(each.category, BlendWarning)]
