"""Blending very many files: the time must grow with their number, and no faster.

All files are different (see `many_files` in tests/conftest.py), so that nothing that is kept for
values seen before helps more than it would in earnest.
"""

import gc
import tracemalloc

import pytest
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import ModelBlender


def end_to_end(blender_name, blender, paths):
    for path in paths:
        if blender_name == "jwst":
            with open_model(path) as model:
                blender.accumulate(model)
        else:
            blender.accumulate(path)
    blender.finalize_model(ImageModel())


@pytest.mark.parametrize("number", [1_000, 10_000], ids=lambda number: f"{number:,}")
def test_end_to_end(benchmark, number, blender_name, blender_class, many_files, record):
    if blender_name == "jwst" and number > 1_000:
        pytest.skip("it would take minutes")
    paths = many_files(number)
    benchmark.pedantic(
        end_to_end,
        setup=lambda: ((blender_name, blender_class(), paths), {}),
        rounds=1 if blender_name == "jwst" else 3,
        warmup_rounds=0 if blender_name == "jwst" else 1,
    )
    each = benchmark.stats["min"] / number
    record(f"{number:,} different files, each", blender_name, each * 1e3, "ms")


def test_memory(many_files, record):
    """Memory that stays until the end, and what finalizing needs besides, of 10,000 files."""
    paths = many_files(10_000)
    blender = ModelBlender()
    blender.accumulate(paths[0])
    gc.collect()
    tracemalloc.start()
    for path in paths:
        blender.accumulate(path)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    blender.finalize_model(ImageModel())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kib = 1024 * len(paths)
    record("memory of one of 10,000 files", "model-blender", size / kib, "KiB")
    record("its part in what finalizing needs besides", "model-blender", (peak - size) / kib, "KiB")
