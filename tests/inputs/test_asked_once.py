"""What the inputs are is asked once: a file of an association is read once, models come in turn."""

import contextlib
import json
import os
import shutil
import sys
import weakref
from collections.abc import Collection
from pathlib import Path

import pytest
from jwst.datamodels import ModelLibrary
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import CubeModel, ImageModel
from typer.testing import CliRunner

from blender_core import BlendErrorGroup, ModelBlender, blendmodels
from blender_core.cli.app import app

START = "meta.exposure.start_time"
NAME = "jw1_asn.json"

opened = []


def watch(event, arguments):
    """Note each file that is opened, in whichever way."""
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.append(Path(os.fsdecode(arguments[0])).name)


@pytest.fixture(scope="module", autouse=True)
def hook():
    sys.addaudithook(watch)  # there is no way to take it out


@pytest.fixture
def count_reads():
    """Return a context that fails unless as many files of associations are read within."""

    @contextlib.contextmanager
    def count(expected):
        opened.clear()
        yield
        assert [name for name in opened if name.endswith(".json")] == [NAME] * expected

    return count


@pytest.fixture(scope="module")
def exposures(tmp_path_factory):
    """Return a folder with three exposures, an association of them, and a product."""
    folder = tmp_path_factory.mktemp("exposures")
    for i in range(3):
        model = ImageModel((4, 4))
        model.meta.exposure.start_time = float(i)
        model.save(folder / f"{i}_cal.fits")
    members = [{"expname": f"{i}_cal.fits", "exptype": "science"} for i in range(3)]
    association = {"asn_pool": "pool", "products": [{"name": "p", "members": members}]}
    (folder / NAME).write_text(json.dumps(association))
    product = ImageModel((4, 4))
    product.meta.asn.table_name = NAME
    product.save(folder / "p_i2d.fits")
    return folder


@pytest.fixture(autouse=True)
def here(exposures, tmp_path, monkeypatch):
    """Go to a copy of that folder."""
    shutil.copytree(exposures, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


SETTINGS = {
    "simply": {},
    "with a callback": {"progress": lambda *_: None},
    "to a file": {"output": "new.fits"},
    "to a file, with a callback": {"output": "new.fits", "progress": lambda *_: None},
}
LISTS = {
    "alone": lambda: NAME,
    "alone, as a path": lambda: Path(NAME),
    "in a list": lambda: [NAME],
    "among others": lambda: ["0_cal.fits", ImageModel(), Path(NAME), ModelLibrary(["1_cal.fits"])],
    "of an iterator": lambda: iter(["0_cal.fits", NAME]),
}


class TestAnAssociationIsReadOnce:
    @pytest.fixture(params=SETTINGS)
    def settings(self, request):
        return SETTINGS[request.param]

    @pytest.mark.parametrize("inputs", LISTS)
    def test_of_a_call(self, count_reads, settings, inputs):
        inputs = LISTS[inputs]()
        with count_reads(1):
            result = blendmodels("p_i2d.fits", inputs, **settings)
        assert result.inputs[START][-3:] in ((0.0, 1.0, 2.0), (1.0, 2.0, 1.0))

    def test_the_products_own(self, count_reads, settings):
        with count_reads(1):
            result = blendmodels("p_i2d.fits", **settings)
        assert list(result.inputs[START]) == [0.0, 1.0, 2.0]

    def test_a_library_has_read_it(self, count_reads, settings):
        library = ModelLibrary(NAME)
        with count_reads(0):
            result = blendmodels("p_i2d.fits", library, **settings)
        assert list(result.inputs[START]) == [0.0, 1.0, 2.0]

    @pytest.mark.parametrize("content", ["{", '{"products": []}', '{"products": [3]}'])
    @pytest.mark.parametrize("kind", [list, iter])
    def test_one_that_is_bad(self, count_reads, settings, content, kind):
        Path(NAME).write_text(content)
        with count_reads(1):
            result = blendmodels(
                "p_i2d.fits", kind([NAME, "0_cal.fits"]), on_bad_input="skip", **settings
            )
        assert list(result.inputs[START]) == [0.0]
        assert f"input 1 ({NAME}) is " in str(result.skipped[0])

    def test_by_a_blender(self, count_reads):
        blender = ModelBlender()
        with count_reads(1):
            blender.accumulate(NAME)
        with count_reads(2):
            blender.accumulate_all([NAME, Path(NAME)])
        assert len(blender.finalize_model(None).inputs[START]) == 9

    @pytest.mark.parametrize("options", [[], ["--dry-run"], ["--output", "new.fits"]])
    @pytest.mark.parametrize("inputs", [[NAME], ["0_cal.fits", NAME], ["*.json"], []])
    def test_by_the_command_line(self, count_reads, options, inputs):
        with count_reads(1):
            result = CliRunner().invoke(app, ["blend", "p_i2d.fits", *inputs, *options])
        assert result.exit_code == 0, result.output

    @pytest.mark.parametrize("options", [[], ["--dry-run"], ["--on-bad-input", "skip"]])
    def test_a_bad_one_by_the_command_line(self, count_reads, options):
        Path(NAME).write_text('{"products": []}')
        with count_reads(1):
            result = CliRunner().invoke(app, ["blend", "p_i2d.fits", "0_cal.fits", NAME, *options])
        assert f"input 2 ({NAME}) is an association without members" in result.output


class Lazy(Collection):
    """Models that are made when they are asked for, and how many were alive each time."""

    def __init__(self):
        self.made = []
        self.alive = []

    def __len__(self):
        return 4

    def __contains__(self, _model):
        return False

    def __iter__(self):
        return map(self.make, range(4))

    def make(self, number):
        self.alive.append(sum(model() is not None for model in self.made))
        model = ImageModel()
        model.meta.exposure.start_time = float(number)
        self.made.append(weakref.ref(model))
        return model


class TestModelsComeInTurn:
    """Of models that are made one after the other, one is in memory at a time."""

    @pytest.fixture(params=["iterator", "collection"])
    def inputs(self, request):
        """Return inputs, and a list of how many were alive when each was asked for."""
        models = Lazy()
        return iter(models) if request.param == "iterator" else models, models.alive

    @pytest.mark.parametrize("settings", SETTINGS)
    def test_of_a_call(self, inputs, settings):
        models, alive = inputs
        product = datamodels.open("p_i2d.fits")
        result = blendmodels(product, models, **SETTINGS[settings])
        assert list(result.inputs[START]) == [0.0, 1.0, 2.0, 3.0]
        assert set(alive) == {0}

    def test_of_a_blender(self, inputs):
        models, alive = inputs
        ModelBlender().accumulate_all(models)
        assert alive == [0, 0, 0, 0]

    def test_bad_ones(self, inputs):
        models, alive = inputs
        blender = ModelBlender()
        blender.accumulate(CubeModel((2, 4, 4)))
        with pytest.raises(BlendErrorGroup) as caught:
            blender.accumulate_all(models)
        assert "input 5 is a model of type ImageModel" in str(caught.value)
        assert alive == [0, 0, 0, 0]
