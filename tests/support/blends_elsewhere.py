"""What is blended in threads and in other processes, which import this, and what it came to."""

import os
import sys
from concurrent.futures import Executor, Future

from blender_core import blendmodels


def told(result):
    """Return all that a result tells, in a form that can be sent and compared."""
    inputs = {path: tuple(values) for path, values in result.inputs.items()}
    how = {path: (each.rule, each.n_inputs) for path, each in result.outcomes.items()}
    return repr((result.values, inputs, how))


def blend(paths, **settings):
    """Blend files, and return all that the result tells."""
    return told(blendmodels(None, paths, **settings))


class Inline(Executor):
    """Does at once what it is given, up to a number of calls; others wait for ever."""

    num_workers = 1

    def __init__(self, n_done=sys.maxsize):
        self.futures = []
        self.n_done = n_done

    def submit(self, function, /, *args):
        future = Future()
        self.futures.append(future)
        if len(self.futures) <= self.n_done:
            future.set_result(function(*args))
        return future


def prepare_worker(sites, folder):
    """Make a worker one that has other distributions, and another current folder, than its caller."""
    sys.path += map(str, sites)
    os.chdir(folder)


def make_distribution(folder, distribution, version, plugin, code):
    """Make a distribution with one plugin, as it is where it is installed."""
    name = distribution.replace("-", "_")
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (folder / f"{plugin}_plugin.py").write_text(code)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    )
    (info / "entry_points.txt").write_text(f"[blender_core]\n{plugin} = {plugin}_plugin\n")
    return folder
