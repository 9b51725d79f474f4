"""Colours stand out from their ground, and from each other, also for those who see fewer of them."""

import itertools
import re

import numpy as np
import pytest

# Machado, Oliveira and Fernandes (2009), of linear RGB; severity 1.
SIGHT = {
    "all": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                 [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = XYZ.sum(axis=1)
HUES = [f"hue{i}" for i in range(7)]

READ = """names => { const one = document.createElement('i'); document.body.append(one);
    const found = names.map(name => {
        one.style.color = `var(--${name})`; return getComputedStyle(one).color; });
    one.remove(); return found; }"""


@pytest.fixture(scope="module", params=["light", "dark"])
def linear(request, browser, make_report):
    """Return a function that gives colours of the page as linear RGB."""
    path = make_report([{"meta.exposure.nframes": 1}])
    with browser.new_page(color_scheme=request.param) as page:
        page.goto(path.as_uri())

        def read(*names):
            colours = [re.findall(r"\d+", one)[:3] for one in page.evaluate(READ, names)]
            parts = np.array(colours, float) / 255
            return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)

        yield read


def contrast(colours):
    """As WCAG 2 defines it."""
    low, high = sorted(colours @ XYZ[1])
    return (high + 0.05) / (low + 0.05)


def lab(colours):
    """As CIE 1976 defines it."""
    share = np.clip(colours, 0, 1) @ XYZ.T / WHITE
    root = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = root.T
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)]).T


def test_known_colours():
    black, white, red = np.array([[0, 0, 0], [1, 1, 1], [1, 0, 0]])
    assert contrast(np.array([black, white])) == pytest.approx(21)
    assert lab(np.array([white, red])) == pytest.approx(
        np.array([[100, 0, 0], [53.24, 80.09, 67.20]]), abs=0.05
    )


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "ground"), ("ink", "raised"), ("soft", "sheet"), ("soft", "raised"),
        ("soft", "accent-ground"), ("accent", "accent-ground"), ("accent", "sheet"),
        ("warn", "warn-ground"), ("warn", "sheet"), ("later", "later-ground"), ("later", "sheet"),
        ("bad", "bad-ground"), ("hue1", "sheet"),
    ],
)  # fmt: skip
def test_texts_can_be_read(linear, ink, ground):
    assert contrast(linear(ink, ground)) >= 4.5


@pytest.mark.parametrize("hue", HUES)
def test_marks_can_be_seen(linear, hue):
    assert contrast(linear(hue, "sheet")) >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_filters_are_told_apart(linear, sight):
    seen = lab(linear(*HUES) @ np.array(SIGHT[sight]).T)
    apart = {
        (one, other): np.linalg.norm(seen[one] - seen[other])
        for one, other in itertools.combinations(range(len(HUES)), 2)
    }
    # A difference of 2.3 can just be noticed.
    assert min(apart.values()) >= 15, apart
