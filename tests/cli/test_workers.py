"""`model-blender blend` with workers: processes of this machine, or of a cluster."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from astropy.table import Table
from time_limit import time_limit


def test_both(refused, product, exposures):
    message = refused("blend", product, *exposures, "--processes", 2, "--scheduler", "tcp://x:1")
    assert "leave one out" in message


@pytest.mark.parametrize("number", [0, -1])
def test_too_few_processes(refused, product, exposures, number):
    assert "1 or more" in refused("blend", product, *exposures, "--processes", number)


def test_one_process_is_this_one(command, product, exposures):
    command("blend", product, *exposures, "--processes", 1)
    assert len(Table.read(product, hdu="HDRTAB")) == len(exposures)


@pytest.mark.parametrize(
    "address", [pytest.param("tcp://127.0.0.1:1", marks=pytest.mark.exhaustive), "nowhere", ""]
)
def test_no_scheduler(refused, product, exposures, address):
    before = product.read_bytes()
    assert "there is no Dask scheduler at" in refused(
        "blend", product, *exposures, "--scheduler", address
    )
    assert product.read_bytes() == before


def children_of(pid):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def is_running(pid):
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.mark.exhaustive
class TestProcesses:
    """The installed program, which starts others."""

    def start(self, *arguments):
        program = Path(sys.executable).with_name("model-blender")
        return subprocess.Popen(
            [program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def test_the_same_product(self, command, product, many_files):
        paths = many_files(60)
        command("blend", product, *paths, "--output", "alone.fits")
        process = self.start("blend", product, *paths, "--output", "spread.fits", "--processes", 2)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        alone, spread = (Table.read(f"{name}.fits", hdu="HDRTAB") for name in ("alone", "spread"))
        assert alone.as_array().tobytes() == spread.as_array().tobytes()
        assert errors == ""

    def test_an_interrupt_leaves_no_process_behind(self, product, many_files):
        before = product.read_bytes()
        process = self.start("blend", product, *many_files(400), "--processes", 2)
        children = []
        while len(children) < 3 and process.poll() is None:
            time.sleep(0.02)
            children = children_of(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 130
        assert errors == "Interrupted.\n"
        with time_limit():
            while any(map(is_running, children)):
                time.sleep(0.02)
        assert product.read_bytes() == before
