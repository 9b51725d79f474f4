"""The file that a product is read from, which nobody else is to change before it is written."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, BinaryIO

from blender_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SourceFile"]


class SourceFile:
    """A file, and what it was like when it was read.

    Parameters
    ----------
    path : Path
        The file.

    Attributes
    ----------
    path : Path
        The file, wherever the current directory comes to be.
    what : str
        What it is, for messages.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.what = f"the product ({path})"
        try:
            self._state = _state(self.path.stat())
        except OSError as error:
            msg = f"{self.what} cannot be read: {error.strerror or error}"
            raise InputError(msg) from error

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file, if it is still the one that was read."""
        try:
            file = self.path.open("rb")
        except OSError as error:
            msg = f"{self.what} cannot be read any more: {error.strerror or error}"
            raise InputError(msg) from error
        with file:
            self._require(os.fstat(file.fileno()))
            yield file

    def require_unchanged(self) -> None:
        """Refuse what has been read of the file if somebody has changed or replaced it since."""
        try:
            status = self.path.stat()
        except OSError as error:
            msg = f"{self.what} cannot be read any more: {error.strerror or error}"
            raise InputError(msg) from error
        self._require(status)

    def _require(self, status: os.stat_result) -> None:
        if _state(status) != self._state:
            msg = f"{self.what} has been changed by somebody else since it was read"
            raise InputError(msg)


def _state(status: os.stat_result) -> tuple[int, ...]:
    """Return what changes when somebody changes a file or replaces it."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
