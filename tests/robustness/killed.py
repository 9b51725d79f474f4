"""Write files of all kinds again and again, be killed each time, and tell what was left.

Run as a program, for it forks: arguments are a folder, the way, and how often for each kind. The
way is `at random`, after some time, or `steps`: before a call, after it, or in the middle of it.
"""

import builtins
import collections
import io
import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from writers import OUTPUTS, Writer, content_of, drafts, prepare

FAILED = 3
STEPS = (
    "open",
    "dup",
    "scandir",
    "fsync",
    "fchmod",
    "fchown",
    "close",
    "replace",
    "link",
    "unlink",
)


def die_at(number):
    """Kill this process at a step: before a call, after it, or in the middle of writing."""
    left = [number]

    def step():
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(call):
        def stepped(*arguments, **options):
            step()
            result = call(*arguments, **options)
            step()
            return result

        return stepped

    class Torn(io.FileIO):
        whole = False

        def write(self, data):
            """Write one half, and then the other."""
            step()
            view = memoryview(data).cast("B")
            end = len(view) if self.whole else max(len(view) // 2, 1)
            self.whole = not self.whole
            done = super().write(view[:end])
            step()
            return done

    def torn_open(path, mode="r", *arguments, **options):
        if "opener" not in options:
            return plain_open(path, mode, *arguments, **options)
        return io.BufferedWriter(Torn(path, mode, opener=options["opener"]))

    plain_open = builtins.open
    for name in STEPS:
        setattr(os, name, stepping(getattr(os, name)))
    builtins.open = torn_open


def attempt(write, dying=None, delay=None):
    """Return whether a process that writes lives to the end."""
    child = os.fork()
    if child == 0:
        try:
            if dying is not None:
                die_at(dying)
            write()
            os._exit(0)
        except BaseException:  # noqa: BLE001  # not to come back as a second parent
            traceback.print_exc()
            os._exit(FAILED)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == FAILED:
        sys.exit("a process has failed, and was not killed")
    return status == 0


def kill(kind, folder, exposures, way, times, delays):
    """Kill who writes one kind of file; count what is there afterwards."""
    write = Writer(kind, folder, exposures)
    write()  # what is imported and remembered is there in all processes then
    new = content_of(write.output)
    write.reset()
    started = time.perf_counter()
    assert attempt(write)
    took = time.perf_counter() - started
    found = collections.Counter()
    number, lived = 0, False
    while not lived if way == "steps" else number < times:
        write.reset()
        number += 1
        if way == "steps":
            lived = attempt(write, dying=number)
        else:
            attempt(write, delay=delays.uniform(0, took * 1.2))
        if not write.has_written():
            found["old"] += 1
        else:
            found["new" if content_of(write.output) == new else "other"] += 1
        found["most drafts"] = max(found["most drafts"], len(drafts(folder)))
    write.reset()
    assert attempt(write)
    found["drafts at the end"] = len(drafts(folder))
    write.close()
    return found


def main(folder, way, times):
    folder = Path(folder)
    exposures = prepare(folder)
    delays = random.Random(1)  # noqa: S311
    kinds = {kind: kill(kind, folder, exposures, way, int(times), delays) for kind in OUTPUTS}
    print(json.dumps(kinds))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
