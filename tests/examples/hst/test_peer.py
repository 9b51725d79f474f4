"""The same rules on the same files as HST's own blender, which runs in an environment of its own.

Whatever is different has a reason here, and in docs/howto/hst.rst.
"""

import json
import math
import os
import random

import pytest
from astropy.io import fits
from hst_files import WFC3, WFPC2, Undefined, drizzled, exposure
from thoroughness import WITH_PEERS

from blender_core import Status, blendmodels

pytestmark = WITH_PEERS

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

PEERS = ("fitsblender==0.4.4", "drizzlepac==3.11.0")
HDUS = ("PRIMARY", "SCI", "ERR", "DQ")


@pytest.fixture(scope="session")
def peer(peer_environment):
    """HST's own blender, with its rules; skipped where it cannot be installed."""
    return peer_environment("hst-peer", PEERS)


@pytest.fixture
def peers_rules(peer):
    """Return a function that gives the path of the peer's rules by their name."""

    def find(name):
        folders = peer.packages / "fitsblender", peer.packages / "drizzlepac" / "pars"
        (path,) = (folder / name for folder in folders if (folder / name).exists())
        return path

    return find


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
    is_nan = isinstance(cell, float) and math.isnan(cell)
    return None if cell == "nan" or is_nan else cell


def is_same(one, other):
    if isinstance(one, str) and isinstance(other, str):
        return one.rstrip() == other.rstrip()
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-13, abs_tol=1e-15)
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
    ((n_same, found),) = compare((given, peers_rules(f"{instrument}_header.rules")))
    assert n_same > 600
    assert set(found) <= OF_THE_BLENDER


# The peer writes the number of days; where its later steps need a date-time, they make one.
AS_MOMENTS = {("PRIMARY", "DATE-BEG"), ("PRIMARY", "DATE-END")}


@pytest.mark.parametrize("kind", ["", "mvm_", "single_", "mvm_single_"])
@pytest.mark.parametrize("instrument", ["acs", "wfc3", "wfpc2"])
def test_rules_of_drizzlepac(compare, peers_rules, files, instrument, kind):
    """These delete keywords and sections, and have results under other names."""
    given = files("j9l9a", **INSTRUMENTS[instrument])
    names = {"": "header", "mvm_": "mvm_header", "single_": "single_header"}
    name = names.get(kind, "mvm_single_header")
    ((n_same, found),) = compare((given, peers_rules(f"{instrument}_{name}_hap.rules")))
    assert n_same > 600
    assert set(found) <= OF_THE_BLENDER | AS_MOMENTS, found
    for key in AS_MOMENTS & set(found):
        ours, theirs = found[key]
        assert (ours[:10], type(theirs)) == (f"2006-03-{13 if key[1] == 'DATE-BEG' else 14}", float)


MISSING = """
ROOTNAME
A_FIRST
A_MIDDLE
A_LAST
N_MIDDLE
A_FIRST A_FIRST first
A_MIDDLE A_MIDDLE last
A_LAST A_LAST multi
N_MIDDLE N_MIDDLE sum
N_FIRST N_FIRST mean
N_LAST N_LAST stddev
NOWHERE NOWHERE first
"""


def test_missing_values(compare, write, rules):
    """In the first input, in the middle, in the last, in all."""
    lacking = [
        {"A_MIDDLE": "x", "A_LAST": "x", "N_MIDDLE": 1, "N_LAST": 2.5},
        {"A_FIRST": "y", "A_LAST": "y", "N_FIRST": 5, "N_LAST": 3.5},
        {"A_FIRST": "z", "A_MIDDLE": "z", "N_FIRST": 6, "N_MIDDLE": 4},
    ]
    given = [(write(f"j9l9a{i}q", **values), 1) for i, values in enumerate(lacking)]
    ((n_same, found),) = compare((given, rules(MISSING)))
    assert n_same > 90
    assert set(found) <= OF_THE_BLENDER


PATTERNS = """
ROOTNAME
PATT*
POSTARG* x max
/ POINTING INFORMATION
<delete> ASN*
<delete> / CALIBRATION REFERENCE FILES
<delete> / TARGET OFFSETS (POSTARGS)
"""


def test_wildcards_and_sections(compare, write, rules):
    given = [(write(f"j9l9a{i}q", PATTERN1="LINE", PATTSTEP=i, start=i / 2), 1) for i in range(3)]
    ((n_same, found),) = compare((given, rules(PATTERNS)))
    assert n_same > 80
    assert set(found) <= OF_THE_BLENDER


def test_two_instruments(compare, peers_rules, write):
    """One chip each: of several, the peer never loads the rules of the second instrument."""
    given = [(write("j9l9a1q", start=0.5), 1), (write("ibfu01a1q", **WFC3), 1)]
    ((n_same, found),) = compare((given, peers_rules("acs_header.rules")))
    assert n_same > 250
    assert set(found) <= OF_THE_BLENDER


def test_undefined_cards(compare, write, rules):
    values = [{"TARGNAME": Undefined}, {"TARGNAME": "a"}, {"TARGNAME": "b"}]
    given = [(write(f"j9l9a{i}q", **each), 1) for i, each in enumerate(values)]
    text = "ROOTNAME\nTARGNAME\nTARGNAME TARGNAME first\n"
    ((n_same, found),) = compare((given, rules(text)))
    assert n_same > 90
    assert set(found) <= OF_THE_BLENDER


PEERS_PRODUCT = """
import sys
from fitsblender.blendheaders import blendheaders

product, output, rules, *inputs = sys.argv[1:]
extensions = {"SCI": "SCI", "ERR": "WHT", "DQ": "CTX"}
blendheaders(product, inputs=inputs, output=output, extensions=extensions, rules_file=rules)
"""
ON_DISK = """
ROOTNAME
EXPTIME
TARGNAME
EXPTIME EXPTIME sum
EXPTIME TEXPTIME sum
EXPSTART EXPSTART min
DETECTOR DETECTOR multi
MDRIZSKY MDRIZSKY mean
CCDCHIP CCDCHIP multi
<delete> LINENUM
"""
"""Without what has the peer's product be refused by astropy."""
OF_THE_PRODUCT = {"FILENAME", "DATE", "NEXTEND", "EXPTIME", "EXPSTART", "EXPEND", "LINENUM"}


def test_a_product_on_disk(peer, hst, write, rules, tmp_path):  # noqa: ARG001
    product, theirs, ours = (tmp_path / name for name in ("x_drz.fits", "theirs.fits", "ours.fits"))
    drizzled().writeto(product)
    inputs = [write("j9l9a2q", ({}, {}), start=0.5, DETECTOR="HRC"), write("j9l9a1q", ({}, {}))]
    path = rules(ON_DISK)
    chips = [f"{each}[sci,{chip}]" for each in inputs for chip in (1, 2)]
    peer.run(PEERS_PRODUCT, tmp_path, str(product), str(theirs), str(path), *chips)
    blendmodels(product, inputs, rules=[path], output=ours)
    with fits.open(ours) as own, fits.open(theirs) as other:
        for name in ("PRIMARY", "SCI", "WHT", "CTX"):
            mine, its = own[name].header, other[name].header
            different = {
                keyword
                for keyword in {*mine, *its} - {"", "HISTORY"}
                if mine.get(keyword) != its.get(keyword)
            }
            if name == "PRIMARY":
                different -= OF_THE_PRODUCT | {key for _, key in OF_THE_BLENDER}
            # Of these, this product has one axis alone.
            different -= {"CD1_1", "CD1_2", "CD2_1", "CD2_2", "CRPIX2", "CRVAL2", "CTYPE2"}
            assert different <= {"VAFACTOR", "WCSAXES"}, name
        assert other[0].header["EXPTIME"] == 30.0  # the product's own
        assert own[0].header["EXPTIME"] == 60.0
        assert other[0].header["LINENUM"] == "19.001"  # deleted, and there again
        assert "LINENUM" not in own[0].header
        assert own[0].header["DETECTOR"] == other[0].header["DETECTOR"] == "MULTIPLE"
        for name in ("SCI", "WHT", "CTX"):
            assert own[name].data.tobytes() == other[name].data.tobytes()


NUMBERS = (
    "first",
    "last",
    "min",
    "max",
    "mean",
    "sum",
    "stddev",
    "multi",
    "multi?",
    "zero",
    "int_one",
    "float_one",
)
TEXTS = ("first", "last", "multi", "multi?", "zero", "int_one", "float_one")


def invented(random, folder, more=False):
    """Return exposures with what nobody would think of, and rules for them.

    There can be more functions of one keyword, and patterns: the peer takes these for the keywords
    of its first file alone, so that all files have the same.
    """
    keywords = [f"K{i:02}" for i in range(24)]
    makers = [
        lambda: random.choice(["a", "b", "longer text"]),
        lambda: random.choice([1, 2, 2**31 - 1]),
        lambda: random.choice([0.1, 0.2, -1e30, 3.0]),
    ]
    kinds = {keyword: random.randrange(3) for keyword in keywords}

    def values(half):
        chosen = half if more else random.sample(half, random.randrange(6, 12))
        return {keyword: makers[kinds[keyword]]() for keyword in sorted(chosen)}

    given = []
    for number in range(random.randrange(1, 5)):
        chips = [values(keywords[12:]) for _ in range(random.randrange(1, 3))]
        path = folder / f"j{number}_{random.randrange(10**9)}_flt.fits"
        exposure(f"j9l9a{number}q", chips, start=random.random(), **values(keywords[:12])).writeto(
            path
        )
        given.append((path, len(chips)))
    lines = ["ROOTNAME", "K00"]
    targets = random.sample([*keywords, "NEW1", "NEW2", "NEW3"], 16)
    for target in targets:
        source = target if random.random() < 0.6 and target in kinds else random.choice(keywords)
        lines.append(f"{source} {target} {random.choice(NUMBERS if kinds[source] else TEXTS)}")
    lines += random.sample(keywords[1:], 8)
    if more:
        numbers = [keyword for keyword in keywords if kinds[keyword]]
        lines += [f"{one} {one} {random.choice(NUMBERS)}" for one in random.choices(numbers, k=8)]
        lines += [
            f"{one} {other} {random.choice(NUMBERS)}"
            for one, other in zip(random.choices(numbers, k=4), numbers[:4], strict=True)
        ]
        patterns = ["K0*", "K0*1", "K?0*5", "K2*", "K2?*", "K*23"]
        lines += [f"{random.choice(patterns)} x {random.choice(TEXTS)}" for _ in range(3)]
        lines += [f"<delete> {random.choice(patterns[3:])}"]
    lines += [f"<delete> {keyword}" for keyword in random.sample(keywords, 3)]
    random.shuffle(lines)
    path = folder / f"{random.randrange(10**9)}.rules"
    # The peer forgets that a line was there before, and where a pattern has a column as well.
    again = [] if more else random.choices(lines, k=3)
    path.write_text("\n".join([*dict.fromkeys(lines), *again]) + "\n")
    return given, path


@pytest.mark.parametrize("more", [False, True])
def test_rules_that_nobody_would_think_of(compare, tmp_path, more):
    seeds = range(int(os.environ.get("INVENTED_RULES", "40")))
    jobs = [invented(random.Random(seed), tmp_path, more) for seed in seeds]  # noqa: S311
    for seed, (_, found) in zip(seeds, compare(*jobs), strict=True):
        assert set(found) <= OF_THE_BLENDER, (seed, found, jobs[seed][1].read_text())
