import os
import warnings

import asdf
import numpy as np
import pytest
from asdf.tagged import TaggedDict
from asdf.tags.core import Software, Stream
from astropy.time import Time
from astropy.units import Quantity
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import InputError
from blender_core.inputs.opener import Opener
from blender_core.readers.asdf import AsdfReader
from blender_core.readers.datamodel import DatamodelReader
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout


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
    with pytest.raises(InputError, match="it is a folder"):
        AsdfReader(tmp_path / "folder.asdf", "input 2")
    (tmp_path / "device.asdf").symlink_to(os.devnull)
    with pytest.raises(InputError, match="it is not a regular file"):
        AsdfReader(tmp_path / "device.asdf", "input 2")


@pytest.mark.parametrize("tree", ["[1, 2]", "abc", "5", ""])
def test_a_tree_that_is_not_a_mapping(tmp_path, tree):
    path = tmp_path / "a.asdf"
    path.write_text(f"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n--- {tree}\n...\n")
    with pytest.raises(
        InputError, match=r"input 2 \(.*a.asdf\) cannot be read: it has .* for a tree"
    ):
        AsdfReader(path, "input 2")


TWO = {"meta": {"model_type": "ImageModel"}, "one": np.arange(5), "two": np.arange(4.0) + 1}


@pytest.mark.parametrize("settings", [{}, {"pad_blocks": 0.1}, {"all_array_compression": "zlib"}])
def test_a_truncated_file(tmp_path, settings):
    path = tmp_path / "a.asdf"
    asdf.AsdfFile(TWO).write_to(path, **settings)
    raw = path.read_bytes()
    tree, first, second = raw.index(b"\n...\n"), raw.index(b"\xd3BLK"), raw.rindex(b"\xd3BLK")
    # By the standard: 54 bytes of header, in which the length of what is used begins at byte 22.
    whole = second + 54 + int.from_bytes(raw[second + 22 : second + 30])
    for end in {
        tree + 5,
        *range(max(first - 3, tree + 5), first + 99),
        *range(second - 3, whole),
        whole - 1,
    }:
        path.write_bytes(raw[:end])
        with pytest.raises(
            InputError, match=r"^input 2 \(.*a.asdf\) cannot be read: .*truncated: "
        ):
            AsdfReader(path, "input 2")
    for end in (whole, len(raw)):
        path.write_bytes(raw[:end])
        assert AsdfReader(path, "input 2").model_type is ImageModel
        with asdf.open(path) as file:
            assert file["two"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"pad_blocks": True},
        {"all_array_compression": "bzp2"},
        {"all_array_storage": "inline"},
        {"all_array_storage": "external"},
        {"include_block_index": False},
    ],
)
def test_whole_files(tmp_path, settings):
    asdf.AsdfFile(TWO).write_to(tmp_path / "a.asdf", **settings)
    assert AsdfReader(tmp_path / "a.asdf", "input 1").model_type is ImageModel


def test_a_stream_reaches_to_the_end_of_the_file(tmp_path):
    path = tmp_path / "a.asdf"
    asdf.AsdfFile(TWO | {"stream": Stream([4], np.float64)}).write_to(path)
    assert AsdfReader(path, "input 1").model_type is ImageModel
    with path.open("ab") as file:
        file.write(bytes(64))
    assert AsdfReader(path, "input 1").model_type is ImageModel
    path.write_bytes(path.read_bytes().partition(b"\xd3BLK")[0])
    with pytest.raises(InputError, match="truncated: 0 of the 2 blocks that its tree names"):
        AsdfReader(path, "input 1")


@pytest.mark.parametrize("place", [14, 22])  # of the allocated and the used size
def test_blocks_of_impossible_sizes(tmp_path, place):
    path = tmp_path / "a.asdf"
    asdf.AsdfFile(TWO).write_to(path)
    raw = bytearray(path.read_bytes())
    start = raw.index(b"\xd3BLK") + place
    raw[start : start + 8] = b"\xff" * 8
    path.write_bytes(raw)
    with pytest.raises(InputError, match="truncated"):
        AsdfReader(path, "input 1")


WITHIN = ["value", "unit", "source", "name"]


@pytest.mark.parametrize("ending", [".asdf", ".fits"])
@pytest.mark.parametrize(
    "thing",
    [
        {"value": 4.0, "unit": "m"},
        Quantity(4.0, "m"),
        np.arange(3),
        Software(name="blender", version="1"),
        TaggedDict({"value": 4.0}, "tag:example.org:nobody/knows-1.0.0"),
    ],
)
def test_what_is_within_an_object_is_no_attribute(tmp_path, thing, ending):
    # Each for itself: one that has to be opened would have the others read from the datamodel.
    layouts = [Layout([Attribute(f"meta.odd.a.{name}")]) for name in WITHIN]
    model, path = ImageModel(), tmp_path / f"a_cal{ending}"
    model.instance["meta"]["odd"] = {"a": dict.fromkeys(WITHIN, 3.0)}
    model.save(str(path))
    opener = Opener()
    assert [opener.open(path, "input 1").read(one) for one in layouts] == [[3.0]] * len(layouts)
    model.instance["meta"]["odd"] = {"a": thing}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(str(path))
        with open_model(path) as opened:
            expected = [DatamodelReader(opened, "model").read(one) for one in layouts]
        for _ in range(3):
            assert [opener.open(path, "input 2").read(one) for one in layouts] == expected


def test_a_tree_that_is_no_datamodels(tmp_path):
    asdf.AsdfFile({"meta": {"date": "2026-01-01"}}).write_to(tmp_path / "a.asdf")
    with pytest.raises(InputError, match=r"a.asdf\) has no meta.model_type"):
        assert AsdfReader(tmp_path / "a.asdf", "input 1").model_type
    asdf.AsdfFile({"meta": {"model_type": "open"}}).write_to(tmp_path / "b.asdf")
    with pytest.raises(InputError, match=r"of the class .open., says its meta\.model_type, which"):
        assert AsdfReader(tmp_path / "b.asdf", "input 1").model_type
