"""What somebody else's code raises becomes an error; what a signal raises stays what it is."""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from blender_core.common.foreign import Guard, TooManyError, bounded, interruption, tried
from blender_core.common.wording import describe_error, full_repr, preview

N_SIGNALS = 60


class FoundError(Exception):
    pass


def guarded(call, passes=()):
    with Guard(lambda error: FoundError(describe_error(error)), passes):
        return call()


def raise_it(error):
    raise error


@contextlib.contextmanager
def interrupted_after(seconds):
    """Send a real signal while what is within runs; again if Python has lost it.

    It loses what is raised where it collects garbage, and prints it instead.
    """
    done = threading.Event()

    def send():
        time.sleep(seconds)
        while not done.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            done.wait(2)

    sender = threading.Thread(target=send)
    try:
        sender.start()
        yield
    finally:
        done.set()
        sender.join()


def spin():
    number = 0
    while True:
        number += 1


def loop_with_errors():
    while True:
        with contextlib.suppress(ValueError):
            int("x")


def raising_loop():
    while True:
        try:
            raise ValueError  # noqa: TRY301
        except ValueError:
            pass


def calls():
    while True:
        sorted([3, 2, 1], key=lambda value: -value)


def generators():
    while True:
        sum(value for value in range(100))


def in_c():
    sorted(time.sleep(0.0001) for _ in iter(int, 1))


def recursion(depth=0):
    while True:
        if depth < 50:
            recursion(depth + 1)


def cleans_up():
    try:
        spin()
    finally:
        sum(range(10))


def raises_again():
    try:
        spin()
    except KeyboardInterrupt:  # noqa: TRY203
        raise


def makes_another():
    try:
        spin()
    except KeyboardInterrupt:
        msg = "cannot go on"
        raise ValueError(msg) from None


def exits():
    try:
        spin()
    except BaseException:  # noqa: BLE001
        sys.exit(0)


def interrupts_again():
    try:
        spin()
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt from error


def groups():
    try:
        spin()
    except BaseException as error:  # noqa: BLE001
        msg = "several"
        raise BaseExceptionGroup(msg, [ValueError(), error]) from None


INTERRUPTED = [
    spin,
    loop_with_errors,
    raising_loop,
    calls,
    generators,
    recursion,
    partial(time.sleep, 30),
    in_c,
    cleans_up,
    raises_again,
    makes_another,
    exits,
    interrupts_again,
    groups,
]


class TestSignals:
    @pytest.mark.parametrize("code", INTERRUPTED, ids=lambda code: getattr(code, "__name__", "c"))
    def test_a_real_interrupt_stays_one(self, code):
        pauses = random.Random(12)  # noqa: S311
        for _ in range(max(2, N_SIGNALS // len(INTERRUPTED))):
            with pytest.raises(KeyboardInterrupt), interrupted_after(pauses.uniform(0.001, 0.02)):
                guarded(code, passes=Exception)

    def test_what_a_programs_own_handler_raises(self):
        class Stopped(BaseException):
            pass

        class Handler:
            def __call__(self, *_):
                self.stop()

            def stop(self):
                raise Stopped

            def method(self, *_):
                sys.exit(143)

        for handler, expected in [
            (Handler(), Stopped),
            (Handler().method, SystemExit),
            (partial(lambda error, *_: raise_it(error()), KeyboardInterrupt), KeyboardInterrupt),
        ]:
            before = signal.signal(signal.SIGUSR1, handler)
            try:
                with pytest.raises(expected):
                    guarded(lambda: (os.kill(os.getpid(), signal.SIGUSR1), spin()))
                # The same in code that no signal comes to is that code's.
                with pytest.raises(FoundError):
                    guarded(lambda expected=expected: raise_it(expected()))
            finally:
                signal.signal(signal.SIGUSR1, before)

    def test_the_caller_may_be_handling_one(self):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            spin()
        except KeyboardInterrupt:
            with pytest.raises(FoundError, match="ZeroDivisionError"):
                guarded(lambda: 1 / 0)
            assert tried(lambda: 1 / 0, fallback=7) == 7

    def test_a_preview_does_not_swallow_one(self):
        class Slow:
            def __repr__(self):
                spin()

        with pytest.raises(KeyboardInterrupt), interrupted_after(0.01):
            preview([Slow()])


class TestCode:
    def test_interrupts_of_code_are_errors(self):
        def handling():
            try:
                raise KeyError  # noqa: TRY301
            except KeyError as error:
                raise KeyboardInterrupt from error

        def leaving():
            with contextlib.ExitStack():
                raise KeyboardInterrupt

        class Shown:
            def __repr__(self):
                raise KeyboardInterrupt

        async def awaited():
            raise KeyboardInterrupt

        for code in (
            partial(raise_it, KeyboardInterrupt()),
            partial(raise_it, type("Own", (KeyboardInterrupt,), {})),
            lambda: (_ for _ in ()).throw(KeyboardInterrupt),
            lambda: exec("raise KeyboardInterrupt"),  # noqa: S102
            lambda: repr([Shown()]),
            lambda: awaited().send(None),
            handling,
            leaving,
        ):
            with pytest.raises(FoundError):
                guarded(code)

    def test_in_threads(self):
        with ThreadPoolExecutor(4) as pool:
            errors = [
                pool.submit(guarded, partial(raise_it, kind())).exception()
                for kind in (KeyboardInterrupt, SystemExit, GeneratorExit) * 4
            ]
        assert {type(error) for error in errors} == {FoundError}

    def test_what_may_pass_has_a_message(self):
        class SilentError(ValueError):
            def __str__(self):  # noqa: PLE0307
                sys.exit(0)

        with pytest.raises(ValueError, match="so it is"):
            guarded(lambda: raise_it(ValueError("so it is")), passes=ValueError)
        with pytest.raises(FoundError, match="its message cannot be had"):
            guarded(lambda: raise_it(SilentError()), passes=ValueError)

    def test_the_cause_is_kept(self):
        error = SystemExit(0)
        with pytest.raises(FoundError) as caught:
            guarded(lambda: raise_it(error))
        assert caught.value.__cause__ is error

    def test_errors_that_are_their_own_causes(self):
        one, other = ValueError(1), KeyError(2)
        one.__cause__, other.__cause__ = other, one
        assert interruption(one) is None


class Hostile:
    def __repr__(self):
        sys.exit(0)

    def __len__(self):
        raise KeyboardInterrupt

    __iter__ = __str__ = __hash__ = __eq__ = __repr__


class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit


class Nameless(metaclass=Meta):
    def __repr__(self):
        raise MemoryError


class Long:
    def __repr__(self):
        return "x" * 10_000_000


# Made in the test: pytest looks at parameters, and would end.
@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (Hostile, "<Hostile>"),
        (lambda: [1, Hostile(), {"a": Hostile()}], "[1, <Hostile>, {'a': <Hostile>}]"),
        (lambda: Nameless(), "<Nameless>"),
        (type("list", (Hostile,), {}), "<list>"),
        (lambda: type("Own", (list,), {"__repr__": Hostile.__repr__})([1]), "<Own>"),
        (lambda: type("Text", (str,), {"__len__": Hostile.__len__})("a"), "'a'"),
        (lambda: SystemExit(Hostile()), "<SystemExit>"),
        (lambda: "a" * 100, "'" + "a" * 37 + "..." + "a" * 38 + "'"),
    ],
)
def test_previews_of_anything(make, shown):
    value = make()
    assert preview(value) == shown


def test_previews_are_short():
    assert len(preview([Long()] * 100)) <= 203
    assert len(preview("x" * 10_000_000)) <= 203
    assert len(describe_error(ValueError("x" * 10_000_000))) < 1100


def test_a_whole_repr():
    assert full_repr(["a" * 1000]) == f"['{'a' * 1000}']"
    assert full_repr([Hostile()]) == "<list>"


def test_what_has_no_end():
    assert list(bounded(iter(range(5)))) == [0, 1, 2, 3, 4]
    with pytest.raises(TooManyError, match="no end"):
        sum(1 for _ in bounded(range(2_000_000)))
