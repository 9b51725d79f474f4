"""Images of HST, side by side with HST's own blender: the work itself, and whole processes.

Either blends the same files by the same rules, those for ACS that fitsblender has; ours writes the
product as well. What is counted is CPU time, the least of some runs. With PEERS=1 and -s, it is shown.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hst_files import drizzled, exposure
from thoroughness import WITH_PEERS

pytestmark = WITH_PEERS

ROOT = Path(__file__).parents[2]
OURS = """
import json, sys, time
import stdatamodels
from blender_core import Plugins, Provider, blendmodels
from blender_hst import plugin

rules, product, output, *inputs = sys.argv[1:]
plugins = Plugins.discover()
if not any(each.plugin == "hst" for each in plugins):
    plugins.register(plugin, Provider("blender-hst", "1.0", "hst"))
settings = {"rules": [rules], "output": output, "overwrite": True, "plugins": plugins}
blendmodels(product, inputs[:1], **settings)  # what is imported on the way
start = time.process_time()
blendmodels(product, inputs, **settings)
print(json.dumps([time.process_time() - start, time.process_time()]))
"""
THEIRS = """
import json, sys, time
from fitsblender.blendheaders import get_blended_headers

rules, product, output, *inputs = sys.argv[1:]
get_blended_headers([f"{inputs[0]}[sci,1]"], rules_file=rules)
start = time.process_time()
get_blended_headers([f"{path}[sci,1]" for path in inputs], rules_file=rules)
print(json.dumps([time.process_time() - start, time.process_time()]), file=sys.stderr)
"""
LEAST = {10: 3, 100: 10}
"""How many files → how many times less the work itself takes, at least."""
N_RUNS = 3


def measured(python, code, folder, *arguments):
    """Return the seconds of the work, and of the process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "examples" / "hst" / "src")}
    times = []
    for _ in range(N_RUNS):
        done = subprocess.run(
            [python, "-c", code, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=True,
        )
        said = done.stdout if code is OURS else done.stderr
        times.append(json.loads(said.splitlines()[-1]))
    return [min(each) for each in zip(*times, strict=True)]


@pytest.mark.parametrize("n_files", LEAST)
def test_an_image_of_hst(peer_environment, tmp_path, capsys, n_files):
    peer = peer_environment("hst-peer", ("fitsblender==0.4.4", "drizzlepac==3.11.0"))
    drizzled().writeto(tmp_path / "x_drz.fits")
    inputs = [tmp_path / f"j9l9{number:03}q_flt.fits" for number in range(n_files)]
    for number, path in enumerate(inputs):
        exposure(path.name[:8], start=number / n_files).writeto(path)
    rules = peer.packages / "fitsblender" / "acs_header.rules"
    arguments = (rules, tmp_path / "x_drz.fits", tmp_path / "out.fits", *inputs)
    work, whole = measured(sys.executable, OURS, tmp_path, *arguments)
    their_work, their_whole = measured(peer.python, THEIRS, tmp_path, *arguments)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{n_files} files: {work:.3f} s, fitsblender {their_work:.2f} s: "
            f"{their_work / work:.1f} times; with imports {whole:.2f} s, {their_whole:.2f} s: "
            f"{their_whole / whole:.1f} times"
        )
    assert their_work / work >= LEAST[n_files]
    assert their_whole / whole >= 1
