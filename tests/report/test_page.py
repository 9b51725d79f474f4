"""What a reader can do with a report: search, filter, open rows, look at pictures."""

import itertools
import math
import re

import pytest
from release import VERSION
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive

from blender_core import Override

TIMES = "\N{MULTIPLICATION SIGN}"
N = 4
STARTS = ("19:00:00.000", "19:10:00.000", "19:20:00.000", "19:40:00.000")
ENDS = ("19:05:00.000", "19:15:00.000", "19:30:00.000", "19:45:00.000")
SECONDS = (100.0, 200.0, 300.0, 400.0)


@pytest.fixture(scope="module")
def report(make_report):
    """Four exposures whose blend is known by hand."""
    rows = [
        {
            "meta.filename": f"exposure{i + 1}.fits",
            "meta.telescope": "JWST",
            "meta.instrument.detector": ("NRCA1", "NRCA2", "NRCA1", "NRCA1")[i],
            "meta.instrument.filter": ("F115W", "F115W", "F200W", "F200W")[i],
            "meta.observation.date_beg": f"2022-07-17T{STARTS[i]}",
            "meta.observation.date_end": f"2022-07-17T{ENDS[i]}",
            "meta.exposure.exposure_time": SECONDS[i],
            "meta.exposure.mid_time": 59000.0 + SECONDS[i],
            "meta.exposure.nints": i + 1,
            "meta.exposure.ngroups": 7,
            "meta.exposure.nframes": 4,
            "meta.target.proposer_name": "LONG-NAME" * (i % 2 + 1),
        }
        for i in range(N)
    ]
    del rows[1]["meta.exposure.exposure_time"]
    product = ImageModel()
    product.meta.resample.pixfrac = 0.75
    return make_report(
        rows,
        product=product,
        notes=["the lamp was on"],
        overrides=[
            Override(attribute="NINTS", rule="mean", reason="their mean is wanted"),
            Override(attribute="NFRAMES", rule="drop", reason="it is of no use"),
        ],
    )


@pytest.fixture
def page(report, open_page):
    return open_page(report)


def keywords(page):
    """The keywords of the rows that are shown."""
    return page.locator("tr.fact:visible bdi.keyword").all_text_contents()


def row(page, keyword):
    return page.locator(f"tr.fact:has(bdi.keyword:text-is('{keyword}'))")


def opened(page, keyword):
    row(page, keyword).locator("button.name").click()
    # Its picture is drawn when it is known how wide it can be: before the second frame.
    page.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")
    return row(page, keyword).locator("xpath=following-sibling::tr[1]")


def cells(page, keyword):
    return [" ".join(one.split()) for one in row(page, keyword).locator("td").all_inner_texts()]


def test_the_top(page):
    said = {
        one.locator("dt").inner_text(): one.locator("dd").inner_text().split()
        for one in page.locator("dl.said > div").all()
    }
    assert said["Detector"] == ["NRCA1", f"{TIMES}3", "NRCA2", f"{TIMES}1"]
    assert said["Filter"] == ["F115W", f"{TIMES}2", "F200W", f"{TIMES}2"]
    assert said["Telescope"] == ["JWST"]
    span = page.locator("header .span").inner_text()
    assert span == (
        "4 inputs blended into one ImageModel · 2022-07-17 19:00:00 to 19:45:00 UTC (45 min)"
    )
    assert page.locator(".notes").inner_text().splitlines() == ["Notes", "the lamp was on"]


def test_rows(page):
    version = f"blender-rules-std {VERSION}"
    assert cells(page, "DETECTOR") == ["MULTIPLE", "multi", version, "4", "2"]
    assert cells(page, "EFFEXPTM") == ["800.0 s partial", "sum", version, "3 of 4", "3"]
    assert cells(page, "TARGPROP") == ["LONG-NAME first of 2", "first", version, "4", "2"]
    assert cells(page, "NFRAMES") == ["dropped", "drop", f"blender-core {VERSION}", "4", "1"]
    # The schema has an integer, and the mean of 1, 2, 3 and 4 is none.
    assert cells(page, "NINTS") == ["2.5 refused", "mean", version, "4", "4"]
    assert cells(page, "PIXFRAC")[0] == "0.75 product's own"


def test_search(page):
    everything = keywords(page)
    page.locator("#search").fill("effexptm")
    assert keywords(page) == ["EFFEXPTM"]
    page.locator("#search").fill("EXPOSURE mean")
    assert set(keywords(page)) == {"EXPMID", "NINTS"}
    page.locator("#search").fill("multiple")  # a value
    assert set(keywords(page)) == {"DETECTOR", "FILTER"}
    page.locator("#search").fill("is wanted")  # a reason
    assert keywords(page) == ["NINTS"]
    assert page.locator("#shown").inner_text() == "1"
    page.locator("#search").fill("no such thing")
    assert keywords(page) == []
    assert page.locator("tr.group:visible").count() == 0
    page.locator("#reset").click()
    assert keywords(page) == everything


def test_varied_and_warnings(page):
    page.get_by_role("button", name="Varied").click()
    varied = keywords(page)
    assert set(varied) == {
        "FILENAME", "DETECTOR", "FILTER", "DATE-BEG", "DATE-END", "EFFEXPTM", "EXPMID", "NINTS",
        "TARGPROP",
    }  # fmt: skip
    page.get_by_role("button", name="Warnings").click()
    assert set(keywords(page)) == {"TARGPROP", "NINTS", "EFFEXPTM"}
    assert page.get_by_role("button", name="Warnings").inner_text() == "Warnings 3"
    page.get_by_role("button", name="All").click()
    assert len(keywords(page)) > len(varied)


def test_by_rule_and_by_provider(page):
    page.locator("#rule").select_option("multi")
    assert set(keywords(page)) == {"DETECTOR", "FILTER"}
    page.locator("#provider").select_option(f"blender-core {VERSION}")
    assert keywords(page) == []
    page.locator("#rule").select_option("drop")
    assert keywords(page) == ["NFRAMES"]


def test_attributes_that_nothing_has_are_shown_on_request(page):
    assert row(page, "GRATING").is_hidden()
    page.locator("#empty").check()
    assert row(page, "GRATING").is_visible()
    assert cells(page, "GRATING")[0] == "none"


def test_a_row_opens_and_closes(page):
    assert page.locator(".opened").count() == 0  # it is made when it is asked for
    button = row(page, "DETECTOR").locator("button.name")
    assert button.get_attribute("aria-expanded") == "false"
    detail = opened(page, "DETECTOR")
    assert button.get_attribute("aria-expanded") == "true"
    assert detail.get_attribute("id") == button.get_attribute("aria-controls")
    facts = detail.locator(".facts").inner_text()
    assert "The common value, else MULTIPLE." in facts
    assert f"blender-rules-std {VERSION} [std]" in facts
    assert "meta.instrument.detector" in facts
    row(page, "DETECTOR").locator(".value").click()  # anywhere in the row
    assert detail.is_hidden()
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    page.locator("#search").fill("effexptm")
    assert detail.is_hidden()
    page.locator("#search").fill("detector")
    assert detail.is_visible()
    assert detail.locator(".values tbody tr").first.is_visible()


def test_who_asked_for_it_and_why(page):
    facts = opened(page, "NINTS").locator(".facts").inner_text()
    assert "The product's schema forbids the blended value" in facts
    assert "the caller" in facts
    assert "their mean is wanted" in facts


def test_values_of_the_inputs(page):
    detail = opened(page, "EFFEXPTM")
    lines = [one.split("\t") for one in detail.locator(".values tbody tr").all_inner_texts()]
    assert lines == [
        ["1", "100.0", "exposure1.fits"],
        ["2", "no value", "exposure2.fits"],
        ["3", "300.0", "exposure3.fits"],
        ["4", "400.0", "exposure4.fits"],
    ]
    same = opened(page, "NGROUPS")
    assert same.locator(".said-by").inner_text() == "All 4 inputs have 7"


def dots(detail):
    path = detail.locator("path.dots").get_attribute("d")
    return [tuple(map(float, one)) for one in re.findall(r"M([\d.]+) ([\d.]+)h0", path)]


def test_picture_of_numbers(page):
    # 1, 2, 3, 4 and their mean: on a line, and the mean halfway.
    points = dots(detail := opened(page, "NINTS"))
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(points)]
    assert len(points) == 4
    assert steps[0][0] > 0 > steps[0][1]
    for across, up in steps[1:]:
        assert (across, up) == pytest.approx(steps[0], abs=0.2)
    line = detail.locator("line.blended")
    at = float(line.get_attribute("y1"))
    assert at == pytest.approx((points[0][1] + points[3][1]) / 2, abs=0.2)
    assert detail.locator("text.label").text_content() == "mean: 2.5"
    assert detail.locator("circle.taken").count() == 0


def test_picture_of_a_value_far_beyond_the_inputs(page):
    detail = opened(page, "EFFEXPTM")
    assert len(dots(detail)) == 3
    assert detail.locator("path.gaps").get_attribute("d").count("M") == 1
    assert detail.locator("line.blended").count() == 0
    assert detail.locator("path.arrow").count() == 1
    assert detail.locator("text.label").text_content() == "sum: 800.0"


def test_picture_of_times(page):
    # 0, 10, 20 and 40 minutes; the earliest is the first input's.
    points = dots(detail := opened(page, "DATE-BEG"))
    unit = (points[0][1] - points[3][1]) / 40
    assert [(points[0][1] - one[1]) / unit for one in points] == pytest.approx(
        [0, 10, 20, 40], abs=0.2
    )
    ring = detail.locator("circle.taken")
    assert float(ring.get_attribute("cx")) == pytest.approx(points[0][0], abs=0.1)
    assert float(ring.get_attribute("cy")) == pytest.approx(points[0][1], abs=0.1)
    assert "19:20" in detail.locator("svg text").all_text_contents()


def test_pointing_at_a_picture_tells_the_input(page):
    detail = opened(page, "NINTS")
    box = detail.locator("svg").bounding_box()
    x, _ = dots(detail)[2]
    page.mouse.move(box["x"] + x + 3, box["y"] + 40)
    assert detail.locator(".readout").inner_text() == "Input 3, exposure3.fits: 3"


EXTREMES = [
    ((-1e308, 1e308), 0),  # so far from each other that no number tells it
    ((1e16, 1e16 + 2), 2),
    ((math.inf, 1.0, -math.inf, 2.0), 2),
    ((0.0, 5e-324), 2),
    ((1e9, 1e9 + 1e-6), 2),
    ((1e-300, 2e-300, 3e-300), 3),
    ((-1e22, 1e23), 2),
    ((math.nan, 1.0, 2.0), 2),
    ((math.inf, 1.0), 0),
    ((7, 10**15), 2),
]


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        *EXTREMES[:3],
        *(pytest.param(*one, marks=pytest.mark.exhaustive) for one in EXTREMES[3:]),
    ],
)
def test_pictures_of_extreme_numbers(make_report, open_page, values, drawn):
    page = open_page(make_report([{"meta.exposure.exposure_time": one} for one in values]))
    detail = opened(page, "EFFEXPTM")
    assert detail.locator(".values tbody tr").count() == len(values)
    assert detail.locator("path.dots").count() == bool(drawn)
    if drawn:
        assert len(dots(detail)) == drawn
        assert not {"NaN", "Infinity"} & set(
            re.findall("NaN|Infinity", detail.locator("svg").inner_html())
        )
        labels = detail.locator("svg text.tick").all_text_contents()
        assert len(set(labels)) == len(labels)


def test_times_of_day(make_report, open_page):
    rows = [{"meta.observation.time": one} for one in ("19:00:00.000", "19:30:00.5", "20:00")]
    page = open_page(make_report(rows))
    detail = opened(page, "TIME-OBS")
    points = dots(detail)
    assert points[0][1] - points[1][1] == pytest.approx(points[1][1] - points[2][1], abs=0.3)
    labels = detail.locator("svg text.tick").all_text_contents()
    assert labels[:4] == ["19:00", "19:20", "19:40", "20:00"]


def test_counts_of_texts(page):
    detail = opened(page, "DETECTOR")
    bars = detail.locator(".bars button")
    assert [one.split() for one in bars.all_inner_texts()] == [["NRCA1", "3"], ["NRCA2", "1"]]
    widths = [one.bounding_box()["width"] for one in detail.locator("span.bar").all()]
    assert widths[0] == pytest.approx(3 * widths[1], rel=0.02)
    assert "Blended: MULTIPLE, which is no input's value." in detail.inner_text()
    bars.nth(1).click()
    assert detail.locator(".values tbody tr").all_inner_texts() == ["2\tNRCA2\texposure2.fits"]
    bars.nth(1).click()
    assert detail.locator(".values tbody tr").count() == 4


def test_the_blended_text_is_marked(page):
    detail = opened(page, "TARGPROP")
    assert detail.locator(".is-blended bdi").all_text_contents() == ["LONG-NAME"]


def test_timeline(page):
    bars = page.locator("#timeline rect.bar")
    boxes = [
        {name: float(one.get_attribute(name)) for name in ("x", "y", "width")} for one in bars.all()
    ]
    minute = boxes[0]["width"] / 5
    start = boxes[0]["x"]
    assert [(box["x"] - start) / minute for box in boxes] == pytest.approx([0, 10, 20, 40], abs=0.1)
    assert [box["width"] / minute for box in boxes] == pytest.approx([5, 5, 10, 5], abs=0.1)
    lanes = [box["y"] for box in boxes]
    assert lanes[0] == lanes[2] == lanes[3] < lanes[1]
    hues = [one.get_attribute("class").split()[1] for one in bars.all()]
    assert hues == ["hue0", "hue0", "hue1", "hue1"]
    assert page.locator("#timeline .legend").inner_text().split() == ["F115W", "F200W"]
    bars.nth(2).hover()
    assert page.locator("#timeline .readout").inner_text() == (
        "Input 3, exposure3.fits: NRCA1 F200W, 2022-07-17 19:20:00 to 19:30:00 (10 min)"
    )


def test_the_timeline_leaves_out_long_times_without_exposures(make_report, open_page):
    days = (1, 1, 11)
    rows = [
        {
            "meta.observation.date_beg": f"2022-07-{day:02}T00:0{i}:00.000",
            "meta.observation.date_end": f"2022-07-{day:02}T00:0{i}:30.000",
        }
        for i, day in enumerate(days)
    ]
    page = open_page(make_report(rows))
    widths = [float(one.get_attribute("width")) for one in page.locator("rect.bar").all()]
    assert min(widths) > 50
    assert page.locator("#timeline text.gap").all_text_contents() == ["10 d"]
    assert page.locator("#timeline text.day").all_text_contents() == ["2022-07-01", "2022-07-11"]


def test_years_between_times_begin_in_january(make_report, open_page):
    rows = [{"meta.observation.date_beg": f"{year}-07-01T00:00:00"} for year in (1996, 2022, 2041)]
    detail = opened(open_page(make_report(rows)), "DATE-BEG")
    labels = detail.locator("svg text.tick")
    assert labels.all_text_contents()[:3] == ["2000", "2020", "2040"]
    first, second = (float(one.get_attribute("y")) for one in labels.all()[:2])
    (_, low), (_, high), _ = dots(detail)
    # There are 26 years between these two dots, and 20 between two labels.
    assert (low - high) / (first - second) == pytest.approx(26 / 20, rel=0.01)


def test_without_times_there_is_no_timeline(make_report, open_page):
    page = open_page(make_report([{"meta.exposure.nframes": 1}]))
    assert page.locator("dl.said").count() == 0  # and nothing is said of instruments
    assert page.locator("#timeline").is_hidden()


def test_table_of_inputs(page):
    page.locator("details.inputs summary").click()
    lines = page.locator("details.inputs tbody tr").all_inner_texts()
    assert lines[2].split("\t") == [
        "3", "exposure3.fits", "NRCA1", "F200W", "2022-07-17 19:20:00", "2022-07-17 19:30:00",
    ]  # fmt: skip


def test_by_keyboard(page):
    page.keyboard.press("/")
    page.keyboard.type("detector")
    assert page.locator("#search").input_value() == "detector"
    while page.evaluate("document.activeElement.className") != "name":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".opened").is_visible()
    page.keyboard.press("Space")
    assert page.locator(".opened").is_hidden()


@pytest.mark.parametrize("width", all_but_exhaustive((320, 390, 768, 1280, 2000), (320, 1280)))
def test_no_width_is_too_narrow(report, open_page, width):
    page = open_page(report, viewport={"width": width, "height": 900})
    for keyword in ("DETECTOR", "EFFEXPTM", "NGROUPS", "FILENAME"):
        opened(page, keyword)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture = row(page, "EFFEXPTM").locator("xpath=following-sibling::tr[1]").locator("svg")
    assert picture.bounding_box()["width"] > 200
    assert row(page, "DETECTOR").locator(".value").is_visible()


def test_pictures_follow_the_width(page):
    detail = opened(page, "NINTS")
    wide = detail.locator("svg").bounding_box()["width"]
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function("w => document.querySelector('.opened svg').clientWidth < w", arg=wide)
    box = detail.locator("svg").bounding_box()
    assert box["x"] + box["width"] <= 700


def test_light_and_dark(report, open_page):
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (open_page(report, color_scheme=one) for one in ("light", "dark"))
    assert light.evaluate(ground) == "rgb(251, 251, 250)"
    assert dark.evaluate(ground) == "rgb(22, 24, 27)"
    light.get_by_role("button", name="Dark").click()
    assert light.evaluate(ground) == dark.evaluate(ground)
    light.get_by_role("button", name="Light").click()
    assert light.evaluate(ground) == "rgb(251, 251, 250)"


def test_without_javascript(report, open_page):
    page = open_page(report, java_script_enabled=False)
    assert page.locator("noscript p").is_visible()
    assert page.locator("form.tools").is_hidden()
    assert page.locator("#timeline").is_hidden()
    assert cells(page, "DETECTOR")[:2] == ["MULTIPLE", "multi"]


def test_printed(report, open_page):
    page = open_page(report)
    opened(page, "DETECTOR")
    page.emulate_media(media="print")
    assert page.locator("form.tools").is_hidden()
    assert page.locator("#theme").is_hidden()
    assert row(page, "EFFEXPTM").is_visible()
    assert page.locator(".opened").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_many_inputs(make_report, open_page):
    rows = [
        {"meta.filename": f"exposure{i}.fits", "meta.exposure.exposure_time": float(i % 10)}
        for i in range(1000)
    ]
    page = open_page(make_report(rows))
    assert page.locator("header .span").inner_text().startswith("1,000 inputs")
    detail = opened(page, "EFFEXPTM")
    assert cells(page, "EFFEXPTM")[0] == "4500.0 s"  # a hundred times 0 + 1 + ... + 9
    assert len(dots(detail)) == 1000
    assert detail.locator(".values tbody tr").count() == 200
    detail.get_by_role("button", name="Show all 1,000 inputs").click()
    assert detail.locator(".values tbody tr").count() == 1000
    assert detail.locator(".values tbody tr").last.inner_text().split() == [
        "1000", "9.0", "exposure999.fits",
    ]  # fmt: skip
