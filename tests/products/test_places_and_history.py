"""What a plugin's product says of itself: where attributes go, whether they do, and its history."""

import pytest
from astropy.io import fits
from plain_products import PROVIDER, Combined, Headers

from blender_core import PluginError, Plugins, ProductFile, blendmodels, hookimpl

HEADERS = [{"EXPTIME": 10.0, "NCOMBINE": 1}, {"EXPTIME": 20.5, "NCOMBINE": 2}]


class Weighted(Combined):
    """A product that has WHT where inputs have SCI."""

    lines = ("two exposures", "x" * 100)

    def hdu_of(self, attribute):
        return "WHT" if attribute.hdu == "SCI" else attribute.hdu

    def has_place_for(self, attribute):
        return attribute.keyword != "FILTER"

    def history(self, plan, tables):
        return [*self.lines, f"{len(tables['hdrtab'])} rows of {len(plan)} attributes"]


@pytest.fixture
def blend(tmp_path):
    """Return a function that blends into a product of a class, and opens what is written."""
    path = tmp_path / "product.fits"
    header = fits.Header({"FILTER": "OLD", "EXPTIME": 1.0})
    fits.HDUList([fits.PrimaryHDU(header=header), fits.ImageHDU(name="WHT")]).writeto(path)

    def run(kind=Weighted, given=path, **settings):
        class Plugin:
            @hookimpl
            def blender_open(self, given, what):
                return Headers(given, what) if isinstance(given, dict) else None

            @hookimpl
            def blender_product(self, given, what):
                return kind(given, what)

        plugins = Plugins.discover()
        plugins.register(Plugin(), PROVIDER)
        output = tmp_path / "out.fits"
        inputs = [{**header, "FILTER": "F606W"} for header in HEADERS]
        settings = {"output": output, "overwrite": True, "plugins": plugins, **settings}
        result = blendmodels(given, inputs, **settings)
        return result, output, plugins

    return run


def test_an_hdu_of_another_name(blend):
    _, output, plugins = blend()
    with fits.open(output) as hdulist:
        assert [hdu.name for hdu in hdulist] == ["PRIMARY", "WHT", "HDRTAB"]
        assert hdulist["WHT"].header["NCOMBINE"] == 3
    assert ProductFile(output, plugins=plugins).values["meta.ncombine"] == 3


def test_what_it_has_no_place_for_is_kept(blend):
    result, output, _ = blend()
    assert fits.getval(output, "FILTER") == "OLD"
    assert result.outcomes["meta.filter"].status.value == "kept"
    assert "meta.exptime" in result.values


def test_history_is_told_once(blend):
    _, output, _ = blend()
    expected = ["two exposures", "x" * 72, "x" * 28]
    history = list(fits.getheader(output)["HISTORY"])
    assert history[:3] == expected
    assert history[3].startswith("2 rows of ")
    blend(given=output)
    assert list(fits.getheader(output)["HISTORY"]) == history


def test_history_of_an_open_file(blend):
    hdulist = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(name="WHT")])
    blend(given=hdulist)
    assert next(iter(hdulist[0].header["HISTORY"])) == "two exposures"


@pytest.mark.parametrize(("asked", "there"), [(None, True), (False, False), (True, True)])
def test_rules_are_recorded_unless_somebody_says_otherwise(blend, asked, there):
    class Recording(Weighted):
        records_rules = True

    _, output, _ = blend(Recording, record_rules=asked)
    with fits.open(output) as hdulist:
        assert ("HDRRULES" in hdulist) is there


def failing(*_):
    raise RuntimeError("no")


@pytest.mark.parametrize(
    ("member", "value", "problem"),
    [
        ("has_place_for", failing, "has_place_for fails: RuntimeError: no"),
        ("has_place_for", lambda *_: "yes", "has_place_for is 'yes', where a bool is asked for"),
        ("records_rules", "yes", "records_rules is 'yes', where a bool is asked for"),
        ("history", failing, "update fails: RuntimeError: no"),
        ("hdu_of", failing, "fails: RuntimeError: no"),
        ("n_rows", lambda *_: 7, "has 7 rows in its table HDRTAB instead of 2"),
        ("n_rows", lambda *_: None, "where a int is asked for"),
    ],
)
def test_one_that_fails_or_lies(blend, tmp_path, member, value, problem):
    kind = type("Failing", (Weighted,), {member: value})
    with pytest.raises(PluginError, match=r"plain-products 2\.1") as caught:
        blend(kind)
    assert problem in str(caught.value)
    assert not (tmp_path / "out.fits").exists()
