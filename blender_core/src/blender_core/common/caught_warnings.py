"""What other packages warn of, and do to warnings, kept to the thread in which they do it.

What Python before 3.14 does with warnings is a matter of the whole process, and `catch_warnings`
changes it: two threads that use it at the same time take each other's warnings, and can leave them
changed for good. Astropy and stdatamodels use it wherever they read or write a table. With a lock,
threads would wait for each other's files. So, while any thread is within one of the contexts here,
stand-ins for functions of the module ``warnings`` do for that thread alone what they else do for
all, and are Python's own for others. What code in C warns of goes the usual way.
"""

from __future__ import annotations

import contextlib
import re
import threading
import warnings
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.common.forks import unforked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextvars import Token
    from types import TracebackType


class _Filter(NamedTuple):
    """What is to be done about some warnings: see `warnings.filterwarnings`."""

    action: str
    message: re.Pattern[str]
    category: type[Warning]

    def means(self, warning: Warning) -> bool:
        return isinstance(warning, self.category) and bool(self.message.match(str(warning)))


class _Scope(NamedTuple):
    """How a thread treats warnings for the time being."""

    record: list[warnings.WarningMessage] | None
    """What it has warned of. None if that goes on to Python."""
    filters: list[_Filter] | None
    """Those of a package's own `catch_warnings`. None if it is not within one."""


_SCOPE: Final[ContextVar[_Scope | None]] = ContextVar("_SCOPE", default=None)


@contextlib.contextmanager
def recorded() -> Iterator[list[warnings.WarningMessage]]:
    """Keep what this thread warns of meanwhile, instead of showing it, whatever the filters say."""
    record: list[warnings.WarningMessage] = []
    with unforked(), _STAND_INS.in_place(), _entered(_Scope(record, None)):
        yield record


@contextlib.contextmanager
def kept_apart() -> Iterator[None]:
    """Have what packages do to warnings hold for this thread, and not for others meanwhile.

    For what other packages do, as `unforked`, which it implies.
    """
    with unforked(), _STAND_INS.in_place():
        if _SCOPE.get() is not None:
            yield
            return
        with _entered(_Scope(None, None)):
            yield


@contextlib.contextmanager
def _entered(scope: _Scope) -> Iterator[None]:
    token = _SCOPE.set(scope)
    try:
        yield
    finally:
        _SCOPE.reset(token)


class _StandIns:
    """The functions of the module ``warnings``, as long as a thread needs others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # no fork comes while it is held
        self._n_threads = 0
        self.own: dict[str, Any] = {}
        """Python's own."""

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        with self._lock:
            if not self._n_threads:
                self.own = {name: getattr(warnings, name) for name in _BY_NAME}
                vars(warnings).update(_BY_NAME)
            self._n_threads += 1
        try:
            yield
        finally:
            with self._lock:
                self._n_threads -= 1
                if not self._n_threads:
                    vars(warnings).update(self.own)


_STAND_INS: Final = _StandIns()


def _warn(
    message: Any, category: Any = None, stacklevel: int = 1, source: Any = None, **more: Any
) -> None:
    scope = _SCOPE.get()
    if scope is not None:
        warning = message if isinstance(message, Warning) else (category or UserWarning)(message)
        action = next((each.action for each in scope.filters or () if each.means(warning)), "")
        if action == "error":
            raise warning
        if action == "ignore":
            return
        if scope.record is not None:
            scope.record.append(warnings.WarningMessage(warning, type(warning), "", 0))
            return
    _STAND_INS.own["warn"](message, category, stacklevel + 1, source, **more)


class _ScopedCatchWarnings(warnings.catch_warnings):
    def __init__(self, *, record: bool = False, **settings: Any) -> None:
        super().__init__(record=record, **settings)
        self._records = record
        self._settings = settings
        self._token: Token[_Scope | None] | None = None

    def __enter__(self) -> Any:
        scope = _SCOPE.get()
        if scope is None:
            return super().__enter__()
        record = [] if self._records else scope.record
        self._token = _SCOPE.set(_Scope(record, [*(scope.filters or ())]))
        if (action := self._settings.get("action")) is not None:
            _simplefilter(action, self._settings.get("category", Warning))
        return record if self._records else None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is None:
            super().__exit__(kind, error, trace)
        else:
            _SCOPE.reset(self._token)


def _filterwarnings(
    action: Any,
    message: str = "",
    category: Any = Warning,
    module: str = "",
    lineno: int = 0,
    append: bool = False,
) -> None:
    scope = _SCOPE.get()
    if scope is None or scope.filters is None:  # a package says it for all, when it is imported
        _STAND_INS.own["filterwarnings"](action, message, category, module, lineno, append)
        return
    place = len(scope.filters) if append else 0
    scope.filters.insert(place, _Filter(action, re.compile(message, re.IGNORECASE), category))


def _simplefilter(
    action: Any, category: Any = Warning, lineno: int = 0, append: bool = False
) -> None:
    scope = _SCOPE.get()
    if scope is None or scope.filters is None:
        _STAND_INS.own["simplefilter"](action, category, lineno, append)
    else:
        _filterwarnings(action, "", category, append=append)


_BY_NAME: Final = {
    "warn": _warn,
    "catch_warnings": _ScopedCatchWarnings,
    "filterwarnings": _filterwarnings,
    "simplefilter": _simplefilter,
}
