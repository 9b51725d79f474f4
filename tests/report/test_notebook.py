"""What a notebook shows, which is run by a kernel, and looked at in a browser."""

import re
import textwrap

import nbformat
import pytest
from nbclient import NotebookClient
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import blendmodels

CELLS = [
    """
    import warnings
    from pathlib import Path
    from blender_core import BlendPlan, Plugins, ProductDiff, ProductFile, Registry, blendmodels
    from blender_core.demo.exposures import write_exposures
    from stdatamodels.jwst.datamodels import ImageModel

    model = ImageModel()
    model.meta.target.catalog_name = "<script>document.title = 'taken over'</script>"
    inputs = []
    for number in range(3):
        model.meta.filename = f"{number}_cal.fits"
        model.meta.exposure.exposure_time = 100.5 + number
        model.meta.instrument.detector = f"NRCA{number + 1}"
        model.save(model.meta.filename)
        inputs.append(model.meta.filename)
    result = blendmodels(ImageModel(), "*_cal.fits", record_rules=True)
    other = BlendPlan.for_model(ImageModel, overrides={"EXPSTART": "max", "NGROUPS": "mean"})
    result.save("one.fits")
    _ = blendmodels(ImageModel(), inputs, overrides={"EFFEXPTM": "max"}, output="two.fits")
    """,
    "result",
    "result.plan",
    "result.outcomes",
    'result.outcomes["EFFEXPTM"]',
    "other.check()",
    "result.plan.diff(other)",
    'ProductDiff(ProductFile("one.fits"), ProductFile("two.fits"))',
    "Plugins.discover()",
    "Registry(Plugins.discover().rules())",
    'other["EXPSTART"]',
    'ProductFile("one.fits")',
    'result.explain("EFFEXPTM")',
    "result.report()",
    "result.values['EFFEXPTIM']",
]
EXPLAIN, REPORT, ERROR = len(CELLS) - 3, len(CELLS) - 2, len(CELLS) - 1
# As notebooks have them: text in a colour of theirs, on a background of theirs.
PAGE = """<!doctype html><meta charset="utf-8"><body style="background:{};color:{};
font:14px sans-serif;margin:16px">{}"""
SIZE = {"width": 900, "height": 700}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What the cells show: of each, the forms in which it does."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [nbformat.v4.new_code_cell(textwrap.dedent(source).strip()) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": folder}}
    )
    client.execute()
    shown = []
    for cell in notebook.cells:
        (output,) = cell.outputs or [{}]
        shown.append(output)
    return shown


@pytest.fixture
def page(browser):
    """Return a function that shows HTML on a page of its own, in the colours of a theme."""
    contexts = []

    def make(html, background="#ffffff", colour="#111111"):
        context = browser.new_context(viewport=SIZE)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.set_content(PAGE.format(background, colour, html))
        return page

    yield make
    for context in contexts:
        context.close()


def test_every_cell_shows_a_form_for_notebooks_and_a_plain_one(outputs):
    first, *others, error = outputs
    assert first == {}
    for source, output in zip(CELLS[1:-1], others, strict=True):
        assert output["output_type"] == "execute_result", output
        html, plain = output["data"]["text/html"], output["data"]["text/plain"]
        assert " object at 0x" not in plain
        if source != CELLS[EXPLAIN]:
            assert "\n" not in plain
        if source != CELLS[REPORT]:
            assert len(html.encode()) <= 50_000
            assert "<script" not in html
    assert outputs[EXPLAIN]["data"]["text/plain"].splitlines()[0] == (
        "meta.exposure.exposure_time (EFFEXPTM) is 304.5."
    )
    assert error["ename"] == "UnknownAttributeError"
    assert "did you mean meta.exposure.exposure_time (EFFEXPTM)?" in error["evalue"]


@pytest.mark.parametrize(
    ("background", "colour"),
    [("#ffffff", "#111111"), ("#111111", "#eeeeee")],
    ids=["light", "dark"],
)
def test_tables_have_the_colours_around_them(outputs, page, background, colour):
    html = "<hr>".join(output["data"]["text/html"] for output in outputs[1:REPORT])
    tab = page(html, background, colour)
    expected = "rgb({}, {}, {})".format(*bytes.fromhex(colour[1:]))
    styles = "cells => [...new Set(cells.map(cell => getComputedStyle(cell).color))]"
    assert tab.eval_on_selector_all("th, td, summary, strong", styles) == [expected]
    clear = "rows => rows.every(row => getComputedStyle(row).backgroundColor == 'rgba(0, 0, 0, 0)')"
    assert tab.eval_on_selector_all("tr, td, th", clear)
    assert tab.evaluate("document.documentElement.scrollWidth") <= SIZE["width"]
    assert tab.title() != "taken over"
    assert tab.complaints == []


def test_all_columns_are_seen_in_a_cell_of_a_usual_width(page):
    inputs = [ImageModel(), ImageModel()]
    for number, model in enumerate(inputs):
        model.meta.filename = f"jw01234001001_02101_0000{number}_nrca1_cal.fits"
        model.meta.instrument.filter_wheel_tolerance = "outside calibration tolerance"
        model.meta.observation.date_end = "2022-07-17T19:35:25.316"
    html = blendmodels(ImageModel(), inputs)._repr_html_()
    tab = page(f'<div style="width:880px;font:16px DejaVu Sans">{html}</div>')
    assert "_nrca1_cal.fits" in tab.locator(".model-blender").inner_text().replace("\n", "")
    hidden = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).length"
    assert tab.eval_on_selector_all(".model-blender div", hidden) == 0


def test_what_is_long_is_folded_and_opens(outputs, page):
    tab = page(outputs[1]["data"]["text/html"])
    assert tab.get_by_role("cell", name="304.5").first.is_visible()
    row = tab.get_by_role("row", name=re.compile(r"^TARGCAT meta\.target\.catalog_name"))
    if not row.count():
        row = tab.locator("tr", has_text="meta.target.catalog_name")
    assert not row.is_visible()
    tab.get_by_text("without a rule, of which inputs do not differ").click()
    assert row.is_visible()
    assert "<script>document.title" in row.inner_text()


def test_the_report_is_there_whole(outputs, page):
    tab = page(outputs[REPORT]["data"]["text/html"])
    frame = tab.frame_locator("iframe")
    assert frame.get_by_text("304.5").first.is_visible()
    assert tab.locator("iframe").bounding_box()["width"] > 0.9 * (SIZE["width"] - 32)
    assert tab.title() != "taken over"
    assert tab.complaints == []
