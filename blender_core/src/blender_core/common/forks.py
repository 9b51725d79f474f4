"""Keep a process from forking while a thread is at what a child could not go on with.

A child has the one thread that forked, and all locks as they were: what another thread held is held
for ever, and a module that it was importing is never there. Our own code holds no lock over what
takes time. But Python imports under locks, astropy loads the data of HDUs and parses units under
one for all threads, and asdf its extensions (astropy 8.0, asdf 5.4). So a fork waits until no other
thread is at such a thing.
"""

from __future__ import annotations

# What these two do before a fork is to lock something, and they have to register it before us. For
# it comes in the reverse order, and those whom a fork waits for may need that lock. And who imports
# them while a fork waits would have them unlock after it what they have not locked before.
import concurrent.futures.thread  # noqa: F401
import contextlib
import logging  # noqa: F401
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST: Final = 60.0
"""How many seconds a fork waits, should somebody whom it waits for be waiting for who forks."""


class _Gate:
    """The threads that no fork may interrupt."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._within: dict[int, int] = {}
        """Identifier of a thread → how often it has come in and not yet gone out."""
        self._n_forks = 0
        """How many threads are waiting to fork; nobody comes in meanwhile."""

    def enter(self) -> None:
        own = threading.get_ident()
        if own in self._within:
            self._within[own] += 1
            return
        with self._changed:
            self._changed.wait_for(lambda: not self._n_forks, _LONGEST)
            self._within[own] = 1

    def leave(self) -> None:
        own = threading.get_ident()
        depth = self._within.get(own, 0) - 1
        if depth > 0:
            self._within[own] = depth
            return
        with self._changed:
            self._within.pop(own, None)
            self._changed.notify_all()

    def before_fork(self) -> None:
        self._changed.acquire()
        self._n_forks += 1
        self._changed.wait_for(self._is_free, _LONGEST)
        self._n_forks -= 1

    def _is_free(self) -> bool:
        others = self._within.keys() - {threading.get_ident()}
        # An interrupted thread may have ended without going out.
        return others.isdisjoint(sys._current_frames())  # noqa: SLF001  # public in spite of its name

    def after_in_parent(self) -> None:
        self._changed.notify_all()
        self._changed.release()

    def after_in_child(self) -> None:
        own = threading.get_ident()
        self._within = {own: self._within[own]} if own in self._within else {}
        self._n_forks = 0
        self._changed = threading.Condition()


_GATE: Final = _Gate()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_GATE.before_fork,
        after_in_parent=_GATE.after_in_parent,
        after_in_child=_GATE.after_in_child,
    )


@contextlib.contextmanager
def unforked() -> Iterator[None]:
    """Have forks of other threads wait until what is done within has been done.

    For what other packages do, and not for what calls a user's code: that may wait for the thread
    that forks.
    """
    try:
        _GATE.enter()
        yield
    finally:
        _GATE.leave()
