"""Of many inputs, the wanted values are kept and nothing else."""

import gc
import itertools
import tracemalloc

import pytest
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import ModelBlender, blendmodels
from blender_core.inputs.opener import Opener

# An ImageModel has some 440 wanted attributes: a pointer of 8 bytes to each value is 3.5 KB. With
# the values, 5.1 KB have been measured.
MOST_BYTES = 7_000


@pytest.fixture
def models(many_files):
    """Return a function that gives models, one after the other, of which nobody keeps any."""
    with datamodels.open(many_files(1)[0]) as model:
        yield lambda number: (model.copy() for _ in range(number))


def growth(inputs, number):
    """Return by how many bytes memory grows with each input, once some have been accumulated."""
    blender = ModelBlender()
    sizes = []
    tracemalloc.start()
    try:
        # The first inputs bring with them what is learnt once.
        for several in (50, number):
            for one in itertools.islice(inputs, several):
                blender.accumulate(one)
            del one
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return (sizes[1] - sizes[0]) / number


@pytest.mark.exhaustive
def test_memory_of_an_input_is_bounded(many_files, models):
    assert growth(iter(many_files(350)), 300) < MOST_BYTES
    assert growth(models(100), 50) < MOST_BYTES


def test_the_measurement_can_fail(many_files, monkeypatch):
    kept = []
    rows_of = Opener.rows

    def keep(self, *args):
        kept.append(bytearray(2 * 2880))  # as much as a header of two blocks
        return rows_of(self, *args)

    monkeypatch.setattr(Opener, "rows", keep)
    assert growth(iter(many_files(70)), 20) > MOST_BYTES


def test_many_files_are_read_as_what_they_are(many_files):
    """The files of these tests are what datamodels would have saved."""
    paths = many_files(30)
    result = blendmodels(ImageModel(), paths)
    with datamodels.open(paths[29]) as model:
        assert model.meta.exposure.start_time == result.inputs["meta.exposure.start_time"][29]
        assert 50029 < model.meta.exposure.start_time < 50030
        assert "extra_fits" not in model.instance  # what it has where the checksum is wrong
    assert result.values["meta.exposure.start_time"] == min(
        result.inputs["meta.exposure.start_time"]
    )
    assert len(set(result.inputs["meta.filename"])) == 30
