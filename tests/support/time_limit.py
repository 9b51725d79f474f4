"""A bound on what might take for ever: far more than it takes, and the test goes on to the next."""

import contextlib
import signal


@contextlib.contextmanager
def time_limit(seconds=30):
    """Fail what waits or computes longer. A pipe without a writer is left, too."""

    def end(*_):
        msg = f"not done in {seconds} s"
        raise AssertionError(msg)

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
