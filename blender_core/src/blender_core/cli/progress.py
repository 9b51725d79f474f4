"""A bar on the terminal, while there is something to wait for."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.streams import beneath
from blender_core.common.wording import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, ProgressColumn

_PATIENCE: Final = 1.0
"""How many seconds a person waits before asking what it is that takes so long."""


class Bar:
    """A bar that appears when work has taken longer than a second.

    It says what is being done, and what is done afterwards when all has been gone through.
    """

    def __init__(self, label: str, label_afterwards: str = "") -> None:
        self._label, self._label_afterwards = visible(label), visible(label_afterwards)
        self._begin = time.monotonic()
        self._progress: Any = None

    def __call__(self, done: int, total: int | None) -> None:
        """Take note of how far the work is."""
        if self._progress is None:
            if time.monotonic() - self._begin < _PATIENCE:
                return
            self._appear(done, total)
        label = (self._label_afterwards if done == total else "") or self._label
        self._progress.update(self._task, description=label, completed=done, total=total)

    def _appear(self, done: int, total: int | None) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

        self._progress = _progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._task = self._progress.add_task(self._label, completed=done, total=total)
        self._progress.start()

    def vanish(self) -> None:
        """Leave nothing on the terminal."""
        if self._progress is not None:
            self._progress.stop()


def _progress(*columns: ProgressColumn) -> Progress:
    """Return what shows progress on standard error, while others print as they always do."""
    from rich.progress import Progress

    from blender_core.cli.console import Output

    # What others print meanwhile, rich would look through for colours, and obey them (rich 15.0).
    return Progress(
        *columns,
        console=Output(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


@contextmanager
def spinner(label: str) -> Iterator[None]:
    """Show what is being done within."""
    from rich.progress import SpinnerColumn, TextColumn

    progress = _progress(SpinnerColumn("line"), TextColumn("{task.description}", markup=False))
    if not progress.console.is_interactive:  # there it would leave an empty line
        yield
        return
    progress.add_task(visible(label), total=None)
    with progress:
        yield


@contextmanager
def bar(label: str, label_afterwards: str = "", *, quiet: bool = False) -> Iterator[Bar | None]:
    """Show how far the work within is, if it takes long and somebody is looking."""
    if quiet or not beneath(sys.stderr).isatty():
        yield None
        return
    progress = Bar(label, label_afterwards)
    try:
        yield progress
    finally:
        progress.vanish()
