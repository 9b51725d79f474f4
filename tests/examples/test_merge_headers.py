"""The modes of Rubin's merge_headers: what the page says of them, and the same from Rubin's own."""

import csv
import json
import random
import sys
from pathlib import Path

import pytest
from astropy.io import fits
from thoroughness import WITH_PEERS

from blender_core import blendmodels

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "merge_headers"
MODES = ("overwrite", "first", "drop", "diff", "append")
with (ROOT / "docs" / "howto" / "merge_headers.csv").open(newline="") as table:
    ROWS = list(csv.DictReader(table))


@pytest.fixture(autouse=True)
def _installed(install_examples):
    install_examples("merge_headers")
    yield
    for name in [one for one in sys.modules if one.startswith("merge_headers")]:
        del sys.modules[name]


def value_of(cell):
    if "," in cell:
        return [value_of(one) for one in cell.split(", ")]
    try:
        return float(cell)
    except ValueError:
        return None if cell in ("", "none") else cell


def merged(headers, mode):
    """Blend headers by the rules file of a mode: keyword → value."""
    result = blendmodels(None, headers, rules=EXAMPLE / f"{mode}.toml")
    return {result.outcomes[path].keyword: value for path, value in result.values.items()}


@pytest.mark.parametrize("mode", MODES)
def test_the_table_of_the_page(mode):
    headers = [
        {row["Keyword"]: value_of(row[place]) for row in ROWS if row[place]}
        for place in ("First header", "Second", "Third")
    ]
    assert merged(headers, mode) == {
        row["Keyword"]: value_of(row[mode]) for row in ROWS if row[mode]
    }


def test_headers_of_astropy():
    headers = [fits.Header({"FILTER": "r", "GAIN": 1.5}), fits.Header({"FILTER": "i", "GAIN": 1.5})]
    for header in headers:
        header["SEEING"] = fits.card.UNDEFINED
        header["HISTORY"] = "flat field divided"
        header["COMMENT"] = "clouds"
    assert merged(headers, "first") == {"FILTER": "r", "GAIN": 1.5}


@pytest.mark.parametrize("mode", MODES)
def test_one_header_alone(mode):
    header = {"OBJECT": "M 31", "GAIN": 1.5, "NAXIS": 2, "SIMPLE": True}
    assert merged([header], mode) == header


RUBIN = """
import json, pathlib, sys
from astro_metadata_translator import merge_headers
cases = json.loads(pathlib.Path(sys.argv[1]).read_text())
print(json.dumps([merge_headers(headers, **settings) for headers, settings in cases]))
"""
SORTED = {"mode": "drop", "sort": True, "first": ["DATE-BEG"], "last": ["DATE-END"]}
POOL = {
    "OBJECT": ("M 31", "M 33"),
    "FILTER": ("r", "i", "z"),
    "AIRMASS": (1.25, 1.5, 2.0),
    "NCOMBINE": (1, 2),
    "CLOUDS": (True, False),
    "CREATOR": ("camera",),
}


def draw(numbers):
    """Return headers that have some keywords and lack others, each taken at another time."""
    headers = []
    for hour in numbers.sample(range(10, 24), numbers.randint(1, 5)):
        keywords = [one for one in POOL if numbers.random() < 0.7]
        header = {keyword: numbers.choice(POOL[keyword]) for keyword in keywords}
        header["DATE-BEG"] = f"2026-03-01T{hour}:00:00"
        header["DATE-END"] = f"2026-03-01T{hour}:00:15"
        headers.append(header)
    return headers


@pytest.fixture
def rubin(peer_environment):
    """An environment with Rubin's library, which is nobody's business elsewhere."""
    return peer_environment("rubin", ["astro-metadata-translator>=30"])


@WITH_PEERS[0]
@WITH_PEERS[1]
def test_the_same_from_rubins_own(rubin, tmp_path):
    numbers = random.Random(20260301)  # noqa: S311
    cases = [(draw(numbers), {"mode": mode}) for mode in MODES for _ in range(40)]
    cases += [(draw(numbers), SORTED) for _ in range(40)]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(cases))
    theirs = json.loads(rubin.run(RUBIN, tmp_path, str(path)))
    for (headers, settings), expected in zip(cases, theirs, strict=True):
        expected.pop("__DIFF__", None)
        name = "sorted_drop" if settings is SORTED else settings["mode"]
        assert merged(headers, name) == expected, (name, headers)
