"""A class of datamodels is asked once what it is like; each blend has that for its own."""

import subprocess
import sys
import warnings

import pytest
from stdatamodels.jwst import datamodels
from thoroughness import all_but_exhaustive

from blender_core import BlendPlan, blendmodels
from blender_core.schema.attributes import read_attributes
from blender_core.schema.model_class import described

CLASSES = sorted(
    name
    for name, each in vars(datamodels).items()
    if isinstance(each, type) and issubclass(each, datamodels.JwstDataModel)
)
QUICK = ("ImageModel", "IFUCubeModel", "MultiExposureModel", "MultiSlitModel", "FlatModel")


@pytest.mark.parametrize("name", all_but_exhaustive(CLASSES, QUICK))
def test_as_a_new_datamodel_is(name):
    """Whether one was made to find out or not."""
    model_type = getattr(datamodels, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that will go
        new = model_type()
    found = described(model_type)
    assert found.schema == new.schema
    assert found.has_own_metadata == (not {"date", "model_type"}.issuperset(new.instance["meta"]))
    assert read_attributes(found.schema) == read_attributes(new.schema)


@pytest.mark.parametrize("way", ["__init__", "on_init"])
def test_a_class_of_ones_own_that_fills_itself(way):
    def begin(self, *args, **kwargs):
        getattr(super(own, self), way)(*args, **kwargs)
        self.fill()

    def fill(self):
        self.meta.telescope = "JWST"

    own = type("Own", (datamodels.ImageModel,), {way: begin, "fill": fill})
    assert described(own).has_own_metadata
    assert not described(datamodels.ImageModel).has_own_metadata


def test_no_datamodel_is_made_to_ask_for_a_schema():
    """The first of a process takes a second."""
    code = (
        "from stdatamodels import DataModel; from stdatamodels.jwst import datamodels\n"
        "from blender_core.schema.model_class import described\n"
        "def refuse(*_, **__): raise AssertionError\n"
        "DataModel.__init__ = refuse\n"
        "for name in ('ImageModel', 'CubeModel', 'MultiSlitModel', 'RampModel'):\n"
        "    described(getattr(datamodels, name))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("ending", ["fits", "asdf"])
def test_what_one_file_has_of_its_own_is_no_other_blends(ending, tmp_path):
    nicknamed, other = tmp_path / f"nicknamed.{ending}", tmp_path / f"other.{ending}"
    for path in (nicknamed, other):
        model = datamodels.ImageModel()
        if path is nicknamed:
            model.meta.nickname = "Deep"
        model.save(str(path))
    assert blendmodels(None, [nicknamed]).values["meta.nickname"] == "Deep"
    assert "meta.nickname" not in blendmodels(None, [other]).values
    assert "meta.nickname" in BlendPlan.for_model(nicknamed)
    assert "meta.nickname" not in BlendPlan.for_model(other)
