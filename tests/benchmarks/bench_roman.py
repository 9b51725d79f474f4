"""Images of Roman blended into a mosaic, side by side with romancal's MetaBlender in its environment.

The CPU time is that of the blend, with reading what it needs, and that of the whole process with all
it imports. Both have to be at most a third of the peer's.
"""

import json
import os
import resource
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PEERS = ("romancal==1.1.0", "roman_datamodels==1.1.0")
N_FILES = 100

pytestmark = pytest.mark.skipif(
    not os.environ.get("PEERS"), reason="romancal is installed, from the network, where PEERS=1"
)

MAKE = f"""
from pathlib import Path
import roman_datamodels.datamodels as dm
from astropy.time import Time, TimeDelta

for number in range({N_FILES}):
    model = dm.ImageModel.create_fake_data(shape=(8, 8))
    begin = Time("2027-02-01T00:00:00.125") + TimeDelta(100.0 * number, format="sec")
    model.meta.exposure.start_time = begin
    model.meta.exposure.end_time = begin + TimeDelta(50.25, format="sec")
    model.meta.observation.exposure = number // 18 + 1
    model.meta["cal_logs"] = [f"log of {{number}}"]
    model.save(Path(f"r{{number:03}}_cal.asdf"))
dm.MosaicModel.create_fake_data(shape=(8, 8)).save("product_coadd.asdf")
"""

THEIRS = """
import time
from pathlib import Path
import roman_datamodels.datamodels as dm
from romancal.resample._meta_blender import MetaBlender

begin = time.process_time()
blender = MetaBlender()
for path in sorted(Path().glob("r*_cal.asdf")):
    with dm.open(path) as model:
        blender.blend(model)
blended = blender.finalize()
seconds = time.process_time() - begin
dm.MosaicModel.create_fake_data(blended, shape=(8, 8)).save("theirs_coadd.asdf")
print(seconds)
"""

OURS = """
import time
from pathlib import Path
from blender_core import blendmodels

begin = time.process_time()
result = blendmodels("product_coadd.asdf", sorted(Path().glob("r*_cal.asdf")))
seconds = time.process_time() - begin
result.save("ours_coadd.asdf", overwrite=True)
print(seconds)
"""


@pytest.fixture(scope="session")
def peer(peer_environment, build_wheel):
    distributions = ("blender_core", "blender_rules_std", "examples/roman")
    return peer_environment(
        "roman-peer", PEERS, lambda: [build_wheel(ROOT / name) for name in distributions]
    )


def test_a_mosaic(peer, tmp_path, record):
    peer.run(MAKE, tmp_path)
    for _ in range(2):  # the first compiles what it imports
        seconds = {
            name: measured(peer, code, tmp_path)
            for name, code in (("jwst", THEIRS), ("model-blender", OURS))
        }
    # The table's first blender is the peer, which is romancal here.
    for name, (in_run, whole) in seconds.items():
        record(f"romancal 1.1.0, {N_FILES} images, CPU", name, in_run, "s")
        record(f"romancal 1.1.0, {N_FILES} images, process", name, whole, "s")


def measured(peer, code, folder):
    """Return the CPU time of the blend, and of the whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    in_run = json.loads(peer.run(code, folder))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return in_run, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
