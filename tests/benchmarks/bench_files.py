"""Blending from files, side by side with jwst, which has to open each exposure."""

import gc
import hashlib
import tracemalloc

import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import ModelBlender
from blender_core.demo.exposures import write_exposures

ARRAYS = ("data", "err", "dq", "var_poisson", "var_rnoise", "var_flat")


@pytest.fixture(scope="session")
def small_files(tmp_path_factory):
    """Return the paths of 200 small exposures: 24 that differ, over and over."""
    paths = list(write_exposures(tmp_path_factory.mktemp("small")))
    return [paths[i % len(paths)] for i in range(200)]


@pytest.fixture(scope="session")
def large_files(tmp_path_factory, small_files):
    """Return the paths of 12 exposures of 2048 x 2048 pixels, 100 MB each."""
    folder = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(2048, 2048)).astype(np.float32)
    paths = []
    for small in small_files[:12]:
        with open_model(small) as model:
            large = ImageModel(noise)
            large.update(model)
            for name in ARRAYS[1:]:
                large[name] = noise.astype(np.uint32 if name == "dq" else np.float32)
            path = folder / small.name
            large.save(str(path))
        paths.append(path)
    assert paths[0].stat().st_size > 100e6
    return paths


@pytest.fixture(params=["12 of 2048 x 2048", "200 small"])
def paths(request):
    name = "large_files" if request.param.startswith("12") else "small_files"
    return request.param, request.getfixturevalue(name)


def accumulate_all(blender_name, blender, paths):
    for path in paths:
        if blender_name == "jwst":
            with open_model(path) as model:
                blender.accumulate(model)
        else:
            blender.accumulate(path)


def end_to_end(blender_name, blender_class, paths, product):
    blender = blender_class()
    accumulate_all(blender_name, blender, paths)
    blender.finalize_model(product)


def test_end_to_end(benchmark, blender_name, blender_class, paths, make_product, record):
    name, files = paths
    benchmark.pedantic(
        end_to_end,
        setup=lambda: ((blender_name, blender_class, files, make_product()), {}),
        rounds=3 if blender_name == "jwst" else 10,
        warmup_rounds=1,
    )
    record(f"{name} files, end to end", blender_name, benchmark.stats["min"] * 1e3, "ms")


def test_one_file_more(benchmark, blender_name, blender_class, large_files, record):
    # The first of a structure is read in full; what counts is each one more.
    first, *others = large_files
    blender = blender_class()
    accumulate_all(blender_name, blender, [first])
    benchmark.pedantic(
        accumulate_all,
        (blender_name, blender, others),
        rounds=3 if blender_name == "jwst" else 100,
        warmup_rounds=1,
    )
    each = benchmark.stats["min"] / len(others)
    record("one file of 2048 x 2048 more", blender_name, each * 1e3, "ms")


def read_bytes(path, offsets):
    with path.open("rb") as file:
        parts = []
        for start, size in offsets:
            file.seek(start)
            parts.append(file.read(size))
    return parts


def read_all_bytes(path, offsets):
    """Read what tells the values, and that nobody has touched them since they were saved."""
    *headers, _, _ = read_bytes(path, offsets)
    return hashlib.sha256(b"".join(headers)).digest()


def header_places(path, names=None):
    """Return where headers are, and how long."""
    with fits.open(path) as hdulist:
        infos = [hdulist[name].fileinfo() for name in names or range(len(hdulist))]
    return [(info["hdrLoc"], info["datLoc"] - info["hdrLoc"]) for info in infos]


def tree_place(path):
    """Return where the tree is, and how long."""
    with fits.open(path) as hdulist:
        return hdulist["ASDF"].fileinfo()["datLoc"], hdulist["ASDF"].header["NAXIS1"]


@pytest.mark.parametrize("how", ["bytes", "all bytes", "getheader", "accumulate"])
def test_reading(benchmark, how, large_files, record):
    path, times = large_files[1], 1
    if how == "bytes":
        places = header_places(path, ("PRIMARY", "SCI"))
        benchmark.pedantic(read_bytes, (path, places), rounds=500, warmup_rounds=10)
    elif how == "all bytes":
        places = [*header_places(path), tree_place(path)]
        benchmark.pedantic(read_all_bytes, (path, places), rounds=500, warmup_rounds=10)
    elif how == "getheader":

        def headers():
            for name in ("PRIMARY", "SCI"):
                # Reading a value is what makes astropy parse the header.
                fits.getheader(path, name).get("NAXIS")

        benchmark.pedantic(headers, rounds=50, warmup_rounds=5)
    else:
        blender, (first, *others) = ModelBlender(), large_files
        blender.accumulate(first)
        arguments = "model-blender", blender, others
        benchmark.pedantic(accumulate_all, arguments, rounds=100, warmup_rounds=1)
        times = len(others)
    names = {
        "bytes": "to compare: the bytes of two headers",
        "all bytes": "to compare: of all and the tree, with checksum",
        "getheader": "to compare: astropy's getheader of two",
        "accumulate": "all wanted values of a file",
    }
    record(names[how], "model-blender", benchmark.stats["min"] / times * 1e3, "ms")


def test_memory_of_a_file(small_files, record):
    number = 1000
    blender = ModelBlender()
    blender.accumulate(small_files[0])
    gc.collect()
    tracemalloc.start()
    for i in range(number):
        blender.accumulate(small_files[i % len(small_files)])
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    record("memory of an input from a file", "model-blender", size / number / 1024, "KiB")
