"""Thousands of blends in one process: no memory and no open file that is not given back."""

import gc
import os
from pathlib import Path

import pytest
from blends_elsewhere import told
from stdatamodels.jwst import datamodels

from blender_core import BlenderError, ModelBlender, ProductFile, amend, blendmodels

N_BLENDS = int(os.environ.get("MANY_BLENDS", "44"))
"""How many blends are made in a row, of all kinds together."""
N_FIRST = 20
"""How many of each kind come before, to fill what is kept for good."""
FEW = 100
"""How many objects more are no growth: what the process's other threads and the collector have."""
MUCH = 8 << 20
"""How many bytes of memory more are growth, once there have been thousands of blends."""


@pytest.fixture
def kinds(plain_files, tmp_path):
    """Blends of each kind, those that fail among them."""
    product, broken = tmp_path / "product.fits", tmp_path / "broken.fits"
    product.write_bytes(plain_files[0].read_bytes())
    broken.write_bytes(plain_files[0].read_bytes()[:3000])
    of_asdf = tmp_path / "exposure.asdf"
    with datamodels.open(plain_files[0]) as model:
        model.save(of_asdf)
    model = datamodels.ImageModel()
    lasting = ModelBlender()
    lasting.accumulate_all(plain_files)
    output = tmp_path / "output.fits"
    blended = tmp_path / "blended.fits"
    blendmodels(product, plain_files, output=blended)

    def of_files():
        return told(blendmodels(None, plain_files))

    def of_models():
        return values_of(blendmodels(datamodels.ImageModel(), [model, model]))

    def of_asdf_files():
        return values_of(blendmodels(None, [of_asdf, of_asdf]))

    def into_a_file():
        blendmodels(product, plain_files, output=output, overwrite=True)
        return output.stat().st_size

    def amended():
        return str(amend(blended, overrides={"EFFEXPTM": "max"}, output=output, overwrite=True))

    def read_again():
        return told(ProductFile(blended))

    def once_more():
        # Its cache of files alike lasts as long as it does.
        return values_of(lasting.finalize_model(datamodels.ImageModel()))

    def of_a_file_too_few():
        return failing(lambda: blendmodels(product, [*plain_files, broken]))

    def of_a_bad_rule():
        return failing(lambda: blendmodels(None, plain_files, overrides={"EFFEXPTM": "none"}))

    def into_a_folder_that_is_not_there():
        target = tmp_path / "none" / "output.fits"
        return failing(lambda: blendmodels(product, plain_files, output=target))

    def leaving_out():
        return values_of(blendmodels(None, [*plain_files, broken], on_bad_input="skip"))

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


@pytest.mark.exhaustive
def test_nothing_is_kept(kinds):
    expected = [[blend() for blend in kinds] for _ in range(max(1, N_FIRST // len(kinds)))][-1]
    before = open_files(), n_objects(), memory()
    for number in range(N_BLENDS):
        kind = number % len(kinds)
        assert kinds[kind]() == expected[kind]
    assert open_files() == before[0]
    assert n_objects() - before[1] < FEW
    if N_BLENDS >= 1000:
        assert memory() - before[2] < MUCH
