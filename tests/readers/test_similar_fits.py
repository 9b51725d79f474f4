"""Files that are like one before are read where that had its headers, and give what they have."""

import gzip
import hashlib
import os
import re
import shutil
import stat
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdatamodels.fits_support import fits_hash
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import examples

from blender_core import InputError, ModelBlender, blendmodels
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.readers.fits import FitsReader
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

pytestmark = pytest.mark.filterwarnings(
    "ignore::blender_core.BlendWarning", "ignore::astropy.utils.exceptions.AstropyWarning"
)

CARD, BLOCK = 80, 2880
PATHS = (
    "meta.target.ra",
    "meta.target.catalog_name",
    "meta.wcsinfo.crpix1",
    "meta.exposure.groupgap",
)
LAYOUT = Layout(read_attributes(ImageModel().schema)[path] for path in PATHS)
HASH = re.compile(rb"(?<=\n_fits_hash: )[0-9a-f]{64}")


def save(path, ra=1.5, name="NGC 1300", title="Deep", shape=(40, 50)):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ImageModel(shape) as model:
            model.err = np.ones(shape, "f4")
            model.meta.target.ra = ra
            model.meta.target.catalog_name = name
            model.meta.program.title = title
            model.meta.exposure.groupgap = 3
            model.meta.wcsinfo.crpix1 = 12.5
            model.save(path)
    return path


@pytest.fixture(scope="module")
def first_once(tmp_path_factory):
    return save(tmp_path_factory.mktemp("first") / "a_cal.fits")


@pytest.fixture
def first(first_once, tmp_path):
    return Path(shutil.copy(first_once, tmp_path))


@pytest.fixture
def cache(first):
    """What is known once a file has been read, and another of its kind."""
    cache = ReaderCache()
    for number in (1, 2):
        FitsReader(first, f"input {number}", cache).read(LAYOUT)
    return cache


def rehashed(path):
    """Have a tree say that nobody has touched the headers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as hdus:
            checksum = fits_hash(hdus).encode()
    path.write_bytes(HASH.sub(checksum, path.read_bytes()))
    return path


def headers(path):
    """Return where the headers of a file begin and end."""
    with fits.open(path) as hdus:
        return [(info["hdrLoc"], info["datLoc"]) for info in (hdu.fileinfo() for hdu in hdus)]


def test_the_next_file_is_not_parsed(cache, tmp_path, monkeypatch, compare):
    path = save(tmp_path / "b_cal.fits", ra=1 / 3, name="it's, another")
    monkeypatch.setattr(AsdfText, "root", None)
    reader = FitsReader(path, "input 2", cache)
    assert reader.what == f"input 2 ({path})"
    assert reader.model_type is ImageModel
    values = dict(zip(LAYOUT.paths, reader.read(LAYOUT), strict=True))
    assert values == dict(zip(PATHS, (1 / 3, "it's, another", 12.5, 3), strict=True))
    monkeypatch.undo()
    assert compare.differences(path, cache) == []


def test_nothing_is_known_at_first(first):
    assert ReaderCache().tree_of(first) is None


@pytest.mark.parametrize("length", [0, 1, 500, 2500, 3000, 9000])
def test_trees_of_any_length(cache, tmp_path, compare, length):
    path = save(tmp_path / "b_cal.fits", title="x" * length)
    assert compare.differences(path, cache) == []


@pytest.fixture
def odd(first, tmp_path):
    """A file with a text in its tree that has to be parsed."""
    path = tmp_path / "odd_cal.fits"
    old, new = b"catalog_name: NGC 1300", b'catalog_name: "N\\n130"'
    raw = first.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new))
    return path


def test_what_has_to_be_parsed_all_the_same(cache, odd):
    for _ in range(3):
        assert cache.tree_of(odd) is not None
        reader = FitsReader(odd, "input 2", cache)
        assert reader.read(LAYOUT)[LAYOUT.places["meta.target.catalog_name"]] == "N\n130"
    assert "meta" in reader.schema["properties"]
    assert reader.paths_beyond(["meta.target", "meta.program"])[0] == "meta.date"


@pytest.mark.parametrize(
    "change",
    [
        lambda hdus: hdus[0].header.set("TARG_RA", 5.0),
        lambda hdus: hdus[0].header.set("TARGNAME", "long " * 30),
        lambda hdus: hdus[0].header.set("DATAMODL", "MosaicModel"),
        lambda hdus: hdus[0].header.set("DATAMODL", "long &" * 30),
        lambda hdus: hdus[0].header.remove("TARG_RA"),
        lambda hdus: hdus["SCI"].header.set("EXTNAME", "SCX"),
        lambda hdus: hdus["SCI"].header.set("EXTNAME", "ASDF"),
        lambda hdus: hdus["SCI"].header.set("CRPIX1", 77.0),
        lambda hdus: hdus["SCI"].header.append(("CRPIX1", 77.0), end=True),
        lambda hdus: hdus.append(fits.ImageHDU(name="MORE")),
        lambda hdus: hdus.__setitem__("SCI", fits.CompImageHDU(hdus["SCI"].data, hdus["SCI"].header)),
        lambda hdus: hdus.insert(1, hdus.pop(2)),
        lambda hdus: hdus.__delitem__("ASDF"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rehash", [False, True])
def test_edited_by_astropy(cache, first, tmp_path, compare, change, rehash):
    path = Path(shutil.copy(first, tmp_path / "b_cal.fits"))
    with fits.open(path, mode="update") as hdus:
        change(hdus)
    if rehash:
        rehashed(path)
    try:
        expected = compare.differences(path)
    except (InputError, ValueError, KeyError, TypeError) as error:
        with pytest.raises(type(error)):
            compare.differences(path, cache)
    else:
        assert compare.differences(path, cache) == expected == []


texts = st.one_of(
    st.sampled_from(
        [b"END", b"END     ", b"CONTINUE", b"CONTINUE  'a'", b"T", b"F", b" ", b"=", b"= ", b"'", b"&", b"/", b"0", b"9", b"-", b"\0",
         b"\xe9", b"\n", b"1.5E3", b"1D5", b"HIERARCH", b"ZIMAGE  = T", b"EXTNAME = 'ASDF'", b"XTENSION", b"NAXIS", b"lower   ="]
    ),
    st.binary(min_size=1, max_size=3),
)  # fmt: skip


# Astropy leaves files open that it cannot read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(st.data(), st.booleans())
def test_edited_by_hand(cache, first, tmp_path, compare, data, rehash):
    """Whatever is written into the headers of a file that is otherwise like the first."""
    raw = bytearray(first.read_bytes())
    path = tmp_path / "b_cal.fits"
    for _ in range(data.draw(st.integers(1, 2))):
        start, end = data.draw(st.sampled_from(headers(first)))
        cards = [i for i in range(start, end, CARD) if raw[i : i + CARD].strip(b" ")]
        column = data.draw(st.sampled_from([0, 8, 10, 11, 20, 29, 40, 79]))
        text = data.draw(texts)[: CARD - column]
        place = data.draw(st.sampled_from(cards)) + column
        raw[place : place + len(text)] = text
    path.write_bytes(raw)
    try:
        expected = compare.differences(rehashed(path) if rehash else path)
    except Exception:  # noqa: BLE001  # nobody can read it
        return
    assert compare.differences(path, cache) == expected == []


def test_cards_with_other_values_are_no_hindrance(cache, first, tmp_path, compare):
    """Values differ from file to file, those that FITS itself asks for do not."""
    path = save(tmp_path / "b_cal.fits", ra=-1e-7, name="b" * 60)
    assert path.stat().st_size == first.stat().st_size
    assert cache.tree_of(path) is not None
    assert compare.differences(path, cache) == []


@pytest.mark.parametrize("length", [-1, -BLOCK, -5 * BLOCK, BLOCK])
def test_files_of_another_length(cache, first, tmp_path, length):
    path = tmp_path / "b_cal.fits"
    path.write_bytes((first.read_bytes() + bytes(BLOCK))[: length - BLOCK or None])
    if length < -BLOCK:
        assert cache.tree_of(path) is None
        with pytest.raises(InputError, match="truncated"):
            FitsReader(path, "input 2", cache)


def test_a_file_that_is_shorter_than_it_says(cache, first, tmp_path, monkeypatch):
    """It was cut off after its length was asked for."""
    path = tmp_path / "b_cal.fits"
    path.write_bytes(first.read_bytes()[:-5000])
    status = first.stat()
    monkeypatch.setattr(os, "fstat", lambda _: status)
    assert cache.tree_of(path) is None


def test_what_is_no_file(cache, tmp_path):
    path = tmp_path / "b_cal.fits"
    assert cache.tree_of(path) is None
    os.mkfifo(path)
    assert cache.tree_of(path) is None


def test_files_that_may_not_be_read(cache, first, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    assert cache.tree_of(first) is not None
    monkeypatch.setattr(os, "open", refuse)
    assert cache.tree_of(first) is None


def test_compressed_files(first, tmp_path, compare, cache):
    path = tmp_path / "b_cal.fits.gz"
    path.write_bytes(gzip.compress(first.read_bytes()))
    assert compare.differences(path, cache) == []
    assert cache.tree_of(path) is None


def test_files_of_several_kinds_in_turn(first, odd, tmp_path, compare):
    kinds = [
        first,
        odd,
        save(tmp_path / "b_cal.fits", shape=(40, 51)),
        save(tmp_path / "c_cal.fits", title="x" * 4000),
    ]
    with fits.open(kinds[0]) as hdus:
        hdus[0].header.remove("GROUPGAP")
        hdus.writeto(tmp_path / "e_cal.fits")
    kinds.append(rehashed(tmp_path / "e_cal.fits"))
    cache = ReaderCache()
    for path in kinds * 2 + kinds[::-1]:
        assert compare.differences(path, cache) == []
    for path in kinds:
        assert cache.tree_of(path) is not None


def test_what_was_not_needed_for_long_is_forgotten(tmp_path):
    """A blend of many files that are all different does not keep all of their structures."""
    cache = ReaderCache()
    paths = [save(tmp_path / f"{i}_cal.fits", shape=(i + 1, 1440)) for i in range(40)]
    for path in paths:
        FitsReader(path, "input 1", cache).read(LAYOUT)
    assert cache.tree_of(paths[0]) is None
    assert cache.tree_of(paths[-1]) is not None


def test_a_blend_tells_files_of_other_classes(first, tmp_path):
    path = tmp_path / "b_cal.fits"
    path.write_bytes(first.read_bytes().replace(b"= 'ImageModel'", b"= 'SlitModel' ", 1))
    blender = ModelBlender()
    blender.accumulate_all([first, first])
    with pytest.raises(InputError, match="SlitModel"):
        blender.accumulate(rehashed(path))


def test_all_that_a_reader_does(cache, first):
    """Whatever else can be asked of the reader of a file, this one can be asked for, too."""
    again, reader = (FitsReader(first, "input 2", known) for known in (cache, ReaderCache()))
    assert again.hdrtab() is reader.hdrtab() is None
    assert again.what == reader.what
    assert again.schema == reader.schema
    assert again.model_type is reader.model_type
    assert again.paths_beyond([]) == reader.paths_beyond([])


def test_products_are_expanded(tmp_path):
    products = []
    for name in "ab":
        product = ImageModel((4, 5))
        files = [save(tmp_path / f"{name}{i}_cal.fits", ra=float(i)) for i in range(3)]
        blendmodels(product, files)
        products.append(tmp_path / f"{name}_i2d.fits")
        product.save(products[-1])
    blender = ModelBlender(expand=True)
    blender.accumulate_all(products)
    result = blender.finalize_model(ImageModel())
    assert result.inputs["meta.target.ra"] == (0.0, 1.0, 2.0, 0.0, 1.0, 2.0)


def test_it_is_the_file_that_is_read(first):
    """Not what was known of it: files are written anew."""
    blender = ModelBlender()
    blender.accumulate_all([first, first])
    save(first, ra=7.5)
    assert stat.S_ISREG(first.stat().st_mode)
    blender.accumulate(first)
    result = blender.finalize_model(ImageModel())
    assert result.inputs["meta.target.ra"] == (1.5, 1.5, 7.5)


def with_tree(path, first, *changes):
    """Write a file that is like another but for its tree, which is as long as before."""
    raw = first.read_bytes()
    for old, new in changes:
        assert raw.count(old) == 1
        raw = raw.replace(old, new)
    path.write_bytes(raw)
    return path


@pytest.fixture
def logged(tmp_path):
    """Return a file with logs before and after its metadata, and what is known once it is read."""
    path = save(tmp_path / "logged_cal.fits")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ImageModel(path) as model:
            model.alog, model.zlog = "x" * 30, "y" * 30
            model.save(path)
    cache = ReaderCache()
    for number in (1, 2):
        FitsReader(path, f"input {number}", cache).read(LAYOUT)
    assert cache.tree_of(path) is not None
    return path, cache


X, Y = b"alog: " + b"x" * 30, b"zlog: " + b"y" * 30


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"' + b"x" * 29, b"y" * 29 + b'"'),
        (b'"\\"' + b"x" * 27, b"y" * 29 + b'"'),
        (b'"\\"\\"' + b"x" * 25, b'\\"' + b"y" * 27 + b'"'),
        (b"'" + b"x" * 29, b"y" * 29 + b"'"),
        (b"'''" + b"x" * 27, b"y" * 29 + b"'"),
        (b"'\"' \"" + b"x" * 25, b'"' + b"y" * 29),
        (b"{a: '" + b"x" * 25, b"y" * 28 + b"'}"),
        (b'[a, "' + b"x" * 25, b"y" * 28 + b'"]'),
        (b"{a: b, " + b"x" * 23, b"y" * 29 + b"}"),
    ],
)
def test_a_text_that_hides_the_metadata(logged, tmp_path, compare, before, after):
    """It begins in what is passed over, and ends in what is: what is between is part of it."""
    first, cache = logged
    path = with_tree(
        tmp_path / "b_cal.fits", first, (X, b"alog: " + before), (Y, b"zlog: " + after)
    )
    assert len(path.read_bytes()) == len(first.read_bytes())
    alone = answer(path, ReaderCache())
    assert answer(path, cache) == alone
    if not isinstance(alone, str):
        assert alone == [None] * len(PATHS)
        assert compare.differences(path, cache) == []


def answer(path, cache):
    """Return the values of a file, or the error."""
    try:
        return FitsReader(path, "input 3", cache).read(LAYOUT)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize(
    "text",
    [b"*id" + b"x" * 27, b"!!int " + b"x" * 24, b"2026-99-99" + b" " * 20, b"\x07" * 30, b"{" * 30, b"a: b" + b"x" * 26,
     b"x\n  - y\n a: 'b" + b"z" * 15, b"- x" + b"y" * 27, b"@" * 30, b"x\n---\n" + b"y" * 23, b"%" * 30, b"&a &b " + b"x" * 24]
)  # fmt: skip
def test_what_nobody_can_read_is_not_passed_over(logged, tmp_path, text):
    first, cache = logged
    path = with_tree(tmp_path / "b_cal.fits", first, (X, b"alog: " + text))
    with pytest.raises(InputError, match="not an ASDF tree"):
        FitsReader(path, "input 3", ReaderCache()).read(LAYOUT)
    assert answer(path, cache) == answer(path, ReaderCache())


def test_a_checksum_that_is_only_part_of_a_text(logged, tmp_path):
    """The tree has none then: the headers are read over it."""
    first, cache = logged
    raw = first.read_bytes()
    (line,) = re.findall(rb"\n_fits_hash: \w{64}", raw)
    old = re.search(rb"\nalog: x+\n", raw)[0]
    new = b'\nalog: "' + line + b'"\n'
    path = tmp_path / "b_cal.fits"
    changed = (
        raw.replace(line, b"")
        .replace(old, new)
        .replace(b"  target: {ra: 1.5", b"  target: {ra: 7.5")
    )
    size = len(changed) - len(raw)
    changed = changed.replace(new, new[:-1] + b" " * -size + b"\n") if size < 0 else changed[:-size]
    assert len(changed) == len(raw) or size > 0
    path.write_bytes(changed)
    for known in (cache, ReaderCache()):
        assert (
            FitsReader(path, "input 3", known).read(LAYOUT)[LAYOUT.places["meta.target.ra"]] == 1.5
        )


CARDS = (
    b"TARG_RA =1.5", b"targ_ra =                  9.5", b"TARG_RA =                9.5e1", b"TARG_RA = 'open", b"TARG_RA = 9,5",
    b"TARG_RA = '\xe9'", b"TARG_RA =                  9.5 / \xe9", b"END     X", b"DATAMODL= 'SlitModel'", b"TARG_RA = 'a' b",
    b"ZIMAGE  =                    T", b"NAXIS3  =                    2", b" TARG_RA=  5", b"TARG_RA = '", b"EXTNAME = 'ASDF'",
)  # fmt: skip


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("where", ["before", "instead", "after the end"])
def test_a_checksum_of_bytes_that_are_not_what_is_read(cache, first, tmp_path, card, where):
    """Somebody has computed it of a header's bytes, and not of what astropy makes of them."""
    path = tmp_path / "b_cal.fits"
    raw = first.read_bytes()
    (_, end), *_ = headers(first)
    place = {
        "before": raw.index(b"DATE    ="),
        "instead": raw.index(b"TARG_RA ="),
        "after the end": raw.index(b"END".ljust(CARD)) + CARD,
    }[where]
    assert place % CARD == 0
    assert place < end
    raw = raw[:place] + card.ljust(CARD) + raw[place + CARD :]
    path.write_bytes(forged(raw, first))
    assert answer(path, cache) == answer(path, ReaderCache())


def forged(raw, like):
    """Have the tree of a file tell the checksum of its headers' bytes."""
    hashed = hashlib.sha256(b"".join(raw[slice(*each)] for each in headers(like)[:-1]))
    return HASH.sub(hashed.hexdigest().encode(), raw)


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Files that differ from the first in some cards."""
    folder = tmp_path_factory.mktemp("others")
    return [
        save(folder / f"{number}_cal.fits", ra=2.5 + number, name=f"M {number}")
        for number in (7, 8)
    ]


@pytest.mark.parametrize("card", CARDS)
def test_cards_that_are_known_to_differ_are_looked_at_all_the_same(
    cache, first, others, tmp_path, card
):
    for other in others:
        assert answer(other, cache) == answer(other, ReaderCache())
        assert cache.tree_of(other) is not None
    raw = first.read_bytes()
    place = raw.index(b"TARG_RA =")
    path = tmp_path / "b_cal.fits"
    path.write_bytes(forged(raw[:place] + card.ljust(CARD) + raw[place + CARD :], first))
    assert answer(path, cache) == answer(path, ReaderCache())
    assert answer(first, cache) == answer(first, ReaderCache())
