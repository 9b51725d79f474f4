"""Trees in which some values are changed, and nothing else."""

import io

import asdf
import numpy as np
import pytest
import yaml
from asdf.tagged import TaggedDict
from asdf.util import load_yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core import DROP
from blender_core.formats.asdf.tree_edit import changed
from blender_core.formats.files.byte_ranges import PatchError

BLOCK = """\
#ASDF 1.0.0
#ASDF_STANDARD 1.6.0
%YAML 1.1
%TAG ! tag:stsci.edu:asdf/
--- !core/asdf-1.1.0
data: !core/ndarray-1.1.0
  source: fits:SCI,1
  shape: [3, 4]
meta:
  date: '2026-01-02'
  exposure: {count: 1, duration: 3736.392, end_time: 5.0e-05, type: NRC_IMAGE}
  nothing: null
  one: {ra: 1}
  target:
    dec: 1.50
    ra: 2.0
  wcs: !<tag:stsci.edu:gwcs/wcs-1.4.0>
    name: ''
    steps:
    - &id001 {offset: 1.0e-09}
    - *id001
z: last
...
"""


def lines(old, new):
    """Return the lines of either that the other does not have."""
    before, after = old.splitlines(), new.splitlines()
    return (
        [line for line in before if line not in after],
        [line for line in after if line not in before],
    )


def exposure(text):
    return [f"  exposure: {{{text}}}"]


EXPOSURE = exposure("count: 1, duration: 3736.392, end_time: 5.0e-05, type: NRC_IMAGE")


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
            ["  target:", "    dec: 1.50", "    ra: 2.0"],
            ["  target: {}"],
        ),
        (
            {"meta.target.dec": DROP, "meta.target.ra": DROP, "meta.target.name": "M 31"},
            ["    dec: 1.50", "    ra: 2.0"],
            ["    name: M 31"],
        ),
        ({"meta.target.name": "M 31", "meta.target.a": [1]}, [], ["    name: M 31", "    a: [1]"]),
        (
            {"meta.exposure.duration": 2.0},
            EXPOSURE,
            exposure("count: 1, duration: 2.0, end_time: 5.0e-05, type: NRC_IMAGE"),
        ),
        (
            {"meta.exposure.end_time": DROP, "meta.exposure.type": DROP},
            EXPOSURE,
            exposure("count: 1, duration: 3736.392"),
        ),
        (
            {"meta.exposure.new": True, "meta.exposure.count": DROP},
            EXPOSURE,
            exposure("duration: 3736.392, end_time: 5.0e-05, type: NRC_IMAGE, new: true"),
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
        (
            {"data": TaggedDict({"b": 1, "a": [2]}, "tag:a")},
            BLOCK.splitlines()[5:8],
            ["data: !<tag:a>", "  b: 1", "  a: [2]"],
        ),
        ({}, [], []),
    ],
)
def test_only_what_is_changed_differs(changes, gone, come):
    new = changed(BLOCK, changes)
    assert lines(BLOCK, new) == (gone, come)


def test_what_asdf_wrote_comes_out_to_the_byte():
    shared = {"text": "two\nlines", "long": "word " * 60}
    tree = {
        "meta": {"list": [1, 2.5, "it's: odd", None, True], "one": shared, "other": [shared, shared]},
        "texts": ["1e5", "null", "~", "yes", "010", "2026-01-02", "", " ", "# x", "\xe9\u2028"],
        "array": np.arange(5),
        "complex": 1 + 2j,
    }  # fmt: skip
    file = io.BytesIO()
    asdf.AsdfFile(tree).write_to(file)
    text = (file.getvalue().partition(b"\n...\n")[0] + b"\n...\n").decode()
    assert changed(text, {}) == text
    new = changed(text, {"meta.new": 1})
    assert new.replace("  new: 1\n", "") == text


# What others than asdf write: its layout may change, its values and their types may not.
FOREIGN = """\
meta:
    stamp: 2001-12-14t21:59:43.10-05:00
    day:   2002-12-14
    large: 123456789012345678901234567890
    float: 0.10000000000000000555   # a comment
    floats: [1.50, 1e3, .5, 6.02E+23, .inf, -.INF, .NaN, 1:30.5]
    ints: [0x1F, 010, 0b11, +5, 1_000, 1:30]
    words: [yes, No, on, ~, null, Null, true, '1e5', "null", '~', 'yes', "010", y]
    literal: |
        two
          lines

    folded: >-
        one
        line
    "quoted": "\\u00e9\\t\\x07 \\
        on"
    'single': 'it''s

        so'
    plain: over
        two lines, isn't it
    !!str 5: key
    ? complex
    : value
    tagged: !!str 5
    other: !core/complex-1.0.0 1+1j
    own: !<tag:a> {b: !!float 1}
    set: !!set {a, b}
    pairs: !!omap [a: 1, b: 2]
    binary: !!binary aGVsbG8=
    merged: {<<: {a: 1}, b: 2}
    empty:
"""


def loaded(text):
    """Return all that a text says, with types and tags."""

    def exact(value):
        tag = getattr(value, "_tag", None)
        if isinstance(value, dict):
            value = {repr(name): exact(below) for name, below in value.items()}
        elif isinstance(value, (list, tuple)):
            value = [exact(below) for below in value]
        else:
            value = (type(value), repr(value))
        return tag, value

    return exact(yaml.load(text, asdf.yamlutil.AsdfLoader))  # noqa: S506  # it makes plain objects only


def test_values_that_others_wrote_stay_as_they_are():
    new = changed(FOREIGN, {"new": 1})
    assert loaded(new.replace("\nnew: 1\n", "\n")) == loaded(FOREIGN)
    assert "0.10000000000000000555" in new
    assert changed(new, {}) == new


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\x85", "\u2028"])
def test_other_line_breaks(ending):
    text = f"a: 1{ending}b:{ending}  c: 'x{ending}  y'{ending}"
    assert loaded(changed(text, {"a": 2})) == loaded(text.replace("1", "2"))


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
    assert "  a: [1, 2]\n" in new
    assert load_yaml(io.BytesIO(new.encode()))["meta"]["b"] == [value, value]
    assert changed(new, {"meta.b": 1})  # which could not be, were they one


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
        ("a: 1\na: 2", {"a": 1}, "it has a twice in one group"),
        ("c: {<<: {a: 1}, b: 2}", {"c.a": DROP}, "it refers from one place"),
        ("a: &x [*x]", {"b": 1}, "contains itself"),
        ("a: " + "[" * 300 + "]" * 300, {"b": 1}, "it has more than 240 levels"),
        ("a: 1", {"a": object()}, "it cannot have <object"),
        ("a: {b: 1}", {"a": DROP, "a.b": 2}, "it is to lose a and to get a.b"),
    ],
)
def test_what_is_uncertain_is_refused(text, changes, message):
    with pytest.raises(PatchError, match=message):
        changed(text, changes)


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("a:\nb: 1\n", {"a": 2}, "a: 2\nb: 1\n"),
        ("? a\n: 1\n", {"b": 1}, "a: 1\nb: 1\n"),
        ("a: !x {b: 1}\n", {"a.b": DROP, "a.c": 2}, "a: !x {c: 2}\n"),
        ("a: !x\n  b: 1\n", {"a.b": DROP, "a.c": 2}, "a: !x\n  c: 2\n"),
        ("ä: 'öü'\nb: 1\n", {"b": 2}, "ä: 'öü'\nb: 2\n"),
        ("b: &x 1\nc: {d: *x, a: 1}", {"c.a": DROP}, "b: &id001 1\nc: {d: *id001}\n"),
        ("a: &x 1\nb: *x\n", {"c": 2}, "a: &id001 1\nb: *id001\nc: 2\n"),
    ],
)
def test_forms_that_asdf_does_not_write(text, changes, expected):
    assert changed(text, changes).partition("---\n")[2] == expected + "...\n"


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
