"""Trees whose text is changed at some places, and nowhere else."""

import io

import pytest
import yaml
from asdf.util import load_yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core import DROP
from blender_core.formats.asdf.tree_edit import Yaml, changed
from blender_core.formats.files.byte_ranges import PatchError

BLOCK = """\
#ASDF 1.0.0
#ASDF_STANDARD 1.6.0
%YAML 1.1
%TAG ! tag:stsci.edu:asdf/
--- !core/asdf-1.1.0
data: !core/ndarray-1.1.0 {source: 'fits:SCI,1', shape: [3, 4]}
meta:
  date: '2026-01-02'
  exposure: {count: 1, duration:   3736.392, end_time: 5.0e-05,
    type: NRC_IMAGE}
  nothing: null
  one: {ra: 1}
  target:
    dec: 1.50
    ra: 2.0
  wcs: !<tag:stsci.edu:gwcs/wcs-1.4.0>
    name: ''
    steps:
    - &x {offset: 1.0e-09}
    - *x
z: last
...
"""


def lines(old, new):
    """Return the lines of either that the other does not have."""
    before, after = old.splitlines(), new.splitlines()
    return (
        [one for one in before if one not in after],
        [one for one in after if one not in before],
    )


@pytest.mark.parametrize(
    ("changes", "gone", "come"),
    [
        ({"meta.date": "2027"}, ["  date: '2026-01-02'"], ["  date: '2027'"]),
        ({"meta.date": 1.5}, ["  date: '2026-01-02'"], ["  date: 1.5"]),
        ({"meta.target.ra": 3.25}, ["    ra: 2.0"], ["    ra: 3.25"]),
        ({"meta.target.ra": DROP}, ["    ra: 2.0"], []),
        ({"meta.target.dec": DROP}, ["    dec: 1.50"], []),
        (
            {"meta.target.dec": DROP, "meta.target.ra": DROP},
            ["    dec: 1.50", "    ra: 2.0"],
            ["    {}"],
        ),
        (
            {"meta.target.dec": DROP, "meta.target.ra": DROP, "meta.target.name": "M 31"},
            ["    dec: 1.50", "    ra: 2.0"],
            ["    {name: M 31}"],
        ),
        ({"meta.target.name": "M 31", "meta.target.a": [1]}, [], ["    name: M 31", "    a: [1]"]),
        (
            {"meta.exposure.duration": 2.0},
            ["  exposure: {count: 1, duration:   3736.392, end_time: 5.0e-05,"],
            ["  exposure: {count: 1, duration:   2.0, end_time: 5.0e-05,"],
        ),
        (
            {"meta.exposure.count": DROP, "meta.exposure.duration": DROP},
            ["  exposure: {count: 1, duration:   3736.392, end_time: 5.0e-05,"],
            ["  exposure: {end_time: 5.0e-05,"],
        ),
        (
            {"meta.exposure.end_time": DROP, "meta.exposure.type": DROP},
            [
                "  exposure: {count: 1, duration:   3736.392, end_time: 5.0e-05,",
                "    type: NRC_IMAGE}",
            ],
            ["  exposure: {count: 1, duration:   3736.392}"],
        ),
        (
            {"meta.exposure.new": True, "meta.exposure.count": DROP},
            ["  exposure: {count: 1, duration:   3736.392, end_time: 5.0e-05,"],
            ["  exposure: {new: true, duration:   3736.392, end_time: 5.0e-05,"],
        ),
        ({"meta.one.ra": DROP}, ["  one: {ra: 1}"], ["  one: {}"]),
        ({"meta.one": DROP}, ["  one: {ra: 1}"], []),
        ({"meta.nothing.a.b": 1}, ["  nothing: null"], ["  nothing: {a: {b: 1}}"]),
        ({"meta.nothing.a.b": DROP}, [], []),
        ({"meta.new.a": 1, "meta.new.b": 2}, [], ["  new: {a: 1, b: 2}"]),
        ({"meta.new.a": DROP}, [], []),
        ({"a.b": 1}, [], ["a: {b: 1}"]),
        ({"z": DROP}, ["z: last"], []),
        ({"meta.wcs.name": "w"}, ["    name: ''"], ["    name: w"]),
        ({"data": Yaml("!<tag:a> {b: 1}")}, [BLOCK.splitlines()[5]], ["data: !<tag:a> {b: 1}"]),
        ({}, [], []),
    ],
)
def test_only_what_is_changed_differs(changes, gone, come):
    new = changed(BLOCK, changes)
    assert lines(BLOCK, new) == (gone, come)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "null",
        "1:30",
        "1e5",
        "a: b",
        "a #b",
        "- a",
        "it's",
        '"',
        "a\nb",
        "a\n\n  b\n",
        "\t",
        "é\u2028\x85\x07😀",
        "x" * 500,
        "a, b]}",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        0,
        -(2**63) + 2,
        2**63 - 1,
        1e300,
        1e-5,
        5e-324,
        float("inf"),
        True,
        [],
        [1, [2.5, "a, b"]],
        {},
        {"a b": [{"c": None}]},
    ],
    ids=repr,
)
@pytest.mark.parametrize("path", ["meta.date", "meta.exposure.count", "meta.exposure.new", "new"])
def test_values(value, path):
    tree = load_yaml(io.BytesIO(changed(BLOCK, {path: value}).encode()), tagged=True)
    for part in path.split("."):
        tree = tree[part]
    assert (type(tree), tree) == (type(value), value)


def test_one_list_at_several_places():
    value = [1, 2]
    new = changed(BLOCK, {"meta.a": value, "meta.b": [value, value]})
    assert "  a: [1, 2]\n  b: [[1, 2], [1, 2]]\n" in new


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("a: [", {"a": 1}, "it is not YAML"),
        ("- a", {"a": 1}, "it is not a mapping"),
        ("a: 1", {"a.b": 1}, "it has a value at a, where a group should be"),
        ("a: &x {c: 1}\nb: *x", {"b.c": 2}, "it refers from one place"),
        ("a: &x {c: 1}\nb: *x", {"a.c": 2}, "it refers from one place"),
        ("a: &x {c: 1}\nb: *x", {"a": 2}, "it refers from one place"),
        ("a: {d: &x [1]}\nb: *x", {"a": 2}, "it refers from one place"),
        ("b: &x 1\nc: {d: *x, a: 1}", {"c.a": DROP}, "it refers from one place"),
        ("a: 1\na: 2", {"b": 1}, "its text is of an unusual form"),
        ("? a\n: 1\n", {"b": 1}, "its text is of an unusual form"),
        ("a: 1", {"a": object()}, "it cannot have <object"),
        ("a: {b: 1}", {"a": DROP, "a.b": 2}, "it is to lose a and to get a.b"),
    ],
)
def test_what_is_uncertain_is_refused(text, changes, message):
    with pytest.raises(PatchError, match=message):
        changed(text, changes)


def test_a_null_that_is_nothing():
    assert changed("a:\nb: 1\n", {"a": 2}) == "a: 2\nb: 1\n"


def test_a_tag_of_a_group_stays():
    assert changed("a: !x {b: 1}\n", {"a.b": DROP, "a.c": 2}) == "a: !x {c: 2}\n"
    assert changed("a: !x\n  b: 1\n", {"a.b": DROP, "a.c": 2}) == "a: !x\n  {c: 2}\n"


def test_places_are_counted_in_characters():
    assert changed("ä: 'öü😀'\nb: 1\n", {"b": 2}) == "ä: 'öü😀'\nb: 2\n"


NAMES = st.sampled_from(["a", "b", "c", "d"])
SCALARS = st.one_of(
    st.text(max_size=8),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False),
    st.booleans(),
    st.lists(st.integers(0, 9), max_size=3),
)
TREES = st.dictionaries(
    NAMES,
    st.recursive(SCALARS, lambda below: st.dictionaries(NAMES, below, max_size=4), max_leaves=12),
    min_size=1,
)
CHANGES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map(".".join), SCALARS | st.just(DROP), max_size=5
)


@settings(max_examples=examples(300), deadline=None)
@given(tree=TREES, changes=CHANGES, style=st.sampled_from([None, False, True]))
def test_any_tree(tree, changes, style):
    paths = sorted(changes)
    if any(other.startswith(f"{one}.") for one in paths for other in paths):
        return
    text = yaml.safe_dump(tree, default_flow_style=style, allow_unicode=True)
    expected = yaml.safe_load(text)  # PyYAML itself does not keep every text
    for path, value in changes.items():
        *parents, name = path.split(".")
        group = expected
        for parent in parents:
            if value is DROP and parent not in group:
                break
            group = group.setdefault(parent, {})
            if not isinstance(group, dict):
                return
        else:
            if value is DROP:
                group.pop(name, None)
            else:
                group[name] = value
    assert yaml.safe_load(changed(text, changes)) == expected
