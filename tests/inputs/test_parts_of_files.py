"""Names of parts of files, which plugins may know."""

from pathlib import Path

import pytest
from astropy.io import fits

from blender_core import InputError, OutputError, Plugins, Provider, Source, blendmodels, hookimpl
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.named_files import files_named_by

SCHEMA = {"properties": {"meta": {"properties": {"n": {"fits_keyword": "N", "blend_rule": "sum"}}}}}


class Row(Source):
    model_type = "part"
    schema = SCHEMA

    def __init__(self, header, what):
        self.header, self.what = header, what

    def read(self, layout):
        return [self.header.get(attribute.keyword) for attribute in layout.attributes]


class PartsPlugin:
    def __init__(self):
        self.asked = []

    @hookimpl
    def blender_open(self, given, what, opened, open_file):
        self.asked.append((given, opened))
        if opened is not None:
            return Row(opened.headers[0], what)
        path, _, number = str(given)[:-1].partition("[")
        return Row(open_file(path).headers[int(number)], what)


@pytest.fixture
def plugin():
    return PartsPlugin()


@pytest.fixture
def blend(plugin):
    plugins = Plugins.discover()
    plugins.register(plugin, Provider("acme", "1.0", "acme"))
    return lambda *inputs, **settings: blendmodels(None, inputs, plugins=plugins, **settings)


@pytest.fixture
def path(tmp_path):
    hdus = [fits.PrimaryHDU(), fits.ImageHDU(), fits.ImageHDU()]
    for number, hdu in enumerate(hdus, start=1):
        hdu.header["N"] = number
    path = tmp_path / "x.fits"
    fits.HDUList(hdus).writeto(path)
    return path


@pytest.mark.parametrize("kind", [str, type(None)])
def test_each_part_is_an_input(blend, path, kind):
    names = [f"{path}[{number}]" for number in (1, 2, 1)]
    given = names if kind is str else [path.with_name(f"x.fits[{n}]") for n in (1, 2, 1)]
    assert blend(*given, path).values["meta.n"] == 2 + 3 + 2 + 1


def test_what_the_plugin_is_told(blend, plugin, path):
    blend(f"{path}[1]")
    assert plugin.asked == [(f"{path}[1]", None)]


def test_no_plugin_is_asked_for_what_is_not_there(blend, plugin, path):
    problems = {
        "y.fits[1]": r"there is no file whose name is like .*y\.fits\[1\], and no file .*y\.fits that",
        "x.fits[1": "there is no file whose name is like",
        "x.fits]": "No such file",
        "[1]": "there is no file whose name is like",
    }
    for name, problem in problems.items():
        with pytest.raises(InputError, match=problem):
            blend(path.with_name(name))
    assert plugin.asked == []


def test_a_file_of_that_very_name(blend, path):
    path.rename(path.with_name("x.fits[2]"))
    assert blend(path.with_name("x.fits[2]")).values["meta.n"] == 1


def test_a_broken_file(blend, path):
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match=r"input 1 \(.*x\.fits.*\) cannot be read"):
        blend(f"{path}[1]")


def test_nobody_knows_parts(path):
    with pytest.raises(
        InputError, match=r"No such file.*x\.fits, and no plugin reads a part of it"
    ):
        blendmodels(None, [f"{path}[1]"])


@pytest.mark.parametrize("kind", ["pattern", "list"])
def test_a_part_comes_before_a_pattern(blend, path, tmp_path, kind):
    other = fits.PrimaryHDU()
    other.header["N"] = 100
    other.writeto(tmp_path / "x.fits1")
    (tmp_path / "list").write_text(f"{path}[1]\n")
    given = f"{path}[1]" if kind == "pattern" else f"@{tmp_path / 'list'}"
    assert blend(given).values["meta.n"] == 2
    assert list(files_named_by(f"{path}[1]", RemoteFiles())) == [Path(f"{path}[1]")]
    path.rename(tmp_path / "y.fits")  # then it is a pattern
    assert blend(given).values["meta.n"] == 100


def test_its_file_is_not_replaced(path, tmp_path):
    product = tmp_path / "product.fits"
    product.write_bytes(path.read_bytes())
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"x\.fits"):
        blendmodels(None, [f"{path}[1]"], output=path, overwrite=True)
    assert path.read_bytes() == before
