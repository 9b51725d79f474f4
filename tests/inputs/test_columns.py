import math

import pytest

from blender_core.inputs.columns import Columns
from blender_core.readers.similar.row import SimilarRow
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


class TestRowsLikeOneBefore:
    """Only what differs between them is looked at: their columns are those of their values."""

    VALUES = (1, 1.0, True, 0.0, -0.0, math.nan, None, "", "x", 1 << 70, [1], {"a": 1})
    LAYOUT = Layout(Attribute(f"meta.a{place}") for place in range(40))

    def rows(self, number, of_others):
        """Return rows like one of three, rows that may be like none, and what is in all of them."""
        n_values = len(self.VALUES)
        first = [self.VALUES[place * 5 % n_values] for place in range(40)]
        # Equal to the first, and yet not the same to the bit, or another object.
        bases = [first, [1.0 if value is True else copy(value) for value in first], [*first]]
        bases[2][7:9] = "p", 5.0
        rows, expected = [], []
        for n in range(number):
            base = bases[n * n % 3]
            others = (
                {(n * k) % 40: self.VALUES[(n + k) % n_values] for k in (1, 3)} if n % 5 else {}
            )
            values = [others.get(place, base[place]) for place in range(40)]
            rows.append(values if of_others and n % 7 == 3 else SimilarRow.of(base, others))
            expected.append(values)
        return rows, expected

    @pytest.mark.parametrize("number", [1, 31, 32, 200, 256, 300, 1000])
    @pytest.mark.parametrize("of_others", [False, True])
    def test_values(self, number, of_others):
        rows, expected = self.rows(number, of_others)
        columns = Columns()
        for row in rows:
            columns.append(self.LAYOUT, row)
        for place, path in enumerate(self.LAYOUT.paths):
            given = columns.by_attribute()[path]
            assert [*map(exactly, given)] == [exactly(row[place]) for row in expected]

    def test_one_is_a_list_of_its_values(self):
        base = [1, 2, 3]
        row = SimilarRow.of(base, {1: None})
        assert row == [1, None, 3]
        assert base == [1, 2, 3]


def copy(value):
    return float(str(value)) if type(value) is float else value


def exactly(value):
    return type(value), repr(value)
