"""Products in memory: saved whole by stdatamodels, and as they were if that fails."""

import copy
import gzip
import re

import asdf
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import FlatModel, ImageModel, MultiSlitModel

from blender_core import (
    BlenderError,
    ModelBlender,
    OutputError,
    OutputExistsError,
    Override,
    ProductFile,
    Rule,
    RuleError,
    blendmodels,
)
from blender_core.products.datamodel import restored


@pytest.fixture
def product():
    model = ImageModel(np.full((3, 4), 7, np.float32))
    model.meta.filename = "old.fits"
    model.meta.instrument.detector = "NRCB1"
    model.meta.date = "2001-02-03T04:05:06.000"
    return model


def state(model):
    """Return all of a datamodel that may be changed."""
    tree = {key: value for key, value in model.instance.items() if key != "data"}
    return copy.deepcopy(tree), model.instance["data"], copy.deepcopy(model.schema)


def same(one, other):
    return one[0] == other[0] and one[1] is other[1] and one[2] == other[2]


@pytest.mark.parametrize("ending", [".fits", ".fits.gz", ".asdf"])
def test_output(tmp_path, product, exposures, ending):
    path = tmp_path / f"p{ending}"
    result = blendmodels(product, exposures, output=path)
    assert result.product is product
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    with datamodels.open(path) as saved:
        assert type(saved) is ImageModel
        assert saved.meta.instrument.detector == "MULTIPLE"
        assert saved.meta.exposure.exposure_time == 322.0
        assert saved.meta.filename == path.name
        assert saved.meta.date > "2026"
        detectors = np.asarray(saved.instance["hdrtab"]["DETECTOR"]).astype("U")
        assert detectors.tolist() == ["NRCA1", "NRCA2"]
        assert (np.asarray(saved.data) == 7).all()
    # As after saving it in any other way.
    assert (product.meta.filename, product.meta.date) == (path.name, saved.meta.date)


def test_missing_logical_values_are_kept_in_an_asdf_file_without_a_warning(tmp_path, make_models):
    inputs = make_models("meta.visit.exp_only", [True, False, None])
    path = tmp_path / "p.asdf"
    blendmodels(ImageModel(), inputs, output=path)
    with asdf.open(path) as tree:
        # The letters T and F, and the zero byte, which is the null of the FITS standard.
        assert tree["hdrtab"]["EXP_ONLY"].tolist() == [84, 70, 0]
    assert ProductFile(path).inputs["meta.visit.exp_only"] == [True, False, None]
    again = blendmodels(None, [path], expand=True).table["EXP_ONLY"]
    assert again.tolist() == [True, False, None]


def test_what_is_saved_is_what_stdatamodels_saves(tmp_path, product, exposures):
    blendmodels(product, exposures, output=tmp_path / "p.fits")
    ours = (tmp_path / "p.fits").read_bytes()
    (tmp_path / "p.fits").unlink()
    product.save(str(tmp_path / "p.fits"))
    theirs = (tmp_path / "p.fits").read_bytes()
    assert len(ours) == len(theirs)
    date, checksum = rb"20\d\d-\d\d-\d\dT[\d:.]+", rb"_fits_hash: \w+"
    assert re.sub(checksum, b"", re.sub(date, b"", ours)) == re.sub(
        checksum, b"", re.sub(date, b"", theirs)
    )


def test_gzip_is_the_same_file_packed(tmp_path, product, exposures):
    result = blendmodels(product, exposures)
    result.save(tmp_path / "p.fits.gz")
    with gzip.open(tmp_path / "p.fits.gz") as file, fits.open(file) as hdulist:
        hdulist.verify("exception")
        assert [hdu.name for hdu in hdulist] == ["PRIMARY", "SCI", "HDRTAB", "ASDF"]


def test_nothing_is_written_unless_asked(tmp_path, product, exposures, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blendmodels(product, exposures)
    assert not list(tmp_path.iterdir())


def test_save_of_a_result(tmp_path, product, exposures):
    blender = ModelBlender()
    for one in exposures:
        blender.accumulate(one)
    result = blender.finalize_model(product)
    path = result.save(str(tmp_path / "p.fits"))
    assert path == tmp_path / "p.fits"
    with pytest.raises(OutputExistsError):
        result.save(path)
    assert result.save(path, overwrite=True) == path


def test_an_old_file_is_replaced_only_if_asked(tmp_path, product, exposures):
    path = tmp_path / "p.fits"
    path.write_text("mine")
    before = state(product)
    with pytest.raises(OutputExistsError):
        blendmodels(product, exposures, output=path)
    assert path.read_text() == "mine"
    assert same(state(product), before)
    blendmodels(product, exposures, output=path, overwrite=True)
    assert fits.getval(path, "DETECTOR") == "MULTIPLE"


class TestFailure:
    """Whatever fails, product and file stay as they were."""

    @pytest.fixture
    def fails(self, tmp_path, product, contents):
        path = tmp_path / "p.fits"
        path.write_text("mine")

        def check(inputs, error, match, **options):
            before, tree = state(product), product.instance
            with pytest.raises(error, match=match):
                blendmodels(product, inputs, output=path, overwrite=True, **options)
            assert same(state(product), before)
            assert product.instance is tree
            assert contents(tmp_path) == {"p.fits": b"mine"}

        return check

    def test_of_writing(self, fails, product, exposures, monkeypatch):
        def fail(_number):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", fail)
        fails(exposures, OutputError, r"cannot be written to .*p\.fits: No space left on device")
        # A second attempt goes well.
        monkeypatch.undo()
        blendmodels(product, exposures)
        assert product.meta.instrument.detector == "MULTIPLE"

    def test_of_stdatamodels(self, fails, exposures):
        # No header has a NaN, nor any of the others.
        for one in exposures:
            one.meta.exposure.start_time = float("nan")
            one.meta.exposure.end_time = float("-inf")
            one.meta.instrument.lamp_state = "on\noff"
        overrides = [Override(attribute="LAMP", rule="first", record=False)]
        expected = (
            r"cannot be written to .*p\.fits: its header cannot have "
            r"meta\.instrument\.lamp_state \(LAMP\) = 'on\\noff': .*; "
            r"meta\.exposure\.start_time \(EXPSTART\) = nan: .*; "
            r"meta\.exposure\.end_time \(EXPEND\) = -inf: "
        )
        fails(exposures, OutputError, expected, overrides=overrides)

    def test_of_cards_that_are_no_attributes(self, tmp_path, product, exposures):
        product._instance["extra_fits"] = {"SCI": {"header": [["NOTE", "one\ntwo", ""]]}}
        with pytest.raises(
            OutputError, match=r"cannot have extra_fits\.SCI \(NOTE\) = 'one\\ntwo'"
        ):
            blendmodels(product, exposures, output=tmp_path / "p.fits")
        assert list(tmp_path.iterdir()) == []

    def test_of_a_result_that_is_saved_later(self, tmp_path, product, exposures):
        for one in exposures:
            one.meta.exposure.start_time = float("nan")
        result = blendmodels(product, exposures)
        for name in ("p.fits", "p.fits.gz"):
            with pytest.raises(OutputError, match=r"\(EXPSTART\) = nan"):
                result.save(tmp_path / name)
        assert list(tmp_path.iterdir()) == []
        result.save(tmp_path / "p.asdf")  # which can have it

    def test_interrupted(self, fails, exposures, monkeypatch):
        def interrupt(_number):
            raise KeyboardInterrupt

        monkeypatch.setattr("os.fsync", interrupt)
        fails(exposures, KeyboardInterrupt, None)

    def test_of_a_rule(self, fails, exposures, make_plugins, acme):
        def fail(_values):
            raise RuleError("no")

        rule = Rule(name="multi", blend=fail, summary="fails", replaces="blender-rules-std")
        fails(exposures, BlenderError, "no", plugins=make_plugins({acme: [rule]}))

    def test_of_a_class_that_is_saved_in_a_way_of_its_own(self, tmp_path, exposures, contents):
        with pytest.raises(OutputError, match=r"FlatModel .* Use its method save"):
            blendmodels(FlatModel(), exposures, output=tmp_path / "p.fits")
        assert contents(tmp_path) == {}


def test_restored_brings_back_lists_and_what_is_in_them():
    model = MultiSlitModel()
    model.slits.append(model.slits.item())
    model.slits[0].name = "A"
    slits = model.instance["slits"]

    def change():
        with restored(model):
            model.slits[0].name = "B"
            model.slits.append(model.slits.item())
            model.schema["properties"]["more"] = {}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert model.instance["slits"] is slits
    assert [one["name"] for one in slits] == ["A"]
    assert "more" not in model.schema["properties"]
