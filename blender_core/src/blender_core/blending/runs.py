"""Runs of file names, read by the workers of an executor, and given back in the order of inputs."""

from __future__ import annotations

import logging
import os
import uuid
from collections import Counter, deque
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.blending.messages import (
    Answer,
    Given,
    Kinds,
    KnownKind,
    Refusal,
    Task,
    packed,
    unpacked,
    with_digest,
)
from blender_core.blending.needs import needs_of
from blender_core.blending.surroundings import surroundings
from blender_core.blending.worker import read_run
from blender_core.common.advice import Advice
from blender_core.common.provider import engine
from blender_core.common.wording import describe_error, join_words, pluralize, preview
from blender_core.errors import ExecutorError, PluginError, warn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from blender_core.blending.rows import Key
    from blender_core.formats.remote.settings import Remote
    from blender_core.plan.planner import Kind
    from blender_core.plugins.manager import Plugins

_LOGGER: Final = logging.getLogger(__name__)
_LONGEST: Final = 256
"""How many names a run has, in the end."""
_ROOMY: Final = 32 << 10
"""How many bytes an answer may have, to be sent at once.

A pipe of Linux takes twice as many. Of an answer that waits for the rest of it to be taken, there
would be a part if its worker were killed, and Python's pools (3.11) wait for the rest for ever.
"""
_FIRST: Final = 16
"""How many the first ones have: what they tell of kinds, others are to know."""
_FEW: Final = 100
"""One of so many inputs may be read by the caller without a word."""
_PATIENCE: Final = 5
"""How many seconds nobody is there to read before that is told."""


class Run(NamedTuple):
    """The file names of some inputs that follow each other."""

    numbers: list[int]
    names: list[str | Path]
    labels: list[int | str]
    """What they are called that are something else than the name of a file; else their numbers."""
    files: dict[int, list[str]]
    """The files that such are of, by the place of their last name."""


class _Sent(NamedTuple):
    run: Run
    future: Future[bytes]
    words: bytes


class Runs:
    """The file names of one call, in runs that the workers of an executor read.

    As a context manager, it cancels what has not been asked for when it is left.
    """

    def __init__(
        self, executor: Executor, plugins: Plugins, remote: Remote, *, expands: bool
    ) -> None:
        self._executor = _require_executor(executor)
        folder = os.getcwd()  # noqa: PTH109
        task = Task(uuid.uuid4().hex, plugins.sent(), folder, expands, remote)
        self._task = packed((surroundings(), packed(task)))
        self._expands = expands
        self._run = Run([], [], [], {})
        self._sent: deque[_Sent] = deque()
        self._kinds: Mapping[Key, Kind] = {}
        self._packed_kinds = self._words = b""
        self._size = _FIRST
        self._n_workers = _number_of_workers(executor)
        self._n_sent = 0
        self._n_names = 0
        self._n_again = 0
        self._is_told_of_none = False
        self._hosts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        while self._sent:
            self._sent.pop().future.cancel()

    def add(self, number: int, name: str | Path, label: str | None) -> bool:
        """Add a name, and tell whether there are enough for now."""
        run = self._run
        run.numbers.append(number)
        run.names.append(name)
        run.labels.append(label or number)
        return len(run.numbers) >= self._size

    def add_files(self, files: list[str]) -> bool:
        """Have files noted once their input has been read, and tell whether that is yet to come."""
        run = self._run
        if not run.numbers:
            if not self._sent:
                return False
            run = self._sent[-1].run
        run.files.setdefault(len(run.numbers) - 1, []).extend(files)
        return True

    @property
    def are_enough(self) -> bool:
        """Whether as many runs are on their way as two for each worker."""
        return len(self._sent) >= 2 * self._n_workers

    def send(self, kinds: Mapping[Key, Kind]) -> None:
        """Send the names that have been added, with the kinds that are known by now."""
        run, self._run = self._run, Run([], [], [], {})
        if not run.numbers:
            return
        if kinds is not self._kinds:
            self._kinds = kinds
            self._pack_kinds()
        try:
            given = packed(Given.of(run.names, run.labels))
            future = self._executor.submit(read_run, self._task, self._packed_kinds, given)
        except Exception as error:  # an executor raises what it likes
            raise _failed(self._executor, run, error) from error
        self._sent.append(_Sent(run, future, self._words))
        self._n_names += len(run.numbers)
        self._n_sent += 1
        if self._n_sent >= 2 * self._n_workers:
            # A round: workers may have come and gone, and by now more kinds are known.
            self._n_sent = 0
            self._size = min(2 * self._size, _LONGEST)
            self._n_workers = _number_of_workers(self._executor)

    def next(self) -> tuple[Run, Answer] | None:
        """Return the next run, and what was read of it; None if none was sent."""
        if not self._sent:
            return None
        run, future, words = self._sent[0]
        try:
            content = self._result(future)
            answer: Answer | Refusal = unpacked(content, words)
        except Exception as error:  # as above
            raise _failed(self._executor, run, error) from error
        self._sent.popleft()
        if len(content) > _ROOMY:
            self._size = min(self._size, max(1, len(run.names) * _ROOMY // len(content)))
        if isinstance(answer, Refusal):
            raise _refused(answer)
        return run, answer

    def _result(self, future: Future[bytes]) -> bytes:
        """Wait for what is read of a run; tell if there are no workers, which may be for long."""
        while not future.done():
            try:
                return future.result(_PATIENCE)
            except TimeoutError:
                if not self._is_told_of_none and _has_no_workers(self._executor):
                    self._is_told_of_none = True
                    _LOGGER.warning("the cluster has no workers: the blend waits for some")
        return future.result()

    def note(self, answer: Answer, n_again: int) -> None:
        """Take note of the inputs that the caller could read, and a worker could not."""
        self._n_again += n_again
        self._hosts[answer.host] += n_again

    def warn_of_unreadable(self) -> None:
        """Warn if workers could not read more of the inputs than a few."""
        if self._n_again * _FEW <= self._n_names:
            return
        hosts = sorted(host for host, number in self._hosts.items() if number)
        msg = (
            f"{pluralize(self._n_again, 'input')} of {self._n_names} could not be read by workers "
            f"on {join_words(hosts)}, and were read here, one after the other: are their folders "
            "mounted there, under the same names?"
        )
        warn(msg)

    def _pack_kinds(self) -> None:
        known = []
        for key, kind in self._kinds.items():
            needs = needs_of(kind) if self._expands else None
            known.append(
                KnownKind(
                    with_digest(key),
                    kind.layout.digest,
                    kind.layout.paths,
                    kind.layout.columns and dict(kind.layout.columns),
                    dict(needs.purposes) if needs else None,
                    dict(needs.labels) if needs else None,
                )
            )
        kinds = Kinds.of(known)
        self._packed_kinds = packed(kinds, is_sent_often=True)
        self._words = kinds.words


def _require_executor(executor: Any) -> Executor:
    if isinstance(executor, Executor):
        return executor
    hint = ""
    if hasattr(type(executor), "get_executor"):  # a Client of Dask's
        hint = ": pass client.get_executor()"
    msg = f"executor is a concurrent.futures.Executor, not {preview(executor)}{hint}"
    raise TypeError(msg)


def _number_of_workers(executor: Any) -> int:
    """Return how many workers an executor has, as far as it tells.

    There is no public way to ask. mpi4py 4 has ``num_workers``; the pools of Python and of loky 3
    have ``_max_workers``; of Dask's (2026.8) the client knows, whose cluster may grow.
    """
    client: Any = getattr(executor, "_client", None)
    if hasattr(client, "nthreads"):
        numbers: dict[str, int] = client.nthreads()
        return max(1, sum(numbers.values()))
    told = (getattr(executor, name, None) for name in ("num_workers", "_max_workers"))
    known = [number for number in told if isinstance(number, int) and number > 0]
    return known[0] if known else os.cpu_count() or 1


def _has_no_workers(executor: Any) -> bool:
    """Tell whether it is known that an executor has no workers, as a cluster may for a while."""
    client: Any = getattr(executor, "_client", None)
    return hasattr(client, "nthreads") and not client.nthreads()


def _failed(executor: Executor, run: Run, error: Exception) -> ExecutorError:
    first, last = run.numbers[0], run.numbers[-1]
    which = f"input {first}" if first == last else f"inputs {first} to {last}"
    msg = (
        f"the executor, {type(executor).__name__}, could not have {which} read: "
        f"{describe_error(error)}\nNothing was added. Try again with a new one, or without any."
    )
    return ExecutorError(msg, numbers=(first, last))


def _refused(refusal: Refusal) -> PluginError:
    lines = "".join(f"\n  - {difference}" for difference in refusal.differences)
    msg = f"a worker, {refusal.worker}, is not like the process that asks for the blend:{lines}"
    remedy = Advice(
        "Install the same distributions there, in the same versions, and set the same "
        "variables of the environment."
    )
    return PluginError(msg, provider=refusal.provider or engine(), remedy=remedy)
