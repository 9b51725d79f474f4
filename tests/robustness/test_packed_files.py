"""Files packed by gzip, and others with more in them than any telescope writes."""

import gzip
import io
import os
import random
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive
from time_limit import time_limit

from blender_core import InputError, OutputError, ProductFile, blendmodels
from blender_core.formats.fits.scan import BadFitsError, RawFits

N_CUTS = int(os.environ.get("PACKED_FILES_CUT", "20"))
BLOCK = 2880
EMPTY = [
    "XTENSION= 'IMAGE   '",
    *(
        f"{name:8}= {value:20}"
        for name, value in [("BITPIX", 8), ("NAXIS", 0), ("PCOUNT", 0), ("GCOUNT", 1)]
    ),
]


def header(cards):
    raw = b"".join(card.encode().ljust(80) for card in (*cards, "END"))
    return raw.ljust(-(-len(raw) // BLOCK) * BLOCK)


EXTENSION = header(EMPTY)
START = "meta.exposure.exposure_time"


@pytest.fixture(scope="module")
def exposure(tmp_path_factory):
    """The bytes of an exposure, whose last extension has its tree."""
    path = tmp_path_factory.mktemp("exposure") / "a_cal.fits"
    model = ImageModel(np.ones((40, 40), np.float32))
    model.meta.exposure.exposure_time = 7.5
    model.save(path)
    return path.read_bytes()


@pytest.fixture
def packed(tmp_path):
    """Return a function that writes a packed file, of one member or of several."""

    def write(*members, level=6):
        path = tmp_path / "a_cal.fits.gz"
        path.write_bytes(b"".join(gzip.compress(member, level) for member in members))
        return path

    with time_limit(30 + N_CUTS):
        yield write


def bytes_read():
    """How many bytes this process has read so far, from files and all else."""
    line = Path("/proc/self/io").read_text().splitlines()[0]
    return int(line.removeprefix("rchar: "))


def test_nothing_is_unpacked_twice(packed, exposure):
    n_blocks = len(exposure) // BLOCK
    path = packed(exposure + EXTENSION * 1000, level=0)
    blendmodels(None, [ImageModel()])  # whatever is imported for the first time
    before = bytes_read()
    assert len(RawFits.read(path).hdus) >= 1001
    assert bytes_read() - before < 1.1 * (1000 + n_blocks) * BLOCK + 100_000


WAYS = {
    "input": lambda path: blendmodels(None, [path]),
    "product": lambda path: blendmodels(path, [ImageModel()]),
    "product that is looked at": ProductFile,
}


@pytest.mark.parametrize("way", all_but_exhaustive(WAYS, ["input"]))
@pytest.mark.parametrize("ending", all_but_exhaustive(["fits.gz", "fits"], ["fits.gz"]))
def test_more_hdus_than_there_may_be(tmp_path, exposure, ending, way):
    path = tmp_path / f"a_cal.{ending}"
    path.write_bytes(exposure + EXTENSION * 9_999)
    if ending == "fits.gz":
        path.write_bytes(gzip.compress(path.read_bytes(), 1))
    with time_limit(), pytest.raises(InputError, match="it has more than 10,000 HDUs") as caught:
        WAYS[way](path)
    assert str(path) in str(caught.value)


@pytest.mark.exhaustive
@pytest.mark.parametrize("ending", ["fits.gz", "fits"])
def test_as_many_hdus_as_there_may_be(tmp_path, exposure, ending):
    with fits.open(io.BytesIO(exposure)) as hdulist:
        raw = exposure + EXTENSION * (10_000 - len(hdulist))
    path = tmp_path / f"a_cal.{ending}"
    path.write_bytes(gzip.compress(raw, 1) if ending == "fits.gz" else raw)
    with time_limit(120):
        assert blendmodels(None, [path]).values[START] == 7.5
        before = path.read_bytes()
        with pytest.raises(OutputError, match="it would have more than 10,000 HDUs"):
            blendmodels(path, [path], output=path)
        assert path.read_bytes() == before


@pytest.mark.exhaustive
def test_hdulists_are_counted_as_well(tmp_path, exposure):
    path = tmp_path / "a_cal.fits"
    path.write_bytes(exposure + EXTENSION * 10_001)
    with (
        time_limit(120),
        fits.open(path) as hdulist,
        pytest.raises(InputError, match="it has more than 10,000 HDUs"),
    ):
        blendmodels(None, [hdulist])


@pytest.mark.exhaustive
def test_headers_of_more_than_there_may_be(tmp_path, exposure):
    long = gzip.compress(header([*EMPTY, *["COMMENT "] * (36 * 9990)]), 1)
    path = tmp_path / "a_cal.fits.gz"
    with time_limit(120):
        path.write_bytes(gzip.compress(exposure) + long * 10)
        with pytest.raises(InputError, match=r"more than 256 MB of headers: HDU [0-9]+ is beyond"):
            blendmodels(None, [path])


def test_a_text_over_more_cards_than_astropy_can_put_together(packed, exposure):
    cards = ["LONGSTR = 'abc&'", *["CONTINUE  'abc&'"] * 10_001]
    path = packed(header(cards_of(exposure) + cards))
    with pytest.raises(InputError, match="more than 10,000 cards CONTINUE"):
        blendmodels(None, [path])


def cards_of(raw):
    return [str(card) for card in fits.Header.fromstring(raw[: raw.index(b"END     ")]).cards]


def test_members_one_after_the_other(packed, exposure):
    third = len(exposure) // 3
    parts = [
        exposure[:third],
        b"",
        exposure[third : third + 1],
        *[b""] * 200,
        exposure[third + 1 :],
    ]
    path = packed(*parts)
    assert blendmodels(None, [path, path]).values[START] == 15.0
    assert RawFits.read(path).is_as_saved()
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 100)  # which gzip takes for padding
    assert blendmodels(None, [path]).values[START] == 7.5
    blendmodels(path, [path], output=path)
    assert ProductFile(path).n_inputs == 1


def test_data_that_are_not_there(packed):
    """A header may speak of as much as it likes: it is unpacked as far as there is anything."""
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8"]
    cards += [
        "NAXIS   =                    2",
        "NAXIS1  =           1000000000",
        "NAXIS2  =           1000000000",
    ]
    path = packed(header(cards) + bytes(1 << 24), level=1)
    with pytest.raises(
        InputError, match=r"HDU 0 \(PRIMARY\) is truncated: its data end at byte 1,000,000,000"
    ):
        blendmodels(None, [path])


def test_cut_or_changed_anywhere(packed, exposure):
    choose = random.Random(3)  # noqa: S311
    path = packed(exposure)
    whole = path.read_bytes()
    expected = [(hdu.name, hdu.start, hdu.size) for hdu in RawFits.read(path).hdus]
    for _ in range(N_CUTS):
        place = choose.randrange(len(whole))
        path.write_bytes(whole[:place])
        with pytest.raises(BadFitsError):
            RawFits.read(path)
        changed = bytearray(whole)
        changed[place] ^= 1 << choose.randrange(8)
        path.write_bytes(changed)
        try:
            hdus = RawFits.read(path).hdus
        except BadFitsError:
            continue
        # The name and the time in the head of a member, which mean nothing.
        assert [(hdu.name, hdu.start, hdu.size) for hdu in hdus] == expected
