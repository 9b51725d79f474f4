"""A class of datamodels is asked once what it is like; each blend has that for its own."""

import pytest
from stdatamodels.jwst import datamodels

from blender_core import BlendPlan, blendmodels
from blender_core.schema.attributes import read_attributes
from blender_core.schema.model_class import described


@pytest.mark.parametrize("name", ["ImageModel", "IFUCubeModel", "SpecModel", "FlatModel"])
def test_as_a_new_datamodel_is(name):
    model_type = getattr(datamodels, name)
    schema = model_type().schema
    found = described(model_type).schema
    assert found == schema
    assert read_attributes(found) == read_attributes(schema)


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
