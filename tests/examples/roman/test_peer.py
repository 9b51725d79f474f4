"""The same images blended by romancal's MetaBlender, in an environment of its own, and by the plugin.

Whatever is different has a reason here, and in docs/howto/roman.rst.
"""

import json
from pathlib import Path

import pytest
from thoroughness import WITH_PEERS

from blender_core import blendmodels

pytestmark = WITH_PEERS

ROOT = Path(__file__).parents[3]
PEERS = ("romancal==1.1.0", "roman_datamodels==1.1.0")

MAKE = """
import json, sys
from pathlib import Path
import astropy.units as u
from astropy.time import Time, TimeDelta
import roman_datamodels.datamodels as dm
from romancal.resample._meta_blender import MetaBlender

folder, changes = Path(sys.argv[1]), json.loads(sys.argv[2])
blender = MetaBlender()
for number, change in enumerate(changes):
    path = folder / f"r{number}_cal.asdf"
    model = dm.ImageModel.create_fake_data(shape=(8, 8))
    meta = model.meta
    meta.filename = path.name
    begin = Time("2027-02-01T00:00:00.125") + TimeDelta(change.pop("start") * u.s)
    meta.exposure.start_time, meta.exposure.end_time = begin, begin + TimeDelta(50.25 * u.s)
    steps = "assign_wcs dark dq_init flat_field flux linearity outlier_detection photom ramp_fit"
    steps += " refpix saturation skymatch source_catalog tweakreg wfi18_transient dark_decay"
    meta["cal_step"] = dict.fromkeys(steps.split(), "COMPLETE")
    meta["cal_logs"] = change.pop("logs", [f"log of {number}"])
    for name, value in change.items():
        group, _, key = name.partition(".")
        if group not in meta:
            meta[group] = {}
        meta[group][key] = value
    if not meta["cal_logs"]:
        del meta["cal_logs"]
    model.save(path)
    with dm.open(path) as model:
        blender.blend(model)
blended = dm.MosaicModel.create_fake_data(blender.finalize(), shape=(8, 8))
blended.save(folder / "theirs_coadd.asdf")
dm.MosaicModel.create_fake_data(shape=(8, 8)).save(folder / "product_coadd.asdf")
"""

COMPARE = """
import json, sys
import numpy as np
import roman_datamodels.datamodels as dm

def cells(column):
    values = getattr(column, "isot", column)
    return [None if cell is np.ma.masked else getattr(cell, "item", lambda: cell)() for cell in values]

theirs, ours = (dm.open(path) for path in sys.argv[1:3])
theirs.validate(), ours.validate()
flat = [{k: str(v) for k, v in m.to_flat_dict(include_arrays=False).items()
         if "individual_image" not in k} for m in (theirs, ours)]
values = {k: [each.get(k) for each in flat] for k in {**flat[0], **flat[1]}
          if flat[0].get(k) != flat[1].get(k)}
tables = [m.meta.individual_image_meta for m in (theirs, ours)]
names = [{f"{g}.{c}": t[g][c] for g in t for c in t[g].colnames} for t in tables]
columns, same = {}, 0
for name in {**names[0], **names[1]}:
    pair = [None if name not in each else
            [str(getattr(each[name], "dtype", "Time")), cells(each[name])] for each in names]
    if pair[0] != pair[1]:
        columns[name] = pair
    else:
        same += 1
print(json.dumps({
    "values": values, "n_values": len(flat[1]), "columns": columns, "same columns": same,
    "logs": [list(map(list, m.individual_image_cal_logs)) for m in (theirs, ours)],
    "data": bool(np.array_equal(theirs.data, ours.data)),
}))
"""

IN_MEMORY = """
import json, sys
from pathlib import Path
import roman_datamodels.datamodels as dm
from blender_core import blendmodels

folder = Path(sys.argv[1])
paths = sorted(folder.glob("r*_cal.asdf"))
for name, inputs in (("of_files", paths), ("of_models", [dm.open(path) for path in paths])):
    model = dm.open(folder / "product_coadd.asdf")
    result = blendmodels(model, inputs)
    assert result.product is model
    model.validate()
    result.save(folder / f"{name}_coadd.asdf")
"""

AS_INPUTS = """
import json, os, sys
from pathlib import Path
import roman_datamodels.datamodels as dm
from romancal.datamodels import ModelLibrary
from blender_core import InputError, OutputError, blendmodels

folder = Path(sys.argv[1])
os.chdir(folder)
paths = sorted(folder.glob("r*_cal.asdf"))
product = folder / "product_coadd.asdf"
members = [{"expname": path.name, "exptype": "science", "group_id": "1"} for path in paths]
association = {"asn_id": "a1", "asn_pool": "none", "asn_rule": "x", "asn_type": "image",
               "program": "1", "target": "t", "products": [{"name": "p", "members": members}]}

def blended(name, inputs):
    output = folder / f"{name}_coadd.asdf"
    blendmodels(product, inputs, output=output)
    return output

opened = [dm.open(path) for path in paths]
images = {"files": paths, "models": opened, "library": ModelLibrary(opened),
          "association": ModelLibrary(association), "on_disk": ModelLibrary(association, on_disk=True)}
written = {name: blended(name, inputs) for name, inputs in images.items()}
library = images["on_disk"]
with library:  # each has been given back
    for index in range(len(library)):
        library.shelve(library.borrow(index), index, modify=False)
mosaics = [written["files"], folder / "theirs_coadd.asdf"]
blended("of_files", mosaics)
blended("of_models", [dm.open(path) for path in mosaics])

def refused(kind, inputs, output):
    before = output.read_bytes() if output.exists() else b""
    try:
        blendmodels(product, inputs, output=output, overwrite=True)
    except kind as error:
        assert before == (output.read_bytes() if output.exists() else b"")
        return str(error)

closed = dm.open(mosaics[1])
closed.close()
print(json.dumps({
    "over an image": refused(OutputError, opened, paths[1]),
    "over one of a library": refused(OutputError, [ModelLibrary(opened)], paths[1]),
    "over a mosaic": refused(OutputError, [dm.open(mosaics[1])], mosaics[1]),
    "closed": refused(InputError, [closed], folder / "never_coadd.asdf"),
}))
"""


@pytest.fixture(scope="session")
def peer(peer_environment, build_wheel):
    """Roman's own blender, with the plugin beside it; skipped where it cannot be installed."""
    distributions = ("blender_core", "blender_rules_std", "examples/roman")
    return peer_environment(
        "roman-peer", PEERS, lambda: [build_wheel(ROOT / name) for name in distributions]
    )


@pytest.fixture
def compared(peer, roman, tmp_path):  # noqa: ARG001
    """Return a function that has both blend the same images, and compares the mosaics' files."""

    def run(*changes):
        peer.run(MAKE, tmp_path, str(tmp_path), json.dumps(changes))
        images = sorted(tmp_path.glob("r*_cal.asdf"))
        assert len(images) == len(changes)
        output = tmp_path / "ours_coadd.asdf"
        blendmodels(tmp_path / "product_coadd.asdf", images, output=output, record_rules=True)
        return json.loads(
            peer.run(COMPARE, tmp_path, str(tmp_path / "theirs_coadd.asdf"), str(output))
        )

    return run


OF_A_FILE = {"roman.meta.filename", "roman.meta.file_date"}
# MetaBlender sets it to a constant, for what it takes the product to be.
OF_THE_STEP = {"roman.meta.product_type"}


def test_images_that_have_all(compared):
    """Out of time order."""
    answer = compared({"start": 300}, {"start": 0}, {"start": 100})
    assert set(answer["values"]) <= OF_A_FILE | OF_THE_STEP
    assert answer["n_values"] > 50
    assert answer["columns"] == {}
    assert answer["same columns"] > 100
    assert answer["logs"][0] == answer["logs"][1]
    assert answer["data"]


def test_two_filters_and_two_programs(compared):
    answer = compared(
        {"start": 0, "instrument.optical_element": "F062", "observation.visit": 3},
        {"start": 1, "instrument.optical_element": "F158", "program.title": "Other"},
        {"start": 2, "cal_step.flux": "SKIPPED"},
    )
    assert set(answer["values"]) <= OF_A_FILE | OF_THE_STEP
    assert answer["columns"] == {}


@pytest.mark.parametrize("lacking", range(3))
def test_what_lacks(compared, lacking):
    """In the first, in the middle, in the last: masked, and of the type that it has."""
    more = {"a_flag": True, "a_number": 5, "a_word": "x", "a_length": 0.5}
    changes = [{"start": 10 - i} for i in range(3)]
    for number, change in enumerate(changes):
        if number == lacking:
            change |= {"logs": []}
        else:
            change |= {f"exposure.{name}": value for name, value in more.items()}
            change |= {"background.level": 2.5, "background.method": "match"}
            change |= {"background.subtracted": True}
    answer = compared(*changes)
    assert set(answer["values"]) <= OF_A_FILE | OF_THE_STEP
    for name, (theirs, ours) in answer["columns"].items():
        group, _, column = name.partition(".")
        assert group == "background" or column in more
        assert [cell is None for cell in ours[1]] == [i == lacking for i in range(3)]
        # Of a group that a later image lacks, its table there has no row for that image at all.
        present = [str(cell) for cell in theirs[1] if str(cell) not in ("MISSING_CELL", "nan")]
        assert [
            str(float(c)) if theirs[0] == "float64" else str(c) for c in ours[1] if c is not None
        ] == present
    kinds = {name: ours[0] for name, (_, ours) in answer["columns"].items()}
    assert kinds["exposure.a_flag"] == kinds["background.subtracted"] == "bool"
    assert kinds["exposure.a_number"] == "int64"
    theirs, ours = answer["logs"]
    assert ours[lacking] == []
    assert [log for log in ours if log] == theirs


def test_in_memory(compared, peer, tmp_path):
    compared({"start": 10, "logs": []}, {"start": 5, "exposure.a_flag": True})
    peer.run(IN_MEMORY, tmp_path, str(tmp_path))
    for name in ("of_files", "of_models"):
        answer = json.loads(
            peer.run(
                COMPARE,
                tmp_path,
                str(tmp_path / f"{name}_coadd.asdf"),
                str(tmp_path / "ours_coadd.asdf"),
            )
        )
        assert set(answer["values"]) <= OF_A_FILE
        assert answer["columns"] == {}
        assert answer["logs"][0] == answer["logs"][1] == [[], ["log of 1"]]


def test_libraries_and_models_as_inputs(compared, peer, tmp_path):
    compared({"start": 10, "logs": []}, {"start": 5, "instrument.optical_element": "F062"})
    told = json.loads(peer.run(AS_INPUTS, tmp_path, str(tmp_path)).splitlines()[-1])
    for name in ("over an image", "over one of a library", "over a mosaic"):
        assert "would replace the input" in told[name]
    assert told["closed"].startswith("input 1 (MosaicModel) cannot be read: ")
    pairs = [("files", name) for name in ("models", "library", "association", "on_disk")]
    for names in [*pairs, ("of_files", "of_models")]:
        files = (str(tmp_path / f"{name}_coadd.asdf") for name in names)
        answer = json.loads(peer.run(COMPARE, tmp_path, *files))
        assert set(answer["values"]) <= OF_A_FILE
        assert answer["columns"] == {}
        assert answer["logs"][0] == answer["logs"][1]
        assert answer["data"]


@pytest.fixture(scope="session", params=["0.31.0", "1.2.0"])
def other_version(request, peer_environment, build_wheel):
    """roman_datamodels of another version, without romancal."""
    distributions = ("blender_core", "blender_rules_std", "examples/roman")
    return peer_environment(
        f"roman-{request.param}",
        (f"roman_datamodels=={request.param}",),
        lambda: [build_wheel(ROOT / name) for name in distributions],
    )


OF_A_VERSION = """
import json, sys
from pathlib import Path
import roman_datamodels.datamodels as dm
from astropy.time import Time
from blender_core import blendmodels

folder = Path(sys.argv[1])
paths = []
for number, element in enumerate(["F158", "F062"]):
    model = dm.ImageModel.create_fake_data(shape=(8, 8))
    model.meta.exposure.start_time = Time(f"2027-02-01T00:0{number}:00.000")
    model.meta.exposure.end_time = Time(f"2027-02-01T00:0{number}:30.000")
    model.meta.instrument.optical_element = element
    paths.append(folder / f"r{number}_cal.asdf")
    model.save(paths[-1])
product = folder / "product_coadd.asdf"
dm.MosaicModel.create_fake_data(shape=(8, 8)).save(product)
told = []
for name, inputs in (("both", paths), ("one", paths[:1]), ("other", paths[1:])):
    blendmodels(product, inputs, output=folder / f"{name}_coadd.asdf")
mosaics = [folder / "one_coadd.asdf", folder / "other_coadd.asdf"]
blendmodels(product, mosaics, output=folder / "mosaics_coadd.asdf")
blendmodels(product, [mosaics[0], paths[1]], mixed=True, output=folder / "mixed_coadd.asdf")
for name in ("both", "mosaics", "mixed"):
    with dm.open(folder / f"{name}_coadd.asdf") as model:
        model.validate()
        tables = model.meta.individual_image_meta
        told.append([model.meta.coadd_info.time_first.isot, model.meta.coadd_info.time_last.isot,
                     model.meta.instrument.optical_element, list(model.meta.resample.members),
                     sorted({len(table) for table in tables.values()}),
                     list(map(str, tables["instrument"]["optical_element"]))])
print(json.dumps(told))
"""


def test_files_of_other_versions(other_version, tmp_path):
    told = json.loads(other_version.run(OF_A_VERSION, tmp_path, str(tmp_path)))
    assert told == [[
        "2027-02-01T00:00:00.000", "2027-02-01T00:01:30.000", None,
        ["r0_cal.asdf", "r1_cal.asdf"], [2], ["F158", "F062"],
    ]] * 3  # fmt: skip
