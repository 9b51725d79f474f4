import copy
import datetime

import asdf
import numpy as np
import pytest
from astropy import units
from astropy.time import Time
from stdatamodels.jwst.datamodels import ImageModel, MultiSlitModel

from blender_core import NotADatamodelError, blendmodels
from blender_core.common.plain_values import plain
from blender_core.readers.datamodel import DatamodelReader
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout


def test_reads_values_in_the_order_of_the_layout(make_model):
    model = make_model({"meta.exposure.start_time": 59000.5, "meta.target.ra": 12.5})
    layout = Layout(
        map(Attribute, ["meta.target.ra", "meta.target.dec", "meta.exposure.start_time"])
    )
    assert DatamodelReader(model, "input 1").read(layout) == [12.5, None, 59000.5]


def test_reading_creates_nothing_in_the_model():
    model = MultiSlitModel()
    before = copy.deepcopy(model.instance)
    reader = DatamodelReader(model, "input 1")
    attributes = read_attributes(reader.schema)
    values = reader.read(Layout(attributes.values()))
    assert reader.paths_beyond(attributes) == []
    assert len(values) == len(attributes) > 400
    assert model.instance == before
    assert "exposure" not in model.instance["meta"]


def test_a_group_that_is_no_group_has_no_values():
    model = ImageModel()
    model.instance["meta"]["target"] = "NGC 1234"
    assert (
        DatamodelReader(model, "input 1").read(
            Layout(map(Attribute, ["meta.target.ra", "meta.date"]))
        )[1]
        is None
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int16(7), 7),
        (np.bool_(True), True),
        (np.str_("F200W"), "F200W"),
        (np.longdouble(2), 2.0),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        (Time("2026-01-02T03:04:05", format="isot"), "2026-01-02T03:04:05.000"),
        ((1, (2, np.int8(3))), [1, [2, 3]]),
        ({"a": np.float64(1)}, {"a": 1.0}),
        (np.zeros(3), None),
        (np.array(1.0), None),
        ([np.zeros((1, 2)), np.array(1)], [[[0.0, 0.0]], 1]),
        ({"a": {"b": (np.array(["x"]),)}}, {"a": {"b": [["x"]]}}),
        ([np.array(["2026-01-02"], "M8[s]")], [["2026-01-02T00:00:00"]]),
        ([np.array([2], np.longdouble)], [[2.0]]),
        ([[1.0, 2.0] * units.s], [[1.0, 2.0]]),
        ([np.ma.array([1, 2], mask=[True, False])], [[None, 2]]),
    ],
)
def test_values_become_plain(value, expected):
    result = plain(value)
    assert result == expected
    assert type(result) is type(expected)


def test_lazy_arrays_are_arrays(tmp_path):
    tree = {"alone": np.arange(3), "within": [{"deep": np.arange(2)}]}
    asdf.AsdfFile(tree).write_to(tmp_path / "a.asdf")
    with asdf.open(tmp_path / "a.asdf", lazy_tree=False) as opened:
        assert plain(opened["alone"]) is None
        assert plain(opened["within"]) == [{"deep": [0, 1]}]


def test_subclasses_of_plain_types_become_plain():
    class Tagged(str):
        __slots__ = ()

    class Many(dict):
        pass

    assert type(plain(Tagged("a"))) is str
    assert type(plain(Many(a=1))) is dict


def test_other_objects_are_passed_on():
    thing = object()
    assert plain(thing) is thing


def test_lists_are_copied(make_model):
    model = make_model({"meta.exposure.read_times": [[1.0, 2.0]]})
    (times,) = DatamodelReader(model, "input 1").read(
        Layout(map(Attribute, ["meta.exposure.read_times"]))
    )
    times[0].append(3.0)
    assert model.meta.exposure.read_times == [[1.0, 2.0]]


def test_paths_beyond_the_schema(make_model):
    model = make_model({"meta.nickname": "Deep Field"})
    model.instance["meta"]["team"] = {"lead": "A", "array": np.zeros(2), "nothing": None, "l": [1]}
    reader = DatamodelReader(model, "input 1")
    known = read_attributes(reader.schema)
    assert reader.paths_beyond(known) == ["meta.nickname", "meta.team.lead"]


def test_names_that_no_dotted_path_leads_to_are_left_out(make_models):
    inputs = make_models("meta.nickname", ["Deep", "Wide"])
    inputs[0].instance["meta"] |= {
        "": "a",
        1: "b",
        "c.d": "e",
        "f": {"": {"i": 5}, 2: 3, "g.h": 4, "j": 6},
    }
    reader = DatamodelReader(inputs[0], "input 1")
    known = read_attributes(reader.schema)
    assert reader.paths_beyond(known) == ["meta.nickname", "meta.f.j"]
    product = ImageModel()
    result = blendmodels(product, inputs)
    assert product.instance["meta"]["f"] == {"j": 6}
    assert result.values["meta.nickname"] == "Deep"


@pytest.mark.parametrize("thing", [None, 3, {"meta": {}}, np.zeros(2)])
def test_what_is_not_a_datamodel_is_refused(thing):
    with pytest.raises(NotADatamodelError, match="input 3 is neither a datamodel nor a file, but"):
        DatamodelReader(thing, "input 3")
