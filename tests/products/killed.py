"""Write a product again and again, and be killed each time a step later; tell what was left.

Run as a program, for it forks: arguments are a folder, the kind of product, and of killing.
"""

import builtins
import io
import json
import os
import random
import re
import signal
import sys
import time
import traceback
from pathlib import Path

from stdatamodels.jwst import datamodels

from blender_core import blendmodels

FAILED = 3
STEPS = ("open", "scandir", "fsync", "fchmod", "fchown", "replace", "link", "unlink")


def content_of(path):
    """Return what a file has, but for the times at which it was written, and their checksum."""
    if not path.exists():
        return None
    content = re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", b"a time", path.read_bytes())
    return re.sub(rb"_fits_hash: \w{64}", b"a checksum", content)


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


def blend(folder, kind):
    inputs = sorted((folder / "inputs").iterdir())
    product = folder / "product.fits"
    if kind == "datamodel":
        with datamodels.open(product) as model:
            blendmodels(model, inputs, output=folder / "out.fits", overwrite=True)
    elif kind == "new":
        blendmodels(product, inputs, output=folder / "out.fits")
    else:
        blendmodels(product, inputs, output=folder / "out.fits", overwrite=True)


def attempt(folder, kind, dying=None, delay=None):
    """Return whether a process that writes the product lives to the end."""
    child = os.fork()
    if child == 0:
        try:
            if dying is not None:
                die_at(dying)
            blend(folder, kind)
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


def drafts(folder):
    return len(list(folder.glob(".*.tmp")))


def main(folder, kind, way):
    folder = Path(folder)
    target = folder / "out.fits"
    raw = None if kind == "new" else target.read_bytes()
    old = content_of(target) if raw else None

    def reset():
        if raw is None:
            target.unlink(missing_ok=True)
        else:
            target.write_bytes(raw)

    reset()
    blend(folder, kind)  # what is imported and remembered is there in all processes then
    reset()
    started = time.perf_counter()
    assert attempt(folder, kind)
    took = time.perf_counter() - started
    new = content_of(target)
    found = {"old": 0, "new": 0, "other": 0, "most leftovers": 0}
    lived, number = False, 0
    delays = random.Random(1)  # noqa: S311
    while not lived if way == "steps" else number < 15:
        reset()
        number += 1
        if way == "steps":
            lived = attempt(folder, kind, dying=number)
        else:
            attempt(folder, kind, delay=delays.uniform(0, took * 1.2))
        content = content_of(target)
        found["new" if content == new else "old" if content == old else "other"] += 1
        found["most leftovers"] = max(found["most leftovers"], drafts(folder))
    reset()
    assert attempt(folder, kind)
    found["leftovers at the end"] = drafts(folder)
    found["attempts"] = number
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
