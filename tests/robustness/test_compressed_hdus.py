"""Damaged compressed images, in inputs and products: as datamodels read them, or a clear error.

A compressed image is a table in its file, and its header is of both. Mutants of such headers, of
their heaps, and of files that end within them; as the only file, and after one that is whole.
``DAMAGED_COMPRESSION`` says how many are tried, if not the few of each run.
"""

import os
import warnings
from collections import Counter
from random import Random

import numpy as np
import pytest
from astropy.io import fits
from card_edits import cards_of
from damaged_headers import mutant
from damaged_products import check
from damaged_tables import (
    change_a_byte,
    change_a_cell,
    change_a_column,
    change_a_size,
    cut_off,
    hdus_of,
    remove_a_block,
    remove_a_card,
    with_card,
)
from memory_limit import bounded_memory
from reading_fixtures import same
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import examples
from time_limit import time_limit

from blender_core import BlenderError
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits import FitsReader
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

NUMBER = int(os.environ.get("DAMAGED_COMPRESSION", "0")) or examples(80)
LAYOUT = Layout(
    attribute
    for attribute in read_attributes(ImageModel().schema).values()
    if not attribute.path.startswith("meta.wcs.")
)
KINDS = {
    "rice": {"compression_type": "RICE_1"},
    "gzip": {"compression_type": "GZIP_2", "tile_shape": (1, 40)},
    "hcompress": {"compression_type": "HCOMPRESS_1", "tile_shape": (10, 20)},
    "plio": {"compression_type": "PLIO_1"},
}
VALUES = [0, 1, 2, -1, 8, -32, 64, 40, 2**31, 2**63, 10**70 - 1, 1.5, "x", "", "RICE_1", "NOCOMPRESS", "IMAGE",
          True, False, None, "1PB(9)", "SUBTRACTIVE_DITHER_1", b"= 'open", b"= 1E", b"  5"]  # fmt: skip
OF_COMPRESSION = ["ZIMAGE", "ZCMPTYPE", "ZBITPIX", "ZNAXIS", "ZNAXIS1", "ZNAXIS2", "ZNAXIS3", "ZTILE1", "ZTILE2",
                  "ZNAME1", "ZVAL1", "ZVAL2", "ZQUANTIZ", "ZDITHER0", "ZBLANK", "ZSCALE", "ZZERO", "ZSIMPLE",
                  "ZTENSION", "ZEXTEND", "ZBLOCKED", "ZPCOUNT", "ZGCOUNT", "ZHECKSUM", "ZDATASUM",
                  "EXTNAME", "EXTVER", "BSCALE", "BZERO", "BLANK", "ZMASKCMP", "DATAMODL", "PIXAR_SR"]  # fmt: skip


def change_the_compression(raw, number, _hdu, random):
    return with_card(raw, number, random.choice(OF_COMPRESSION), random.choice(VALUES))


def mix_up_cards(raw, number, _hdu, random):
    """Give a keyword the value of another one."""
    cards = [card for card in cards_of(raw, number) if card[8:10] == b"= "]
    one, other = random.choice(cards), random.choice(cards)
    return with_card(raw, number, one[:8].decode("latin-1").rstrip(), other[8:])


def anything(raw, _number, _hdu, random):
    return mutant(raw, random)[0]


MUTATIONS = [change_the_compression, change_the_compression, change_the_compression, change_a_size,
             change_a_column, mix_up_cards, remove_a_card, change_a_cell, change_a_byte, cut_off,
             remove_a_block, anything]  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files with images that are compressed in several ways, one of them without a tree."""
    folder = tmp_path_factory.mktemp("compressed")
    model = ImageModel()
    for path, value in {
        "exposure.exposure_time": 7.5,
        "exposure.start_time": 59000.25,
        "instrument.detector": "NRCA1",
        "photometry.pixelarea_steradians": 1.5,
        "wcsinfo.crpix1": 12.5,
    }.items():
        model[f"meta.{path}"] = value
    model.save(folder / "plain.fits")
    found = {}
    pixels = np.arange(1200, dtype=np.int16).reshape(30, 40)
    for name, settings in KINDS.items():
        with warnings.catch_warnings(), fits.open(folder / "plain.fits") as hdulist:
            warnings.simplefilter("ignore")
            hdulist["SCI"] = fits.CompImageHDU(
                pixels, hdulist["SCI"].header, name="SCI", **settings
            )
            if name == "gzip":
                del hdulist["ASDF"]
            else:
                noise = np.linspace(0, 1, 1200, dtype=np.float32).reshape(30, 40)
                hdulist.insert(2, fits.CompImageHDU(noise, name="EXTRA"))
            hdulist.writeto(folder / f"{name}.fits")
        found[name] = (folder / f"{name}.fits").read_bytes()
    return found


@pytest.fixture(scope="module")
def inputs():
    models = [ImageModel(), ImageModel()]
    for model in models:
        model.meta.exposure.exposure_time = 100.0
        model.meta.instrument.detector = "NRCA2"
    return models


def damaged(files, seed):
    """Return a random generator, the bytes of a damaged file, and what was done to which."""
    random = Random(seed)  # noqa: S311
    name = random.choice(sorted(files))
    raw = files[name]
    hdus = hdus_of(raw)
    number = random.choice([i for i, hdu in enumerate(hdus) if hdu.compressed])
    mutation = random.choice(MUTATIONS)
    made = mutation(raw, number, hdus[number], random)
    return random, made, name, f"mutant {seed}: {mutation.__name__} of {name}"


def read(given, cache):
    """Return all that is told of a file, or of what astropy has opened."""
    try:
        return FitsReader(given, "input 2", cache).read(LAYOUT)
    except BlenderError as error:
        return str(error)


def read_by_datamodels(path):
    try:
        with datamodels.open(path) as model:
            if not isinstance(model, ImageModel):
                return None
            return DatamodelReader(model, "theirs").read(LAYOUT)
    except Exception:  # noqa: BLE001  # it has many for what it cannot read
        return None


def read_while_open(path):
    try:
        hdulist = fits.open(path)
        hdulist.verify("silentfix+ignore")
    except Exception:  # noqa: BLE001  # of astropy, before anything of ours
        return
    with hdulist:
        told = read(hdulist, ReaderCache())
        assert not isinstance(told, str) or str(path) in told


def check_input(path, whole):
    """Read a damaged input alone and after one that is whole; return what became of it."""
    with time_limit(120), bounded_memory():
        cache = ReaderCache()
        mine = read(path, cache)
        read(whole, later := ReaderCache())
        again = read(path, later)
        assert str(again) == str(mine), again
        read_while_open(path)
    if isinstance(mine, str):
        assert str(path) in mine
        assert "MemoryError" not in mine
        return "refused"
    theirs = read_by_datamodels(path)
    if theirs is None:
        return "no datamodel"
    # A datamodel without a date gets that of its making; a file has none.
    wrong = {
        where: (one, other)
        for where, one, other in zip(LAYOUT.paths, mine, theirs, strict=True)
        if not (same(one, other) or (where == "meta.date" and one is None))
    }
    assert wrong == {}
    return "read"


@pytest.mark.filterwarnings("ignore")
def test_damaged_inputs(tmp_path, files):
    outcomes = Counter()
    for name, raw in files.items():
        (tmp_path / f"{name}.fits").write_bytes(raw)
    for seed in range(NUMBER):
        _, raw, name, kind = damaged(files, seed)
        path = tmp_path / "damaged_cal.fits"
        path.write_bytes(raw)
        try:
            outcomes[check_input(path, tmp_path / f"{name}.fits")] += 1
        except BaseException as error:
            error.add_note(kind)
            raise
    print(dict(outcomes))  # noqa: T201  # with -s
    assert outcomes["read"] > NUMBER // 8
    assert outcomes["refused"] > NUMBER // 16


@pytest.mark.filterwarnings("ignore")
def test_damaged_products(tmp_path, files, inputs):
    outcomes = Counter()
    for seed in range(NUMBER, NUMBER + -(-NUMBER // 2)):
        random, raw, _, kind = damaged(files, seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            with time_limit(120):
                outcomes[check(raw, inputs, folder, random.choice([".fits", ".fits.gz"]))] += 1
        except BaseException as error:
            error.add_note(kind)
            raise
    print(dict(outcomes))  # noqa: T201  # with -s
    assert outcomes["blended"] > NUMBER // 16
    assert outcomes["refused"] > NUMBER // 32
