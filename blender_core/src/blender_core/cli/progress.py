"""A bar on the terminal, while there is something to wait for."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Bar", "bar"]

_PATIENCE: Final = 1.0
"""How many seconds a person waits before asking what it is that takes so long."""


class Bar:
    """A bar that appears when work has taken longer than a second.

    Parameters
    ----------
    doing : str
        What is being done.
    afterwards : str, optional
        What is done when all has been gone through.
    """

    def __init__(self, doing: str, afterwards: str = "") -> None:
        self._doing, self._afterwards = doing, afterwards
        self._begin = time.monotonic()
        self._progress: Any = None

    def __call__(self, done: int, total: int | None) -> None:
        """Take note of how far the work is."""
        if self._progress is None:
            if time.monotonic() - self._begin < _PATIENCE:
                return
            self._appear(done, total)
        finished = done == total and self._afterwards
        doing = self._afterwards if finished else self._doing
        self._progress.update(self._task, description=doing, completed=done, total=total)

    def _appear(self, done: int, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(self._doing, completed=done, total=total)
        self._progress.start()

    def vanish(self) -> None:
        """Leave nothing on the terminal."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def bar(doing: str, afterwards: str = "", *, quiet: bool = False) -> Iterator[Bar | None]:
    """Show how far the work within is, if it takes long and somebody is looking."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    shown = Bar(doing, afterwards)
    try:
        yield shown
    finally:
        shown.vanish()
