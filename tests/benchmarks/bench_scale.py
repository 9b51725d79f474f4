"""Blending as many inputs as a survey has: time has to grow with them, and memory hardly.

What is measured is the blender, so the inputs cost next to nothing: a plugin's source gives rows of
496 attributes, of which 23 differ from input to input. Each blend is a process of its own, and its
product a FITS file with HDRTAB. 1,000,000 inputs, which take minutes, are blended where
``SCALE_INPUTS`` says so: ``SCALE_INPUTS=1000000``.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

NUMBERS = [10_000, 100_000]
N_ATTRIBUTES, N_VARYING = 496, 23
KINDS = ("number", "string", "integer", "boolean")
RULES = {"number": "mean", "string": "multi", "integer": "max", "boolean": "first"}


def schema():
    """Return a schema with as many recorded attributes as an exposure has, of all types."""
    properties = {}
    for i in range(N_ATTRIBUTES):
        kind = "number" if i < 15 else "string" if i < N_VARYING else KINDS[i % len(KINDS)]
        properties[f"a{i:03}"] = {
            "type": kind,
            "fits_keyword": f"KEY{i:03}",
            "blend_table": True,
            "blend_rule": RULES[kind],
        }
    return {"properties": {"meta": {"properties": properties}}}


def row(number):
    """Return what an input has: numbers and texts of its own, and much that all have."""
    return [
        *(number + i / 4 for i in range(15)),
        f"jw{number:011}_nrca1_cal.fits",
        *(f"{'ABCDEFGH'[(number >> i) % 8]}" for i in range(N_VARYING - 16)),
    ]


def blend(number, folder):
    """Blend so many inputs, and print what it took."""
    from astropy.io import fits

    from blender_core import FitsProduct, Plugins, Provider, Source, blendmodels, hookimpl

    given_schema = schema()
    same = {"number": 1.5, "string": "NIRCAM", "integer": 7, "boolean": True}
    kinds = [each["type"] for each in given_schema["properties"]["meta"]["properties"].values()]
    constants = [None if i % 3 else same[kind] for i, kind in enumerate(kinds)][N_VARYING:]

    class Row(Source):
        model_type = "survey"
        schema = given_schema

        def __init__(self, number, what):
            self.number, self.what = number, what

        def read(self, layout):
            # All of them, or none of those that only the first input is asked for.
            return row(self.number) + constants if layout.paths else []

    class Combined(FitsProduct):
        model_type = "survey"
        schema = given_schema

    class Survey:
        @hookimpl
        def blender_open(self, given, what):
            return Row(given, what) if isinstance(given, int) else None

        @hookimpl
        def blender_product(self, given, what):
            return Combined(given, what) if isinstance(given, Path) else None

    plugins = Plugins.discover()
    plugins.register(Survey(), Provider("survey", "1.0", "survey"))
    product, output = folder / "product.fits", folder / "output.fits"
    fits.PrimaryHDU().writeto(product)
    blendmodels(product, range(10), plugins=plugins, output=output)
    start, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    marks = []
    result = blendmodels(
        product,
        range(number),
        plugins=plugins,
        output=output,
        overwrite=True,
        progress=lambda done, _: done == number and marks.append(time.process_time()),
    )
    end = time.process_time()
    n_outcomes = len(result.outcomes)
    told = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with fits.open(output) as hdulist:
        table = hdulist["HDRTAB"].data
        assert len(table) == number
        assert table["KEY001"][-1] == number - 1 + 0.25
    assert n_outcomes == N_ATTRIBUTES
    figures = {
        "accumulate": marks[0] - begin,
        "finalize": end - marks[0] + told - end,
        "peak": (peak - start) / 1024,
    }
    sys.stdout.write(json.dumps(figures))


def numbers():
    return [*NUMBERS, *map(int, os.environ.get("SCALE_INPUTS", "").split())]


@pytest.mark.parametrize("number", numbers(), ids=lambda number: f"{number:,}")
def test_whole_blend(number, tmp_path, record):
    command = [sys.executable, __file__, str(number), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(ended.stdout)
    what = f"{number:,} alike inputs, "
    record(f"{what}accumulate, CPU", "model-blender", figures["accumulate"], "s")
    record(f"{what}finalize and write, CPU", "model-blender", figures["finalize"], "s")
    record(f"{what}peak above start", "model-blender", figures["peak"], "MiB")


if __name__ == "__main__":
    blend(int(sys.argv[1]), Path(sys.argv[2]))
