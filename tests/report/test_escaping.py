"""Header values are other people's text: none of it may become markup or script."""

import dataclasses
import re

import pytest
from thoroughness import all_but_exhaustive

from blender_core.common.provider import Provider
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.plan.assignment import Tier
from blender_core.report.model import Fact, Facts
from blender_core.report.page import page

ATTACKS = [
    "<script>attack()</script>",
    "</script><script>attack()</script>",
    "<!--<script>attack()",
    "]]><img src=x onerror=attack()>",
    "\"'><svg onload=attack()>",
    "javascript:attack()//",
    "{{ 7 * 191 }}{% raw %}${7 * 191}",
    "a\u2028b\u2029c\x00d\u202e<b>e\ud800",
    "</title><textarea></style></template></noscript><script>attack()</script>",
    "&lt;script&gt;attack()&lt;/script&gt;",
]


def attacked(text, number):
    """Facts in which everything that is not ours is the attack."""
    values = [text, f"{text}2", None]
    outcome = Outcome(
        attribute=f"meta.{text}.{number}{text}",
        keyword=text,
        status=list(Status)[number % len(Status)],
        value=text if number % 2 else [text, {text: text}],
        rule=text,
        settings=text,
        tier=Tier.DEFAULT,
        asked_by=text,
        provider=Provider(text, text, text),
        reason=text,
        n_inputs=2,
        n_distinct=2,
        n_seen=1,
        from_input=0,
        blended=text,
        replaced=text,
    )
    fact = Fact(
        outcome=outcome,
        value=outcome.value,
        title=text,
        unit=text,
        summary=text,
        inputs=values,
        n_all=3,
    )
    named = [
        dataclasses.replace(
            fact, outcome=dataclasses.replace(outcome, attribute=path, keyword=None)
        )
        for path in (
            "meta.filename",
            "meta.telescope",
            "meta.instrument.name",
            "meta.instrument.detector",
            "meta.instrument.filter",
            "meta.target.catalog_name",
        )
    ]
    begins = dataclasses.replace(
        fact,
        outcome=dataclasses.replace(outcome, attribute="meta.observation.date_beg", keyword=None),
        inputs=["2022-07-17T19:00:00", "2022-07-17T19:10:00", text],
    )
    return Facts(
        product=text,
        model_type=text,
        n_inputs=3,
        attributes=(fact, *named, begins),
        skipped=(text,),
        notes=(text,),
    )


@pytest.mark.parametrize("number", all_but_exhaustive(range(len(ATTACKS)), (0, 1, 2)))
def test_no_text_becomes_script(number, open_page, tmp_path):
    path = tmp_path / "report.html"
    text = ATTACKS[number]
    path.write_bytes(page(attacked(text, number)).encode())
    view = open_page(path)
    for button in view.locator("button.name:visible").all():
        button.click()
    for button in view.locator(".bars button").all():
        button.click()
    view.locator("summary").click()
    view.locator("#timeline rect.bar").first.hover(force=True)
    kinds = view.evaluate("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]")
    assert not {"img", "textarea", "template", "b", "iframe"} & set(kinds)
    assert view.locator("script").count() == 3
    handlers = "e => [...e.attributes].some(a => a.name.startsWith('on'))"
    assert not view.evaluate(f"[...document.querySelectorAll('*')].some({handlers})")
    # What was there can be seen, and nothing was made of it.
    expected = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    assert view.locator("h1").text_content() == expected
    assert view.locator(".notes li").all_text_contents() == [expected, expected]
    assert view.locator("tr.fact .rule bdi").first.text_content() == expected
    assert view.locator(".opened .facts").first.text_content().count(expected) >= 7
    assert expected in view.locator("#timeline .readout").text_content()


def test_letters_are_not_cut_apart(open_page, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(page(attacked("\U0001f52d" * 20, 0)).encode())
    labels = open_page(path).locator("#timeline text.tick").all_text_contents()
    assert "\U0001f52d" * 13 + "…" in labels


@pytest.mark.parametrize("text", ATTACKS)
def test_data_cannot_end_its_script(text):
    html = page(attacked(text, 1))
    _, *blocks = html.split('<script type="application/json"')
    for block in blocks:
        data = block.partition(">")[2].partition("</script>")[0]
        assert not set("<>&\u2028\u2029") & set(data)


@pytest.mark.parametrize(
    "text",
    [*ATTACKS, "\x1b]0;owned\x07\x9b\x7f", "\u2066\u2069\u200e\u200f\u061c\u200b\ufeff\u00ad"],
)
def test_nothing_invisible_is_in_the_page(text):
    for number in range(len(Status)):
        html = page(attacked(text, number))
        assert all(char.isprintable() for char in html if char != "\n")


def test_the_direction_of_a_text_ends_with_it():
    """Each text is isolated from what stands beside it, with the direction that it has itself."""
    html = page(attacked("\u05e2\u05d1\u05e8\u05d9\u05ea", 0)).partition(
        '<script type="application/json"'
    )[0]
    # A title of the window, a tooltip and a choice in a list are texts of their own.
    alone = r"<title>.*?</title>|<option[^>]*>.*?</option>"
    isolated = r'<bdi[^>]*>.*?</bdi>|<span[^>]* dir="auto">.*?</span>'
    html = re.sub(f"{alone}|{isolated}", "", html, flags=re.DOTALL)
    html = re.sub(r'[\w-]+="[^"]*"', "", html)
    assert "\u05e2" not in html, html[html.index("\u05e2") - 200 :][:400]


ADDED = [
    "<script>attacked = 1</script>",
    '<svg onload="attacked = 1"></svg>',
    '<img src="x.png" onerror="attacked = 1">',
    '<iframe srcdoc="<script>parent.attacked = 1</script>"></iframe>',
    '<p style="color: red">attacked</p>',
]


@pytest.mark.parametrize("added", all_but_exhaustive(ADDED, ADDED[:2]))
def test_the_policy_refuses_what_is_not_ours(added, browser, make_report):
    path = make_report([{"meta.exposure.nframes": 1}])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</body>", f"{added}</body>"), encoding="utf-8")
    with browser.new_page() as view:
        complaints = []
        view.on("console", lambda message: complaints.append(message.text))
        view.goto(path.as_uri())
        assert view.evaluate("window.attacked") is None
        assert "Content Security Policy" in complaints[0]
        # No way is left from a text to markup, either.
        with pytest.raises(Exception, match="TrustedHTML"):
            view.evaluate("document.body.innerHTML = '<b>bold</b>'")
