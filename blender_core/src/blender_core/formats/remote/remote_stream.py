"""A file that is read on from a place, whatever it is read from."""

from __future__ import annotations

import io
import os
from typing import Protocol

__all__ = ["ReadAtPlaces", "RemoteStream"]


class ReadAtPlaces(Protocol):
    """What gives the bytes at any place of a file."""

    @property
    def length(self) -> int:
        """How many bytes the file has."""

    def read_at(self, start: int, size: int) -> bytes:
        """Return what is at a place, or what there is of it."""


class RemoteStream(io.BufferedIOBase):
    """A place in a file, from which it is read on."""

    def __init__(self, file: ReadAtPlaces) -> None:
        self._file = file
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read at any place."""
        return True

    def tell(self) -> int:
        """Return the place that is read next."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to another place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence)
        self._place = max((self._file.length if base is None else base) + offset, 0)
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """Return what comes next."""
        if size is None or size < 0:
            size = max(self._file.length - self._place, 0)
        data = self._file.read_at(self._place, size)
        self._place += len(data)
        return data

    def read1(self, size: int = -1) -> bytes:
        """Return what comes next."""
        return self.read(size)
