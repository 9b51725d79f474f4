import threading
import time
import warnings

from blender_core.common.caught_warnings import recorded


def test_threads_leave_the_warnings_of_the_process_as_they_were():
    before = warnings.showwarning, list(warnings.filters)

    def job():
        for _ in range(200):
            with recorded() as caught:
                time.sleep(0)  # lets the other threads in
                warnings.warn("old", stacklevel=1)
            seen.append(len(caught))

    seen = []
    threads = [threading.Thread(target=job) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 800
    assert (warnings.showwarning, list(warnings.filters)) == before


def test_within_itself():
    with recorded() as outer, recorded() as inner:
        warnings.warn("old", stacklevel=1)
    assert (len(outer), len(inner)) == (0, 1)
