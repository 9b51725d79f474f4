"""Somebody else's code: what it raises, and its objects, looked at without harm.

A plugin's code may raise anything, also what would end the program or pass for a key that somebody
has pressed; and so may its objects, wherever they are compared, counted, shown or asked for
their class. Whatever touches them does so within a `Guard`. What signals raise is not theirs: a
real Ctrl-C, or what a program's own handler of a signal raises, passes through.
"""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType, TracebackType

T = TypeVar("T")

_MOST: Final = 1_000_000
"""How many things something that is not a plain list or dict may give: more are without an end."""
_NAME_OF_TYPE: Final = type.__dict__["__name__"]
# Where generators are thrown into, no signal comes to Python's notice. In 3.13, that is POP_TOP in
# one that has not begun; one that waits cannot be told from one that is interrupted.
_RAISING: Final = ("RAISE_VARARGS", "RERAISE", "YIELD_VALUE", "RETURN_GENERATOR", "POP_TOP")


class TooManyError(ValueError):
    """Something gives more than anybody needs, and most likely never ends."""


class Guard:
    """Make an error of whatever somebody else's code raises within.

    `fault` makes it of what was raised, which becomes its cause. What that code may raise, and has
    a message, `passes` as it is.
    """

    def __init__(
        self,
        fault: Callable[[BaseException], BaseException],
        passes: type[BaseException] | tuple[type[BaseException], ...] = (),
    ) -> None:
        self._fault = fault
        self._passes = passes
        self._handled: BaseException | None = None

    def __enter__(self) -> None:
        self._handled = sys.exception()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None or error is None:
            return
        if (signalled := interruption(error, self._handled)) is not None:
            if signalled is not error:
                raise signalled
            return
        if issubclass(kind, self._passes) and tried(str, error, fallback=None) is not None:
            return
        raise self._fault(error) from error


def tried(call: Callable[..., T], *arguments: Any, fallback: T) -> T:
    """Return what a call gives that is somebody else's code, or something in its place."""
    handled = sys.exception()
    try:
        return call(*arguments)
    except BaseException as error:
        signalled = interruption(error, handled)
        if signalled is error:
            raise
        if signalled is not None:
            raise signalled from None
        return fallback


def interruption(
    error: BaseException, handled: BaseException | None = None
) -> BaseException | None:
    """Return what a signal has raised: the error of somebody else's code, or one that led to it.

    What was being handled before that code was called is not of interest. None if no signal has to
    do with it: ``raise KeyboardInterrupt`` stands in the code.
    """
    handlers = _handlers()
    for each in causes_of(error, handled):
        traceback = _own(each, "__traceback__")
        if traceback is None:  # nobody has ever raised it
            continue
        frames = list(_frames(traceback))
        if any(id(code) in handlers for code, _ in frames):
            return each
        if issubclass(type(each), KeyboardInterrupt) and not _stands_in_code(*frames[-1]):
            return each
    return None


def causes_of(
    error: BaseException, handled: BaseException | None = None
) -> Iterator[BaseException]:
    """Give an error, and all that led to it, whatever its class makes of these."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        each = pending.pop()
        if each is None or each is handled or id(each) in seen:
            continue
        # By their identities: errors may be their own causes, and have an `__eq__` of their own.
        seen.add(id(each))
        yield each
        pending += [_own(each, "__cause__"), _own(each, "__context__")]
        if issubclass(type(each), BaseExceptionGroup):
            pending += BaseExceptionGroup.__dict__["exceptions"].__get__(each)


def bounded(values: Iterable[T]) -> Iterator[T]:
    """Give what somebody else's object gives, as it comes, and an error if there is no end."""
    iterator = iter(values)
    yield from itertools.islice(iterator, _MOST)
    for _ in iterator:
        msg = f"it gives more than {_MOST:,}: it seems to have no end"
        raise TooManyError(msg)


def type_name(value: object) -> str:
    """Return the name of an object's class, whatever that has in place of it."""
    return class_name(type(value))


def class_name(kind: type) -> str:
    """Return the name of a class, whatever its metaclass makes of it."""
    return str(_NAME_OF_TYPE.__get__(kind))


def _own(error: BaseException, name: str) -> Any:
    """Return what Python knows of an error, and not what its class tells."""
    return BaseException.__dict__[name].__get__(error)


def _frames(traceback: TracebackType | None) -> Iterator[tuple[CodeType, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code, traceback.tb_lasti
        traceback = traceback.tb_next


def _stands_in_code(code: CodeType, place: int) -> bool:
    """Tell whether an error comes from a statement that raises it.

    A signal's comes from any other: Python looks for signals at the ends of loops and at calls,
    and the one in C that raises `KeyboardInterrupt` has no frame of its own.
    """
    from opcode import opname

    return place >= 0 and opname[code.co_code[place]] in _RAISING


def _handlers() -> set[int]:
    """Return the identities of the code that this program has for signals."""
    import signal

    codes = set()
    for number in signal.valid_signals():
        handler: Any = signal.getsignal(number)
        while hasattr(handler, "func"):  # functools.partial
            handler = handler.func
        handler = getattr(handler, "__func__", handler)
        if not hasattr(handler, "__code__"):
            handler = vars(type(handler)).get("__call__")
        codes.add(id(getattr(handler, "__code__", None)))
    return codes
