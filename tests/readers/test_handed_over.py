"""What the engine has read of a file goes to plugins with it; what is broken goes to none."""

import os
from pathlib import Path

import asdf
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    InputError,
    PluginError,
    Plugins,
    Provider,
    Source,
    UnknownInputError,
    blendmodels,
    hookimpl,
)

SCHEMA = {
    "properties": {
        "meta": {
            "properties": {
                "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"},
                "texts": {"blend_rule": "first"},
            }
        }
    }
}
PLAIN, OTHER = Provider("plain", "1.0", "plain"), Provider("other", "2.0", "other")


class Tree(Source):
    """The tree of an ASDF file, or the first header of a FITS file."""

    model_type, schema = "plain", SCHEMA

    def __init__(self, opened, what):
        self.what = what
        self.values = dict.fromkeys(("meta.exptime", "meta.texts"))
        if opened.format == "asdf":
            roman = opened.tree["roman"]
            self.values = {f"meta.{name}": roman.get(name) for name in ("exptime", "texts")}
        else:
            self.header = opened.headers[0]

    def read(self, layout):
        if hasattr(self, "header"):
            self.values["meta.exptime"] = self.header.get("EXPTIME")
        return [self.values[path] for path in layout.paths]


class Plugin:
    def __init__(self, make=Tree):
        self.make = make
        self.asked = []

    @hookimpl
    def blender_open(self, what, opened):
        self.asked.append(opened)
        return None if opened is None else self.make(opened, what)


def plugins_with(*plugins):
    known = Plugins.discover()
    for plugin, provider in zip(plugins, (PLAIN, OTHER), strict=False):
        known.register(plugin, provider)
    return known


def write_fits(path, **cards):
    fits.PrimaryHDU(header=fits.Header({"EXPTIME": 1.5, **cards})).writeto(path)
    return path


def write_asdf(path, **values):
    asdf.AsdfFile({"roman": {"exptime": 1.5, "data": np.arange(1000), **values}}).write_to(path)
    return path


WRITE = {".fits": write_fits, ".asdf": write_asdf}


@pytest.fixture(params=WRITE)
def path(request, tmp_path):
    return WRITE[request.param](tmp_path / f"a{request.param}")


class TestArguments:
    """A plugin's function has those that it needs, as it always could."""

    class Given:
        @hookimpl
        def blender_open(self, given):
            return self.source(given, "the input")

        def source(self, given, what):
            source = Tree.__new__(Tree)
            source.what, source.header = what, fits.getheader(given)
            source.values = {"meta.texts": None}
            return source

    class GivenAndWhat(Given):
        @hookimpl
        def blender_open(self, given, what):
            return self.source(given, what)

    class InAnotherOrder(Given):
        @hookimpl
        def blender_open(self, opened, what, given):
            assert opened.path == given
            return Tree(opened, what)

    class Nothing:
        @hookimpl
        def blender_open(self):
            return None

    @pytest.mark.parametrize("plugin", [Given, GivenAndWhat, InAnotherOrder])
    def test_any_of_them(self, plugin, tmp_path):
        plugins = plugins_with(plugin(), self.Nothing())
        paths = [write_fits(tmp_path / f"{name}.fits") for name in "ab"]
        assert blendmodels(None, paths, plugins=plugins).values["meta.exptime"] == 3.0

    def test_one_that_there_is_not(self):
        class Wrong:
            @hookimpl
            def blender_open(self, given, what, header):
                """Never called."""

        with pytest.raises(
            PluginError, match=r"plain 1.0 .*has the argument header, which is not passed"
        ):
            plugins_with(Wrong())


class TestWhatIsHandedOver:
    def test_nothing_is_read_again(self, path):
        def make(opened, what):
            path.unlink()
            return Tree(opened, what)

        assert blendmodels(None, [path], plugins=plugins_with(Plugin(make))).values == {
            "meta.exptime": 1.5
        }

    def test_a_plugin_that_keeps_it(self, tmp_path):
        plugin = Plugin()
        paths = [write_fits(tmp_path / f"{i}.fits", NUMBER=i) for i in range(3)]
        blendmodels(None, paths, plugins=plugins_with(plugin))
        assert [each.headers[0]["NUMBER"] for each in plugin.asked] == [0, 1, 2]
        assert [each.path for each in plugin.asked] == paths

    def test_an_open_hdulist_as_it_is_now(self, tmp_path):
        path = write_fits(tmp_path / "a.fits")
        plugin = Plugin()
        with fits.open(path) as hdulist:
            hdulist[0].header["EXPTIME"] = np.float32(2.5)
            result = blendmodels(None, [hdulist], plugins=plugins_with(plugin))
            hdulist[0].header["EXPTIME"] = 9.0
        assert result.values["meta.exptime"] == 2.5
        (opened,) = plugin.asked
        assert (opened.path, opened.headers[0]["EXPTIME"]) == (path, 2.5)
        assert type(opened.headers[0]["EXPTIME"]) is float

    @pytest.mark.parametrize("given", [fits.Header({"EXPTIME": 1.0}), {"EXPTIME": 1.0}, 7])
    def test_nothing_of_other_things(self, given):
        plugin = Plugin()
        with pytest.raises(InputError):
            blendmodels(None, [given], plugins=plugins_with(plugin))
        assert plugin.asked == [None]

    def test_nothing_of_other_files(self, tmp_path):
        plugin = Plugin()
        (tmp_path / "a.txt").write_text("EXPTIME 1.0")
        with pytest.raises(UnknownInputError):
            blendmodels(None, [tmp_path / "a.txt"], plugins=plugins_with(plugin))
        assert plugin.asked == [None]

    def test_files_of_datamodels_come_to_nobody(self, tmp_path):
        plugin = Plugin()
        for name in ("a.fits", "a.asdf"):
            ImageModel((2, 2)).save(tmp_path / name)
            blendmodels(None, [tmp_path / name], plugins=plugins_with(plugin))
        assert plugin.asked == []

    def test_a_tree_with_an_unknown_class_of_datamodels(self, tmp_path):
        plugin = Plugin()
        tree = {"meta": {"model_type": "RomanModel"}, "roman": {"exptime": 2.5}}
        asdf.AsdfFile(tree).write_to(tmp_path / "a.asdf")
        result = blendmodels(None, [tmp_path / "a.asdf"], plugins=plugins_with(plugin))
        assert result.values["meta.exptime"] == 2.5
        assert plugin.asked[0].tree["meta"] == {"model_type": "RomanModel"}

    def test_a_class_named_by_a_merged_key(self, tmp_path):
        meta = b"meta:\n  <<: {model_type: ImageModel}\n  exposure: {exposure_time: 2.5}"
        write_asdf(tmp_path / "a.asdf")
        raw = (tmp_path / "a.asdf").read_bytes()
        (tmp_path / "a.asdf").write_bytes(raw.replace(b"\n...", b"\n" + meta + b"\n...", 1))
        plugin = Plugin()
        result = blendmodels(None, [tmp_path / "a.asdf"], plugins=plugins_with(plugin))
        assert result.values["meta.exposure.exposure_time"] == 2.5
        assert plugin.asked == []


class TestNobodyIsHarmed:
    """Each plugin's is its own, and what it does wrong is told as its fault."""

    def test_a_plugin_that_changes_the_tree(self, tmp_path):
        path = write_asdf(tmp_path / "a.asdf", texts=["a", "b"])

        class Changing:
            @hookimpl
            def blender_open(self, opened):
                opened.tree["roman"]["texts"].clear()
                opened.tree.clear()
                vars(opened)["_tree"] = None

        for plugins in (plugins_with(Changing(), Plugin()), plugins_with(Plugin(), Changing())):
            result = blendmodels(None, [path], plugins=plugins)
            assert result.values == {"meta.exptime": 1.5, "meta.texts": ["a", "b"]}

    def test_a_plugin_that_breaks_in(self, tmp_path):
        class Changing:
            @hookimpl
            def blender_open(self, opened):
                vars(opened.headers[0])["name"] = "SCI"
                vars(opened.headers[0])["cards"] = ()

        plugin = Plugin()
        path = write_fits(tmp_path / "a.fits")
        for plugins in (plugins_with(Changing(), plugin), plugins_with(plugin, Changing())):
            blendmodels(None, [path], plugins=plugins)
        for opened in plugin.asked:
            assert opened.headers[0].name == "PRIMARY"
            assert opened.headers[0].cards

    @pytest.mark.parametrize("name", ["path", "format", "headers", "tree"])
    def test_a_plugin_that_sets_something(self, name, path):
        def make(opened, _):
            setattr(opened, name, None)

        message = (
            rf"plain 1.0 \[plain\] failed for input 1 \(.*: {name} of Opened cannot be changed"
        )
        with pytest.raises(PluginError, match=message):
            blendmodels(None, [path], plugins=plugins_with(Plugin(make)))

    @pytest.mark.parametrize("error", [KeyError("x"), SystemExit(0), RecursionError()])
    def test_a_plugin_that_fails(self, error, path):
        def make(*_):
            raise error

        with pytest.raises(
            PluginError, match=r"blender_open of plugin plain 1.0 .* failed for inp"
        ):
            blendmodels(None, [path], plugins=plugins_with(Plugin(make)), on_bad_input="skip")

    def test_a_bad_card_is_the_files_fault(self, tmp_path):
        path, good = write_fits(tmp_path / "a.fits"), write_fits(tmp_path / "b.fits")
        path.write_bytes(path.read_bytes().replace(b"  1.5", b"1.5.5"))
        with pytest.raises(
            InputError, match=r"input 1 \(.*a.fits\) cannot be read: HDU 0 \(PRIMAR"
        ):
            blendmodels(None, [path, good], plugins=plugins_with(Plugin()))
        result = blendmodels(
            None, [path, good], plugins=plugins_with(Plugin()), on_bad_input="skip"
        )
        assert result.values["meta.exptime"] == 1.5


def cut_in_header(raw):
    return raw[:1000]


def cut_in_data(raw):
    return (
        raw
        + b"XTENSION= 'IMAGE   '".ljust(80)
        + b"BITPIX  =                    8".ljust(80)
        + b"NAXIS   =                    1".ljust(80)
        + b"NAXIS1  =  9999".ljust(80)
        + b"END".ljust(2560)
    )


def without_end(raw):
    """Have data taken for the header, up to the END of the next HDU."""
    extension = fits.ImageHDU(np.zeros(3)).header.tostring().encode()
    return raw.replace(b"END".ljust(80), b" " * 80) + extension + bytes(2880)


def with_a_damaged_end(raw):
    return raw.replace(b"END".ljust(80), b"END     x".ljust(80)) + raw


def endless_header(raw):
    return raw.replace(b"END".ljust(80), b" " * 80) + b" " * 30_000_000


def many_hdus(raw):
    extension = fits.ImageHDU().header.tostring().encode()
    return raw + extension * 10_001


def cut_in_tree(raw):
    return raw[:400]


def cut_in_block(raw):
    return raw[:-5000]


def with_tree(text):
    def change(raw):
        return raw.partition(b"\n...\n")[0] + b"\n" + text + b"\n...\n"

    change.__name__ = text[:12].decode()
    return change


BOMB = b"x0: &x0 [1, 2]\n" + b"\n".join(
    b"x%d: &x%d [%s]" % (i, i, b", ".join([b"*x%d" % (i - 1)] * 10)) for i in range(1, 9)
)
BROKEN = [
    *((".fits", change) for change in (cut_in_header, cut_in_data, without_end, with_a_damaged_end,
                                       endless_header, many_hdus)),
    *((".asdf", change) for change in (cut_in_tree, cut_in_block)),
    *((".asdf", with_tree(text)) for text in (
        BOMB, b"loop: &x [*x]", b"deep: " + b"[" * 300 + b"]" * 300, b"bad: [", b"? [1]\n: 2",
        b"n: " + b"9" * 5000, b"many: [" + b"1," * 5_000_001 + b"1]",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "change"), BROKEN)
def test_what_is_broken_comes_to_nobody(suffix, change, tmp_path):
    plugin = Plugin()
    path = WRITE[suffix](tmp_path / f"a{suffix}")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(InputError, match=r"input 1 \(.*\) cannot be read: ") as caught:
        blendmodels(None, [path], plugins=plugins_with(plugin))
    assert type(caught.value) is InputError
    assert plugin.asked == []


@pytest.mark.parametrize("name", ["a.fits", "a.asdf", "a.dat"])
def test_nor_does_what_has_no_end_or_is_not_there(name, tmp_path):
    plugin = Plugin()
    path = tmp_path / name
    for make in (Path.mkdir, os.mkfifo, lambda each: each.symlink_to("/dev/zero"), lambda _: None):
        make(path)
        with pytest.raises(InputError, match=r"cannot be read: (it is|No such file)"):
            blendmodels(None, [path], plugins=plugins_with(plugin))
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    assert plugin.asked == []
