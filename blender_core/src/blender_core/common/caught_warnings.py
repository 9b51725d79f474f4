"""Find out what other packages warn of, one thread at a time."""

from __future__ import annotations

import contextlib
import threading
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["recorded"]

_LOCK: Final = threading.RLock()


@contextlib.contextmanager
def recorded() -> Iterator[list[warnings.WarningMessage]]:
    """Keep what is warned of meanwhile, instead of showing it.

    What Python does with warnings is a matter of the whole process: two threads that change it at
    the same time can leave it changed for good. So blends in several threads wait for each other
    here, which they do for unusual files only.
    """
    with _LOCK, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught
