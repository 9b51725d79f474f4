"""The same rules on the same files as HST's own blender, which runs in an environment of its own.

Whatever is different has a reason here, and in docs/howto/hst.rst.
"""

import json
import math
import random
import subprocess

import pytest
from environments import UV, Environment, make_folder
from hst_files import WFC3, WFPC2, Undefined

from blender_core import Status, blendmodels

pytestmark = pytest.mark.exhaustive

PEER = """
import json, sys, warnings
warnings.simplefilter("ignore")
from astropy.io import fits
from fitsblender import blendheaders

def plain(value):
    if isinstance(value, fits.card.Undefined):
        return None
    return value.item() if hasattr(value, "item") else value

jobs = json.load(open(sys.argv[1]))
answers = []
for job in jobs:
    inputs = [f"{path}[sci,{chip}]" for path, chip in job["rows"]]
    try:
        headers, table = blendheaders.get_blended_headers(inputs, rules_file=job["rules"])
    except Exception as error:
        answers.append({"error": f"{type(error).__name__}: {error}"})
        continue
    for header in headers:
        blendheaders.remove_distortion_keywords(header)
    answers.append({
        "headers": [{k: plain(v) for k, v in h.items() if k not in ("", "HISTORY", "COMMENT")} for h in headers],
        "table": {name: [plain(cell) for cell in table.data[name]] for name in table.columns.names},
    })
json.dump(answers, open(sys.argv[2], "w"))
"""

PEER_RELEASE = "fitsblender==0.4.4"
HDUS = ("PRIMARY", "SCI", "ERR", "DQ")


@pytest.fixture(scope="session")
def peer(make_once):
    """HST's own blender, with its rules; skipped where it cannot be installed."""

    def make(folder):
        make_folder(folder, pip=not UV)
        python = str(Environment(folder).python)
        install = (
            [UV, "pip", "install", "--python", python] if UV else [python, "-m", "pip", "install"]
        )
        done = subprocess.run(
            [*install, "-q", PEER_RELEASE], capture_output=True, text=True, check=False
        )
        if done.returncode:
            (folder / "reason").write_text(done.stderr.strip().splitlines()[-1])

    environment = Environment(make_once("hst-peer", make))
    reason = environment.folder / "reason"
    if reason.exists():
        pytest.skip(f"fitsblender cannot be installed here: {reason.read_text()}")
    return environment


@pytest.fixture
def peers_rules(peer):
    """Return a function that gives the path of the peer's rules for an instrument."""
    return lambda instrument: peer.packages / "fitsblender" / f"{instrument}_header.rules"


@pytest.fixture
def compare(peer, hst, tmp_path):  # noqa: ARG001
    """Return a function that blends with both, and tells the differences: place → ours, theirs."""

    def run(*jobs):
        task, answer = tmp_path / "jobs.json", tmp_path / "answers.json"
        listing = [
            {"rows": [(str(path), chip) for path, n in files for chip in range(1, n + 1)], "rules": str(rules)}
            for files, rules in jobs
        ]  # fmt: skip
        task.write_text(json.dumps(listing))
        peer.run(PEER, tmp_path, str(task), str(answer))
        theirs = json.loads(answer.read_text())
        return [
            differences(blendmodels(None, [path for path, _ in files], rules=[rules]), found)
            for (files, rules), found in zip(jobs, theirs, strict=True)
        ]

    return run


def differences(result, theirs):
    """Return how many values are the same, and what is different: place → ours, theirs."""
    assert "error" not in theirs, theirs
    ours = {hdu: {} for hdu in HDUS}
    kept = {hdu: set() for hdu in HDUS}
    for path, outcome in result.outcomes.items():
        attribute = result.plan[path].attribute
        if attribute.keyword is None:
            continue
        if outcome.status is Status.SET:
            ours[attribute.hdu][attribute.keyword] = outcome.value
        elif outcome.rule == "keep":
            kept[attribute.hdu].add(attribute.keyword)
    n_same, found = 0, {}
    for hdu, header in zip(HDUS, theirs["headers"], strict=True):
        for keyword in {*header, *ours[hdu]} - kept[hdu]:
            pair = ours[hdu].get(keyword), header.get(keyword)
            if is_same(*pair):
                n_same += 1
            else:
                found[hdu, keyword] = pair
    for name in {*result.table.colnames, *theirs["table"]}:
        column = result.table[name] if name in result.table.colnames else []
        cells = [None if _is_masked(cell) else _plain(cell) for cell in column]
        others = [_present(cell) for cell in theirs["table"].get(name, [])]
        if len(cells) == len(others) and all(map(is_same_cell, cells, others)):
            n_same += len(cells)
        elif cells or any(cell is not None for cell in others):
            found["HDRTAB", name] = cells, others
    return n_same, found


def _is_masked(cell):
    return type(cell).__name__ == "MaskedConstant"


def _plain(cell):
    return cell.item() if hasattr(cell, "item") else cell


def _present(cell):
    """Return what the peer has for a cell: nan, in words or as a number, is its missing."""
    return None if cell == "nan" or cell != cell else cell


def is_same(one, other):
    if isinstance(one, str) and isinstance(other, str):
        return one.rstrip() == other.rstrip()
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-13)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def is_same_cell(one, other):
    """The peer makes numbers of integers and booleans in a column where a value is missing."""
    return is_same(one, other) or (isinstance(one, bool) and other in (float(one), str(one)))


OF_THE_BLENDER = {("PRIMARY", name) for name in ("RULESVER", "BLENDVER", "RULEFILE")}


INSTRUMENTS = {
    "acs": {},
    "wfc3": WFC3,
    "wfpc2": WFPC2,
    "stis": {"INSTRUME": "STIS", "DETECTOR": "CCD", "OPT_ELEM": "MIRVIS", "CENWAVE": 7150},
    "nicmos": {"INSTRUME": "NICMOS", "CAMERA": 2, "FILTER": "F160W", "NSAMP": 10, "ADCGAIN": 5.4},
}


@pytest.fixture
def files(write):
    """Return a function that writes four exposures of two chips each, out of time order."""

    def make(prefix, n_chips=2, **primary):
        others = [
            {"start": 0.5, "MOONANGL": 10.5},
            {"start": 0.0, "PROPOSID": 99, "PR_INV_L": "Noyola", "QUALCOM1": None},
            {"start": 1.0, "TARGNAME": "M31", "SUNANGLE": None, "MOONANGL": None},
            {"start": 0.25, "EXPTIME": 350.125, "SUNANGLE": 11.25, "CCDGAIN": 1.0},
        ]
        chips = [
            ({}, {"PHOTFLAM": 8e-20, "CCDCHIP": 2}),
            ({"NCOMBINE": 2}, {"SOFTERRS": 7}),
            ({"SOFTERRS": None, "FILLCNT": None}, {"SOFTERRS": None}),
            ({"MEANDARK": None}, {"EXTRA": "abc"}),
        ]
        return [
            (write(f"{prefix}{i}q", own[:n_chips], **{**primary, **other}), n_chips)
            for i, (own, other) in enumerate(zip(chips, others, strict=True))
        ]

    return make


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_its_own_rules(compare, peers_rules, files, instrument):
    given = files("j9l9a", **INSTRUMENTS[instrument])
    ((n_same, found),) = compare((given, peers_rules(instrument)))
    print(n_same, found)
    assert n_same > 600
    assert set(found) <= OF_THE_BLENDER
