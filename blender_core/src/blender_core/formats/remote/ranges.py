"""Ranges of bytes of a file that fsspec knows by its URL, or the whole of it."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.common.advice import Advice, Argument, Extra
from blender_core.common.forks import unforked
from blender_core.common.urls import shown_url
from blender_core.common.wording import describe_error, preview
from blender_core.errors import RemoteError
from blender_core.formats.remote.settings import Remote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_CONTENT_RANGE: Final = re.compile(r"\s*bytes\s+(?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)\s*")
_STEP: Final = 1 << 20
_ABSENT: Final = (404, 410)
_BARRED: Final = (401, 403, 407)
_PASSING: Final = (408, 425, 429, 500, 502, 503, 504)
_LONGEST_WAIT: Final = 30.0

WHOLE: Final = Argument("remote", Remote(download=True))
"""What to pass where parts of a file cannot be had."""
_EXTRA: Final = Extra("remote", "blender-core")


class Answer(NamedTuple):
    """What there is of a range, and what the server says of the file, as far as it does."""

    data: bytes
    total: int | None = None
    version: str | None = None


class FetchError(Exception):
    """Why something could not be fetched; it may pass, after a while that the server may tell."""

    def __init__(
        self, reason: str, *, status: int | None = None, passes: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.passes = passes
        self.wait = wait


class Ranges:
    """The bytes of a file in any of fsspec's file systems."""

    tells_length = False
    """Whether each answer says how long the file is."""

    def __init__(self, file_system: Any, path: str) -> None:
        self._file_system = file_system
        self._path = path

    async def length(self) -> int:
        """Ask how long the file is."""
        size = (await self._call("info", self._path)).get("size")
        if type(size) is not int or size < 0:
            msg = "its server does not say how long it is"
            raise FetchError(msg)
        return size

    async def get(self, start: int, end: int) -> Answer:
        """Fetch a range, or what there is of it."""
        data = await self._call("cat_file", self._path, start=start, end=end)
        if len(data) > end - start:
            reason = f"{len(data):,} bytes came where {end - start:,} were asked for"
            raise _without_ranges(reason)
        return Answer(data, start + len(data) if 0 < len(data) < end - start else None)

    async def download(self, path: Path, timeout: float) -> None:  # noqa: ARG002
        """Fetch the whole file."""
        await self._call("get_file", self._path, str(path))

    async def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        file_system = self._file_system
        try:
            if file_system.async_impl:
                return await getattr(file_system, f"_{name}")(*args, **kwargs)
            return await asyncio.to_thread(getattr(file_system, name), *args, **kwargs)
        except FileNotFoundError:
            msg = "there is no such file"
            raise FetchError(msg, status=404) from None
        except (PermissionError, IsADirectoryError) as error:
            kind = "it is a folder" if isinstance(error, IsADirectoryError) else _barred(error)
            raise FetchError(kind) from None
        except (OSError, TimeoutError) as error:
            raise FetchError(_told(error), passes=True) from None
        except Exception as error:  # noqa: BLE001  # each file system has its own
            is_barred = "credentials" in type(error).__name__.lower()
            raise FetchError(_barred(error) if is_barred else _told(error)) from None


class WebRanges(Ranges):
    """The bytes of a file on a web server, through the session that fsspec has for it.

    The ranges of fsspec's own (2026.9) read a whole file where a server gives no ranges, and
    believe what it says of them.
    """

    tells_length = True

    async def get(self, start: int, end: int) -> Answer:
        """Fetch a range, or what there is of it."""
        asked = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
        answer: Answer = await self._asked(asked, None, _read_range, start, end)
        return answer

    async def download(self, path: Path, timeout: float) -> None:
        """Fetch the whole file."""
        await self._asked({"Accept-Encoding": "identity"}, timeout, _read_whole, path)

    async def _asked(
        self, asked: dict[str, str], timeout: float | None, read: Any, *args: Any
    ) -> Any:
        import aiohttp

        file_system = self._file_system
        # Not the five minutes that aiohttp has for an answer as a whole.
        waits = aiohttp.ClientTimeout(sock_connect=timeout, sock_read=timeout)
        # Packed files stay as they are: servers may call it a content encoding, and what is asked
        # for and comes are places of the file.
        settings = {"timeout": waits, "auto_decompress": False, **file_system.kwargs}
        headers = {**settings.pop("headers", {}), **asked}
        try:
            session = await file_system.set_session()
            url = file_system.encode_url(self._path)
            async with session.get(url, headers=headers, **settings) as response:
                _require_success(response)
                return await read(response, *args)
        except aiohttp.TooManyRedirects:
            msg = "its server sends from one place to the next without an end"
            raise FetchError(msg) from None
        except aiohttp.ClientSSLError as error:
            raise FetchError(_told(error)) from None
        except TimeoutError:  # aiohttp's is a faulty connection, too
            raise
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as error:
            raise FetchError(_told(error), passes=True) from None
        except (aiohttp.ClientError, ValueError) as error:  # what is no URL, or no header
            raise FetchError(_told(error)) from None


def ranges_of(url: str, options: Mapping[str, Any]) -> Ranges:
    """Return what fetches the ranges of a file."""
    with _faults_of_fsspec():
        file_system, path = _place_of(url, options)
        if "::" not in url and url.lower().startswith(("http://", "https://")):
            from fsspec.implementations.http import HTTPFileSystem

            if isinstance(file_system, HTTPFileSystem):
                return WebRanges(file_system, path)
        return Ranges(file_system, path)


def urls_like(pattern: str, settings: Remote) -> list[str]:
    """Return the URLs that a pattern means, in the order of their names."""
    try:
        with _faults_of_fsspec():
            file_system, path = _place_of(pattern, settings.options)
            return [file_system.unstrip_protocol(name) for name in sorted(file_system.glob(path))]
    except FetchError as fault:
        shown = shown_url(pattern)
        msg = Advice(f"what {shown} means cannot be found out: ", fault.reason)
        raise RemoteError(msg, url=shown) from None


def _place_of(url: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the file system that has a URL, and what the file is called there."""
    from fsspec.core import url_to_fs

    file_system, path = url_to_fs(url, **options)
    return file_system, path


@contextmanager
def _faults_of_fsspec() -> Iterator[None]:
    try:
        import fsspec  # noqa: F401
    except ImportError:
        msg = Advice("files by URL want fsspec: ", _EXTRA)
        raise FetchError(msg) from None
    try:
        with unforked():
            yield
    except ImportError as error:
        reason = Advice(f"{_told(error)}. What S3 and the web want: ", _EXTRA)
        raise FetchError(reason) from None
    except Exception as error:  # noqa: BLE001  # each file system has its own
        raise FetchError(_told(error)) from None


def _require_success(response: Any) -> None:
    status = response.status
    if status in (200, 206, 416):
        return
    words = f"{status} {preview(response.reason)}" if response.reason else str(status)
    if status in _ABSENT:
        msg = f"there is no such file: its server answers {words}"
    elif status in _BARRED:
        msg = f"its server answers {words}. Credentials are those that fsspec is configured with"
    else:
        msg = f"its server answers {words}"
    wait = response.headers.get("Retry-After", "")
    seconds = min(float(wait), _LONGEST_WAIT) if wait.isdecimal() else 0.0
    raise FetchError(msg, status=status, passes=status in _PASSING, wait=seconds)


async def _read_range(response: Any, start: int, end: int) -> Answer:
    headers, length = response.headers, response.content_length
    version = headers.get("ETag") or headers.get("Last-Modified")
    if response.status == 200:
        # Some servers give all of a file that is shorter than the range.
        is_whole = start == 0 and length is not None and length <= end
        if not (is_whole and headers.get("Accept-Ranges", "").strip().lower() == "bytes"):
            reason = "its server does not give parts of a file"
            raise _without_ranges(reason)
        return Answer(await _body(response, length), length, version)
    said = headers.get("Content-Range", "")
    match = _CONTENT_RANGE.fullmatch(said)
    total = None if match is None or match[3] == "*" else int(match[3])
    if response.status == 416:
        if total is None or total > start:
            msg = f"its server has no bytes at {start:,}, and says {preview(said)} of its length"
            raise FetchError(msg, status=416)
        return Answer(b"", total, version)
    is_asked = match is not None and match[1] is not None and int(match[1]) == start
    last = int(match[2]) if match is not None and is_asked else -1
    if not start <= last < end or total is None or last >= total or last < min(end, total) - 1:
        msg = (
            f"bytes {start}-{end - 1} were asked for, and its server says that {preview(said)} came"
        )
        raise FetchError(msg, status=206)
    return Answer(await _body(response, last + 1 - start), total, version)


async def _body(response: Any, length: int) -> bytes:
    """Return the content of an answer, if it is as long as the answer says."""
    data = bytearray()
    while chunk := await response.content.read(length + 1 - len(data)):
        data += chunk
        if len(data) > length:
            msg = f"more than the {length:,} bytes came that its server says"
            raise FetchError(msg, status=response.status)
    if len(data) < length:
        msg = f"{len(data):,} bytes came of the {length:,} that its server says"
        raise FetchError(msg, status=response.status, passes=True)
    return bytes(data)


async def _read_whole(response: Any, path: Path) -> None:
    if response.status != 200:
        msg = f"its server answers {response.status}"
        raise FetchError(msg, status=response.status)
    with path.open("wb") as file:
        while chunk := await response.content.read(_STEP):
            file.write(chunk)


def _without_ranges(reason: str) -> FetchError:
    return FetchError(Advice(reason, ": to fetch whole files, pass ", WHOLE))


def _barred(error: Exception) -> str:
    return f"{_told(error)}. Credentials are those that fsspec is configured with"


def _told(error: BaseException) -> str:
    return shown_url(describe_error(error)).rstrip(" .:\n")
