"""The file that something is read from: a regular one, which nobody else changes meanwhile."""

from __future__ import annotations

import contextlib
import stat
from typing import TYPE_CHECKING, BinaryIO

from blender_core.common.wording import visible
from blender_core.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SourceFile", "length_of_file"]


def length_of_file(path: Path) -> int:
    """Return the length of a file that can be read to its end, without opening it."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        msg = f"it is {kind}"
        raise OSError(msg)
    return status.st_size


class SourceFile:
    """The file that a product is read from, and what it was like then."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()  # wherever the current directory comes to be
        self.label = f"the product ({visible(str(path))})"
        try:
            self._state = _state(self.path.stat())
        except OSError as error:
            msg = f"{self.label} cannot be read: {error.strerror or error}"
            raise InputError(msg) from error

    def opened(self) -> BinaryIO:
        """Open the file, if it is still the one that was read.

        Should it be replaced between these two steps, `require_unchanged` tells so afterwards.
        """
        self.require_unchanged()
        with self._has_to_be_there():
            return self.path.open("rb")

    def require_unchanged(self) -> None:
        """Refuse what has been read of the file if somebody has changed or replaced it since."""
        with self._has_to_be_there():
            state = _state(self.path.stat())
        if state != self._state:
            msg = f"{self.label} has been changed by somebody else since it was read"
            raise InputError(msg)

    @contextlib.contextmanager
    def _has_to_be_there(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            msg = f"{self.label} cannot be read any more: {error.strerror or error}"
            raise InputError(msg) from error


def _state(status: os.stat_result) -> tuple[int, ...]:
    """Return what changes when somebody changes a file or replaces it."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
