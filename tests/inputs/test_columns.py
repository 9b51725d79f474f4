from blender_core.inputs.columns import Columns
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

PATHS = ["meta.date", "meta.exposure.a", "meta.origin", "meta.exposure.deep.b", "meta.exposure.c"]


def test_layout_walks_group_by_group():
    layout = Layout(map(Attribute, PATHS))
    assert layout.paths == (
        "meta.date",
        "meta.origin",
        "meta.exposure.a",
        "meta.exposure.c",
        "meta.exposure.deep.b",
    )
    assert layout.root.size == 5
    ((name, meta),) = layout.root.groups
    assert (name, meta.names, meta.size) == ("meta", ("date", "origin"), 5)


def test_columns_turn_rows_into_values_by_attribute():
    columns, layout = Columns(), Layout(map(Attribute, ["meta.a", "meta.b"]))
    columns.append(layout, [1, "x"])
    columns.append(layout, [None, "y"])
    early = columns.by_attribute()
    columns.append(layout, [3, "z"])
    assert early == {"meta.a": (1, None), "meta.b": ("x", "y")}
    assert columns.by_attribute() == {"meta.a": (1, None, 3), "meta.b": ("x", "y", "z")}
    assert len(columns) == 3


def test_inputs_from_which_not_the_same_is_wanted():
    columns, one = Columns(), Layout(map(Attribute, ["meta.a", "meta.b"]))
    other = Layout(map(Attribute, ["meta.c", "meta.a"]))
    for layout, row in ((one, [1, 2]), (other, [3, 4]), (one, [5, 6]), (one, [7, 8])):
        columns.append(layout, row)
    assert columns.by_attribute() == {
        "meta.a": (1, 4, 5, 7),
        "meta.b": (2, None, 6, 8),
        "meta.c": (None, 3, None, None),
    }
    assert list(columns.combinations(one, ["meta.b", "meta.c"])) == [
        (2, None),
        (6, None),
        (8, None),
    ]
    assert len(columns) == 4


def test_empty_names_are_names():
    layout = Layout(map(Attribute, ["meta.", "meta..a", "meta.b", ""]))
    assert layout.paths == ("", "meta.", "meta.b", "meta..a")
    assert collect({"": 1, "meta": {"": {"a": 2}, "b": 3}}, layout) == [1, {"a": 2}, 3, 2]
