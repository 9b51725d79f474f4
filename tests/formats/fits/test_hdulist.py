"""An open HDUList has the values that its datamodel has, and stays as it is."""

import gzip
import io
import shutil
import warnings
from pathlib import Path

import jwst
import numpy as np
import pytest
from astropy.io import fits
from astropy.time import Time
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import BlendWarning, InputError, ModelBlender, NotADatamodelError, blendmodels
from blender_core.formats.fits.cards import LiveHeader
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits import FitsReader
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout

SHIPPED = sorted(
    path for path in Path(jwst.__file__).parent.rglob("*.fits*") if path.suffix in (".fits", ".gz")
)
RA = "meta.target.ra"
# As many digits as a float has, and more than a card has room for.
FLOAT = -1.2345678901234567e-05

pytestmark = pytest.mark.filterwarnings(
    "ignore::blender_core.BlendWarning", "ignore::astropy.utils.exceptions.AstropyWarning"
)


def state(hdulist):
    """Return all that could be changed in an HDUList: cards as astropy keeps them, data, file."""
    file = hdulist._file
    return [
        None if file is None else (file.closed, file.closed or file.tell()),
        *(
            (
                [(card._image, card._modified, card._verified) for card in hdu.header._cards],
                hdu.header._modified,
                # Without a file, there is no other way to the tree; it is a view of what is there.
                "data" in hdu.__dict__ and (file is not None or hdu.name != "ASDF"),
            )
            for hdu in hdulist
        ),
    ]


def differences(compare, make, cache=None):
    """Compare an HDUList as it is read here with what its class of datamodels makes of it."""
    cache = ReaderCache() if cache is None else cache
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Datamodels load and change what they are made of, so each has one of its own.
        theirs = make()
        model_class = getattr(datamodels, theirs[0].header["DATAMODL"])
        model = model_class(theirs)
        reader = DatamodelReader(model, "theirs")
        attributes = read_attributes(model.schema)
        beyond = reader.paths_beyond(attributes)
        every = Layout([*attributes.values(), *(Attribute(one, known=False) for one in beyond)])
        keywords = Layout(one for one in attributes.values() if one.keyword)
        expected = [(layout, reader.read(layout)) for layout in (every, keywords)]
        theirs.close()
        with make() as given:
            len(given)  # astropy reads headers when they are asked for
            before = state(given)
            found = []
            for layout, values in expected:
                for _ in range(2):
                    ours = FitsReader(given, "ours", cache)
                    read = ours.read(layout)
                    found += [
                        (name, one, other)
                        for name, one, other in zip(layout.paths, values, read, strict=True)
                        if not compare.same(one, other)
                        and not (name == "meta.date" and other is None)
                    ]
            assert ours.model_type is model_class
            if ours.paths_beyond(attributes) != beyond:
                found.append(("paths beyond the schema", beyond, ours.paths_beyond(attributes)))
            assert state(given) == before
    return found


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "a_cal.fits"
    model = ImageModel((4, 5))
    model.dq = np.ones((4, 5), np.uint32)
    model.meta.exposure.start_time = 59000.123456789012
    model.meta.target.catalog_name = "NGC 1300"
    model.meta.target.ra = FLOAT
    model.meta.visit.type = "PRIME_TARGETED_FIXED"
    model.meta.exposure.groupgap = 3
    model.meta.wcsinfo.crpix1 = 12.5
    model.meta.nickname = "Deep"
    model.save(path)
    return path


def in_memory(path):
    with fits.open(path) as hdulist:
        return fits.HDUList([hdu.copy() for hdu in hdulist])


@pytest.mark.exhaustive
def test_shipped_files(compare):
    cache = ReaderCache()
    found = {}
    for path in SHIPPED:
        with fits.open(path) as hdulist:
            if "DATAMODL" not in hdulist[0].header:
                continue
        found[path.name] = differences(compare, lambda path=path: fits.open(path), cache)
    assert len(found) > 45
    assert {name for name, differ in found.items() if differ} == set()


def gunzipped(path):
    path.with_suffix(".fits.gz").write_bytes(gzip.compress(path.read_bytes()))
    return fits.open(path.with_suffix(".fits.gz"))


@pytest.mark.parametrize(
    "opened",
    [
        lambda path: fits.open(path, memmap=False),
        lambda path: fits.open(path, lazy_load_hdus=False),
        lambda path: fits.open(path, mode="update"),
        lambda path: fits.open(io.BytesIO(path.read_bytes())),
        lambda path: fits.HDUList.fromstring(path.read_bytes()),
        gunzipped,
        in_memory,
    ],
    ids=["whole", "eager", "update", "BytesIO", "bytes", "gzip", "memory"],
)
@pytest.mark.parametrize("edited", [False, True])
def test_however_it_was_opened(compare, saved, opened, edited):
    def make():
        hdulist = opened(saved)
        if edited:
            hdulist[0].header["TARG_DEC"] = FLOAT
        return hdulist

    assert differences(compare, make) == []


def set_to(keyword, value, hdu=0):
    return lambda hdulist: hdulist[hdu].header.__setitem__(keyword, value)


def another_tree(hdulist):
    content = hdulist["ASDF"].data.tobytes().replace(b"nickname: Deep", b"nickname: Seen")
    column = fits.Column("T", f"{len(content)}B", array=np.frombuffer(content, "u1")[None, :])
    return fits.BinTableHDU.from_columns([column], name="ASDF")


def replace_tree(hdulist):
    hdulist["ASDF"] = another_tree(hdulist)


def replace_data_of_tree(hdulist):
    hdulist["ASDF"].data = another_tree(hdulist).data


def compress(hdulist):
    hdulist["SCI"] = fits.CompImageHDU(hdulist["SCI"].data, hdulist["SCI"].header)


@pytest.mark.parametrize(
    "change",
    [
        set_to("TARG_RA", FLOAT),
        set_to("TARG_RA", np.float32(0.1)),
        set_to("TARG_RA", np.float64(0.1)),
        set_to("TARG_RA", 5),
        set_to("TARG_RA", "twelve"),
        set_to("TARG_RA", None),
        set_to("GROUPGAP", np.int64(5)),
        set_to("GROUPGAP", 2.5),
        set_to("TARGNAME", "ends with blanks  "),
        set_to("TARGNAME", ""),
        set_to("TARGNAME", "long " * 40),
        set_to("VISITYPE", "BREAKFAST"),
        set_to("CROWDFLD", np.True_),
        set_to("CRPIX1", 77.5, "SCI"),
        set_to("TARG_RA", 99.0, "SCI"),
        set_to("DATE", None),
        lambda hdulist: hdulist[0].header.remove("TARG_RA"),
        lambda hdulist: hdulist[0].header.append(fits.Card.fromstring("targ_dec=  12.5")),
        lambda hdulist: hdulist.append(hdulist.pop(1)),
        lambda hdulist: hdulist.append(fits.BinTableHDU(np.zeros(3, "f4,i2"), name="MORE")),
        lambda hdulist: hdulist.__delitem__("ASDF"),
        lambda hdulist: [hdulist.pop() for _ in range(len(hdulist) - 1)],
        lambda hdulist: [hdu.data for hdu in hdulist],
        replace_tree,
        replace_data_of_tree,
        compress,
    ],
)
@pytest.mark.parametrize("opened", [fits.open, in_memory], ids=["file", "memory"])
def test_what_it_says_now(compare, saved, change, opened):
    def make():
        hdulist = opened(saved)
        change(hdulist)
        return hdulist

    assert differences(compare, make) == []


def test_the_comparison_can_fail(compare, saved, monkeypatch):
    select = LiveHeader.select
    others = {b"TARG_RA ": b"TARG_DEC"}
    monkeypatch.setattr(
        LiveHeader,
        "select",
        lambda self, fields: select(self, [others.get(one, one) for one in fields]),
    )

    def make():
        hdulist = fits.open(saved)
        hdulist[0].header["TARG_RA"] = 5.0
        hdulist[0].header["TARG_DEC"] = 6.0
        return hdulist

    assert set(differences(compare, make)) == {(RA, 5.0, 6.0)}


def test_values_of_a_header_in_memory_are_exact(saved, read):
    with fits.open(saved) as hdulist:
        del hdulist["ASDF"]
        hdulist[0].header["TARG_RA"] = FLOAT
        hdulist[0].header["TARG_DEC"] = np.float32(0.1)
        found = read(hdulist, [RA, "meta.target.dec", "meta.visit.type"])
    assert found[RA] == FLOAT
    assert found["meta.visit.type"] == "PRIME_TARGETED_FIXED"
    assert found["meta.target.dec"] == 0.10000000149011612
    assert type(found["meta.target.dec"]) is float
    # The text of the card has fewer digits.
    assert float(str(hdulist[0].header.cards["TARG_RA"])[10:30]) != FLOAT


def test_pixels_are_not_loaded(saved, read, monkeypatch):
    def fail(_self):
        raise AssertionError

    monkeypatch.setattr(fits.ImageHDU, "data", property(fail))
    with fits.open(saved) as hdulist:
        assert read(hdulist, [RA]) == {RA: FLOAT}
        hdulist[0].header["TARG_RA"] = 5.0
        assert read(hdulist, [RA]) == {RA: 5.0}


@pytest.mark.parametrize(
    "value", [Time("2026-01-01"), np.arange(3.0), {"a": [1, 2.5]}, 1j, "two\nlines"]
)
def test_values_that_only_a_tree_can_have(compare, tmp_path, value):
    model = ImageModel((4, 5))
    model.instance["meta"]["odd"] = value
    model.save(tmp_path / "a_cal.fits")
    for opened in (fits.open, in_memory):
        assert differences(compare, lambda made=opened: made(tmp_path / "a_cal.fits")) == []


@pytest.mark.parametrize("opened", [fits.open, in_memory], ids=["file", "memory"])
def test_classes_with_metadata_of_their_own(compare, tmp_path, opened):
    """Of these, only datamodels can tell; arrays are not needed for it, but tables' columns are."""
    path = tmp_path / "flat.fits"
    cards = {"DATAMODL": "NirspecFlatModel", "TELESCOP": "ELSE", "AUTHOR": "me"}
    old = np.zeros(2, [("slit_name", "S5"), ("nelem", "i2"), ("wavelength", "f4"), ("data", "f4")])
    fits.HDUList(
        [
            fits.PrimaryHDU(header=fits.Header(cards)),
            fits.ImageHDU(np.ones((3, 3), np.float32), name="SCI"),
            fits.BinTableHDU(old, name="FAST_VARIATION"),
        ]
    ).writeto(path)
    assert differences(compare, lambda: opened(path)) == []


def test_one_without_a_file_has_the_name_that_it_says(saved, read):
    hdulist = in_memory(saved)
    assert read(hdulist, ["meta.filename"]) == {"meta.filename": "a_cal.fits"}
    moved = Path(shutil.copy(saved, saved.with_name("b_cal.fits")))
    with fits.open(moved) as hdulist:
        assert read(hdulist, ["meta.filename"]) == {"meta.filename": "b_cal.fits"}


@pytest.fixture
def start_times(tmp_path):
    """Return the paths of three files, with the start times 100, 101 and 102."""
    paths = []
    for i in range(3):
        model = ImageModel((4, 4))
        model.meta.exposure.start_time = 100.0 + i
        paths.append(tmp_path / f"{i}_cal.fits")
        model.save(paths[-1])
    return paths


def test_a_blend_of_several_kinds(start_times):
    names = {"meta.filename", "meta.date"}
    expected = blendmodels(ImageModel(), start_times)
    with fits.open(start_times[0]) as first, fits.open(start_times[2]) as last:
        result = blendmodels(ImageModel(), [first, start_times[1], last])
        blender = ModelBlender()
        blender.accumulate(last)
        blender.accumulate(first)
        assert blender.finalize_model(ImageModel()).values["meta.exposure.start_time"] == 100.0
        assert first[1].data.sum() == 0  # still open
    assert result.inputs == expected.inputs
    assert result.values.keys() - names == expected.values.keys() - names
    assert result.table.pformat() == expected.table.pformat()


def test_one_alone_is_not_taken_for_a_collection_of_its_hdus(start_times):
    with (
        fits.open(start_times[0]) as hdulist,
        pytest.raises(TypeError, match="inputs takes a collection of inputs, such as"),
    ):
        blendmodels(ImageModel(), hdulist)


def closed(path):
    with fits.open(path) as hdulist:
        len(hdulist)
        hdulist[0].header["TARG_RA"] = 5.0
    return hdulist


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: fits.HDUList(), r"input 1 \(HDUList\) cannot be read: it has no HDU"),
        (closed, r"input 1 \(HDUList of .*0_cal.fits\) cannot be read: .*closed file"),
        (
            lambda _: fits.HDUList([fits.PrimaryHDU()]),
            r"input 1 \(HDUList\) has no keyword DATAMODL in its primary header",
        ),
        (
            lambda _: fits.HDUList([fits.PrimaryHDU(header=fits.Header({"DATAMODL": "None"}))]),
            r"input 1 \(HDUList\) is of the class 'None'",
        ),
    ],
)
def test_bad_ones_are_named(start_times, make, message):
    with pytest.raises(InputError, match=message):
        blendmodels(ImageModel(), [make(start_times[0])])


def test_a_bad_card_is_named(saved):
    hdulist = in_memory(saved)
    del hdulist["ASDF"], hdulist[0].header["TARG_RA"]
    hdulist[0].header.append(fits.Card.fromstring("TARG_RA =  12 . 5"))
    with pytest.raises(InputError, match=r"HDU PRIMARY has a bad card: .*TARG_RA"):
        blendmodels(ImageModel(), [hdulist])


@pytest.mark.parametrize("card", ["TARG_RA = NaN", "TARG_RA = 12:30:15", "TARG_RA = -1.2E -5"])
def test_a_card_that_is_mended_for_the_checksum(compare, saved, card):
    raw = saved.read_bytes()
    start = raw.index(b"TARG_RA =")
    saved.write_bytes(raw[:start] + card.ljust(80).encode() + raw[start + 80 :])
    assert differences(compare, lambda: fits.open(saved)) == []


def test_an_extension_that_cannot_be_read(saved, start_times):
    raw = saved.read_bytes()
    assert raw.count(b"EXTNAME = 'SCI     '") == 1
    saved.write_bytes(raw.replace(b"EXTNAME = 'SCI     '", b"EXTNAME = 'SCI      "))
    with fits.open(saved) as hdulist:
        result = blendmodels(ImageModel(), [start_times[0], hdulist], on_bad_input="skip")
    (fault,) = result.skipped
    assert type(fault) is InputError
    assert f"(HDUList of {saved}) cannot be read" in str(fault)


def test_the_file_stays_where_it_is(saved):
    with fits.open(saved) as hdulist:
        before = hdulist._file.tell()
        ModelBlender().accumulate(hdulist)
        assert hdulist._file.tell() == before


def test_values_that_the_schema_refuses_are_left_out(saved, read):
    hdulist = in_memory(saved)
    hdulist[0].header["GROUPGAP"] = "three"
    message = (
        r"input 1 \(HDUList\) has meta.exposure.groupgap \(GROUPGAP\) = 'three' in HDU PRIMARY"
    )
    with pytest.warns(BlendWarning, match=message):
        assert read(hdulist, ["meta.exposure.groupgap"]) == {"meta.exposure.groupgap": 3}


def test_a_list_of_hdus_is_none():
    with pytest.raises(NotADatamodelError, match="is neither a datamodel nor a file, but list"):
        blendmodels(ImageModel(), [[fits.PrimaryHDU()]])
