"""Have several processes blend into one product at a time, and look at it all the while.

Run as a program, for it forks: arguments are a folder, the kind of product, and how often each
process blends. Each has exposures of its own, whose times add up to what no others' do.
"""

import collections
import json
import os
import sys
import traceback
from pathlib import Path

from stdatamodels.jwst import datamodels
from writers import SECONDS, drafts, prepare

from blender_core import InputError, OutputError, ProductFile, blendmodels

N_PROCESSES = 8
FAILED, REFUSED = 3, 4


def blend(product, exposures, number, output, times):
    """Blend the exposures of one process; count how often somebody else was faster."""
    own = exposures[: number + 1]
    refused = 0
    for _ in range(times):
        try:
            blendmodels(product, own, record_rules=True, output=output, overwrite=True)
        except (InputError, OutputError) as error:
            if "has been changed by somebody else" not in str(error):
                raise
            refused += 1
    return refused


def process(*arguments):
    """Blend in a process of its own; return its number and a pipe that tells what came of it."""
    end, beginning = os.pipe()
    child = os.fork()
    if child == 0:
        status = FAILED
        try:
            os.write(beginning, b"%d" % blend(*arguments))
            status = 0
        except BaseException:  # noqa: BLE001  # not to come back as a second parent
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(beginning)
    return child, end


def seconds_in(product):
    """Return the exposure time of a product, by which it is known who made it."""
    while True:
        try:
            values = ProductFile(product)
        except InputError as error:
            if "has been changed by somebody else" not in str(error):
                raise
        else:
            break
    seconds = values.values["meta.exposure.exposure_time"]
    assert sum(values.inputs["meta.exposure.exposure_time"]) == seconds
    return seconds


def main(folder, kind, times):
    folder = Path(folder)
    exposures = prepare(folder)
    what, _, ending = kind.partition(".")
    product = folder / f"product.{ending}"
    output = product if what == "itself" else folder / f"out.{ending}"
    blendmodels(product, exposures, record_rules=True, output=output)
    sums = {sum(SECONDS[: i + 1]) for i in range(N_PROCESSES)}
    children = [process(product, exposures, i, output, int(times)) for i in range(N_PROCESSES)]
    found = collections.Counter()
    for child, end in children:
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            found["looks"] += 1
            found["other"] += seconds_in(output) not in sums
            if done:
                break
        if status:
            sys.exit("a process has failed")
        found["refused"] += int(os.read(end, 100))
        os.close(end)
    with datamodels.open(output) as model:
        assert model.data.shape == (40, 50)
    found["drafts"] = len(drafts(folder))
    found["blends"] = N_PROCESSES * int(times)
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
