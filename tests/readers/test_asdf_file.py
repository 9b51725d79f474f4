import numpy as np
import pytest
from astropy.time import Time
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import InputError
from blender_core.columns import Layout
from blender_core.readers.asdf_file import AsdfReader
from blender_core.readers.datamodel import DatamodelReader
from blender_core.schema import Attribute, read_attributes


@pytest.fixture
def path(tmp_path):
    model = ImageModel(np.ones((4, 4), np.float32))
    model.meta.exposure.start_time = 59000.123456789012
    model.meta.target.catalog_name = "NGC 1 "
    model.meta.exposure.read_times = [[1.0, 2.0]]
    model.meta.nickname = "Deep"
    model.instance["meta"]["noise"] = np.zeros(3)
    model.save(str(tmp_path / "a_cal.asdf"))
    return tmp_path / "a_cal.asdf"


def test_values_are_those_of_the_opened_datamodel(path):
    reader = AsdfReader(path, "input 1")
    with open_model(path) as model:
        expected = DatamodelReader(model, "model")
        attributes = read_attributes(expected.schema)
        beyond = [Attribute(one, known=False) for one in expected.paths_beyond(attributes)]
        assert reader.model_type is type(model)
        assert reader.schema == model.schema
        assert reader.paths_beyond(attributes) == ["meta.nickname"]
        layout = Layout([*attributes.values(), *beyond, Attribute("meta.noise")])
        values = reader.read(layout)
        assert values == expected.read(layout)
        assert values[layout.paths.index("meta.exposure.start_time")] == 59000.123456789012
        assert values[layout.paths.index("meta.nickname")] == "Deep"


def test_what_packages_make_of_tags_is_read_with_them(tmp_path):
    model = ImageModel()
    model.instance["meta"]["moment"] = Time("2026-01-02T03:04:05", format="isot")
    path = tmp_path / "a_cal.asdf"
    model.save(str(path))
    layout = Layout([Attribute("meta.moment"), Attribute("meta.model_type")])
    assert AsdfReader(path, "input 1").read(layout) == [
        "2026-01-02T03:04:05.000",
        "ImageModel",
    ]


def test_bad_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"input 2 \(.*a.asdf\) cannot be read: No such file"):
        AsdfReader(tmp_path / "a.asdf", "input 2")
    (tmp_path / "a.asdf").write_text("hello")
    with pytest.raises(InputError, match=r"a.asdf\) cannot be read: it is not an ASDF file"):
        AsdfReader(tmp_path / "a.asdf", "input 2")
    (tmp_path / "folder.asdf").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        AsdfReader(tmp_path / "folder.asdf", "input 2")


def test_a_tree_that_is_no_datamodels(tmp_path):
    import asdf

    asdf.AsdfFile({"meta": {"date": "2026-01-01"}}).write_to(tmp_path / "a.asdf")
    with pytest.raises(InputError, match=r"a.asdf\) has no meta.model_type"):
        assert AsdfReader(tmp_path / "a.asdf", "input 1").model_type
    asdf.AsdfFile({"meta": {"model_type": "open"}}).write_to(tmp_path / "b.asdf")
    with pytest.raises(InputError, match=r"of the class .open., says its meta\.model_type, which"):
        assert AsdfReader(tmp_path / "b.asdf", "input 1").model_type
