import threading
import time
import warnings

import pytest

from blender_core.common.caught_warnings import kept_apart, recorded

NAMES = ("warn", "showwarning", "catch_warnings", "filterwarnings", "simplefilter", "formatwarning")


def of_process():
    return [getattr(warnings, name) for name in NAMES], list(warnings.filters)


@pytest.fixture(autouse=True)
def _all_is_as_it_was():
    before = of_process()
    yield
    assert of_process() == before


def warn(text, category=UserWarning, *, to, those=Warning):
    with warnings.catch_warnings():
        warnings.filterwarnings(to, category=those)
        warnings.warn(text, category, stacklevel=2)


def in_threads(job):
    threads = [threading.Thread(target=job) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def texts(caught):
    return [str(each.message) for each in caught]


class TestRecorded:
    def test_each_thread_has_its_own(self):
        def job():
            for _ in range(200):
                with recorded() as caught:
                    time.sleep(0)  # lets the other threads in
                    warnings.warn(f"old {threading.get_ident()}", stacklevel=1)
                seen.append(texts(caught) == [f"old {threading.get_ident()}"])

        seen = []
        in_threads(job)
        assert seen == [True] * 800

    def test_none_waits_for_another(self):
        barrier = threading.Barrier(4)

        def job():
            with recorded():
                barrier.wait(30)
            ended.append(True)

        ended = []
        in_threads(job)
        assert ended == [True] * 4

    def test_whatever_the_filters_say(self):
        for action in ("error", "ignore", "once"):
            with warnings.catch_warnings():
                warnings.simplefilter(action)
                with recorded() as caught:
                    for _ in range(2):
                        warnings.warn("old", DeprecationWarning, stacklevel=1)
            assert [(str(each.message), each.category) for each in caught] == [
                ("old", DeprecationWarning)
            ] * 2

    def test_within_itself(self):
        with recorded() as outer:
            with recorded() as inner:
                warnings.warn("old", stacklevel=1)
            warnings.warn(UserWarning("new"), stacklevel=1)
        assert (texts(outer), texts(inner)) == (["new"], ["old"])

    def test_others_see_theirs_meanwhile(self):
        recording, seen = threading.Event(), threading.Event()

        def job():
            with recorded() as caught:
                recording.set()
                seen.wait(30)
            kept.append(texts(caught))

        kept = []
        thread = threading.Thread(target=job)
        thread.start()
        recording.wait(30)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.warn("mine", stacklevel=1)
            with pytest.raises(RuntimeWarning, match="mine"):
                warn("mine", RuntimeWarning, to="error")
        seen.set()
        thread.join()
        assert texts(caught) == ["mine"]
        assert caught[0].filename == __file__
        assert kept == [[]]


# Packages do this when they read and write files.
class TestWhatPackagesDo:
    @pytest.fixture(params=[recorded, kept_apart])
    def context(self, request):
        return request.param

    def test_to_ignore_some(self, context):
        def job():
            for _ in range(100):
                with context(), warnings.catch_warnings():
                    time.sleep(0)
                    warnings.filterwarnings("ignore", "old", UserWarning)
                    time.sleep(0)
                    warnings.warn("old and known", stacklevel=1)
            done.append(True)

        done = []
        in_threads(job)
        assert done == [True] * 4

    def test_to_have_some_raised(self, context):
        with context(), pytest.raises(UserWarning, match="bad"):
            warn("bad", to="error")

    def test_to_have_some_raised_in_one_go(self, context):
        def raising():
            with warnings.catch_warnings(action="error", category=UserWarning):
                warnings.warn("bad", stacklevel=1)

        with context(), pytest.raises(UserWarning, match="bad"):
            raising()

    def test_to_catch_them(self, context):
        with context():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                warnings.warn("theirs", stacklevel=1)
            assert texts(caught) == ["theirs"]

    def test_to_have_the_last_word(self, context):
        with context(), warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", category=UserWarning)
            warnings.simplefilter("error", append=True)
            warnings.warn("old", stacklevel=1)

    def test_and_what_they_leave_to_others(self):
        with recorded() as caught, warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.warn("told", UserWarning, stacklevel=1)
        assert texts(caught) == ["told"]
        with pytest.warns(UserWarning, match="told"), kept_apart():
            warn("told", to="ignore", those=RuntimeWarning)

    def test_for_all_when_they_are_imported(self, context):
        entry = ("always", None, ResourceWarning, None, 0)
        assert entry not in warnings.filters
        with context():
            warnings.simplefilter("always", ResourceWarning, append=True)
        assert entry in warnings.filters
        warnings.filters.remove(entry)
