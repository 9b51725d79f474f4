"""Blending in memory, side by side with jwst: time, memory for each input, and import."""

import gc
import subprocess
import sys
import tracemalloc

import pytest

ROUNDS = {12: 30, 600: 7}


def end_to_end(blender_class, inputs, product):
    blender = blender_class()
    for model in inputs:
        blender.accumulate(model)
    blender.finalize_model(product)


def test_end_to_end(benchmark, blender_name, blender_class, inputs, make_product, record):
    benchmark.pedantic(
        end_to_end,
        setup=lambda: ((blender_class, inputs, make_product()), {}),
        rounds=ROUNDS[len(inputs)],
        warmup_rounds=2,
    )
    record(f"{len(inputs)} models, end to end", blender_name, benchmark.stats["min"] * 1e3, "ms")


def test_accumulate(benchmark, blender_name, blender_class, inputs, record):
    def accumulate(blender):
        for model in inputs:
            blender.accumulate(model)

    benchmark.pedantic(
        accumulate,
        setup=lambda: ((blender_class(),), {}),
        rounds=ROUNDS[len(inputs)],
        warmup_rounds=2,
    )
    record(f"{len(inputs)} models, accumulate", blender_name, benchmark.stats["min"] * 1e3, "ms")


def test_one_input_more(benchmark, blender_name, blender_class, exposures, record):
    blender = blender_class()
    blender.accumulate(exposures[0])
    benchmark.pedantic(blender.accumulate, (exposures[1],), rounds=500, warmup_rounds=10)
    record("one input more", blender_name, benchmark.stats["min"] * 1e3, "ms")


def test_finalize(benchmark, blender_name, blender_class, inputs, make_product, record):
    blender = blender_class()
    for model in inputs:
        blender.accumulate(model)
    benchmark.pedantic(
        blender.finalize_model,
        setup=lambda: ((make_product(),), {}),
        rounds=ROUNDS[len(inputs)],
        warmup_rounds=2,
    )
    record(f"{len(inputs)} models, finalize", blender_name, benchmark.stats["min"] * 1e3, "ms")


def test_memory_of_an_input(blender_name, blender_class, exposures, record):
    # The inputs do not live on, so that their values count as the blender's own.
    number = 200
    blender = blender_class()
    blender.accumulate(exposures[0].copy())
    gc.collect()
    tracemalloc.start()
    for i in range(number):
        blender.accumulate(exposures[i % len(exposures)].copy())
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    record("memory of an input", blender_name, size / number / 1024, "KiB")


@pytest.mark.parametrize(
    ("blender_name", "module"),
    [("jwst", "jwst.model_blender"), ("model-blender", "blender_core")],
    ids=["jwst", "model-blender"],
)
def test_import(blender_name, module, record):
    code = (
        "import time, numpy, pluggy; start = time.perf_counter(); "
        f"import {module}; print(time.perf_counter() - start)"
    )
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(7)
    ]
    record("import, beyond numpy and pluggy", blender_name, min(times) * 1e3, "ms")
