"""What the how-to pages tell people to do, done."""

import re
import sys
import textwrap
import types
from pathlib import Path

import asdf
import pytest
from astropy.io import fits

from blender_core import InputError, Plugins, Provider, UnknownInputError, blendmodels

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "blend_own_fits.rst"


def blocks(language):
    found = re.findall(
        rf"^\.\. code-block:: {language}\n\n((?:   .*\n|\n)+)", PAGE.read_text(), re.MULTILINE
    )
    return [textwrap.dedent(block) for block in found]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return a function that runs a block in a folder of its own: code → its names."""
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)

    def run(code):
        exec(compile(code, str(PAGE), "exec"), vars(module))  # noqa: S102
        return vars(module)

    return run


def test_there_are_three_blocks():
    assert len(blocks("python")) == 3
    assert (ROOT / "examples" / "plain_fits" / "pyproject.toml").is_file()
    (install,) = blocks("sh")
    assert all((ROOT / one).is_dir() for one in install.split()[2:])


def test_blending_plain_files(run, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "examples" / "plain_fits" / "src")
    for i, seconds in enumerate([350.5, 400.25, 350.0], start=1):
        header = fits.Header({"ROOTNAME": f"ibfu01a{i}q", "FILTER": "F606W", "EXPTIME": seconds})
        fits.PrimaryHDU(header=header).writeto(tmp_path / f"ibfu01a{i}q_flt.fits")
    plugins = Plugins.discover()
    plugin = __import__("plain_fits.plugin").plugin
    plugins.register(plugin, Provider("plain-fits", "1.0", "plain_fits"))
    monkeypatch.setattr(Plugins, "discover", lambda block=(): plugins)  # noqa: ARG005
    result = run(blocks("python")[0])["result"]
    assert result.values["meta.exptime"] == 1100.75
    assert result.table.colnames == ["ROOTNAME", "FILTER", "EXPTIME"]


def test_blending_files_of_another_telescope(run, tmp_path):
    for number, day, seconds in ((1, "02", 139.5), (2, "01", 140.25)):
        exposure = {"start_time": f"2027-06-{day}T01:02:03.000", "exposure_time": seconds}
        tree = {"roman": {"meta": {"exposure": exposure}}}
        asdf.AsdfFile(tree).write_to(tmp_path / f"r{number}_cal.asdf")
    _, plugin, use = blocks("python")
    run(plugin)
    assert run(use)["result"].values == {
        "meta.exposure.start_time": "2027-06-01T01:02:03.000",
        "meta.exposure.exposure_time": 279.75,
    }


def test_files_that_only_look_like_those_of_another_telescope(run, tmp_path):
    trees = {"other": {"anything": 1}, "broken": {"roman": {"data": 1}}}
    trees["r1_cal"] = {"roman": {"meta": {"exposure": {"exposure_time": 1.5}}}}
    for name, tree in trees.items():
        asdf.AsdfFile(tree).write_to(tmp_path / f"{name}.asdf")
    _, plugin, _ = blocks("python")
    run(plugin)
    plugins = Plugins.discover()
    plugins.register(sys.modules["page"], Provider("roman-files", "0.1", "roman"))
    files = [tmp_path / f"{name}.asdf" for name in trees]
    result = blendmodels(None, files, plugins=plugins, on_bad_input="skip")
    assert result.values == {"meta.exposure.exposure_time": 1.5}
    # The first is no plugin's.
    assert [type(one) for one in result.skipped] == [UnknownInputError, InputError]
    assert str(result.skipped[1]).endswith("broken.asdf) cannot be read: it has no roman.meta")
