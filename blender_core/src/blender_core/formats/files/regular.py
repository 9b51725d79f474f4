"""Tell files from what only looks like one by its name."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["length_of_file"]


def length_of_file(path: Path) -> int:
    """Return the length of a file that can be read to its end, without opening it."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        msg = f"it is {kind}"
        raise OSError(msg)
    return status.st_size
