"""Scalars are what asdf makes of them, or nothing is said of them."""

import math

import pytest
import yaml
from asdf.yamlutil import AsdfLoader
from hypothesis import example, given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value

IN_BRACES = [
    ("{b: ", "}"),
    ("{a: 1, b: ", ", d: 2}"),
    ("{a: 'it', b: ", ",\n    d: 'e'}"),
    ("{a: x,\n    b: ", "\n    ,\n    d: [1, 2]}"),
    ("{a: {c: 1}, b: ", ", e: {f: g}}"),
]


def by_asdf(text):
    return yaml.load(text, AsdfLoader)  # noqa: S506  # it makes plain objects only


def exact(value):
    return type(value), repr(value)


def assert_same(text):
    value = scalar_value(text)
    if value is DOUBTFUL:
        return
    for before, after in IN_BRACES:
        found = by_asdf(f"one: {before}{text}{after}\ntwo: 'x'\n")
        assert found.keys() == {"one", "two"}
        assert exact(found["one"]["b"]) == exact(value)
    if "\n" not in text:
        found = by_asdf(f"one:\n  b: {text}\n  c: 'x'\ntwo: {text}\n")
        assert {name: exact(one) for name, one in found["one"].items()} == {
            "b": exact(value), "c": exact("x")
        }  # fmt: skip
        assert exact(found["two"]) == exact(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-12", -12), ("1.5", 1.5), ("-0.0", -0.0), ("1.0e-07", 1e-7), ("59000.123456789012", 59000.123456789012),
        ("true", True), ("false", False), ("null", None), (".inf", math.inf), ("-.inf", -math.inf),
        ("1e5", "1e5"), ("'1.5'", "1.5"), ("''", ""), ("'it''s'", "it's"), ("'a, b: c'", "a, b: c"), ("' a '", " a "),
        ("it's", "it's"), ("NGC 1300", "NGC 1300"), ("1.17.1", "1.17.1"), ("RA---TAN", "RA---TAN"), ("a\n    b  c", "a b  c"),
        ("'2022-07-17\n      18:29:00'", "2022-07-17 18:29:00"),
    ],
)  # fmt: skip
def test_values(text, value):
    assert exact(scalar_value(text)) == exact(value)
    assert_same(text)


def test_nan():
    assert math.isnan(scalar_value(".nan"))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a ", " a", "a: b", "a:", "a #b", "#a", "[1]", "{}", "{a: b}", "a, b", "'a", "a'\n", "'a'b", "'a' 'b'", "'''",
        '"a"', "!!str 5", "&a 5", "*a", "|", ">", "- a", "-", "? a", "@a", "`a`", "%a", "=", "<<", "~", "yes", "NO", "On", "True",
        "NULL", "0x10", "010", "0b1", "1_000", "+5", "1:30", "1:30.5", "2022-07-17", "1.5E+3", ".NaN", "+.inf", "9" * 40,
        "a\n\n    b", "a\nb", "a \n    b", "a\n    #b", "'a \n    b'", "'a\n    \n    b'", "'a\\\n    b'\n", "a\tb", "'a\tb'", "n\xe9e",
        "'n\xe9e'", "a\r    b", "a\x85    b", "'a\x00'",
    ],
)  # fmt: skip
def test_doubtful(text):
    assert scalar_value(text) is DOUBTFUL


pieces = st.sampled_from(
    [*"0123456789", *"aeExNyY", *"+-._:,#'\"[]{}&*!|>%@`?~=<()/\\^$; \t\n\r", "\n    ", "''", ": ", " #", "- ", "true", "null",
     "yes", "inf", "nan", "0x", "e+", "e-", "\xe9", "\x85", "\u2028", "word", "1.5", "---", "..."]
)  # fmt: skip


@settings(max_examples=examples(1500), deadline=None)
@given(st.lists(pieces, max_size=7).map("".join))
@example("a\n    - b")
@example("a\n    ---")
@example("-\n    1")
def test_any_text(text):
    assert_same(text)


words = st.text("ab1.-'&!*% ", min_size=1, max_size=12)


@settings(max_examples=examples(500), deadline=None)
@given(
    st.one_of(
        st.floats(), st.integers(), st.booleans(), st.none(), words, st.text(max_size=30),
        st.lists(words, max_size=30).map(" ".join),
    ),
    st.sampled_from([None, "'", '"']),
)  # fmt: skip
def test_what_is_written(value, quotes):
    written = yaml.dump(
        {"a": {"b": value}}, default_flow_style=True, default_style=quotes, width=40
    )
    text = written.partition("b: ")[2].removesuffix("}}\n")
    if quotes is None or isinstance(value, str):
        assert_same(text)


def test_most_of_what_is_written_is_known():
    for value in (
        1.5,
        -1e-300,
        7,
        True,
        None,
        "a word",
        "it's",
        "1.5",
        "a: b",
        "2022-07-17T00:00:00.000",
        "long " * 30 + "end",
    ):
        written = yaml.dump({"a": {"b": value}}, default_flow_style=None)
        assert exact(scalar_value(written.partition("b: ")[2].removesuffix("}\n"))) == exact(value)  # fmt: skip


def test_the_comparison_can_fail(monkeypatch):
    assert_same("yes1")
    load = by_asdf
    monkeypatch.setitem(globals(), "by_asdf", lambda text: load(text.replace("yes1", "yes")))
    with pytest.raises(AssertionError):
        assert_same("yes1")
