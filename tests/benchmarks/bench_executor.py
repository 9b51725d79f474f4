"""Files read by the workers of an executor, beside the same files read in one process.

The workers have begun before: to import stdatamodels takes each of them two seconds, once.
"""

import resource
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from blender_core import ModelBlender, blendmodels

NUMBER = 10_000
ROUNDS = 3


@pytest.fixture(scope="module")
def paths(many_files):
    paths = many_files(NUMBER)
    blendmodels(None, paths)  # so that the files are in memory
    return paths


def accumulate(paths, executor):
    blender = ModelBlender()
    begin = time.perf_counter(), time.process_time()
    blender.accumulate_all(paths, executor=executor)
    return time.perf_counter() - begin[0], time.process_time() - begin[1]


def best(paths, executor):
    return min(accumulate(paths, executor) for _ in range(ROUNDS))


def test_two_processes(paths, record):
    alone, _ = best(paths, None)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        accumulate(paths[:1000], pool)
        spread, client = best(paths, pool)
    record("10,000 files read, one process", "model-blender", alone, "s")
    record("10,000 files read, two processes", "model-blender", spread, "s")
    record("one process / two processes", "model-blender", alone / spread, "")
    record(
        "CPU of the caller for each, two processes", "model-blender", client / NUMBER * 1e6, "us"
    )


class Here(Executor):
    """A worker in this process, whose time and bytes are counted."""

    num_workers = 1

    def __init__(self):
        self.seconds = self.sent = self.answered = 0

    def submit(self, function, /, *arguments):
        begin = time.process_time()
        answer = function(*arguments)
        self.seconds += time.process_time() - begin
        self.sent += sum(map(len, arguments))
        self.answered += len(answer)
        future = Future()
        future.set_result(answer)
        return future


def test_how_many_workers_a_caller_can_feed(paths, record):
    accumulate(paths[:1000], Here())
    executor = Here()
    _, seconds = accumulate(paths, executor)
    caller = seconds - executor.seconds
    record("CPU of a worker for each", "model-blender", executor.seconds / NUMBER * 1e6, "us")
    record("CPU of the caller for each", "model-blender", caller / NUMBER * 1e6, "us")
    record("workers that a caller can feed", "model-blender", executor.seconds / caller, "")
    record("bytes sent for each", "model-blender", executor.sent / NUMBER, "B")
    record("bytes answered for each", "model-blender", executor.answered / NUMBER, "B")


def loopback():
    """Return how many bytes have come over the loopback so far, of all that this machine does."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, numbers = line.partition(":")
        if name.strip() == "lo":
            return int(numbers.split()[0])
    pytest.skip("there is no loopback to look at")
    return None


def test_dask(paths, record):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        executor = client.get_executor()
        accumulate(paths[:1000], executor)
        before, memory = loopback(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds, caller = accumulate(paths, executor)
        # The scheduler is a thread of this process.
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        record("10,000 files read, Dask, two workers", "model-blender", seconds, "s")
        record("bytes on the wire for each", "model-blender", (loopback() - before) / NUMBER, "B")
        record("CPU of caller and scheduler for each", "model-blender", caller / NUMBER * 1e6, "us")
        record("memory of caller and scheduler, grown", "model-blender", grown / 1024, "MiB")
