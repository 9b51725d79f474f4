"""Processes that fork, or are killed, while one of their threads blends."""

import gzip
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import pytest
from blends_elsewhere import blend
from stdatamodels.jwst import datamodels

from blender_core import BlenderError, Override, blendmodels
from blender_core.common.forks import unforked

pytestmark = [
    # Python 3.12 warns of every fork of a process with threads, which is what this is about.
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here"),
]

N_FORKS = int(os.environ.get("FORKS", "2"))
"""How many children are forked of each kind of file."""
PATIENCE = 120
"""After how many seconds a child that takes one hangs for good."""


def end_of(child):
    """Wait for a child, and return its status; None if it hangs."""
    for _ in range(PATIENCE * 50):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def forked(job):
    """Do something in a child, whose status tells whether it went well."""
    child = os.fork()
    if not child:
        try:
            os._exit(0 if job() else 3)
        finally:
            os._exit(4)
    return child


@pytest.fixture
def meanwhile():
    """Return a function that has threads do something again and again until the test is over."""
    over = threading.Event()
    threads, faults = [], []

    def start(job, number=1):
        def repeat():
            try:
                while not over.is_set():
                    job()
            except BaseException as fault:
                faults.append(fault)
                raise

        threads.extend(threading.Thread(target=repeat, daemon=True) for _ in range(number))
        for thread in threads:
            thread.start()

    yield start
    over.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert not faults


@pytest.mark.filterwarnings("ignore:.*VISITYPE.*:blender_core.BlendWarning")
@pytest.mark.filterwarnings("ignore:.*no value of the FITS standard.*:blender_core.BlendWarning")
def test_children_blend_while_threads_of_their_parent_do(files_of_kind, meanwhile):
    expected = blend(files_of_kind)
    meanwhile(lambda: blend(files_of_kind))
    rng = random.Random(12)  # noqa: S311
    children = []
    for _ in range(N_FORKS):
        time.sleep(rng.random() * 0.05)
        children.append(forked(lambda: blend(files_of_kind) == expected))
    assert [end_of(child) for child in children] == [0] * N_FORKS


def test_children_write_products_while_threads_of_their_parent_do(plain_files, tmp_path, meanwhile):
    product = tmp_path / "product.fits"
    product.write_bytes(plain_files[0].read_bytes())
    expected = blendmodels(product, plain_files).values

    def write(output):
        return blendmodels(product, plain_files, output=output, overwrite=True).values == expected

    meanwhile(lambda: write(tmp_path / f"{threading.get_ident()}.fits"))
    children = [
        forked(lambda number=number: write(tmp_path / f"of_child_{number}.fits"))
        for number in range(N_FORKS)
    ]
    assert [end_of(child) for child in children] == [0] * N_FORKS
    for number in range(N_FORKS):
        with datamodels.open(tmp_path / f"of_child_{number}.fits") as model:
            assert model.meta.exposure.exposure_time == expected["meta.exposure.exposure_time"]


FIRST_BLEND = """
import os, sys, threading, time, warnings
warnings.simplefilter("ignore")
import blender_core
paths = sys.argv[2:]
def blend():
    return dict(blender_core.blendmodels(None, paths).values)
thread = threading.Thread(target=blend)
thread.start()
children = []
for _ in range(int(sys.argv[1])):
    time.sleep(0.3)
    child = os.fork()
    if not child:
        os._exit(0 if len(blend()) > 20 else 3)
    children.append(child)
thread.join()
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""


@pytest.mark.exhaustive
def test_children_of_a_process_that_blends_for_the_first_time(plain_files):
    # It imports what a child could not go on to import.
    done = subprocess.run(
        [sys.executable, "-c", FIRST_BLEND, "4", *plain_files],
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=True,
    )
    assert done.stdout == "[0, 0, 0, 0]\n"


FORKS_WITHIN_IMPORTS = """
import importlib.machinery, os, queue, sys, threading, warnings
warnings.simplefilter("ignore")
import blender_core, blender_core.report
asked, forked_meanwhile = queue.SimpleQueue(), []

class Finder(importlib.machinery.PathFinder):
    def find_spec(name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if threading.current_thread() is thread and spec is not None and spec.loader is not None:
            executed = spec.loader.exec_module
            def exec_module(module):
                frame, depth = sys._getframe(), 0
                while frame:
                    depth += frame.f_code.co_name == "_find_and_load"
                    frame = frame.f_back
                is_forked = threading.Event()
                if depth == 1:
                    asked.put(is_forked)
                    if is_forked.wait(0.5):
                        forked_meanwhile.append(name)
                executed(module)
            spec.loader.exec_module = exec_module
        return spec

def work():
    try:
        blender_core.report.write_report(blender_core.blendmodels(None, sys.argv[2:]), sys.argv[1])
    finally:
        asked.put(None)

sys.meta_path.insert(0, Finder)
thread = threading.Thread(target=work)
thread.start()
while (is_forked := asked.get()) is not None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    is_forked.set()
thread.join()
print(forked_meanwhile)
"""


@pytest.mark.exhaustive
def test_no_fork_comes_between_while_a_blend_imports(plain_files, tmp_path):
    # The child would wait for ever for what it imports, too. Where it had come between, the import
    # is not among those that a fork waits for.
    packed = tmp_path / "packed_cal.fits.gz"
    packed.write_bytes(gzip.compress(plain_files[0].read_bytes()))
    report = tmp_path / "report.html"
    done = subprocess.run(
        [sys.executable, "-c", FORKS_WITHIN_IMPORTS, report, *plain_files, packed],
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=True,
    )
    assert report.exists()
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "method",
    [
        "fork",
        pytest.param("forkserver", marks=pytest.mark.exhaustive),
        pytest.param("spawn", marks=pytest.mark.exhaustive),
    ],
)
def test_pools_of_processes(plain_files, method, meanwhile, tmp_path):
    overrides = [Override(attribute="EFFEXPTM", rule="max")]
    expected = blend(plain_files, overrides=overrides)
    meanwhile(lambda: blend(plain_files))
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        jobs = [pool.submit(blend, plain_files, overrides=overrides) for _ in range(4)]
        bad = pool.submit(blend, [plain_files[0], tmp_path / "none.fits"])
        assert [job.result(timeout=2 * PATIENCE) for job in jobs] == [expected] * 4
        error = bad.exception(timeout=2 * PATIENCE)
    assert isinstance(error, BlenderError)
    assert "none.fits" in str(error)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_threads_write_products(plain_files, tmp_path, number):
    product = tmp_path / "product.fits"
    product.write_bytes(plain_files[0].read_bytes())
    result = blendmodels(product, plain_files)
    result.save(tmp_path / "out.fits")

    def write_for_ever():
        while True:
            blendmodels(product, plain_files, output=tmp_path / "out.fits", overwrite=True)
            (tmp_path / "begun").touch()

    def job():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for _ in range(2):
            threading.Thread(target=write_for_ever, daemon=True).start()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            os._exit(130)

    child = forked(job)
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    time.sleep(0.05)
    os.kill(child, number)
    assert end_of(child) == {signal.SIGTERM: -signal.SIGTERM, signal.SIGINT: 130}[number]
    with datamodels.open(tmp_path / "out.fits") as model:
        assert model.meta.exposure.exposure_time == result.values["meta.exposure.exposure_time"]
    blendmodels(product, plain_files, output=tmp_path / "out.fits", overwrite=True)
    assert {path.name for path in tmp_path.iterdir()} == {"product.fits", "out.fits", "begun"}


class TestAForkWaits:
    def test_for_what_a_child_could_not_go_on_with(self):
        lock, is_locked = threading.Lock(), threading.Event()

        def work():
            with unforked(), lock:
                is_locked.set()
                time.sleep(0.2)

        thread = threading.Thread(target=work)
        thread.start()
        is_locked.wait()
        assert end_of(forked(lambda: lock.acquire(timeout=1))) == 0
        thread.join()

    def test_not_for_the_thread_that_forks(self):
        with unforked(), unforked():
            began = time.monotonic()
            child = forked(lambda: end_of(forked(lambda: True)) == 0)
            assert end_of(child) == 0
        assert time.monotonic() - began < 40

    def test_not_for_a_thread_that_has_gone_out(self):
        with unforked():
            pass
        with pytest.raises(ZeroDivisionError), unforked():
            raise ZeroDivisionError
        thread = threading.Thread(target=lambda: forked(lambda: True))
        thread.start()
        thread.join(40)
        assert not thread.is_alive()

    def test_though_threads_come_in_one_after_the_other(self, meanwhile):
        def work():
            with unforked():
                time.sleep(0.01)

        meanwhile(work, 4)
        assert [end_of(forked(lambda: True)) for _ in range(5)] == [0] * 5

    @pytest.mark.exhaustive
    def test_not_for_ever(self):
        # Who waits for the thread that forks must not be waited for.
        forked_already, within = threading.Event(), threading.Event()

        def work():
            with unforked():
                within.set()
                forked_already.wait()

        thread = threading.Thread(target=work)
        thread.start()
        within.wait()
        assert end_of(forked(lambda: True)) == 0
        forked_already.set()
        thread.join()
