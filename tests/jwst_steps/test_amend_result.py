"""The post-hook: what a step returns, as the overrides of a team have it."""

import logging

import pytest
from astropy.io import fits
from astropy.table import Table
from jwst.datamodels import ModelContainer, ModelLibrary
from small_jwst import imaging
from small_jwst.association import write_association
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

import blender_core
from blender_core import BlenderError, PluginError, Plugins, ProductFile, RulesFileError
from blender_core.jwst import amend_result

PIPELINES = """
from pathlib import Path
from small_jwst import products

run = products.run_pipeline

def run_with_hooks(pipeline, association, folder, steps):
    for name in {"resample", "resample_spec", "cube_build"} & steps.keys():
        steps[name] = {**steps[name], "post_hooks": ["blender_core.jwst.amend_result"]}
    run(pipeline, association, folder, steps)

products.run_pipeline = run_with_hooks
for name, (path, _) in products.make_products(Path.cwd()).items():
    print("made", name, path, sep="|")
"""
READER = """
from blender_core import Override, hookimpl

@hookimpl
def blender_rules_file(text):
    return [Override(attribute=text.split()[0], rule=text.split()[1])]
"""
TIME = "meta.exposure.exposure_time"
AMEND = "--post_hooks=blender_core.jwst.amend_result,"


def times(models):
    return [model[TIME] for model in models]


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, "stpipe.model_blender")
    return caplog


class TestResults:
    @pytest.mark.usefixtures("plugin")
    def test_a_model(self, make_product):
        product = make_product(10.0, 20.0)
        assert amend_result(product) is None
        assert product[TIME] == 20
        assert len(product.hdrtab) == 2

    @pytest.mark.usefixtures("plugin")
    @pytest.mark.parametrize("kind", [list, tuple, ModelContainer])
    def test_several(self, make_product, kind):
        products = kind([make_product(10.0, 20.0), ImageModel(), make_product(1.0, 2.0, 3.0)])
        amend_result(products)
        assert times(products) == [20, None, 3]

    @pytest.mark.usefixtures("plugin")
    def test_several_within_several(self, make_product):
        first, second = make_product(10.0, 20.0), make_product(1.0, 2.0)
        amend_result((first, ["a text", None, ModelContainer([second])]))
        assert times([first, second]) == [20, 2]

    @pytest.mark.usefixtures("plugin")
    @pytest.mark.parametrize("on_disk", [False, True])
    def test_a_library_keeps_what_changed(self, make_product, tmp_path, monkeypatch, on_disk):
        models = [make_product(10.0, 20.0), ImageModel((2, 2)), make_product(2.0)]
        paths = [tmp_path / f"{number}_i2d.fits" for number in range(3)]
        for model, path in zip(models, paths, strict=True):
            model.save(path)
        if on_disk:
            models = write_association(tmp_path, "several", dict.fromkeys(paths, "science"))
        library = ModelLibrary(models, on_disk=on_disk)
        shelved = []
        shelve = ModelLibrary.shelve

        def noted(self, model, index=None, modify=True):
            shelved.append((index, modify))
            shelve(self, model, index, modify)

        monkeypatch.setattr(ModelLibrary, "shelve", noted)
        amend_result(library)
        assert shelved == [(0, True), (1, False), (2, True)]
        with library:
            found = [library.borrow(index) for index in range(3)]
            # Of one exposure, the largest is the sum; but now it is known whose it is.
            assert times(found) == [20, None, 2]
            assert [model.hasattr("hdrrules") for model in found] == [True, False, True]
            for index, model in enumerate(found):
                library.shelve(model, index, modify=False)

    @pytest.mark.usefixtures("plugin")
    def test_an_open_library_stays_open(self, make_product):
        library = ModelLibrary([make_product(10.0, 20.0)])
        with library:
            amend_result(library)
            model = library.borrow(0)
            assert model[TIME] == 20
            library.shelve(model, 0, modify=False)

    @pytest.mark.usefixtures("plugin")
    @pytest.mark.parametrize(
        "result", [None, "a_cal.fits", 3, (), [], {"a": 1}, Table({"a": [1]}), (None, "text")]
    )
    def test_anything_else_is_left_alone(self, result, log):
        before = str(result)
        assert amend_result(result) is None
        assert str(result) == before
        assert log.messages == ["Nothing to amend: what the step returns has no HDRTAB"]

    @pytest.mark.usefixtures("plugin")
    def test_a_model_that_was_not_blended(self, log):
        model = ImageModel()
        model[TIME] = 5.0
        tree = str(model.to_flat_dict())
        amend_result(model)
        assert str(model.to_flat_dict()) == tree
        assert log.messages == ["Nothing to amend: what the step returns has no HDRTAB"]


class TestOverrides:
    def test_rules_file(self, make_product, tmp_path, monkeypatch):
        (tmp_path / "team.toml").write_text('[[override]]\nattribute = "EFFEXPTM"\nrule = "min"\n')
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(tmp_path / "team.toml"))
        product = make_product(10.0, 20.0)
        amend_result(product)
        assert product[TIME] == 10

    def test_rules_file_that_a_plugin_reads(
        self, make_product, install, tmp_path, monkeypatch, log
    ):
        install("acme-rules", "acme", READER)
        (tmp_path / "team.rules").write_text("EFFEXPTM min")
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(tmp_path / "team.rules"))
        product = make_product(10.0, 20.0)
        amend_result(product)
        assert product[TIME] == 10
        assert "team.rules (MODEL_BLENDER_RULES, acme-rules 1.0 [acme])" in log.messages[-1]

    def test_none(self, make_product, monkeypatch, log):
        def refuse(*_, **__):
            raise AssertionError

        monkeypatch.setattr(blender_core, "amend", refuse, raising=False)
        product = make_product(10.0, 20.0)
        amend_result(product)
        assert product[TIME] == 30
        (message,) = log.messages
        assert message == (
            "Nothing to amend: no installed plugin has overrides, and MODEL_BLENDER_RULES names no "
            "rules file"
        )

    @pytest.mark.usefixtures("plugin")
    def test_blocked(self, make_product, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "team")
        product = make_product(10.0, 20.0)
        amend_result(product)
        assert product[TIME] == 30

    def test_a_plugin_that_is_broken(self, make_product, install):
        install("broken-rules", "broken", "raise RuntimeError('no licence')")
        with pytest.raises(PluginError, match="MODEL_BLENDER_BLOCK=broken"):
            amend_result(make_product(10.0, 20.0))

    def test_a_rules_file_that_is_not_there(self, make_product, monkeypatch, tmp_path):
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(tmp_path / "team.toml"))
        with pytest.raises(RulesFileError, match=r"team\.toml \(MODEL_BLENDER_RULES\)"):
            amend_result(make_product(10.0, 20.0))

    def test_a_library_is_whole_after_an_error(self, make_product, monkeypatch, tmp_path):
        file = tmp_path / "team.toml"
        file.write_text('[[override]]\nattribute = "meta.nowhere"\nrule = "max"\n')
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(file))
        library = ModelLibrary([make_product(10.0, 20.0)])
        with pytest.raises(BlenderError):
            amend_result(library)
        with library:
            model = library.borrow(0)
            assert model[TIME] == 30
            library.shelve(model, 0, modify=False)


@pytest.mark.usefixtures("plugin")
def test_the_log_tells_what_changed(make_product, log):
    amend_result(make_product(10.0, 20.0))
    amend_result(make_product(5.0))
    std = next(one for one in Plugins.discover() if one.plugin == "std")
    change = "meta.exposure.exposure_time (EFFEXPTM) is 20.0 instead of 30.0"
    assert log.messages == [
        "30_i2d.fits: overrides ask for 1 attribute, of which 1 changed",
        f"30_i2d.fits: {change}: max of {std}, asked for by team-overrides 1.0 [team]",
        "5_i2d.fits: overrides ask for 1 attribute, of which 0 changed",
    ]


@pytest.mark.usefixtures("plugin")
class TestSteps:
    """As people run them."""

    def test_a_step(self, strun, tmp_path):
        log = strun("jwst.resample.ResampleStep", AMEND)
        assert "(EFFEXPTM) is 200.0 instead of 300.0: max of " in log
        (path,) = tmp_path.glob("*_resamplestep.fits")
        with fits.open(path) as product:
            # Two exposures of 100 and 200 s with two detectors each, which the step counts once
            # after its blend: 300 s. The blend itself has given the sum of four.
            assert product[0].header["EFFEXPTM"] == 200
            assert sorted(product["HDRTAB"].data["EFFEXPTM"]) == [100, 100, 200, 200]
            # What no override means is what the step has made of it.
            assert product[0].header["DURATION"] == 320
            assert product["SCI"].header["PIXAR_SR"] == pytest.approx(
                imaging.AREA_STERADIANS, rel=0.05
            )

    def test_a_pipeline(self, strun, tmp_path):
        hooks = AMEND.replace("--", "--steps.resample.")
        strun("calwebb_image3", hooks)
        (product,) = tmp_path.glob("*_i2d.fits")
        assert fits.getval(product, "EFFEXPTM") == 200
        # What the log says is in the product as well.
        with datamodels.open(product) as model:
            log = "\n".join(model.cal_logs.calwebb_image3)
        assert "(EFFEXPTM) is 200.0 instead of 300.0" in log
        told = ProductFile(product).outcomes["meta.exposure.exposure_time"]
        assert (told.rule, told.asked_by) == ("max", "team-overrides 1.0 [team]")

    @pytest.mark.exhaustive
    def test_every_step_that_blends(self, run_program):
        """As the page says which of the two hooks is for which pipeline."""
        times = {}
        for name, path in run_program(PIPELINES):
            times[name] = fits.getval(path, "EFFEXPTM")
            if name == "s2d":
                times["x1d"] = fits.getval(path.replace("_s2d", "_x1d"), "EFFEXPTM")
        assert times == {
            "i2d": 200,
            "s2d": 200,
            "x1d": 200,  # of the s2d, by a step after it
            "s3d": 200,
            # These pipelines blend by themselves, after their steps.
            "coronagraphic i2d": 300,
            "x1dints": 300,
        }
