import random

import pytest

from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect, collect_all

KNOWN = {
    path: Attribute(path)
    for path in ("meta.a", "meta.b", "meta.g.a", "meta.g.b", "meta.g.h.a", "meta.w.a", "meta.o")
}
WANTED = ("meta.b", "meta.g.a", "meta.g.h.a", "meta.o")


def layout():
    return Layout((KNOWN[path] for path in WANTED), known=KNOWN)


def values(tree, of):
    return dict(zip(of.paths, collect(tree, of), strict=True))


class Tagged(dict):
    """A mapping as asdf leaves it for others to make an object of."""

    _tag = "tag:example.org:thing-1.0.0"


def test_inputs_of_one_kind_need_not_be_alike():
    of = layout()
    absent = dict.fromkeys(WANTED)
    for tree, expected in (
        ({"meta": {"a": 1, "b": 2}}, {"meta.b": 2}),
        ({"meta": {"b": 3, "a": 1}}, {"meta.b": 3}),
        ({"meta": {"g": {"a": 4, "h": {"a": 5}}, "b": 6}, "x": 0}, {
            "meta.g.a": 4, "meta.g.h.a": 5, "meta.b": 6,
        }),
        ({"meta": {"g": {"h": {"a": 7}}}}, {"meta.g.h.a": 7}),
        ({"meta": {"b": None, "g": None}}, {}),
        ({"meta": {"g": "no group", "b": 8}}, {"meta.b": 8}),
        ({"meta": Tagged(g={"a": 9})}, {"meta.g.a": 9}),
        ({"meta": {"o": {"a": [10]}}}, {"meta.o": {"a": [10]}}),
        ({"meta": {1: 2, None: 3, "b": 11}}, {"meta.b": 11}),
        ({"meta": None}, {}),
        ({}, {}),
        ({"meta": {"a": 12, "b": 13}}, {"meta.b": 13}),
    ):  # fmt: skip
        for _ in range(2):  # anew, and like one before
            assert values(tree, of) == absent | expected


@pytest.mark.parametrize(
    ("tree", "strangers"),
    [
        ({"a": 1, "x": 2, "w": {"y": 3, "a": 4}, "g": {"z": {"q": 5}}, "v": 6}, [
            ("meta.x", 2), ("meta.w.y", 3), ("meta.g.z", {"q": 5}), ("meta.v", 6),
        ]),
        ({"v": 6, "g": {"h": {"z": 7}, "y": 8}, "x": None}, [
            ("meta.v", 6), ("meta.g.h.z", 7), ("meta.g.y", 8), ("meta.x", None),
        ]),
        ({"g": "no group", "w": None, "x": 1}, [("meta.g", "no group"), ("meta.x", 1)]),
        ({"g": Tagged(y=1, h={"z": 2}), "x": 3}, [
            ("meta.g", Tagged(y=1, h={"z": 2})), ("meta.x", 3),
        ]),
        ({"a.b": 1, 2: 3, "": 4, "o": {"x": 5}}, []),
    ],
)  # fmt: skip
def test_what_the_schema_does_not_know_comes_in_the_order_of_the_tree(tree, strangers):
    of = layout()
    for _ in range(2):
        assert collect_all({"meta": tree}, of)[-1] == strangers


def test_whether_all_values_are_plain():
    of = layout()
    assert collect_all({"meta": {"b": 1, "g": {"a": "x"}, "a": [1]}}, of)[1]
    assert not collect_all({"meta": {"b": [1]}}, of)[1]
    assert not collect_all({"meta": {"o": {}}}, of)[1]


def test_more_unlike_inputs_than_are_remembered():
    rng = random.Random(1)  # noqa: S311
    names = [f"n{i}" for i in range(30)]
    known = {
        path: Attribute(path) for name in names for path in (f"meta.{name}.a", f"meta.{name}.b")
    }
    of = Layout(known.values(), known=known)
    for _ in range(400):
        tree = {name: {"b": rng.random(), "a": name} for name in rng.sample(names, 20)}
        tree["unknown"] = {"a": 1}
        expected = {f"meta.{name}.{each}": value for name in names
                    for each in "ab" for value in [tree.get(name, {}).get(each)]}  # fmt: skip
        found, is_plain, strangers = collect_all({"meta": tree}, of)
        assert dict(zip(of.paths, found, strict=True)) == expected
        assert is_plain
        assert strangers == [("meta.unknown", {"a": 1})]
