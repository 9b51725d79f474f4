"""The files of one blend that are named by URLs, several of which are fetched at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from blender_core.formats.remote.ranges import urls_like
from blender_core.formats.remote.remote_file import RemoteFile
from blender_core.formats.remote.settings import Remote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.formats.remote.remote_file import Places

__all__ = ["RemoteFiles"]


class RemoteFiles:
    """The files that are named by URLs, each for as long as it is read."""

    def __init__(self, settings: Remote | None = None) -> None:
        self.settings = Remote() if settings is None else settings
        self._files: dict[str, RemoteFile] = {}
        self._like: Places | None = None

    @property
    def n_ahead(self) -> int:
        """How many are fetched at a time."""
        return self.settings.concurrent

    def begin(self, url: str) -> RemoteFile:
        """Begin to fetch a file, unless that has been done."""
        if url not in self._files:
            self._files[url] = RemoteFile(url, self.settings, self._like)
        return self._files[url]

    def file(self, url: str, label: str) -> RemoteFile:
        """Return a file, with what it is to the blend."""
        file = self.begin(url)
        file.called(label)
        return file

    @contextmanager
    def lent(self, url: str) -> Iterator[str]:
        """Let a file be read, and let go of it afterwards."""
        try:
            yield url
        finally:
            if url in self._files:
                self._like = self._files[url].places or self._like
            self.drop(url)

    def drop(self, url: str) -> None:
        """Let go of a file that nobody has come to read."""
        file = self._files.pop(url, None)
        if file is not None:
            file.close()

    def matching(self, pattern: str) -> list[str]:
        """Return the URLs that a pattern means."""
        return urls_like(pattern, self.settings)
