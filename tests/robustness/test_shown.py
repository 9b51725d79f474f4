"""Whatever is shown in notebooks is whole and harmless; whatever is asked for is found, or an error."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core import AmbiguousAttributeError, UnknownAttributeError
from blender_core.display.html import LARGEST, to_html
from blender_core.display.page import Page
from blender_core.display.text import text_table
from blender_core.display.view import View, ViewTable
from blender_core.schema.by_attribute import ByAttribute

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["<b>", "</td>", "</style>", "<!--", "-->", "]]>", "&lt;", "'\"", "<svg/onload="]
    ),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=9),
    st.text(min_size=1, max_size=3).map(lambda text: text * 400),
)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.builds(
        ViewTable,
        st.lists(TEXTS, min_size=width, max_size=width),
        st.lists(st.lists(TEXTS, min_size=width, max_size=width), max_size=20),
        TEXTS,
        st.booleans(),
    )
)
VIEWS = st.builds(
    View, TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.lists(TABLES, max_size=4)
)
KNOWN = {"style", "div", "strong", "table", "tr", "td", "th", "details", "summary"}


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.seen, self.attributes, self.open, self.others = set(), set(), [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("tr", "td", "th"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@settings(max_examples=examples(100), deadline=None)
@given(VIEWS)
def test_html_of_anything(view):
    html = to_html(view)
    assert len(html.encode()) <= LARGEST
    page = Tags(html)
    assert page.seen <= KNOWN
    assert page.attributes <= {"class", "colspan"}
    assert (page.open, page.others) == ([], [])
    assert all(char.isprintable() for char in html)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(TEXTS, max_size=9).map("".join))
def test_a_page_in_a_frame(text):
    """What is in the frame is the page, to the letter, as far as HTML has its letters."""
    frame = Page(text)._repr_html_()
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(frame)
    ((tag, attributes),) = found
    assert tag == "iframe"
    assert attributes["srcdoc"] == text
    assert attributes["sandbox"] == "allow-scripts"


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(
        st.lists(st.text("ab c-.", max_size=30), min_size=3, max_size=3), min_size=1, max_size=9
    ),
    st.integers(30, 120),
)
def test_folded_tables_lose_nothing(rows, width):
    text = text_table(rows[0], rows[1:], width)
    assert max(map(len, text.splitlines()), default=0) <= width
    for letter in "abc-.":
        assert text.count(letter) == sum(cell.count(letter) for row in rows for cell in row)


PARTS = st.sampled_from(["meta", "a", "b", "exposure", "start_time"])
PATHS = st.lists(PARTS, min_size=2, max_size=3).map(".".join)
KEYWORDS = st.sampled_from([None, "EXPSTART", "BUNIT", "A", "B", "meta", "date-obs"])


@settings(max_examples=examples(100), deadline=None)
@given(
    st.dictionaries(PATHS, KEYWORDS, max_size=8),
    st.sets(PATHS, max_size=5),
    st.one_of(
        PATHS, PARTS, KEYWORDS, KEYWORDS.map(lambda word: word and word.swapcase()), st.text()
    ),
)
def test_names_of_attributes(keywords, paths, name):
    """They are found as somebody would who looks at one attribute after the other."""
    mapping = ByAttribute({path: path.upper() for path in paths}, keywords)
    expected = [name] if name in paths or name in keywords else []
    if not expected and name is not None and "." not in name and name != "meta":
        expected = [
            path for path, word in keywords.items() if word and word.upper() == name.upper()
        ]
    if len(expected) > 1:
        for ask in (mapping.__getitem__, mapping.get, mapping.__contains__):
            with pytest.raises(AmbiguousAttributeError) as caught:
                ask(name)
            assert set(caught.value.paths) == set(expected)
    elif expected and expected[0] in paths:
        assert mapping[name] == mapping.get(name) == expected[0].upper()
        assert name in mapping
    else:
        assert name not in mapping
        assert mapping.get(name, 5) == 5
        with pytest.raises(UnknownAttributeError):
            mapping[name]
