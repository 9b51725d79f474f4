"""What is blended in threads and in other processes, which import this, and what it came to."""

import os
import sys

from blender_core import blendmodels


def told(result):
    """Return all that a result tells, in a form that can be sent and compared."""
    inputs = {path: tuple(values) for path, values in result.inputs.items()}
    how = {path: (each.rule, each.n_inputs) for path, each in result.outcomes.items()}
    return repr((result.values, inputs, how))


def blend(paths, **settings):
    """Blend files, and return all that the result tells."""
    return told(blendmodels(None, paths, **settings))


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
