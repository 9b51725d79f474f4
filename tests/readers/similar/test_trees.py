"""What is told of a tree from its text is what the tree has."""

import io
import re
from pathlib import Path

import asdf
import jwst
import numpy as np
import pytest
from asdf.util import load_yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.fits.scan import BadFitsError, RawFits
from blender_core.readers.model_files import plain_values
from blender_core.readers.similar.trees import KnownTrees
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout

PATHS = (
    "meta.date", "meta.filename", "meta.hga_move", "meta.exposure.start_time", "meta.exposure.type", "meta.exposure.nints",
    "meta.exposure.zero_frame", "meta.program.title", "meta.program.pi_name", "meta.target.ra", "meta.target.dec",
    "meta.target.name", "meta.wcsinfo.s_region", "meta.wcsinfo.crval1", "meta.ref_file.crds.context", "meta.none", "meta.zero",
)  # fmt: skip
LAYOUT = Layout(map(Attribute, PATHS))


def tree(**changes):
    """Return a tree as an exposure has it."""
    meta = {
        "date": "2026-01-02T03:04:05.678",
        "filename": "jw01234001001_02101_00001_nrca2_cal.fits",
        "hga_move": False,
        "exposure": {"start_time": 59000.123456789012, "type": "NRC_IMAGE", "nints": 1, "zero_frame": False},
        "program": {"title": "Deep " * 20 + "field", "pi_name": "Blender, Model"},
        "target": {"ra": 24.17395, "dec": -15.78346, "name": "NGC 1300", "unknown": "x", "proper_motion": -1e-05},
        "wcsinfo": {"crval1": 24.16831753, "s_region": "POLYGON ICRS  24.168501991 15.795653901 24.168232454 15.795749539"},
        "ref_file": {"crds": {"context": "jwst_1321.pmap", "sw_version": "12.0.9"}},
        "none": None,
        "zero": 0.0,
        "table": [1, 2, {"a": "b"}],
        "wcs": {"name": "a wcs", "steps": [{"angle": 0.123, "unit": "deg"}], "inputs": ["x", "y"]},
    }  # fmt: skip
    for name, value in changes.items():
        *parents, name = name.split("__")
        group = meta
        for parent in parents:
            group = group[parent]
        group[name] = value
    return {"_fits_hash": "0" * 64, "cal_logs": ["a log", "it's: odd"], "meta": meta, "zone": 1}


def written(content):
    file = io.BytesIO()
    asdf.AsdfFile(content).write_to(file)
    return file.getvalue().partition(b"\n...")[0] + b"\n...\n"


def parsed(raw, layout=LAYOUT):
    return plain_values(load_yaml(io.BytesIO(raw), tagged=True), layout)


def exact(values):
    return None if values is None else [(type(value), repr(value)) for value in values]


def text_of(raw):
    """Return the text of a tree as it is read from a file: up to the end of its document."""
    return AsdfText.read(io.BytesIO(raw), len(raw))


def told(first, *others, layout=LAYOUT):
    """Return what is told of trees once the first has been parsed."""
    known = KnownTrees(layout)
    known.add(text_of(first), parsed(first, layout))
    return [known.values(text_of(other)) for other in others]


def assert_right(first, other, layout=LAYOUT):
    """What is told is right, if anything is."""
    if parsed(first, layout) is None:
        return False  # asdf has to make an object of a value
    (values,) = told(first, other, layout=layout)
    if values is not None:
        assert exact(values) == exact(parsed(other, layout))
    return values is not None


FIRST = written(tree())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "2027-01-02T03:04:05.678"), ("filename", "b_cal.fits"), ("hga_move", True), ("exposure__start_time", 59000.5),
        ("exposure__start_time", 1e-7), ("exposure__start_time", 1e300), ("exposure__start_time", 5), ("exposure__start_time", "5"),
        ("exposure__nints", 123456), ("exposure__nints", -1), ("exposure__type", "MIR_IMAGE"), ("exposure__type", "yes"),
        ("exposure__type", "1e5"), ("exposure__zero_frame", None), ("exposure__zero_frame", "true"), ("program__title", "short"),
        ("program__title", "it's " * 50), ("program__title", ""), ("program__title", "other " * 25), ("program__pi_name", "A, B"),
        ("program__pi_name", "Nobody"), ("target__ra", float("nan")), ("target__ra", float("-inf")), ("target__dec", 0),
        ("target__name", "2022-07-17"), ("target__name", "- dash"), ("target__name", "a #b"), ("target__unknown", "y " * 60 + "z"),
        ("wcsinfo__s_region", "POLYGON ICRS  1.5 2.5 " + "34.168501991 " * 20 + "1"), ("ref_file__crds__context", "jwst_2.pmap"),
        ("target__name", "a: b"), ("none", 5), ("zero", -0.0), ("wcs", {"name": "an, 'other'", "steps": list(range(99)), "odd": {"a": "it's"}}),
    ],
)  # fmt: skip
def test_one_value_differs(name, value):
    other = written(tree(**{name: value}))
    assert other != FIRST
    (values,) = told(FIRST, other)
    assert exact(values) == exact(parsed(other))
    assert_right(other, FIRST)


@pytest.mark.parametrize(
    "names",
    [
        ("A", "x, y"), ("A, B, C", "x"), ("A, 'B'", "x', y"), ("A', title: B", "x"), ("A, title: B", "x, pi_name: y"),
        ("A: ',", "it's"), ("A, B", ", "), (",  ,", "x,\n"), ("pi_name: A, B", "{x, y}"),
    ],
)  # fmt: skip
def test_commas_within_texts(names):
    """As many as between the entries of a group, though at other places."""
    pi_name, title = names
    other = written(tree(program__pi_name=pi_name, program__title=title))
    same = [("Blender, Model", "Deep field, A"), ("Nobody", "field"), names]
    for others in same:
        first = written(tree(program__pi_name=others[0], program__title=others[1]))
        assert_right(first, other)
        assert_right(other, first)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("target__name", [1, 2]), ("target__name", {"a": 1}), ("target", None), ("target", {"ra": 1.0}),
        ("target__name", "two\nlines"), ("target__name", "\xe9"), ("target__name", "tab\tbed"), ("table", [1, 2]), ("more", 1),
        ("target__name", np.zeros(3)), ("target__name", 1 + 2j),
    ],
)  # fmt: skip
def test_what_has_to_be_parsed(name, value):
    other = written(tree(**{name: value}))
    assert told(FIRST, other) == [None]
    if parsed(other) is not None:
        assert_right(other, FIRST)


def test_what_nobody_wants_is_passed_over():
    other = tree(target__ra=1.5)
    other["cal_logs"] = ["a log: " + "it's 'odd' \"long\" {text}, " * n for n in range(30)] + [
        "two\n lines\n\n",
        "# x",
    ]
    other["zone"] = {"a": {"b": "c"}}
    other = written(other)
    values = dict(zip(LAYOUT.paths, told(FIRST, other)[0], strict=True))
    assert values["meta.target.ra"] == 1.5
    assert_right(FIRST, other)


def test_keys_of_the_tree_are_the_same():
    other = tree()
    del other["zone"]
    assert told(FIRST, written(other)) == [None]
    assert told(FIRST, written(tree() | {"more": 1})) == [None]


@pytest.mark.parametrize(("name", "value"), [("wcs", 5), ("wcs", {"name": "other"})])
def test_a_wanted_wcs_is_not_passed_over(name, value):
    layout = Layout([Attribute("meta.target.ra"), Attribute("meta.wcs.name")])
    other = written(tree(**{name: value}))
    (values,) = told(FIRST, other, layout=layout)
    assert values in (None, parsed(other, layout))
    assert told(FIRST, written(tree(wcs__name="b")), layout=layout) == [[24.17395, "b"]]


def test_lists_are_not_shared():
    layout = Layout([Attribute("meta.table")])
    assert told(FIRST, FIRST, layout=layout) == [None]


def test_what_was_learnt_stays():
    known = KnownTrees(LAYOUT)
    kinds = [written(tree(target__name=name)) for name in ("plain", "two\nlines", "a: b", "\xe9")]
    for _ in range(2):
        for raw in kinds:
            text = AsdfText(raw)
            values = known.values(text)
            assert values in (None, parsed(raw))
            if values is None:
                known.add(text, parsed(raw))
    for raw in kinds:
        assert known.values(AsdfText(raw)) == parsed(raw)


def test_what_was_not_needed_for_long_is_forgotten():
    """A blend of many trees that are all different does not keep them all."""
    known = KnownTrees(LAYOUT)
    several = [written(tree() | {f"more{number}": 1}) for number in range(70)]
    for raw in several:
        text = text_of(raw)
        assert known.values(text) is None
        known.add(text, plain_values(text.tree, LAYOUT))
    assert known.values(text_of(several[-1])) == parsed(several[-1])
    assert known.values(text_of(several[0])) is None


# All ways in which YAML can write a value, and some in which it cannot.
forms = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(
        [
            "1e5", "1.5e+3", "1.5E3", "1.e-3", ".5", "+5", "0x1F", "0b11", "017", "1_000", "1:30", "1:30.5", ".nan", ".NaN", ".inf",
            "-.INF", "~", "null", "Null", "''", '""', "", "true", "True", "yes", "NO", "on", "off", "y", "n", "2022-07-17",
            "2022-07-17T19:00:00", "2022-07-17 19:00:00.5 +1", "=", "<<", "'it''s'", '"it\\"s"', '"\\u00e9\\x41\\n\\t"', "'a: b'",
            "a:b", "a: b", "a #b", "'a # b'", "{x: 1}", "[1, 2]", "{}", "[]", "!!str 5", "!!float 5", "!!int '5'", "! 5", "&a 5",
            "&b x", "*a", "*b", "!core/complex-1.0.0 1+1j", "!<tag:a> b", "|\n      a\n      b", ">-\n      a\n      b", "- 1",
            "'a\n      b'", "'a\n\n      b'", '"a\n      b"', '"a\\\n      b"', "a\n      b", "a\n    b", "a\n  b", "a\nb", "'a\nb'",
            "'a\n  target: {ra: 9}'", "x}\n  target: {ra: 9", "5, dec: 6", "5}", "'5", "5'", '"5', "a\n      # b", "a # b\n     ",
            "a\r\n      b", "a\rb", "a\x85b", "a\u2028b", "'\xe9'", "\U0001f52d", "\ufeff5", "a\tb", "'a\tb'", "a\x00b", "a \n      b",
            "1\n      5", "'1\n      5'", "%a", "@a", "`a`", "? a", "- a\n  - b", "a\n      - b", "a,\n      b", "'a,\n      b'", "-",
            "--- a", "...", "a\n...\nb", "a\n---\nb", "? {a: b}\n      : c",
        ]
    ),
    st.text("ab1 .:-'\"#,{}[]\n\\&*!", max_size=20),
    st.text(max_size=10).map(lambda text: '"' + text.encode("unicode_escape").decode() + '"'),
)  # fmt: skip
# Where values stand in the text: within braces and not, in the WCS, in a list, and elsewhere.
PLACES = [
    *(rb"(?<= date: )'[^']*'", rb"(?<=filename: )\S+", rb"(?<=start_time: )[0-9.]+", rb"(?<= type: )\w+", rb"(?<=title: )[^,}]*"),
    *(rb"(?<=pi_name: )'[^']*'", rb"(?<= ra: )[0-9.]+", rb"(?<= dec: )[-0-9.]+", rb"(?<= name: )NGC 1300", rb"(?<=s_region: )[^,}]*"),
    *(rb"(?<=context: )[^,}]*", rb"(?<=none: )\w+", rb"(?<=zero: )[.0-9]+", rb"(?<=angle: )[.0-9]+", rb"(?<=name: )a wcs"),
    *(rb"(?<=zone: )1", rb"(?<=a: )b", rb"(?<=unknown: )x", rb"(?<=- )a log"),
]  # fmt: skip
many = settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))


def put(raw, place, form):
    found = re.search(place, raw)
    if found is None:  # overwritten by another
        return raw
    return raw[: found.start()] + form.encode("utf8", "surrogatepass") + raw[found.end() :]


def is_a_tree(raw):
    try:
        return isinstance(load_yaml(io.BytesIO(raw), tagged=True), dict)
    except Exception:  # noqa: BLE001  # of whatever kind: there is nothing to compare with
        return False


changes = st.lists(st.tuples(st.sampled_from(PLACES), forms), min_size=1, max_size=3)


def test_a_text_that_goes_on_behind_what_is_wanted():
    """Its quotes are in parts that are passed over, but all between them belongs to it."""
    first, other = (tree() | {"alog": "x of the log", "zlog": "and its end"} for _ in range(2))
    other["meta"]["target"]["ra"] = 9.5
    raw = written(other)
    for old, new in ((b"alog: x of", b'alog: " of'), (b"and its end\n", b'and its en"\n')):
        assert raw.count(old) == 1
        raw = raw.replace(old, new)
    assert load_yaml(io.BytesIO(raw), tagged=True).keys().isdisjoint({"meta"})
    assert told(written(first), raw, written(other)) == [None, parsed(written(other))]


# What a text that is passed over may be made of, so that it goes on after its lines.
fragments = st.sampled_from(
    ["'", '"', "''", '""', "\\", "\n  ", "\n- ", "\n  - ", "\n    - ", "- ", ": ", "x", "it's", "#", " #", "|", ">", "|\n  ", "[",
     "]", "{", "}", ",", ", ", " ", "b: ", "\n  c: ", ":\n  - ", "word", "word'", 'word"', "'word", "'word'", '"word"', "[x, ",
     "&a ", "*a", "!t ", "'a: '", "\n\n", "? ", "-", ":", "(", ").", "\n  # it's", "\n  " + "long " * 20 + "'"]
)  # fmt: skip
passed_over = st.builds(
    str.__add__,
    st.sampled_from([" ", "\n  - ", "\n- ", "\n  k: "]),
    st.lists(fragments, min_size=1, max_size=8).map("".join),
)
SMALL = Layout([Attribute("meta.a"), Attribute("meta.b")])


def small(before, after, a=1.5, wcs=" 1"):
    """Return a tree with something before, within and after what is wanted."""
    wcs = wcs.replace("\n", "\n  ")
    return f"log:{before}\nmeta:\n  a: {a}\n  wcs:{wcs}\n  b: 'y'\nzlog:{after}\n...\n".encode()


@settings(parent=many, max_examples=examples(1000))
@given(passed_over, passed_over, passed_over)
@example(' " of', ' x"', " 1")
@example(""" '"' "x""", """ "y '"'""", " 1")
@example("\n- x\n  - 'y\n- z: it'", " '", " 1")
@example(" x # it's: 'y'", " 'z'", " 1")
@example(" |\n  'x", " 'y'", " 1")
@example(" 1", " x'", " 'of")
@example("\n  - x, 'y", " z'", " 1")
def test_whatever_is_passed_over(before, after, wcs):
    """A text that opens where nobody looks, and goes on, gives no value of what lies within."""
    other = small(before, after, 9.5, wcs)
    if is_a_tree(other):
        assert_right(small(" 1", " 1"), other, SMALL)


@pytest.mark.parametrize(
    "text",
    [
        " 5",
        """ {a: [1, 'b c', "d"], e: ''}""",
        "\n- plain, it's 'odd'\n- 'quoted: ''it'''\n- \"d'q\\n\\\n  \\ on\"",
        """ ['a: ''b''', "it's", 'c, d', e (f)]""",
        "\n  step:\n  - 'x: ''y'''\n  - long text\n    that goes on\n  - 'z'\n  n: 'a: b'",
        " !<tag:x>\n  frame: &id001 !<tag:y> {name: '', unit: deg}\n  again: *id001",
        "\n- 2026-01-02 - stpipe - INFO - <A> -> B",
    ],
)
def test_logs_and_the_wcs_are_passed_over(text):
    """What asdf writes of them is certain to end where it seems to."""
    assert assert_right(small(" 1", " 1"), small(text, " 2", 9.5), SMALL)
    assert assert_right(small(" 1", " 1"), small(" 2", " 2", 9.5, text), SMALL)


@pytest.mark.parametrize("text", [" [2026-99-99 , a]", " {x: 2026-99-99 , y: z}"])
def test_what_looks_like_a_date_up_to_the_next_value(text):
    """A blank before a comma does not belong to it: it is one that is in no calendar."""
    with pytest.raises(ValueError, match="month"):
        load_yaml(io.BytesIO(small(text, " 1")))
    assert told(small(" 1", " 1"), small(text, " 1"), layout=SMALL) == [None]
    assert told(
        small(" [b, a]", " 1"), small(text[:1] + "[2026-99-99 , a]", " 1"), layout=SMALL
    ) == [None]


# What is passed over in files of one mode: its parts differ, and not where they are.
LOG = "\n- {n: %s, m: [%s, 'b c']}\n- k: %s\n  l:\n  - %s\n  - 'x'"
values_passed_over = st.lists(
    st.one_of(
        st.sampled_from(["1", "-1.5e-07", "a b", "'it''s'", '"x"', "c, d", "e: f", "2026-01-02", "2026-99-99", "'", "g #h", "*a", "&a b",
                         "[1]", "{o: 1}", "~", "x\n    y", "1 2", "2026-99-99 ", "]", "}", ", z", "- p", "!t q", "\n    - r", "|", ""]),
        st.text("a1 .:-'\"#,{}[]\n", max_size=6),
    ),
    min_size=4, max_size=4,
)  # fmt: skip


@settings(parent=many, max_examples=examples(1000))
@given(values_passed_over, values_passed_over)
def test_parts_of_what_is_passed_over(some, others):
    """What was certain of one text is certain of another only where its own values are, too."""
    first, other = (small(LOG % tuple(each), " 1", 1.5 + len(each[0])) for each in (some, others))
    if is_a_tree(first) and is_a_tree(other):
        assert_right(first, other, SMALL)
    elif is_a_tree(first):
        assert told(first, other, layout=SMALL) == [None]


@many
@given(changes, changes)
@example(
    [(rb"(?<=zero: )[.0-9]+", "a\n...\nb")], [(rb"(?<= date: )'[^']*'", "0.0")]
)  # two documents
def test_values_in_every_form(some, others):
    first = other = FIRST
    for place, form in some:
        first = put(first, place, form)
    for place, form in others:
        other = put(other, place, form)
    if is_a_tree(other):
        assert_right(FIRST, other)
        if is_a_tree(first):
            assert_right(first, other)
            assert_right(first, put(first, PLACES[6], "7.5"))


TREES = [FIRST]
for path in Path(jwst.__file__).parent.rglob("*.fits"):
    try:
        asdf_text = RawFits.read(path).asdf
    except BadFitsError:
        continue
    if asdf_text is not None and len(TREES) < 12:
        TREES.append(asdf_text.raw)
EVERY = Layout(
    Attribute(path)
    for path in {
        f"meta.{group}.{name}"
        for raw in TREES
        for group, inner in load_yaml(io.BytesIO(raw), tagged=True)["meta"].items()
        if isinstance(inner, dict) and group != "wcs"
        for name, value in inner.items()
        if isinstance(value, (int, float, str))
    }
)
inserted = st.sampled_from(
    [b"'", b'"', b" ", b"\n", b"\n  ", b"\n    ", b",", b", ", b":", b": ", b"}", b"{", b"[", b"]", b"#", b" #", b"&a ", b"*a", b"- ",
     b"!", b"|", b"0", b"a", b"-", b".", b"meta:\n", b"\nmeta: {}\n", b"\n  target: {ra: 5}", b"<<: ", b"? ", b"\t", b"\r", b"\xc2\x85"]
)  # fmt: skip


@many
@given(st.sampled_from(TREES), st.data())
def test_a_text_changed_anywhere(raw, data):
    """Whatever is put into a text: what is told of it is right."""
    other = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 2))):
        index = data.draw(st.integers(0, len(other) - 5))
        until = index + data.draw(st.integers(0, 3))
        other[index:until] = data.draw(inserted)
    other = bytes(other)
    if is_a_tree(other):
        assert_right(raw, other, EVERY)
        assert_right(other, raw, EVERY)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\x85", "\u2028"])
def test_other_line_breaks_are_left_to_asdf(ending):
    other = FIRST.replace(b"\n", ending.encode())
    known = KnownTrees(LAYOUT)
    known.add(text_of(FIRST), parsed(FIRST))
    assert known.values(AsdfText(other)) is None


def test_real_trees():
    """Of trees of one mode, all but the first are told from their texts."""
    known = KnownTrees(EVERY)
    number = 0
    for raw in TREES:
        values = known.values(AsdfText(raw))
        if values is None:
            known.add(AsdfText(raw), parsed(raw, EVERY))
        else:
            number += 1
            assert exact(values) == exact(parsed(raw, EVERY))
    assert number >= 2


def test_the_comparison_can_fail(monkeypatch):
    other = written(tree(hga_move=True))
    assert assert_right(FIRST, other)
    monkeypatch.setattr(KnownTrees, "values", lambda *_: parsed(FIRST))
    with pytest.raises(AssertionError):
        assert_right(FIRST, other)
