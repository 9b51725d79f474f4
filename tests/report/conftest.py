"""A browser, and reports to open in it."""

import os
import shutil
import warnings

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import blendmodels
from blender_core.report import write_report

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without its services, which look for hosts that a test has no business with.
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Pictures are drawn when the page has found out how wide they can be: before the second frame.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"there is no browser to open reports in: none of {', '.join(NAMES)}")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=[*ARGUMENTS, *sandbox])
        yield started
        started.close()


@pytest.fixture
def open_page(browser):
    """Return a function that opens a file, and fails the test if the page complains or asks for anything."""
    contexts, complaints, requests = [], [], []

    def make(path, **settings):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        if settings.get("java_script_enabled", True):
            page.evaluate(DRAWN)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
    assert [one for one in requests if not one.startswith("file:")] == []
    assert len(requests) == len(contexts)


@pytest.fixture(scope="session")
def make_report(tmp_path_factory):
    """Return a function that blends datamodels of given values and writes the report."""

    def make(rows, *, notes=(), model_class=ImageModel, product=None, **settings):
        paths = dict.fromkeys(path for row in rows for path in row)

        def inputs():
            # A blend keeps no datamodels, and a new one takes long.
            model = model_class()
            for values in rows:
                for path in paths:
                    model[path] = values.get(path)
                yield model

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = blendmodels(product or model_class(), inputs(), **settings)
        path = tmp_path_factory.mktemp("report") / "report.html"
        return write_report(result, path, notes=notes)

    return make
