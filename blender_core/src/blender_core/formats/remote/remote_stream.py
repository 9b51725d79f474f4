"""A file that is read on from a place, whatever it is read from."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class RemoteStream(io.BufferedIOBase):
    """A place in a file, from which it is read on.

    ``read_at(start, size)`` gives what is at a place, or what there is of it.
    """

    def __init__(self, read_at: Callable[[int, int], bytes], length: int) -> None:
        self._read_at, self._length = read_at, length
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence)
        self._place = max((self._length if base is None else base) + offset, 0)
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            size = max(self._length - self._place, 0)
        data = self._read_at(self._place, size)
        self._place += len(data)
        return data

    def read1(self, size: int = -1) -> bytes:
        return self.read(size)
