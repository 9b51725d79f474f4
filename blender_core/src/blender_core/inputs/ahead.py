"""Look ahead among inputs, for those to be fetched that come next and have URLs."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from blender_core.formats.remote.remote_files import RemoteFiles


def ahead(
    given: Iterable[Any], remote: RemoteFiles, url_of: Callable[[Any], str | None]
) -> Iterator[Any]:
    """Give what is given, and have those fetched that come next, as long as they have URLs.

    What has none, such as a model that an iterator makes, is not asked for before its turn, but one
    after a URL. Nor is anything before the first has been read: others may be like it.
    """
    iterator = iter(given)
    waiting: deque[tuple[Any, str | None]] = deque()
    failure: Exception | None = None
    most, is_at_end = 1, False
    try:
        while True:
            while not is_at_end and (not waiting or (len(waiting) < most and waiting[-1][1])):
                try:
                    waiting.append(_begun(next(iterator), remote, url_of))
                except StopIteration:
                    is_at_end = True
                except Exception as error:  # noqa: BLE001  # raised when it is its turn
                    failure, is_at_end = error, True
            if not waiting:
                break
            yield waiting.popleft()[0]
            most = remote.settings.concurrent
        if failure is not None:
            raise failure
    finally:
        for _, url in waiting:
            if url is not None:
                remote.drop(url)


def _begun(
    given: Any, remote: RemoteFiles, url_of: Callable[[Any], str | None]
) -> tuple[Any, str | None]:
    url = url_of(given)
    if url is not None:
        remote.begin(url)
    return given, url
