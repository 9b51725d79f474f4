"""What commands take for a product of very many inputs: CPU seconds, and memory at its peak.

Each is a process of its own. ``ROWS=1000000`` has a product of a million inputs, of 3 GB, made in
the temporary folder; in the usual run there are 100,000. Of the 441 columns, 23 vary.
"""

import os
import subprocess
import sys

import pytest
from large_products import write_product

ROWS = int(os.environ.get("ROWS", "100000"))
COMMANDS = {
    "explain": ["explain", "product.fits"],
    "explain two": ["explain", "product.fits", "EXPSTART", "DATE-BEG"],
    "table": ["table", "product.fits"],
    "table to a file": ["table", "product.fits", "--output", "table.csv", "--overwrite"],
    "diff": ["diff", "product.fits", "product.fits"],
    "amend": ["amend", "product.fits", "--override", "EFFEXPTM=max", "--dry-run"],
    "report": ["report", "product.fits", "--output", "report.html", "--overwrite"],
}
RUN = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write_product(folder / "product.fits", ROWS)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_command(name, folder, record):
    program = [sys.executable, "-c", "from blender_core.cli import main; main()"]
    command = [sys.executable, "-c", RUN, *program, *COMMANDS[name]]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    what = f"{name}, product of {ROWS:,} inputs"
    record(f"{what}, CPU", "model-blender", seconds, "s")
    record(f"{what}, peak", "model-blender", memory, "MB")
    assert memory < 1000
