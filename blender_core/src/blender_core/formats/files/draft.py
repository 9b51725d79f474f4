"""The file that a new one is written to, as the engine has it, and as others get it."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
import errno
import io
import os
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class DraftError(Exception):
    """What has been written is not what was meant. The message says how they differ."""


class _Written(io.BufferedIOBase):
    """A file to write to, which remembers what went wrong."""

    mode: Final = "wb"  # astropy asks for it

    def __init__(self, file: BinaryIO) -> None:
        self.failure: OSError | None = None
        """The first error, which those who write may replace by their own, or pass over."""
        self._file = file

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def write(self, data: Any) -> int:
        with self._noted():
            return self._file.write(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = self.failure or error
            raise


class HandedOut(_Written):
    """A file that somebody else's code writes to, who does not get hold of the file itself."""

    def close(self) -> None:
        """Leave the file open: it is the engine's."""


class Draft(_Written):
    """A file that takes all that it is given, and knows how long it has to be.

    Those who write have no way around it. Asdf 5.4 would write to the raw file below a buffered one
    and not look at how much of a write was done; numpy 2.4, which astropy hands such files to, has
    the C library write, and does not look at whether the last bytes arrived.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        super().__init__(file)
        self.name = path
        self.length = 0
        """How many bytes the file has if all arrive that have been written."""
        self.status: os.stat_result | None = None
        """What the file is like, once it is closed."""
        self._position = 0

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        with self._noted():
            taken = self._file.write(data)
            if taken != size:
                msg = f"{taken} of {size:,} bytes were taken"
                raise OSError(errno.EIO, msg)
        self._position += size
        self.length = max(self.length, self._position)
        return size

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        with self._noted():
            self._position = super().seek(offset, whence)
        return self._position

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Hand to the system what has been kept back."""
        if not self._file.closed:
            with self._noted():
                self._file.flush()

    def complete(self) -> None:
        """Require that all has arrived that was written, so that the file can be read."""
        self.flush()
        if self.failure is not None:
            raise self.failure
        self._require_length(self.name.stat())

    def finish(self) -> None:
        """Have all of it on disk, and close it."""
        with self._noted():
            os.fsync(self._file.fileno())
        self.close()  # some file systems tell only then what could not be written
        self.status = self.name.stat()
        self._require_length(self.status)

    def close(self) -> None:
        if not self.closed:
            try:
                with self._noted():
                    self._file.close()
            finally:
                super().close()

    def _require_length(self, status: os.stat_result) -> None:
        if status.st_size != self.length:
            msg = f"{self.length:,} bytes were written, and {status.st_size:,} are there"
            raise DraftError(msg)
