"""Blending FITS files without a datamodel, by the example of a plugin that reads them."""

import importlib
import json
import math
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from stdatamodels.jwst.datamodels import ImageModel
from typer.testing import CliRunner

from blender_core import (
    InputError,
    MixedModelTypesError,
    PluginError,
    Plugins,
    Provider,
    ReaderConflictError,
    RuleError,
    Source,
    blendmodels,
    hookimpl,
)
from blender_core.cli.app import app

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plain_fits"
PROVIDER = Provider("plain-fits", "1.0", "plain_fits")

# Three exposures, the earliest the last by its name and the day before the others'.
KEYWORDS = ("ROOTNAME", "FILTER", "DATE-OBS", "TIME-OBS", "EXPSTART", "EXPEND", "EXPTIME")
EXPOSURES = [
    ("ibfu01a1q", "F606W", "2009-11-27", "00:06:44", 55162.00468, 55162.00873, 350.5),
    ("ibfu01a2q", "F814W", "2009-11-27", "00:15:08", 55162.01051, 55162.01514, 400.25),
    ("ibfu01a3q", "F606W", "2009-11-26", "23:58:20", 55161.99884, 55162.00289, 350.0),
]
ANGLES = (359.0, 1.0, 1.5)


@pytest.fixture
def exposures(tmp_path):
    """Return the paths of three exposures as HST has them."""
    paths = []
    for values, angle in zip(EXPOSURES, ANGLES, strict=True):
        header = fits.Header({"TELESCOP": "HST", "INSTRUME": "WFC3", "DETECTOR": "UVIS"})
        header.update(dict(zip(KEYWORDS, values, strict=True)))
        science = fits.Header({"ORIENTAT": angle, "NCOMBINE": 2})
        paths.append(tmp_path / f"{values[0]}_flt.fits")
        fits.HDUList(
            [
                fits.PrimaryHDU(header=header),
                fits.ImageHDU(np.zeros((4, 4), np.float32), science, name="SCI"),
                fits.ImageHDU(name="ERR"),
                fits.ImageHDU(header=fits.Header({"ORIENTAT": 99.0}), name="SCI", ver=2),
            ]
        ).writeto(paths[-1])
    return paths


def check_combined(path):
    """Check the file that is made of the three, with values got by hand."""
    with fits.open(path) as hdulist:
        # The plugin's override of TIME-OBS took effect, so that the rules are told, too.
        assert [hdu.name for hdu in hdulist] == ["PRIMARY", "SCI", "HDRTAB", "HDRRULES"]
        primary, science = hdulist[0].header, hdulist["SCI"].header
        assert {keyword: primary[keyword] for keyword in (*KEYWORDS, "DETECTOR", "TELESCOP")} == {
            "ROOTNAME": "ibfu01a1q",
            "TELESCOP": "HST",
            "DETECTOR": "UVIS",
            "FILTER": "MULTIPLE",
            "DATE-OBS": "2009-11-26",
            "TIME-OBS": "23:58:20",  # and not the earliest time of day, of the day after
            "EXPSTART": 55161.99884,
            "EXPEND": 55162.01514,
            "EXPTIME": 1100.75,
        }
        assert primary.comments["EXPTIME"] == "[s] Exposure time"
        sines, cosines = (sum(f(math.radians(one)) for one in ANGLES) for f in (math.sin, math.cos))
        assert science["ORIENTAT"] == pytest.approx(math.degrees(math.atan2(sines, cosines)))
        assert science["NCOMBINE"] == 6
        table = hdulist["HDRTAB"].data
        assert table.dtype.names[:1] == ("ROOTNAME",)
        for i, keyword in enumerate(KEYWORDS):
            assert table[keyword].tolist() == [values[i] for values in EXPOSURES]
        assert table["ORIENTAT"].tolist() == list(ANGLES)
        assert hdulist["HDRTAB"].columns["EXPTIME"].unit == "s"


@pytest.mark.exhaustive
def test_installed_and_run(exposures, installed, tmp_path):
    environment = installed(ROOT / "blender_rules_std", EXAMPLE)
    script = shutil.copy(EXAMPLE / "combine.py", tmp_path)
    printed = environment.run(Path(script), tmp_path, "combined.fits", *map(str, exposures))
    check_combined(tmp_path / "combined.fits")
    assert "EXPTIME   1100.75                   sum of 3\n" in printed


@pytest.fixture
def plugin(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE / "src")
    yield importlib.import_module("plain_fits.plugin")
    for name in ("plain_fits.plugin", "plain_fits"):
        sys.modules.pop(name, None)


@pytest.fixture
def plugins(plugin):
    found = Plugins.discover()
    found.register(plugin, PROVIDER)
    return found


@pytest.fixture
def combine(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE)
    yield importlib.import_module("combine")
    sys.modules.pop("combine", None)


def test_in_process(exposures, plugins, combine, tmp_path):
    result = blendmodels(None, exposures, plugins=plugins)
    assert result.product is None
    combine.to_hdulist(result).writeto(tmp_path / "combined.fits")
    check_combined(tmp_path / "combined.fits")
    assert result.outcomes["meta.exptime"].provider.distribution == "blender-rules-std"


def test_the_readme(exposures, plugins, monkeypatch, capsys):
    monkeypatch.chdir(exposures[0].parent)
    monkeypatch.setattr(Plugins, "discover", lambda block=(): plugins)  # noqa: ARG005
    text = (EXAMPLE / "README.md").read_text()
    block = text.partition("```python\n")[2].partition("```")[0]
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.startswith("1100.75\n")


def test_every_keyword_and_rule_of_the_list(plugin, plugins):
    listed = [line.split(maxsplit=4) for line in plugin.KEYWORDS.strip().splitlines()]
    headers = {"PRIMARY": fits.PrimaryHDU(), "SCI": fits.ImageHDU(name="SCI")}
    for hdu, keyword, kind, *_ in listed:
        headers[hdu].header[keyword] = {"string": "2009-11-26", "number": 2.5, "integer": 2}[kind]
    hdulist = fits.HDUList([*headers.values()])
    result = blendmodels(None, [hdulist], plugins=plugins)
    assert [
        (one.keyword, one.rule, result.plan[path].attribute.hdu)
        for path, one in result.outcomes.items()
    ] == [(keyword, rule, hdu) for hdu, keyword, _, rule, _ in listed]
    assert result.table.colnames == [keyword for _, keyword, *_ in listed]
    assert len(result.values) == len(listed)


def test_files_of_another_instrument_are_no_part_of_it(exposures, plugins):
    fits.setval(exposures[1], "INSTRUME", value="ACS")
    with pytest.raises(RuleError, match="'WFC3', 'ACS', 'WFC3'"):
        blendmodels(None, exposures, plugins=plugins)


def test_datamodels_are_not_for_it(exposures, plugins, tmp_path):
    ImageModel((4, 4)).save(tmp_path / "a_cal.fits")
    with pytest.raises(MixedModelTypesError, match=r"type ImageModel.* first input, plain FITS:"):
        blendmodels(None, [*exposures, tmp_path / "a_cal.fits"], plugins=plugins)


def test_two_plugins_for_the_same_files(exposures, plugins):
    class Greedy:
        @hookimpl
        def blender_open(self):
            return Source

    plugins.register(Greedy(), Provider("greedy", "3.1", "greedy"))
    with pytest.raises(ReaderConflictError, match=r"greedy 3.1 \[greedy\]\n.*plain-fits 1.0"):
        blendmodels(None, exposures, plugins=plugins)


def test_a_plugin_that_fails(exposures, plugins):
    class Failing:
        @hookimpl
        def blender_open(self, given):
            return given.data

    plugins.register(Failing(), Provider("failing", "0.9", "failing"))
    with pytest.raises(
        PluginError, match=r"failing 0.9 \[failing\] failed for input 1 \(.*a1q_flt.fits\): Attr"
    ):
        blendmodels(None, exposures, plugins=plugins)


def test_a_bad_file_is_left_out_where_that_is_asked_for(exposures, plugins, tmp_path):
    bad = tmp_path / "bad_flt.fits"
    bad.write_text("SIMPLE is no better than a text that says so")
    with pytest.raises(InputError, match=r"bad_flt.fits\) cannot be read"):
        blendmodels(None, [bad, *exposures], plugins=plugins)
    result = blendmodels(None, [bad, *exposures], plugins=plugins, on_bad_input="skip")
    assert result.values["meta.exptime"] == 1100.75
    assert len(result.skipped) == 1


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"400.25", b"4.0.25"),
        (b"= 'WFC3    '", b"=  WFC3  ' '"),
        (b"PCOUNT  =                    0", b"PCOUNT  =                     "),
    ],
    ids=["no number", "no text", "no value"],
)
def test_so_is_a_file_with_one_bad_card(exposures, plugins, good, bad):
    path = exposures[1]
    path.write_bytes(path.read_bytes().replace(good, bad))
    with pytest.raises(InputError, match=r"input 2 \(.*a2q_flt.fits\) cannot be read: "):
        blendmodels(None, exposures, plugins=plugins)
    result = blendmodels(None, exposures, plugins=plugins, on_bad_input="skip")
    assert result.values["meta.exptime"] == 700.5
    assert [type(one) for one in result.skipped] == [InputError]


def test_paths_of_any_kind(exposures, plugins):
    class Given:
        def __init__(self, path):
            self.path = path

        def __fspath__(self):
            return str(self.path)

    result = blendmodels(None, [Given(one) for one in exposures], plugins=plugins)
    assert result.values["meta.exptime"] == 1100.75


def test_blocked_it_takes_nothing(exposures, install_examples):
    install_examples("plain_fits")
    assert blendmodels(None, exposures).values["meta.exptime"] == 1100.75
    with pytest.raises(InputError, match="has no keyword DATAMODL"):
        blendmodels(None, exposures[:1], block=["plain-fits"])


def test_what_is_installed_for_another_telescope_changes_nothing(exposures, install_examples):
    install_examples("plain_fits")
    alone = blendmodels(None, exposures)
    install_examples("jwst_corrections", "miri_team_rules")
    beside = blendmodels(None, exposures)
    assert len(list(Plugins.discover())) == 4
    assert str(alone.plan.diff(beside.plan)) == "no difference"
    assert beside.values == alone.values


def test_what_is_missing_is_missing_in_the_file_of_combine(exposures, plugins, combine, tmp_path):
    fits.delval(exposures[1], "FILTER")
    fits.delval(exposures[0], "NCOMBINE", extname="SCI")
    fits.setval(exposures[2], "NCOMBINE", value=999999, extname="SCI")
    result = blendmodels(None, exposures, plugins=plugins)
    combine.to_hdulist(result).writeto(tmp_path / "combined.fits")
    with fits.open(tmp_path / "combined.fits") as hdulist:
        table = hdulist["HDRTAB"]
        null = table.columns["NCOMBINE"].null
        assert table.data["NCOMBINE"].tolist() == [null, 2, 999999]
        assert null not in (2, 999999)
    read = Table.read(tmp_path / "combined.fits", hdu="HDRTAB")
    assert read["NCOMBINE"].mask.tolist() == [True, False, False]
    assert read["FILTER"].mask.tolist() == [False, True, False]


class TestProduct:
    """The product, once the plugin is installed."""

    @pytest.fixture
    def combined(self, exposures, install_examples, monkeypatch):
        """The name of a combined file, as a drizzling program leaves it."""
        install_examples("plain_fits")
        folder = exposures[0].parent
        monkeypatch.chdir(folder)
        science = fits.ImageHDU(np.arange(6, dtype=np.float32).reshape(2, 3), name="SCI")
        weight = fits.ImageHDU(np.ones((2, 3), np.float32), name="WHT")
        header = fits.Header([("FILTER", "F606W", "element selected"), ("EXPTIME", 1.0)])
        hdulist = fits.HDUList([fits.PrimaryHDU(header=header), science, weight])
        hdulist.writeto("combined.fits")
        return "combined.fits"

    @pytest.fixture
    def command(self):
        """Return a function that runs a command, and returns what it prints."""

        def run(*arguments, status=0):
            done = CliRunner().invoke(app, [*map(str, arguments)])
            assert done.exit_code == status, done.output
            return done.stdout

        return run

    def test_all_commands(self, combined, exposures, command):
        names = [path.name for path in exposures]
        before = Path(combined).read_bytes()
        assert "EXPTIME" in command("blend", combined, *names, "--dry-run")
        command("blend", combined, *names, "-o", "blended.fits")
        assert Path(combined).read_bytes() == before
        with fits.open("blended.fits") as hdulist, fits.open(combined) as old:
            assert [hdu.name for hdu in hdulist] == ["PRIMARY", "SCI", "WHT", "HDRTAB", "HDRRULES"]
            assert hdulist[0].header["EXPTIME"] == 1100.75
            assert hdulist[0].header["TIME-OBS"] == "23:58:20"
            assert hdulist[0].header.comments["FILTER"] == "element selected"
            assert hdulist["SCI"].header["NCOMBINE"] == 6
            assert (hdulist["SCI"].data == old["SCI"].data).all()
        assert "1100.75" in command("explain", "blended.fits", "EXPTIME")
        rows = json.loads(command("table", "blended.fits", "--all", "--json"))
        assert [row["EXPTIME"] for row in rows] == [values[-1] for values in EXPOSURES]
        command("report", "blended.fits", "-o", "report.html")
        assert "1100.75" in Path("report.html").read_text()
        command("amend", "blended.fits", "--override", "EXPTIME=max", "-o", "amended.fits")
        assert fits.getheader("amended.fits")["EXPTIME"] == 400.25
        differences = json.loads(
            command("diff", "blended.fits", "amended.fits", "--json", status=1)
        )
        assert [each["keyword"] for each in differences["values"]] == ["EXPTIME"]
        assert command("diff", "blended.fits", "blended.fits").endswith("say the same.\n")

    @pytest.mark.usefixtures("combined")
    def test_that_it_has_products_is_told(self, command):
        (ours,) = (
            each
            for each in json.loads(command("plugins", "--json"))
            if each["distribution"] == "plain-fits"
        )
        assert (ours["reads"], ours["has_products"]) == (True, True)
        assert "products of another kind" in " ".join(command("plugins").split())

    def test_it_is_not_written_as_something_else(self, combined, exposures):
        done = CliRunner().invoke(app, ["blend", combined, str(exposures[0]), "-o", "a.asdf"])
        assert done.exit_code == 2
        assert "ends in .fits or .fits.gz" in done.stderr.replace("\n", " ")

    def test_without_the_plugin(self, combined, exposures):
        arguments = ["blend", combined, str(exposures[0]), "-o", "a.fits", "--block", "plain-fits"]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 2
        assert "has no keyword DATAMODL" in done.stderr.replace("\n", " ")
        assert not Path("a.fits").exists()
