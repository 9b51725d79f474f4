"""The file that something is read from: a regular one, which nobody else changes meanwhile."""

from __future__ import annotations

import contextlib
import os
import stat
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, Self

from blender_core.common.wording import visible
from blender_core.errors import InputError
from blender_core.formats.files.compression import unpacked
from blender_core.formats.files.stored_file import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_READING: Final = os.O_RDONLY | sum(
    getattr(os, name, 0)
    # A pipe would be waited for, until somebody opens its other end.
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT")
)
_MOST_BYTES: Final = 64 << 20
"""Far more than an association of 100,000 members has, or a list of as many names."""


def length_of_file(path: str | Path | StoredFile) -> int:
    """Return the length of a file that can be read to its end, without opening it."""
    if isinstance(path, StoredFile):
        return path.length
    return _length(os.stat(path))  # noqa: PTH116  # it need not be a Path


def _length(status: os.stat_result) -> int:
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        msg = f"it is {kind}"
        raise OSError(msg)
    return status.st_size


class ReadFile(Protocol):
    """A file that is read at places."""

    def seek(self, place: int, /) -> object:
        """Go to a place, which is counted from the beginning."""

    def read(self, size: int, /) -> bytes:
        """Read so many bytes, or what there is of them."""


class RegularFile:
    """A file that can be read to its end, open, and with its length.

    Python's own file objects take as long to make as headers take to be read, and ask for the
    file's status once more.
    """

    __slots__ = ("_number", "length")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._number = os.open(path, _READING)
        try:
            self.length = _length(os.fstat(self._number))
        except BaseException:
            os.close(self._number)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._number)

    def seek(self, place: int) -> None:
        """Go to a place, which is counted from the beginning."""
        os.lseek(self._number, place, os.SEEK_SET)

    def read(self, size: int) -> bytes:
        """Read so many bytes, or what there is of them."""
        return os.read(self._number, size)


def read_whole(path: Path, most: int = _MOST_BYTES) -> bytes:
    """Return what is in a file that somebody names, and that is small.

    Pipes and devices are not waited for, nor read without an end: they are an `OSError`, as is what
    cannot be read, or is too large. A name that no file can have is a `ValueError`.
    """
    length = length_of_file(path)
    if length <= most:
        with path.open("rb") as file:
            content = file.read(most + 1)  # some tell no length, and others grow
        length = len(content)
    if length > most:
        msg = f"it has {length} bytes, which is more than {most >> 20} MB"
        raise OSError(msg)
    return content


class SourceFile:
    """The file that a product is read from, and what it was like then; or an input, by its label.

    Of a file that was just written, ``status`` is what it was like, whoever has replaced it since.
    """

    def __init__(
        self, path: Path, status: os.stat_result | None = None, label: str | None = None
    ) -> None:
        self.path = path.absolute()  # wherever the current directory comes to be
        self.label = label or f"the product ({visible(str(path))})"
        try:
            self._state = state_of(status or self.path.stat())
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

    @contextlib.contextmanager
    def unpacked(self) -> Iterator[BinaryIO]:
        """Open the file, and give its content from the beginning, unpacked if it is compressed."""
        file = self.opened()
        try:
            with unpacked(file) as content:
                yield content
        finally:
            # By then what is written is whole, and it was only read from this file.
            with contextlib.suppress(OSError):
                file.close()

    def reading(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Give what is read of the file; if that fails, it is not the fault of who writes it."""
        with self._has_to_be_there():
            yield from blocks

    def require_unchanged(self) -> None:
        """Refuse what has been read of the file if somebody has changed or replaced it since."""
        with self._has_to_be_there():
            state = state_of(self.path.stat())
        if state != self._state:
            msg = f"{self.label} has been changed by somebody else since it was read: try again"
            raise InputError(msg)

    @contextlib.contextmanager
    def unchanged(self) -> Iterator[None]:
        """Refuse what is done within if the file has been changed by the end of it.

        That is told first, whatever else fails: a changed file may not even be readable.
        """
        try:
            yield
        finally:
            self.require_unchanged()

    @contextlib.contextmanager
    def _has_to_be_there(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            msg = f"{self.label} cannot be read any more: {reason}"
            raise InputError(msg) from error


def state_of(status: os.stat_result) -> tuple[int, ...]:
    """Return what changes when somebody changes a file or replaces it."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
