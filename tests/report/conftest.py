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
SIZE = {"width": 1280, "height": 900}
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


class Tab:
    """A page of a context of its own, and what was heard of it."""

    def __init__(self, browser, viewport=SIZE, **settings):
        self.context = browser.new_context(viewport=viewport, **settings)
        self.page = page = self.context.new_page()
        self.complaints, self.requests = [], []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: self.requests.append(request.url))

    def clear(self):
        """Make it as good as a new one, which takes many times as long to make."""
        self.page.goto("about:blank")
        self.page.emulate_media(media="null")
        self.page.mouse.move(0, 0)
        self.complaints.clear()
        self.requests.clear()


@pytest.fixture(scope="session")
def usual_tab(browser):
    """A tab for all tests that do not ask for a setting."""
    return Tab(browser)


@pytest.fixture
def open_page(browser, usual_tab):
    """Return a function that opens a file, and fails the test if the page complains or asks for anything."""
    tabs = []

    def make(path, viewport=SIZE, **settings):
        if settings or usual_tab in tabs:
            tab = Tab(browser, viewport=viewport, **settings)
        else:
            tab = usual_tab
            tab.page.set_viewport_size(viewport)
        tabs.append(tab)
        tab.page.goto(path.as_uri())
        if settings.get("java_script_enabled", True):
            tab.page.evaluate(DRAWN)
        return tab.page

    yield make
    complaints = [one for tab in tabs for one in tab.complaints]
    requests = [one for tab in tabs for one in tab.requests]
    for tab in tabs:
        if tab is usual_tab:
            tab.clear()
        else:
            tab.context.close()
    assert complaints == []
    assert [one for one in requests if not one.startswith("file:")] == []
    assert len(requests) == len(tabs)


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
