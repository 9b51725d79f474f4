"""A file that is named by a URL, of which those places are fetched that are read."""

# ruff: noqa: D102  # the base class says what its members are

from __future__ import annotations

import asyncio
import functools
import tempfile
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, TypeVar, cast

from blender_core.common.advice import Advice, Argument
from blender_core.common.urls import file_name, shown_of, shown_url
from blender_core.common.wording import named
from blender_core.errors import RemoteError
from blender_core.formats.files.stored_file import StoredFile
from blender_core.formats.remote.ranges import WHOLE, Answer, FetchError, Ranges, ranges_of
from blender_core.formats.remote.remote_stream import RemoteStream
from blender_core.formats.remote.settings import Remote
from blender_core.formats.remote.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable
    from concurrent.futures import Future
    from typing import NoReturn

T = TypeVar("T")

_HEAD: Final = 64 << 10
"""As long as what most files begin with: the headers before the first array, or a tree."""
_TAIL: Final = 96 << 10
"""As long as what most files of datamodels end with: the tree."""
_GROWTH: Final = 2 * 2880
"""How much longer than the one before a file may be, for its end to come with one request."""
_SHIFT: Final = 256
"""How much earlier or later something may be in a file like the one before."""
_GAP: Final = 16 << 10
"""What lies between two places that is not worth a request more."""
_MOST_PLACES: Final = 64
_LARGEST_PLACES: Final = 2 << 20
_LARGEST_STEP: Final = 4 << 20
_FIRST_WAIT: Final = 0.25


class Places(NamedTuple):
    """Where a file was read, which is where one like it will be."""

    ranges: tuple[tuple[int, int], ...]
    length: int


class RemoteFile(StoredFile):
    """A file that is named by a URL. It begins to be fetched at once; what is wrong is told later.

    It may be `like` a file before it, of which it is known where it was read.
    """

    def __init__(self, url: str, settings: Remote, like: Places | None = None) -> None:
        self.url = url
        self.name = file_name(url)
        self.what = str(self)
        """What it is to the blend, for messages."""
        self._settings = settings
        self._spans = Spans()
        self._read: list[tuple[int, int]] = []
        self._last_step = (0, 0)
        self._n_fetched = 0
        self._length: int | None = None
        self._version: str | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._fault: FetchError | None = None
        self._begun: Future[None] | None = None
        try:
            self._ranges: Ranges = ranges_of(url, settings.options)
        except FetchError as fault:
            self._fault = fault
        else:
            self._begun = _started(self._begin(like))

    def __str__(self) -> str:
        return shown_url(self.url)

    def called(self, label: str) -> None:
        """Let messages call the file by what it is to the blend."""
        self.what = named(label, self)

    @property
    def length(self) -> int:
        self._require_begun()
        assert self._length is not None  # noqa: S101
        return self._length

    @property
    def local(self) -> Path | None:
        self._require_begun()
        return None if self._folder is None else Path(self._folder.name, self._local_name)

    @property
    def is_hasty(self) -> bool:
        return not (self._settings.every_header or self._settings.download)

    def open(self, mode: str = "rb", buffering: int = -1) -> BinaryIO:
        if (local := self.local) is not None:
            return cast("BinaryIO", local.open(mode, buffering))
        return cast("BinaryIO", RemoteStream(self.read_at, self.length))

    def fetch(self, places: Iterable[tuple[int, int]]) -> None:
        length = self.length
        if self.local is None:
            wanted = [(start, min(start + size, length)) for start, size in places]
            gaps = [gap for each in wanted for gap in self._spans.gaps(*each)]
            if gaps:
                self._wait(_started(self._fetch(gaps)))

    def end_at_hand(self) -> bytes:
        return self._spans.last(self.length)

    def refuse_as_whole(self, why: str) -> NoReturn:
        raise self._error(FetchError(Advice(why, ": to fetch whole files, pass ", WHOLE)))

    def read_at(self, start: int, size: int) -> bytes:
        """Return what is at a place, or what there is of it."""
        end = min(start + size, self.length)
        if end <= start:
            return b""
        self._read.append((start, end))
        for gap_start, gap_end in self._spans.gaps(start, end):
            step, last_end = self._last_step
            if gap_start == last_end:  # a file that is read on and on
                room = self._settings.most_bytes - self._n_fetched
                longer = gap_start + min(2 * step, _LARGEST_STEP, max(room, 0))
                first, *_ = self._spans.gaps(gap_start, min(longer, self.length)) or [(0, 0)]
                gap_end = max(gap_end, first[1])
            self._wait(_started(self._fetch([(gap_start, gap_end)])))
            self._last_step = gap_end - gap_start, gap_end
        return self._spans.read(start, end)

    @property
    def places(self) -> Places | None:
        """Where it was read, unless that is in too many places for another to be like it."""
        if self._length is None or self._folder is not None:
            return None
        merged: list[list[int]] = []
        for start, end in sorted(self._read):
            if merged and start <= merged[-1][1] + _GAP:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        size = sum(end - start for start, end in merged)
        if not merged or len(merged) > _MOST_PLACES or size > _LARGEST_PLACES:
            return None
        last = self._length + _GROWTH if merged[-1][1] > self._length - _GROWTH else None
        ranges = [(max(start - _SHIFT, 0), end + _SHIFT) for start, end in merged]
        return Places((*ranges[:-1], (ranges[-1][0], last or ranges[-1][1])), self._length)

    def close(self) -> None:
        """Let go of what was fetched."""
        if self._begun is not None:
            self._begun.cancel()
        self._spans = Spans()
        if self._folder is not None:
            self._folder.cleanup()

    async def _begin(self, like: Places | None) -> None:
        if self._settings.download:
            await self._download()
            return
        if like is not None:
            # Where there is no range like that, it is another file after all.
            await self._fetch(like.ranges, may_lack=True)
        if self._length is None:
            if self._ranges.tells_length:
                await self._fetch([(0, _HEAD)])
            else:
                await asyncio.gather(self._ask_length(), self._fetch([(0, _HEAD)], may_lack=True))
        if self._length is None:
            await self._ask_length()
        if like is None and self._length is not None:
            tail = max(self._length - _TAIL, 0)
            await self._fetch(self._spans.gaps(tail, self._length))

    async def _ask_length(self) -> None:
        self._length = await self._patiently(self._ranges.length, self._settings.retries)

    async def _fetch(self, ranges: Iterable[tuple[int, int]], *, may_lack: bool = False) -> None:
        """Fetch ranges at the same time."""
        ranges = list(ranges)
        self._n_fetched += sum(end - start for start, end in ranges)
        if self._n_fetched > self._settings.most_bytes:
            most = self._settings.most_bytes
            advice = Argument("remote", Remote(most_bytes=2 * most))
            msg = Advice(
                f"to read it, more than {most:,} bytes would have to be fetched, as many as are "
                "allowed of one input. To allow more, pass ", advice,
                "; to fetch whole files, ", WHOLE,
            )  # fmt: skip
            raise FetchError(msg)
        tasks = [asyncio.ensure_future(self._fetch_one(*each, may_lack)) for each in ranges]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _fetch_one(self, start: int, end: int, may_lack: bool) -> None:
        async def asked() -> None:
            answer = await self._ranges.get(start, end)
            self._take(start, end, answer)

        # Only a web server says whether a range is beyond the end.
        may_lack = may_lack and not self._ranges.tells_length
        try:
            await self._patiently(asked, 0 if may_lack else self._settings.retries)
        except FetchError as fault:
            if not may_lack or fault.status == 404:
                raise

    def _take(self, start: int, end: int, answer: Answer) -> None:
        """Keep an answer, if it is of the same file as those before."""
        total, version = answer.total, answer.version
        for before, now in ((self._length, total), (self._version, version)):
            if None not in (before, now) and before != now:
                msg = "it was changed or replaced while it was read: try again"
                raise FetchError(msg)
        self._length = self._length if total is None else total
        self._version = self._version or version
        if self._length is not None and len(answer.data) < min(end, self._length) - start:
            msg = f"{len(answer.data):,} bytes came of the {end - start:,} that were asked for"
            raise FetchError(msg, passes=True)
        self._spans.add(start, answer.data)

    async def _download(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="model-blender-")
        path, settings = Path(self._folder.name, self._local_name), self._settings
        download = functools.partial(self._ranges.download, path, settings.timeout)
        await self._patiently(download, settings.retries, is_long=True)
        self._length = path.stat().st_size

    @property
    def _local_name(self) -> str:
        return self.name if self.name not in ("", ".", "..") else "download"

    async def _patiently(
        self, asked: Callable[[], Awaitable[T]], retries: int, *, is_long: bool = False
    ) -> T:
        """Ask again where a fault may pass."""
        n_before = 0
        while True:
            try:
                async with asyncio.timeout(None if is_long else self._settings.timeout):
                    return await asked()
            except TimeoutError:
                msg = f"there was no answer in {self._settings.timeout:g} s"
                fault = FetchError(msg, passes=True)
            except FetchError as told:
                fault = told
            if not fault.passes or n_before == retries:
                raise fault
            await asyncio.sleep(max(_FIRST_WAIT * 2**n_before, fault.wait))
            n_before += 1

    def _require_begun(self) -> None:
        if self._fault is not None:
            raise self._error(self._fault)
        if self._begun is not None:
            self._wait(self._begun)

    def _wait(self, future: Future[None]) -> None:
        try:
            future.result()
        except FetchError as fault:
            raise self._error(fault) from None
        except CancelledError:
            msg = "it is not fetched any more"
            raise self._error(FetchError(msg)) from None
        except BaseException:
            future.cancel()
            raise

    def _error(self, fault: FetchError) -> RemoteError:
        reason = fault.reason
        if not isinstance(reason, Advice):
            reason = shown_of(reason, self.url)
        msg = Advice(f"{self.what} cannot be read: ", reason)
        return RemoteError(msg, url=str(self), status=fault.status)


def _started(work: Coroutine[Any, Any, None]) -> Future[None]:
    from fsspec.asyn import get_loop

    return asyncio.run_coroutine_threadsafe(work, get_loop())
