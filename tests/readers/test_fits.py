"""A file read by its headers has the values that its datamodel has."""

import gzip
import os
import re
import shutil
import string
import warnings
from pathlib import Path

import jwst
import numpy as np
import pytest
from astropy.io import fits
from astropy.time import Time
from astropy.utils.exceptions import AstropyWarning
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.fits_support import fits_hash
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel, Level1bModel
from thoroughness import examples

from blender_core import BlendWarning, InputError
from blender_core.formats.fits.scan import RawFits
from blender_core.readers.fits import FitsReader
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

SHIPPED = sorted(
    path for path in Path(jwst.__file__).parent.rglob("*.fits*") if path.suffix in (".fits", ".gz")
)
# Files of jwst's own tests are of many ages: their values are dropped where schemas have changed.
pytestmark = pytest.mark.filterwarnings(
    "ignore::blender_core.BlendWarning", "ignore::astropy.utils.exceptions.AstropyWarning"
)


def is_a_datamodels(path):
    with fits.open(path) as hdus:
        return "DATAMODL" in hdus[0].header


def save(path, values, model_class=ImageModel, shape=(4, 5)):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = model_class(shape)
        for name, value in values.items():
            *parents, name = name.split(".")
            group = model.instance
            for parent in parents:
                group = group.setdefault(parent, {})
            group[name] = value
        model.save(path)
        model.close()
    return path


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory):
    values = {
        "meta.exposure.start_time": 59000.123456789012,
        "meta.target.catalog_name": "NGC 1300",
        "meta.target.ra": -12.345678901234567e-5,
        "meta.visit.type": "PRIME_TARGETED_FIXED",
        "meta.exposure.groupgap": 3,
        "meta.wcsinfo.crpix1": 12.5,
        "meta.wcsinfo.crval1": 123.45678901234567,
        "meta.cal_step.assign_wcs": "COMPLETE",
        "meta.nickname": "Deep",
    }
    return save(tmp_path_factory.mktemp("saved") / "a_cal.fits", values)


@pytest.fixture
def saved(saved_once, tmp_path):
    """A file with a few attributes in both of its headers, and a float that a card cuts off."""
    return Path(shutil.copy(saved_once, tmp_path))


def edit(path, function):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path, mode="update") as hdus:
            function(hdus)
    return path


def edit_raw(path, old, new):
    raw = path.read_bytes()
    assert old in raw
    assert len(old) == len(new)
    path.write_bytes(raw.replace(old, new, 1))
    return path


@pytest.mark.exhaustive
def test_shipped_files(compare):
    """Every file of the jwst package, one after the other, in what one blend has cache."""
    cache = ReaderCache()
    found = [path for path in SHIPPED if is_a_datamodels(path)]
    assert len(found) > 45
    assert {path.name: compare.differences(path, cache) for path in found} == {
        path.name: [] for path in found
    }


attributes = read_attributes(ImageModel().schema)
# What a save sets itself, and what only some kinds of models may have.
CHOSEN = [
    one
    for one in attributes.values()
    if one.keyword
    and one.type in ("string", "number", "integer", "boolean")
    and one.path not in ("meta.date", "meta.filename", "meta.model_type")
]
texts = st.one_of(
    st.text(string.printable[:95], max_size=150),
    st.text("ab &'\":,. ", max_size=90),
    st.lists(st.sampled_from(["a", "word", "'", "''", "&", ":", "1", " ", "  ", "-"]), max_size=40)
    .map(" ".join),
)  # fmt: skip
numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-400, 400),
    st.integers(-(2**53), 2**53),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(np.float32),
    st.decimals(-60000, 60000, places=9).map(float),
)


def value_of(attribute):
    if attribute.enum:
        return st.sampled_from(attribute.enum)
    return {
        "string": texts,
        "number": numbers,
        "integer": st.integers(-(2**60), 2**60),
        "boolean": st.booleans(),
    }[attribute.type]


chosen = st.lists(st.sampled_from(CHOSEN), unique_by=lambda one: one.path, max_size=12)
metadata = chosen.flatmap(
    lambda these: st.fixed_dictionaries({one.path: value_of(one) for one in these})
)
slow = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def can_be_saved(path, values):
    try:
        save(path, values)
    except ValueError:
        return False  # a text that would be taken for a record of values, say
    return True


@slow
@given(st.lists(metadata, min_size=1, max_size=3))
def test_generated_files(compare, tmp_path, several):
    cache = ReaderCache()
    for number, values in enumerate([*several, several[0]]):
        path = tmp_path / f"{number}_cal.fits"
        if can_be_saved(path, values):
            assert compare.differences(path, cache) == []


@slow
@given(
    st.lists(st.sampled_from(CHOSEN), unique_by=lambda one: one.path, min_size=4, max_size=8),
    st.data(),
)
def test_generated_files_of_one_structure(compare, tmp_path, these, data):  # fmt: skip
    """Later ones are read by headers that are trusted since the first."""
    cache = ReaderCache()
    for number in range(4):
        values = {one.path: data.draw(value_of(one)) for one in these}
        path = tmp_path / f"{number}_cal.fits"
        if can_be_saved(path, values):
            assert compare.differences(path, cache) == []


@slow
@given(metadata, metadata, st.randoms())
def test_edited_headers(compare, tmp_path, values, others, random):
    """Headers that do not say any more what the tree says."""
    path = tmp_path / "a_cal.fits"
    if not can_be_saved(path, values):
        return

    def change(hdus):
        for name, value in others.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                hdus[attributes[name].hdu].header[attributes[name].keyword] = value
        for name in values:
            if random.random() < 0.3:
                hdus[attributes[name].hdu].header.remove(
                    attributes[name].keyword, ignore_missing=True
                )

    try:
        edit(path, change)
    except (ValueError, KeyError, fits.VerifyError):
        return
    assert compare.differences(path) == []


def test_cache_in_any_order(compare, tmp_path, saved):
    """What was cache of one file is not applied to another that is unlike it."""
    unlike = [
        saved,
        save(tmp_path / "b_cal.fits", {"meta.target.ra": 1.5}),
        save(
            tmp_path / "c_cal.fits", {"meta.target.ra": np.float32(0.1), "meta.target.dec": 1 / 3}
        ),
        save(tmp_path / "d_cal.fits", {"meta.target.ra": 0.1, "meta.target.dec": 1 / 3}),
        save(
            tmp_path / "e_cal.fits", {"meta.target.ra": 0.1, "meta.target.proposer_ra": 0.1 + 1e-17}
        ),
        edit(shutil.copy(saved, tmp_path / "f_cal.fits"), lambda hdus: hdus.__delitem__("ASDF")),
        edit(
            Path(shutil.copy(saved, tmp_path / "g_cal.fits")),
            lambda hdus: hdus[0].header.set("TARG_RA", 5.0),
        ),
    ]
    for order in (unlike, unlike[::-1], unlike[3:] + unlike[:3]):
        cache = ReaderCache()
        for path in order:
            assert compare.differences(Path(path), cache) == []


def test_an_attribute_that_was_not_compared_is_not_trusted(read, tmp_path):
    """A header may have what its tree lacks, where schemas have changed."""
    path = save(tmp_path / "a_cal.fits", {"meta.target.ra": 1.5, "meta.target.dec": 2.5})
    path.write_bytes(path.read_bytes().replace(b"dec: 2.5", b"dxc: 2.5"))
    cache = ReaderCache()
    for _ in range(2):
        assert read(path, ["meta.target.ra"], cache) == {"meta.target.ra": 1.5}
        assert read(path, ["meta.target.ra", "meta.target.dec"], cache)["meta.target.dec"] is None


@pytest.mark.parametrize(
    "change",
    [
        lambda hdus: hdus[0].header.set("TARG_RA", 5.0),
        lambda hdus: hdus[0].header.set("TARG_RA", 5),
        lambda hdus: hdus[0].header.set("TARG_RA", 1 / 3),
        lambda hdus: hdus[0].header.set("TARG_RA", None),
        lambda hdus: hdus[0].header.remove("TARG_RA"),
        lambda hdus: hdus[0].header.set("TARGNAME", "it's " + "long " * 40 + "&"),
        lambda hdus: hdus[0].header.set("TARGNAME", ""),
        lambda hdus: hdus[0].header.append(("TARGNAME", "the second"), end=True),
        lambda hdus: hdus[0].header.set("HIERARCH ESO TARGNAME", "a hierarch"),
        lambda hdus: hdus[0].header.add_comment("TARG_RA = 5"),
        lambda hdus: hdus["SCI"].header.set("CRPIX1", 77),
        lambda hdus: hdus["SCI"].header.set("TARG_RA", 99.0),
        lambda hdus: hdus.append(hdus.pop(1)),
        lambda hdus: hdus.insert(1, hdus.pop(-1)),
        lambda hdus: hdus.append(fits.ImageHDU(name="SCI", header=fits.Header({"CRPIX1": 99.0}))),
        lambda hdus: hdus.insert(1, fits.ImageHDU(name="SCI", header=fits.Header({"CRPIX1": 99.0}))),
        lambda hdus: hdus.append(fits.BinTableHDU(np.zeros(3, "f4,i2"), name="MORE")),
        lambda hdus: hdus.__delitem__("ASDF"),
        lambda hdus: [hdus.pop() for _ in range(len(hdus) - 1)],
    ],
)  # fmt: skip
def test_edited_by_astropy(compare, saved, change):
    assert compare.differences(edit(saved, change)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"TARG_RA =", b"targ_ra ="),
        (b"TARG_RA =", b" TARG_RA="),
        (b"TARG_RA =", b"TARG_RA  "),
        (b"TARGNAME= 'NGC 1300'", b"TARGNAME=  NGC 1300 "),
        (b"TARGNAME= 'NGC 1300'", b"TARGNAME= 'NGC ''00'"),
        (b"TARGNAME= 'NGC 1300'", b"TARGNAME= 'NGC \xe9300'"),
        (b"CRPIX1  =                 12.5", b"CRPIX1  =               1.25D1"),
        (b"CRPIX1  =                 12.5", b"CRPIX1  =                 +12 "),
        (b"CRPIX1  =                 12.5", b"CRPIX1  = 12.5                "),
        (b"CRPIX1  =                 12.5", b"CRPIX1  = / undefined         "),
        (b"CRPIX1  =                 12.5", b"CRPIX1  =                  NaN"),
        (b"CRPIX1  =                 12.5", b"CRPIX1  =            1.25 E +1"),
        (b"CRPIX1  =                 12.5", b"CRPIX1  =             12:30:15"),
        (b"CRPIX1  =                 12.5", b"CRPIX1  =                 \xa02.5"),
        (b"CRPIX1  =                 12.5", b"CRPIX1 \xa0=                 12.5"),
        (b"TARGNAME= 'NGC 1300'", b"TARGNAME= 'NGC 1300 "),
        (b"TARGNAME= 'NGC 1300'", b"TARGNAME= '' / 'non'"),
        (b"_fits_hash: ", b"_fits_hasx: "),
        (b"nickname: Deep", b"nickname: Seen"),
        (b"catalog_name: NGC 1300", b"catalog_name: NGC 1301"),
    ],
)
@pytest.mark.parametrize("tree", [True, False])
def test_edited_by_hand(compare, saved, old, new, tree):
    if not tree and b"=" in old:
        edit(saved, lambda hdus: hdus.__delitem__("ASDF"))
    assert compare.differences(edit_raw(saved, old, new)) == []


@pytest.mark.parametrize("place", [2, 3, 5, 40, 79])
@pytest.mark.parametrize("which", [0, 1])
def test_a_damaged_end_card(saved, place, which):
    """What follows would belong to the header, and its own keywords would be lost."""
    raw = bytearray(saved.read_bytes())
    ends = [i for i in range(0, len(raw), 80) if raw[i : i + 80] == b"END".ljust(80)]
    raw[ends[which] + place] = ord("~")
    saved.write_bytes(raw)
    with pytest.raises(InputError, match=rf"{saved.name}\).*HDU {which} .*END is damaged"):
        FitsReader(saved, "input 1", ReaderCache()).read(Layout(CHOSEN))


@pytest.mark.parametrize("name", [b"'asdf    '", b"' ASDF   '"])
def test_a_tree_by_another_name(compare, saved, name):
    """To stdatamodels it is the tree, but its header belongs to those of the checksum."""
    edit_raw(saved, b"EXTNAME = 'ASDF    '", b"EXTNAME = " + name)
    assert compare.differences(saved) == []


def test_a_card_that_is_mended_to_what_was_saved(compare, tmp_path):
    path = save(tmp_path / "b_cal.fits", {"meta.target.ra": -1.2345678901234567e-5})
    edit_raw(path, b"TARG_RA = -1.2345678901234E-05", b"TARG_RA = -1.2345678901234e-05")
    assert compare.differences(path) == []


@pytest.mark.parametrize("more", [b"\n", b"\0" * 80, b"x" * 2879])
def test_bytes_after_the_end(compare, saved, more):
    saved.write_bytes(saved.read_bytes() + more)
    assert compare.differences(saved) == []


def test_an_old_table_that_is_brought_up_to_date(compare, tmp_path):
    """The checksum of the headers does not hold any more then."""
    path = tmp_path / "a_uncal.fits"
    with Level1bModel((2, 2, 4, 5)) as model:
        model.meta.target.ra = -1.2345678901234567e-5
        table = model.get_dtype("moving_target")
        model.moving_target = np.zeros(2, table)
        model.save(str(path))
    old = np.zeros(
        2, [(name, table[name]) for name in table.names if name not in ("mt_v2", "mt_v3")]
    )
    name = "MOVING_TARGET_POSITION"
    with fits.open(path, mode="update") as hdus:
        hdus[hdus.index_of(name)] = fits.BinTableHDU(old, name=name, ver=hdus[name].ver)
    with fits.open(path) as hdus:
        checksum = fits_hash(hdus).encode()
    path.write_bytes(re.sub(rb"(?<=_fits_hash: )[0-9a-f]{64}", checksum, path.read_bytes()))
    assert compare.differences(path) == []


def test_hash_of_another_header(compare, saved):
    raw = saved.read_bytes()
    (line,) = re.findall(rb"_fits_hash: [0-9a-f]{64}", raw)
    for other in (
        line[:-1] + b"x",
        b"_fits_hash: " + b"0" * 64,
        line.replace(b"_fits_hash", b"_fits_hush"),
    ):
        saved.write_bytes(raw.replace(line, other))
        assert compare.differences(saved) == []


def test_compressed_files(compare, saved, tmp_path):
    packed = tmp_path / "b_cal.fits.gz"
    packed.write_bytes(gzip.compress(saved.read_bytes()))
    assert compare.differences(packed) == []
    # What it is stands in the file, not in its name.
    unnamed = tmp_path / "c_cal.fits"
    unnamed.write_bytes(packed.read_bytes())
    assert compare.differences(unnamed) == []


def test_compressed_image(compare, saved):
    def compress(hdus):
        sci = hdus["SCI"]
        hdus[1] = fits.CompImageHDU(sci.data, sci.header)

    assert compare.differences(edit(saved, compress)) == []


@pytest.mark.parametrize("model_class", [datamodels.FlatModel, datamodels.DistortionModel])
def test_classes_with_metadata_of_their_own(compare, tmp_path, model_class):
    path = tmp_path / "a.fits"
    with fits.HDUList([fits.PrimaryHDU()]) as hdus:
        hdus[0].header["DATAMODL"] = model_class.__name__
        hdus[0].header["TELESCOP"] = "ELSE"
        hdus[0].header["AUTHOR"] = "me"
        hdus.writeto(path)
    assert compare.differences(path) == []


def test_warnings_of_datamodels_name_the_file(tmp_path):
    path = tmp_path / "a.fits"
    cards = {"DATAMODL": "FlatModel", "DETECTOR": "BREAKFAST"}
    fits.PrimaryHDU(header=fits.Header(cards)).writeto(path)
    reader = FitsReader(path, "input 1", ReaderCache())
    layout = Layout([read_attributes(reader.schema)["meta.telescope"]])
    with pytest.warns(
        BlendWarning, match=r"input 1 \(.*a.fits\): While validating meta.instrument.detector"
    ):
        assert reader.read(layout) == ["JWST"]


def test_values_that_the_schema_refuses_are_left_out(saved, read):
    edit(saved, lambda hdus: hdus[0].header.set("VISITYPE", "BREAKFAST"))
    with pytest.warns(
        BlendWarning,
        match=r"input 1 \(.*a_cal.fits\) has meta.visit.type \(VISITYPE\) = 'BREAKFAST' in HDU PRIMARY, "
        r"which the schema forbids: .*It is left out",
    ):
        found = read(saved, ["meta.visit.type"])
    assert found == {"meta.visit.type": "PRIME_TARGETED_FIXED"}  # the tree's, as datamodels have it


refused = pytest.mark.parametrize(
    ("keyword", "value"),
    [("VISITYPE", "BREAKFAST"), ("VISITYPE", 5), ("TARG_RA", "12.5"), ("TARG_RA", True),
     ("GROUPGAP", 2.5), ("GROUPGAP", "3"), ("TARGNAME", 1.0), ("TARG_RA", 1 + 2j), ("CHANNEL", "nine")],
)  # fmt: skip


@refused
@pytest.mark.parametrize("with_tree", [True, False])
def test_refused_values(compare, saved, keyword, value, with_tree):
    edit(saved, lambda hdus: hdus[0].header.set(keyword, value))
    if not with_tree:
        edit(saved, lambda hdus: hdus.__delitem__("ASDF"))
    assert compare.differences(saved) == []


@refused
def test_refused_values_can_be_passed(compare, saved, keyword, value, monkeypatch):
    monkeypatch.setenv("PASS_INVALID_VALUES", "true")
    edit(saved, lambda hdus: hdus[0].header.set(keyword, value))
    assert compare.differences(saved) == []


def test_without_validation(compare, saved, monkeypatch):
    monkeypatch.setenv("VALIDATE_ON_ASSIGNMENT", "false")
    edit(saved, lambda hdus: (hdus[0].header.set("VISITYPE", 5), hdus[0].header.remove("TARG_RA")))
    assert compare.differences(saved) == []


def test_strict_validation(saved, monkeypatch, read):
    monkeypatch.setenv("STRICT_VALIDATION", "true")
    assert read(saved, ["meta.visit.type"]) == {"meta.visit.type": "PRIME_TARGETED_FIXED"}
    edit(saved, lambda hdus: hdus[0].header.set("VISITYPE", "BREAKFAST"))
    with pytest.raises(
        InputError, match=r"a_cal.fits\) has meta.visit.type \(VISITYPE\) = 'BREAKFAST'"
    ):
        read(saved, ["meta.visit.type"])
    with pytest.raises(Exception, match="BREAKFAST"), datamodels.open(saved):
        pass


class Spy:
    """A file that tells how much of it was read."""

    def __init__(self, file, counts):
        self._file, self._counts = file, counts

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def read(self, size):
        chunk = self._file.read(size)
        self._counts.append(len(chunk))
        return chunk

    def __getattr__(self, name):
        return getattr(self._file, name)


def test_pixels_are_not_read(tmp_path, monkeypatch, read):
    path = save(tmp_path / "a_cal.fits", {"meta.target.ra": 1 / 3}, shape=(4000, 4000))
    with fits.open(path) as hdus:
        start, size = hdus["SCI"].fileinfo()["datLoc"], hdus["SCI"].size
    with path.open("r+b") as file:
        file.seek(start + 50000)
        file.write(os.urandom(size - 100000))
    counts, opened = [], Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *args, **kwargs: Spy(opened(self, *args, **kwargs), counts)
    )
    cache = ReaderCache()
    for _ in range(2):
        assert read(path, ["meta.target.ra"], cache) == {"meta.target.ra": 1 / 3}
    assert 0 < sum(counts) < 400_000 < path.stat().st_size / 100


def test_arrays_of_the_tree_are_not_read(tmp_path, monkeypatch, compare):
    big = np.random.default_rng(1).random(10**6)
    path = save(tmp_path / "a_cal.fits", {"meta.target.ra": 1 / 3, "meta.big": big})
    counts, opened = [], Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *args, **kwargs: Spy(opened(self, *args, **kwargs), counts)
    )
    FitsReader(path, "input 1", ReaderCache())
    assert sum(counts) < 200_000 < path.stat().st_size / 10
    monkeypatch.undo()
    assert compare.differences(path) == []


@pytest.mark.parametrize(
    "value",
    [
        Time("2026-01-02T03:04:05"),
        [Time("2026-01-02T03:04:05"), 1],
        {"at": Time("2026-01-02T03:04:05")},
        np.float32(0.1),
        np.arange(3),
        {"list": [1, {"a": "b"}], "true": [True]},
        "two\nlines, and a 'quote': yes",
        "naïve",
        float("nan"),
        float("inf"),
        1j,
    ],
)
def test_values_that_only_a_tree_can_have(compare, tmp_path, value):
    cache = ReaderCache()
    for name in "ab":
        path = save(tmp_path / f"{name}_cal.fits", {"meta.target.ra": 1.5, "meta.odd": value})
        assert compare.differences(path, cache) == []


def test_no_limit_of_a_tree_is_passed(saved, monkeypatch):
    monkeypatch.setattr("blender_core.formats.asdf.tree_text._LONGEST", 100)
    monkeypatch.setattr("blender_core.formats.asdf.tree_text._CHUNK", 64)
    with pytest.raises(
        InputError, match=r"a_cal.fits\) cannot be read: its ASDF tree has no end in its first"
    ):
        FitsReader(saved, "input 1", ReaderCache())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "No such file or directory"),
        (lambda path: path.mkdir(), "it is a folder"),
        (os.mkfifo, "it is not a regular file"),
        (lambda path: path.touch(), "the file is empty"),
        (lambda path: path.write_text("a text"), "not a FITS file: it begins with b'a text'"),
        (lambda path: path.write_bytes(b"\x1f\x8b but no more"), "cannot be read: "),
        (lambda path: path.write_bytes(gzip.compress(b"SIMPLE" * 10**4)[:-30]), "cannot be read: "),
        (lambda path: fits.PrimaryHDU().writeto(path), "has no keyword DATAMODL in its primary header"),
        (lambda path: fits.PrimaryHDU(header=fits.Header({"DATAMODL": "Nonesuch"})).writeto(path), "'Nonesuch'"),
        (lambda path: fits.PrimaryHDU(header=fits.Header({"DATAMODL": "open"})).writeto(path), "'open'"),
        (lambda path: fits.PrimaryHDU(header=fits.Header({"DATAMODL": 5})).writeto(path), "5"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path, make, message):
    path = tmp_path / "bad_cal.fits"
    make(path)
    with pytest.raises(InputError, match=rf"input 3 \(.*bad_cal.fits\).*{message}"):
        FitsReader(path, "input 3", ReaderCache()).schema  # noqa: B018


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"#ASDF 1", b"#XSDF 1"), (b"\nmeta:", b"\nm:ta["), (b"%YAML", b"\x00\xff\x00\xff\x00")],
)
def test_bad_trees(saved, old, new):
    edit_raw(saved, old, new)
    reader = FitsReader(saved, "input 1", ReaderCache())
    try:
        reader.read(Layout(CHOSEN))
    except InputError as error:
        assert re.search(r"a_cal.fits\) cannot be read: its extension ASDF", str(error))  # noqa: PT017


@pytest.mark.parametrize("content", [b"", b"#ASDF 1.0.0\n", b"not ASDF", b"- a\n- b\n...\n"])
def test_extension_without_a_tree(saved, content):
    data = np.frombuffer(content.ljust(50), "u1")[None, :]
    column = fits.Column(name="ASDF_METADATA", format="50B", array=data)
    tree = fits.BinTableHDU.from_columns([column], name="ASDF")
    edit(saved, lambda hdus: hdus.__setitem__("ASDF", tree))
    with pytest.raises(InputError, match=r"a_cal.fits\) cannot be read: its extension ASDF"):
        FitsReader(saved, "input 1", ReaderCache()).read(Layout(CHOSEN))


def test_the_comparison_can_fail(compare, saved, monkeypatch):
    read = RawFits.is_as_saved
    monkeypatch.setattr(RawFits, "is_as_saved", lambda self: not read(self))
    assert {name for name, _, _ in compare.differences(saved)} >= {"meta.target.ra"}
    assert AstropyWarning is not ValidationWarning
