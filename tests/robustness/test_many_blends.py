"""Thousands of blends in one process: no memory and no open file that is not given back.

Long ones tell how far they are, and what the process has by then: ``MANY_BLENDS=10000 pytest -s``.
"""

import gc
import os
from pathlib import Path

import pytest
from blends_elsewhere import told
from stdatamodels.jwst import datamodels

from blender_core import BlenderError, ModelBlender, ProductFile, amend, blendmodels

N_BLENDS = int(os.environ.get("MANY_BLENDS", "44"))
"""How many blends are made in a row, of all kinds together."""
STRETCH = 1000
"""After how many it is looked at what the process has."""
N_FIRST = 20 if N_BLENDS < STRETCH else STRETCH
"""How many come before, to fill what is kept for good, such as caches up to their bounds."""
FEW = 100
"""How many objects more are no growth: what the process's other threads and the collector have."""
MUCH = 8 << 20
"""How many bytes of memory more are growth, once there have been thousands of blends."""


@pytest.fixture
def small_files(tmp_path):
    """Files with few keywords, for what a blend keeps does not depend on what it blends."""
    paths = [tmp_path / f"{number}_cal.fits" for number in (1, 2)]
    for number, path in enumerate(paths, start=1):
        model = datamodels.ImageModel()
        model.meta.instrument.detector = f"NRCA{number}"
        model.meta.exposure.exposure_time = 100.0 + number
        model.meta.exposure.start_time = 59000.5 + number
        model.save(path)
    return paths


@pytest.fixture
def kinds(small_files, tmp_path):
    """Blends of each kind, those that fail among them."""
    product, broken = tmp_path / "product.fits", tmp_path / "broken.fits"
    product.write_bytes(small_files[0].read_bytes())
    broken.write_bytes(small_files[0].read_bytes()[:3000])
    of_asdf = tmp_path / "exposure.asdf"
    with datamodels.open(small_files[0]) as model:
        model.save(of_asdf)
    model = datamodels.ImageModel()
    lasting = ModelBlender()
    lasting.accumulate_all(small_files)
    output = tmp_path / "output.fits"
    blended = tmp_path / "blended.fits"
    blendmodels(product, small_files, output=blended)

    def of_files():
        return told(blendmodels(None, small_files))

    def of_models():
        return values_of(blendmodels(datamodels.ImageModel(), [model, model]))

    def of_asdf_files():
        return values_of(blendmodels(None, [of_asdf, of_asdf]))

    def into_a_file():
        blendmodels(product, small_files, output=output, overwrite=True)
        return output.stat().st_size

    def amended():
        return str(amend(blended, overrides={"EFFEXPTM": "max"}, output=output, overwrite=True))

    def read_again():
        return told(ProductFile(blended))

    def once_more():
        # Its cache of files alike lasts as long as it does.
        return values_of(lasting.finalize_model(datamodels.ImageModel()))

    def of_a_file_too_few():
        return failing(lambda: blendmodels(product, [*small_files, broken]))

    def of_a_bad_rule():
        return failing(lambda: blendmodels(None, small_files, overrides={"EFFEXPTM": "none"}))

    def into_a_folder_that_is_not_there():
        target = tmp_path / "none" / "output.fits"
        return failing(lambda: blendmodels(product, small_files, output=target))

    def leaving_out():
        return values_of(blendmodels(None, [*small_files, broken], on_bad_input="skip"))

    return [
        of_files,
        of_models,
        of_asdf_files,
        into_a_file,
        amended,
        read_again,
        once_more,
        of_a_file_too_few,
        of_a_bad_rule,
        into_a_folder_that_is_not_there,
        leaving_out,
    ]


def values_of(result):
    return repr(result.values)


def failing(job):
    with pytest.raises(BlenderError) as caught:
        job()
    return str(caught.value)


def open_files():
    folder = Path("/proc/self/fd")
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def n_objects():
    for _ in range(3):
        gc.collect()
    return len(gc.get_objects())


def memory():
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


def require_no_growth(before, number):
    """Hold what the process has after so many blends against what it had before them."""
    files, objects, size = open_files(), n_objects(), memory()
    more = objects - before[1], size - before[2]
    told = f"{number} blends: {len(files)} files, {more[0]:+} objects, {more[1] >> 10:+} KiB"
    print(told)  # noqa: T201  # with -s
    assert files == before[0]
    assert more[0] < FEW
    if number >= STRETCH:
        assert more[1] < MUCH


@pytest.mark.exhaustive
def test_nothing_is_kept(kinds):
    expected = [[blend() for blend in kinds] for _ in range(max(1, N_FIRST // len(kinds)))][-1]
    before = open_files(), n_objects(), memory()
    for number in range(N_BLENDS):
        kind = number % len(kinds)
        assert kinds[kind]() == expected[kind]
        if number and not number % STRETCH:
            require_no_growth(before, number)
    require_no_growth(before, N_BLENDS)
