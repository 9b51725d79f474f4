"""Threads of one process that blend at the same time, each with a ModelBlender of its own."""

import collections
import contextlib
import io
import os
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from astropy.io import fits
from blends_elsewhere import blend
from stdatamodels.jwst import datamodels
from thoroughness import all_but_exhaustive

from blender_core import BlendWarning, amend, blendmodels

N_THREADS = 4
N_BLENDS = int(os.environ.get("THREADS_BLENDS", "1"))
"""How many blends each thread makes of each kind of file."""


@pytest.fixture
def in_threads():
    """Return a function that does the same in several threads, which give way to each other often."""

    def run(job, number=N_THREADS):
        ready = threading.Barrier(number)

        def begin(i):
            ready.wait()
            return job(i)

        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            with ThreadPoolExecutor(number) as pool:
                return list(pool.map(begin, range(number)))
        finally:
            sys.setswitchinterval(interval)

    return run


def of_process():
    """Return how the process treats warnings."""
    functions = ("showwarning", "_showwarnmsg", "_showwarnmsg_impl")
    stand_ins = ("warn", "warn_explicit", "catch_warnings", "filterwarnings", "simplefilter")
    return list(warnings.filters), [getattr(warnings, name) for name in functions + stand_ins]


@pytest.mark.filterwarnings("ignore:.*VISITYPE.*:blender_core.BlendWarning")
@pytest.mark.filterwarnings("ignore:.*no value of the FITS standard.*:blender_core.BlendWarning")
def test_all_come_to_the_same(files_of_kind, in_threads):
    expected = blend(files_of_kind)
    before = of_process()
    results = in_threads(lambda _: [blend(files_of_kind) for _ in range(N_BLENDS)])
    assert results == [[expected] * N_BLENDS] * N_THREADS
    assert of_process() == before


@pytest.mark.parametrize("ending", all_but_exhaustive(["fits", "asdf"], ["fits"]))
def test_products(plain_files, in_threads, tmp_path, ending):
    result = blendmodels(None, plain_files)
    total = result.values["meta.exposure.exposure_time"]
    greatest = max(result.inputs["meta.exposure.exposure_time"])
    product = tmp_path / f"product.{ending}"
    with datamodels.open(plain_files[0]) as model:
        model.save(product)
    before = of_process()

    def job(i):
        output = tmp_path / f"{i}.{ending}"
        blendmodels(product, plain_files, output=output)
        amend(output, overrides={"EFFEXPTM": "max"}, output=output)
        in_memory = tmp_path / f"{i}_memory.{ending}"
        blendmodels(datamodels.ImageModel(), plain_files, output=in_memory)
        return output, in_memory

    outputs = in_threads(job, 2)
    assert of_process() == before
    for of_file, of_memory in outputs:
        with datamodels.open(of_file) as model:
            assert model.meta.exposure.exposure_time == greatest
        with datamodels.open(of_memory) as model:
            assert model.meta.exposure.exposure_time == total


class SlowFile(io.BytesIO):
    """A file of which no more is read than its first so many bytes until somebody says so."""

    def __init__(self, raw, end):
        super().__init__(raw)
        self.end = end
        self.is_waited_for = threading.Event()
        self.may_go_on = threading.Event()

    def read(self, *args):
        if self.tell() >= self.end:
            self.is_waited_for.set()
            assert self.may_go_on.wait(60)
        return super().read(*args)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_none_waits_for_what_another_reads(plain_files):
    with fits.open(plain_files[0]) as hdulist:
        tree = hdulist["ASDF"].fileinfo()["datLoc"]
    slow = SlowFile(plain_files[0].read_bytes(), sys.maxsize)
    expected = blend(plain_files)
    results = []
    with fits.open(slow) as hdulist:
        len(hdulist)
        slow.end = tree
        thread = threading.Thread(target=lambda: results.append(blendmodels(None, [hdulist])))
        thread.start()
        assert slow.is_waited_for.wait(60)
        try:
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(blend, plain_files).result(timeout=60) == expected
            child = os.fork()
            if not child:
                os._exit(0 if blend(plain_files) == expected else 3)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            assert not results
        finally:
            slow.may_go_on.set()
            thread.join()
    assert len(results) == 1


class TestWarnings:
    @pytest.fixture
    def bad_files(self, plain_files, tmp_path):
        """Files of which each has a value that the schema forbids."""
        paths = []
        for i, plain in enumerate(plain_files):
            path = tmp_path / f"bad_{i}.fits"
            path.write_bytes(plain.read_bytes())
            fits.setval(path, "VISITYPE", value=f"NONE_{i}")
            paths.append(path)
        return paths

    def test_each_is_told_once(self, bad_files, in_threads):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            in_threads(lambda _: [blend(bad_files) for _ in range(N_BLENDS)])
        told = collections.Counter(
            each.message.problem.partition(",")[0]
            for each in caught
            if isinstance(each.message, BlendWarning)
        )
        assert told == {
            f"meta.visit.type (VISITYPE) = 'NONE_{i}' in HDU PRIMARY": N_THREADS * N_BLENDS
            for i in range(len(bad_files))
        }

    def test_a_thread_that_changes_them_meanwhile(self, bad_files, in_threads):
        before = of_process()

        def job(i):
            if i:
                with contextlib.suppress(BlendWarning):  # an error here, as for all tests
                    blend(bad_files)
                return None
            caught = []
            for number in range(200):
                with warnings.catch_warnings(record=True) as of_mine:
                    warnings.simplefilter("always")
                    warnings.warn(f"mine {number}", UserWarning, stacklevel=1)
                caught += [str(each.message) for each in of_mine]
            return [text for text in caught if text.startswith("mine")]

        assert in_threads(job)[0] == [f"mine {number}" for number in range(200)]
        assert of_process() == before
