"""Who reads the files of a blend: this process, several on this machine, or a cluster's."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.errors import CommandError, refuse
from blender_core.common.advice import Extra
from blender_core.common.wording import describe_error, visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

_PATIENCE: Final = 10
"""How many seconds a scheduler has to answer."""


class Workers:
    """The workers that a user asks for: a number of processes, or those of Dask's scheduler."""

    def __init__(self, processes: int | None, scheduler: str | None) -> None:
        if processes is not None and scheduler is not None:
            refuse("--processes and --scheduler say both who reads the files: leave one out")
        if processes is not None and processes < 1:
            refuse(f"--processes takes a number of 1 or more, not {processes}")
        self._processes = processes
        self._scheduler = scheduler

    @contextmanager
    def executor(self) -> Iterator[Executor | None]:
        """Give the executor whose workers they are; None for this process alone."""
        if self._scheduler is not None:
            with _of_scheduler(self._scheduler) as executor:
                yield executor
        elif self._processes is not None and self._processes > 1:
            with _of_processes(self._processes) as executor:
                yield executor
        else:
            yield None


@contextmanager
def _of_processes(number: int) -> Iterator[Executor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from blender_core.blending.worker import prepare

    # A fork would take over locks of this process.
    pool = ProcessPoolExecutor(number, get_context("spawn"))
    try:
        # A terminal's Ctrl-C goes to all processes: this one has the others end.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            # Each starts one, as long as none is idle (Python 3.11 to 3.13).
            for _ in range(number):
                pool.submit(prepare)
        finally:
            signal.signal(signal.SIGINT, before)
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _of_scheduler(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        install = Extra("dask", "blender-core")
        msg = f"--scheduler needs Dask: {install}"
        raise CommandError(msg, remedy=str(install)) from error
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=_PATIENCE, set_as_default=False
        )
    except Exception as error:  # of an address that it cannot make out, of all kinds
        msg = f"there is no Dask scheduler at {visible(address)}: {describe_error(error)}"
        raise CommandError(msg) from error
    with client:
        yield client.get_executor()
