"""HTML of anything is whole, harmless and no larger than a notebook should have."""

from html.parser import HTMLParser

import pytest
from release import VERSION

from blender_core import Outcome, Outcomes, Provider, Status, Tier
from blender_core.display.html import LARGEST, to_html
from blender_core.display.view import View, ViewTable

HOSTILE = [
    "<script>alert(1)</script>",
    "</table></details></div><img src=x onerror=alert(1)>",
    "\"' onmouseover='alert(1)' \"",
    "&lt;b&gt; & &amp;",
    "\u202etxet\u202c \x1b[31m \x00 \ud800 \u200b",
    "ü" * 5000,
    "'" * 5000,
    "\U000e0001" * 5000,
]


class Parsed(HTMLParser):
    """Texts and tags of a page."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("tr", "td", "th"):  # which end where the next one begins
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts(text):
    table = ViewTable(("name", "value"), [("a", text), (text, "b")], text)
    html = to_html(View(text, [("fact", text)], [table]))
    page = Parsed(html)
    assert page.open == []
    assert set(page.tags) <= {"style", "div", "strong", "table", "tr", "td", "th"}
    assert {name for name, _ in page.attributes} <= {"class"}
    html.encode()
    shown = "".join(page.texts)
    assert shown.replace("\n", "").isprintable()
    if len(text) < 60 and text.isprintable():
        assert page.texts.count(text) == 5


def outcomes_of(number, value):
    provider = Provider("blender-rules-std", VERSION, "std")
    return Outcomes(
        (
            Outcome(
                f"meta.group_{i % 20}.some_longer_name_{i}",
                f"KEYW{i:04}",
                Status.SET,
                value,
                "first",
                tier=Tier.SCHEMA if i % 3 else Tier.DEFAULT,
                asked_by="the schema",
                provider=provider,
                n_inputs=10_000,
                n_distinct=1 if i % 3 else 0,
                n_seen=10_000,
            )
            for i in range(number)
        ),
        {},
    )


@pytest.mark.parametrize("value", [1.5, "a usual text", *HOSTILE], ids=range(len(HOSTILE) + 2))
@pytest.mark.parametrize("number", [496, 5000])
def test_it_is_no_larger_than_50_kilobytes(value, number):
    html = outcomes_of(number, value)._repr_html_()
    assert len(html.encode()) <= LARGEST == 50_000
    assert Parsed(html).open == []


def test_all_rows_are_there_or_their_number_is():
    for number in (10, 496, 5000):
        html = outcomes_of(number, 1.5)._repr_html_()
        page = Parsed(html)
        shown = sum(text.startswith("KEYW") for text in page.texts)
        left = sum(int(text.split()[2]) for text in page.texts if text.startswith("… and "))
        assert shown + left == number
        assert (left == 0) == (number <= 496)


def test_what_is_long_is_folded():
    def folded(number):
        rows = [(f"row {i}", "") for i in range(number)]
        html = to_html(View("title", tables=[ViewTable(("a", "b"), rows, "table")]))
        before, _, rest = html.partition("<details>")
        assert [f"row {i}<" in before for i in range(min(number, 20))] == [True] * min(number, 20)
        return "".join(rest).count("<td>row ")

    assert [folded(number) for number in (5, 20, 25, 26, 300)] == [0, 0, 0, 6, 280]


def test_empty_things():
    assert Parsed(Outcomes([], {})._repr_html_()).open == []
    assert "<table" not in to_html(View("nothing", tables=[ViewTable(("a",), [], "empty")]))
