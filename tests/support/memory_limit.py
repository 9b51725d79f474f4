"""A bound on memory: what takes far more of it than it should fails."""

import contextlib
import os
import resource
from pathlib import Path

MUCH = 1 << 30
"""How many bytes there are for what takes a few millions."""


@contextlib.contextmanager
def bounded_memory():
    """Have what takes far more memory than it should fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + MUCH, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
