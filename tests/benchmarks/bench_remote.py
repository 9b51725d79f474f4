"""Exposures by URL: what is fetched of each, and how long 100 take where each answer takes 50 ms.

Beside it stand `datamodels.open` of files that were downloaded, and astropy's `fits.open` by URL.
REMOTE_FIGURES names a CSV file that is written.
"""

import csv
import os
import time
from pathlib import Path

import pytest
from astropy.io import fits
from exposures_with_arrays import write_with_arrays
from stdatamodels.jwst.datamodels import open as open_model
from web_server import WebServer

from blender_core import Remote, blendmodels
from blender_core.demo.exposures import write_exposures

DELAY = 0.05
N_FILES = 100
N_OTHERS = 5
"""How many exposures the others are measured with, which take long."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of 100 exposures, all but three of which are links to others."""
    folder = tmp_path_factory.mktemp("large")
    sources = write_exposures(tmp_path_factory.mktemp("small"))[:3]
    large = write_with_arrays(sources, folder / "files", size=2048)
    served = folder / "served"
    served.mkdir()
    for i in range(N_FILES):
        (served / f"{i:03}_cal.fits").symlink_to(large[i % len(large)])
    return served


def rest_of(requests):
    return len(requests), sum(each.sent for each in requests)


def test_what_is_fetched_and_how_long_it_takes(folder, tmp_path):
    lines = []
    with WebServer(folder, delay=DELAY) as server:
        urls = [server.url(path.name) for path in sorted(folder.iterdir())]
        blendmodels(None, urls[:3])  # what is imported is no matter of the network

        def measured(name, work, number):
            server.requests.clear()
            begin = time.perf_counter()
            work()
            seconds = (time.perf_counter() - begin) * N_FILES / number
            counts = [rest_of(server.of(f"{i:03}_cal")) for i in range(number)]
            (n_first, b_first), (n_last, b_last) = counts[0], counts[-1]
            lines.append([name, n_first, b_first // 1000, n_last, b_last // 1000, f"{seconds:.1f}"])
            return counts

        counts = measured("Model Blender", lambda: blendmodels(None, urls), N_FILES)
        assert counts[0][0] <= 5
        assert counts[0][1] < 300_000
        assert all(number == 2 for number, _ in counts[1:])
        every = Remote(every_header=True)
        measured(
            "the same, with every header", lambda: blendmodels(None, urls, remote=every), N_FILES
        )
        one = Remote(concurrent=1)
        measured("the same, one at a time", lambda: blendmodels(None, urls[:10], remote=one), 10)

        def by_astropy():
            for url in urls[:N_OTHERS]:
                with fits.open(url, use_fsspec=True) as hdulist:
                    assert [hdu.header for hdu in hdulist]

        measured("astropy's fits.open by URL, headers alone", by_astropy, N_OTHERS)

        def downloaded():
            import fsspec

            for i, url in enumerate(urls[:N_OTHERS]):
                path = tmp_path / f"{i}.fits"
                fsspec.filesystem("http").get_file(url, str(path))
                with open_model(path) as model:
                    assert model.meta.model_type
                path.unlink()

        measured("download and datamodels.open", downloaded, N_OTHERS)
    head = [
        "", "requests, first file", "kB", "requests, each other", "kB", "s for 100, 50 ms an answer",
    ]  # fmt: skip
    for line in [head, *lines]:
        print(*line, sep=" | ")  # noqa: T201
    if target := os.environ.get("REMOTE_FIGURES"):
        with Path(target).open("w", newline="") as file:
            csv.writer(file).writerows([head, *lines])
