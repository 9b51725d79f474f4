"""A file that somebody else's code writes to, who does not get hold of the file itself."""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO, Final

__all__ = ["HandedOut"]


class HandedOut(io.BufferedIOBase):
    """A file to write to, which stays open whoever closes it, and remembers what went wrong."""

    mode: Final = "wb"  # astropy asks for it

    def __init__(self, file: BinaryIO) -> None:
        self.failure: OSError | None = None
        """The first error of the system's, which those who write may replace by their own."""
        self._file = file

    def writable(self) -> bool:
        """Tell that this file is one to write to."""
        return True

    def seekable(self) -> bool:
        """Tell whether what has been written can be written over."""
        return self._file.seekable()

    def write(self, data: Any) -> int:
        """Write all of some bytes."""
        try:
            return self._file.write(data)
        except OSError as error:
            self.failure = self.failure or error
            raise

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to another place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place that is written to next."""
        return self._file.tell()

    def flush(self) -> None:
        """Leave it to the engine to have the file on disk."""

    def close(self) -> None:
        """Leave the file open: it is the engine's."""
