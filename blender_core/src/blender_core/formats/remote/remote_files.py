"""The files of one blend that are named by URLs, several of which are fetched at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from blender_core.formats.remote.settings import Remote

if TYPE_CHECKING:
    from types import TracebackType

    from blender_core.formats.remote.remote_file import Places, RemoteFile


class RemoteFiles:
    """The files that are named by URLs, each for as long as it is read."""

    def __init__(self, settings: Remote | None = None) -> None:
        self.settings = Remote() if settings is None else settings
        self._files: dict[str, RemoteFile] = {}
        self._like: Places | None = None

    def begin(self, url: str) -> RemoteFile:
        """Begin to fetch a file, unless that has been done."""
        # Here: who has no URLs need not wait for what fetches them.
        from blender_core.formats.remote.remote_file import RemoteFile

        if url not in self._files:
            self._files[url] = RemoteFile(url, self.settings, self._like)
        return self._files[url]

    def file(self, url: str, label: str) -> RemoteFile:
        """Return a file, with what it is to the blend."""
        file = self.begin(url)
        file.called(label)
        return file

    def lent(self, url: str) -> LentFile:
        """Return what lets a file be read, and lets go of it afterwards."""
        return LentFile(self, url)

    def done(self, url: str) -> None:
        """Let go of a file that has been read: others may be like it."""
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
        from blender_core.formats.remote.ranges import urls_like

        return urls_like(pattern, self.settings)


class LentFile(AbstractContextManager[str]):
    """A file that is named by a URL, for as long as it is read."""

    def __init__(self, files: RemoteFiles, url: str) -> None:
        self._files = files
        self.url = url

    def __enter__(self) -> str:
        return self.url

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._files.done(self.url)
