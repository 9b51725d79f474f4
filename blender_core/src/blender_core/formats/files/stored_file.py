"""A file that is no path of this machine, and is read like one, a few places of it at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO, NoReturn


# No abstract base class: to ask for one takes each local file several times as long.
class StoredFile:
    """A file that is read through something else than the file system.

    As a text, it is what messages call it.
    """

    name: str
    """The name of the file, without where it is."""

    @property
    def length(self) -> int:
        """How many bytes it has."""
        raise NotImplementedError

    @property
    def local(self) -> Path | None:
        """A copy of the whole file on this machine, if there is one, for as long as it is read."""
        raise NotImplementedError

    @property
    def is_hasty(self) -> bool:
        """Whether headers that the checksum in a file vouches for are not fetched."""
        raise NotImplementedError

    def open(self, mode: str = "rb", buffering: int = -1) -> BinaryIO:
        """Open it to read, as `pathlib.Path.open` does."""
        raise NotImplementedError

    def fetch(self, places: Iterable[tuple[int, int]]) -> None:
        """Fetch what will be read, at once: where places begin, and how long they are."""
        raise NotImplementedError

    def end_at_hand(self) -> bytes:
        """Return what it ends with, as far as that has been fetched."""
        raise NotImplementedError

    def refuse_as_whole(self, why: str) -> NoReturn:
        """Raise the error that only the whole file would do, which is not at hand."""
        raise NotImplementedError
