"""Products that are FITS files: what was blended is written anew, and every other byte is copied."""

import gzip
import io
import json
import logging
import math
import os
import shutil
import tracemalloc
import warnings
from pathlib import Path

import gwcs
import jwst
import numpy as np
import pytest
from asdf.tags.core import HistoryEntry
from astropy import coordinates, units
from astropy.io import fits
from astropy.modeling.models import Shift, Tabular2D
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import AmiOIModel, CubeModel, ImageModel, MultiSpecModel
from thoroughness import all_but_exhaustive

from blender_core import (
    DROP,
    BlenderError,
    BlendWarning,
    InputError,
    ModelBlender,
    OutputError,
    OutputExistsError,
    Rule,
    blendmodels,
)

JWST = Path(jwst.__file__).parent
REAL = [
    JWST / name
    for name in (
        "associations/tests/data/exposures/jw01075001001_03105_00009_nrca2_uncal.fits",
        "associations/tests/data/exposures_nopsf/exp_0.fits",
        "datamodels/tests/data/headers.fits",
        "lib/tests/data/add_wcs_default.fits",
        "lib/tests/data/fgs_exposures/fgs_acq1_guider1.fits",
        "stpipe/tests/data/flat.fits",
        "stpipe/tests/data/science.fits",
        "assign_mtwcs/tests/data/test1_cal.fits",
    )
]


def a_wcs():
    """Return a WCS with an array of its own, which lies in the ASDF extension."""
    sky = gwcs.coordinate_frames.CelestialFrame(
        reference_frame=coordinates.ICRS(), unit=(units.deg, units.deg)
    )
    table = Tabular2D(lookup_table=np.arange(100.0).reshape(10, 10), bounds_error=False)
    pixels = gwcs.coordinate_frames.Frame2D(name="detector")
    return gwcs.WCS(
        [(pixels, Shift(0.1) & Shift(1 / 3) | (Shift(1) & Shift(table.n_inputs))), (sky, None)]
    )


@pytest.fixture(scope="session")
def full_once(invented_exposures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    model = ImageModel(np.arange(12.0, dtype=np.float32).reshape(3, 4))
    with datamodels.open(invented_exposures[0]) as demo:
        model.update(demo)
    model.dq = np.full((3, 4), 2**31 + 5, np.uint32)
    model.err = np.full((3, 4), np.nan, np.float32)
    model.meta.wcs = a_wcs()
    model._instance["own"] = {"table": np.arange(1000.0), "text": "é"}
    model._instance["history"] = {"entries": [HistoryEntry({"description": "made by hand"})]}
    model._instance["extra_fits"] = {
        "PRIMARY": {"header": [["OBSERVER", "Caroline", "who"], ["COMMENT", "by night", ""]]},
        "EYE": {"data": np.eye(3, dtype=np.int16), "header": [["KIND", "unit", ""]]},
    }
    model.save(str(folder / "product.fits"))
    return folder / "product.fits"


@pytest.fixture
def full(tmp_path, full_once):
    """A product with all that a file can have."""
    return Path(shutil.copy(full_once, tmp_path / "product.fits"))


def blocks(path):
    """Return header and data of each HDU as they are in a file, by name and version."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = {}
    with fits.open(io.BytesIO(raw)) as hdulist:
        for hdu in hdulist:
            info = hdu.fileinfo()
            header = raw[info["hdrLoc"] : info["datLoc"]]
            found[hdu.name, hdu.ver] = (
                header,
                raw[info["datLoc"] : info["datLoc"] + info["datSpan"]],
            )
        assert len(found) == len(hdulist)
    return found


def metadata(path):
    """Return all that is not an array in the datamodel of a file, and its HDRTAB."""
    own = (
        "_fits_hash",
        "asdf_library",
        "history.extensions",
        "meta.date",
        "meta.filename",
        "hdrtab.",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with datamodels.open(path) as model:
            flat = model.to_flat_dict(include_arrays=False)
            table = (
                np.array(model.instance["hdrtab"]).tolist() if "hdrtab" in model.instance else None
            )
    # Objects, such as a WCS, are made anew each time; NaN is not equal to itself.
    plain = {
        key: str(value) if isinstance(value, float) and math.isnan(value) else value
        for key, value in flat.items()
        if not key.startswith(own) and type(value).__module__ in ("builtins", "asdf.tags.core")
    }
    return plain, [str(row) for row in table or ()]


def same_metadata(one, other):
    (plain, table), (others, their_table) = metadata(one), metadata(other)
    assert {
        key: (plain.get(key), others.get(key))
        for key in plain.keys() | others.keys()
        if plain.get(key) != others.get(key)
    } == {}
    assert table == their_table


def cards(path, name):
    header = fits.getheader(path, name)
    return [one.image for one in header.cards if one.keyword not in ("DATE", "FILENAME")]


def both(tmp_path, product, inputs):
    """Blend into a file, and into its datamodel, which stdatamodels saves."""
    ours, theirs = tmp_path / "ours.fits", tmp_path / "theirs.fits"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        blendmodels(product, inputs, output=ours)
        with datamodels.open(product) as model:
            blendmodels(model, inputs)
            model.save(str(theirs))
    return ours, theirs


class TestAsStdatamodels:
    """The result is what stdatamodels makes of it, but for what it would lose or move."""

    def test_headers_and_metadata(self, tmp_path, full, inputs):
        ours, theirs = both(tmp_path, full, inputs)
        same_metadata(ours, theirs)
        names = ["PRIMARY", "SCI", "DQ", "ERR", "HDRTAB"]
        for name in names:
            assert cards(ours, name)[10:] == cards(theirs, name)[10:]
            if name != "PRIMARY":
                assert blocks(ours)[name, 1] == blocks(theirs)[name, 1]

    @pytest.mark.parametrize(
        "own",
        [
            {},
            {
                "meta.program.sub_category": "NIRCAM",
                "meta.target.dec": 1.5,
                "meta.visit.status": "X",
            },
            {
                "meta.wcsinfo.crpix1": 1.5,
                "meta.instrument.pupil": "CLEAR",
                "meta.telescope": "JWST",
            },
            {"meta.ephemeris.time": 1.5, "meta.time_sys": "UTC"},
        ],
        ids=len,
    )
    def test_cards_that_are_new(self, tmp_path, full, own, make_model):
        product = tmp_path / "sparse.fits"
        make_model({**own, "data": np.zeros((3, 4), np.float32)}).save(str(product))
        ours, theirs = both(tmp_path, product, [full, full])
        same_metadata(ours, theirs)
        for name in ("PRIMARY", "SCI"):
            # Where stdatamodels puts EXTVER depends on whether the data or a card came first.
            mine, others = (
                [card for card in cards(one, name) if not card.startswith("EXTVER")]
                for one in (ours, theirs)
            )
            assert mine == others

    @pytest.mark.parametrize("path", all_but_exhaustive(REAL, REAL[:3]), ids=lambda path: path.name)
    def test_real_files(self, tmp_path, path):
        ours, theirs = both(tmp_path, path, [path, path])
        same_metadata(ours, theirs)
        assert len(metadata(ours)[1]) == 2
        old, new = blocks(path), blocks(ours)
        assert [one for one in new if one[0] not in ("HDRTAB", "ASDF")] == [
            one for one in old if one[0] not in ("HDRTAB", "ASDF")
        ]
        for key, (_, data) in old.items():
            assert key[0] in ("HDRTAB", "ASDF") or new[key][1] == data
        with fits.open(ours) as hdulist, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            hdulist.verify("exception" if path.name != "flat.fits" else "ignore")

    def test_of_another_type(self, tmp_path, inputs):
        spectra = tmp_path / "spectra.fits"
        MultiSpecModel().save(str(spectra))
        ours, theirs = both(tmp_path, spectra, inputs)
        same_metadata(ours, theirs)

    def test_blended_again(self, tmp_path, full, inputs):
        first = blendmodels(full, inputs, output=tmp_path / "first.fits")
        assert len(first.table) == 2
        ours, theirs = both(tmp_path, tmp_path / "first.fits", [*inputs, inputs[0]])
        same_metadata(ours, theirs)
        assert len(metadata(ours)[1]) == 3
        assert list(blocks(ours)) == list(blocks(tmp_path / "first.fits"))

    def test_that_somebody_has_touched(self, tmp_path, full, inputs):
        with fits.open(full, mode="update") as hdulist:
            hdulist[0].header["TARG_RA"] = 12.5
            hdulist[0].header["NEW"] = "new"
        ours, theirs = both(tmp_path, full, inputs)
        assert metadata(ours)[1] == metadata(theirs)[1]
        with datamodels.open(ours) as one, datamodels.open(theirs) as other:
            # The inputs have no such attributes, so that the product's own stay.
            assert one.meta.target.ra == other.meta.target.ra == 12.5
            assert one.meta.exposure.exposure_time == other.meta.exposure.exposure_time == 322.0
            assert ["NEW", "new", ""] in one.extra_fits.PRIMARY.header.instance
            assert ["NEW", "new", ""] in other.extra_fits.PRIMARY.header.instance

    @pytest.mark.parametrize("touched", [False, True])
    def test_the_tree_is_trusted_as_before(self, tmp_path, full, inputs, touched, caplog):
        if touched:
            fits.setval(full, "OBSERVER", value="someone else")
        ours = tmp_path / "ours.fits"
        blendmodels(full, inputs, output=ours)
        with caplog.at_level(logging.DEBUG, "stdatamodels"), datamodels.open(ours):
            assert ("FITS hash matches" in caplog.text) is not touched

    def test_without_a_tree(self, tmp_path, full, inputs):
        with fits.open(full, mode="update") as hdulist:
            del hdulist["ASDF"]
        ours, theirs = both(tmp_path, full, inputs)
        assert metadata(ours)[1] == metadata(theirs)[1]
        with datamodels.open(ours) as one, datamodels.open(theirs) as other:
            assert one.meta.instance | {"date": 0, "filename": 0} == other.meta.instance | {
                "date": 0,
                "filename": 0,
            }


class TestUntouched:
    """What was not blended is as it was, to the bit."""

    def test_data_and_their_order(self, tmp_path, full, inputs):
        ours = tmp_path / "ours.fits"
        blendmodels(full, inputs, output=ours)
        old, new = blocks(full), blocks(ours)
        names = ["PRIMARY", "SCI", "DQ", "ERR", "EYE"]
        assert [name for name, _ in old] == [*names, "ASDF"]
        assert [name for name, _ in new] == [*names, "HDRTAB", "ASDF"]
        for name in names:
            assert new[name, 1][1] == old[name, 1][1]
        for name in ("DQ", "ERR", "EYE"):
            assert new[name, 1] == old[name, 1]

    def test_checksums_of_others(self, tmp_path, full, inputs):
        with fits.open(full, mode="update") as hdulist:
            for hdu in hdulist:
                hdu.add_checksum(when="by the observatory")
        before = blocks(full)
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
        after = blocks(tmp_path / "ours.fits")
        for name in ("DQ", "ERR", "EYE"):
            assert b"by the observatory" in before[name, 1][0]
            assert after[name, 1] == before[name, 1]
        with fits.open(tmp_path / "ours.fits", checksum=True) as hdulist:
            assert all(hdu.verify_checksum() == 1 for hdu in hdulist if "CHECKSUM" in hdu.header)

    def test_every_digit_where_somebody_has_touched_the_headers(self, tmp_path, full, inputs):
        """Then stdatamodels reads the headers over the tree."""
        value = 2.2705280058817488e-14
        for path in inputs:
            with datamodels.open(path) as model:
                model.meta.photometry.pixelarea_steradians = value
                model.save(str(path))
        fits.setval(full, "OBSERVER", value="someone else")
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
        assert fits.getval(tmp_path / "ours.fits", "PIXAR_SR", "SCI") == value
        with datamodels.open(tmp_path / "ours.fits") as model:
            assert model.meta.photometry.pixelarea_steradians == value

    def test_a_text_that_astropy_does_not_read_as_it_is(self, tmp_path, full, inputs):
        """An apostrophe with a slash after it is the end of a text to astropy."""
        for path in inputs:
            with datamodels.open(path) as model:
                model.meta.target.proposer_name = "o'/x"
                model.save(str(path))
        fits.setval(full, "OBSERVER", value="someone else")
        with pytest.warns(BlendWarning, match=r"proposer_name.*: it is read as \"o'\""):
            blendmodels(full, inputs, output=tmp_path / "ours.fits")
        assert fits.getval(tmp_path / "ours.fits", "TARGPROP") == "o'"

    def test_a_header_that_says_there_are_no_extensions(self, tmp_path, inputs):
        values = {
            "SIMPLE": True,
            "BITPIX": 8,
            "NAXIS": 0,
            "EXTEND": False,
            "DATAMODL": "ImageModel",
        }
        header = "".join(fits.Card(*one).image for one in values.items()) + "END"
        (tmp_path / "product.fits").write_text(header.ljust(2880))
        assert fits.getval(tmp_path / "product.fits", "EXTEND") is False
        blendmodels(tmp_path / "product.fits", inputs, output=tmp_path / "ours.fits")
        with fits.open(tmp_path / "ours.fits") as hdulist:
            assert [hdu.name for hdu in hdulist] == ["PRIMARY", "HDRTAB", "ASDF"]
            assert hdulist[0].header["EXTEND"] is True

    @pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
    def test_cards_that_astropy_would_mend(self, tmp_path, full, inputs):
        """Wherever they are: it would, if it wrote the file, or refuse to."""
        odd = [
            b"OBSERVAT= 'Ren\xe9'",
            b"origin2 = 'lower case'",
            b"RATIO   = 1.2.3.4 / x",
            b"NOTE    = 'not ended / x",
            b"KIND    = bare text",
            b"SITE    = 'x'\t/ after a tab",
            b"LONG    = 1.00000000000000000000000001",
        ]
        odd = b"".join(one.ljust(80) for one in odd)

        def with_end(cards):
            return cards + b"END".ljust(-len(cards) % 2880)

        raw = full.read_bytes()
        end = raw.index(b"END".ljust(80))
        start = -(-end // 2880) * 2880
        extension = fits.ImageHDU(name="ODD").header.tostring(endcard=False, padding=False)
        full.write_bytes(
            with_end(raw[:end] + odd) + raw[start:] + with_end(extension.encode() + odd)
        )
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
        ours = (tmp_path / "ours.fits").read_bytes()
        assert fits.getval(tmp_path / "ours.fits", "DETECTOR") == "MULTIPLE"
        assert odd in ours[: ours.index(b"END".ljust(80))]
        assert with_end(extension.encode() + odd) in ours

    def test_extra_fits_and_history(self, tmp_path, full, inputs):
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
        header = fits.getheader(tmp_path / "ours.fits")
        assert header["OBSERVER"] == "Caroline"
        assert header.comments["OBSERVER"] == "who"
        assert list(header["COMMENT"]) == ["by night"]
        assert list(header["HISTORY"]) == ["made by hand"]
        with datamodels.open(tmp_path / "ours.fits") as model:
            assert model.extra_fits.EYE.header.instance == [["KIND", "unit", ""]]
            assert (model.extra_fits.EYE.data == np.eye(3)).all()

    def test_wcs_and_arrays_of_the_tree(self, tmp_path, full, inputs):
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
        old, new = (blocks(one)["ASDF", 1][1] for one in (full, tmp_path / "ours.fits"))
        wcs = old[old.index(b"\n  wcs: ") : old.index(b"\nown:")]
        assert wcs in new
        arrays = old[old.index(b"\xd3BLK") : old.index(b"#ASDF BLOCK INDEX")]
        assert arrays in new
        # The index says where they are now.
        offsets = [
            int(one[2:]) for one in new.split(b"INDEX\n")[1].splitlines() if one[:2] == b"- "
        ]
        assert offsets
        assert all(new[one : one + 4] == b"\xd3BLK" for one in offsets)
        with datamodels.open(tmp_path / "ours.fits") as model:
            assert (np.asarray(model.instance["own"]["table"]) == np.arange(1000.0)).all()
            assert model.meta.wcs(1, 2) == a_wcs()(1, 2)

    def test_an_hdrtab_among_the_others_stays_there(self, tmp_path, full, inputs):
        blendmodels(full, inputs, output=full)
        with fits.open(full) as hdulist:
            order = ["PRIMARY", "HDRTAB", "SCI", "ASDF", "ERR", "EYE", "DQ"]
            fits.HDUList([hdulist[name] for name in order]).writeto(tmp_path / "mixed.fits")
        blendmodels(tmp_path / "mixed.fits", [*inputs, inputs[0]], output=tmp_path / "ours.fits")
        assert [name for name, _ in blocks(tmp_path / "ours.fits")] == order
        assert len(fits.getdata(tmp_path / "ours.fits", "HDRTAB")) == 3

    def test_checksums_stay_right(self, tmp_path, full, inputs):
        with fits.open(full) as hdulist:
            for hdu in hdulist:
                if hdu.name != "ERR":
                    hdu.add_checksum()
            hdulist.writeto(tmp_path / "sums.fits")
        blendmodels(tmp_path / "sums.fits", inputs, output=tmp_path / "ours.fits")
        blendmodels(tmp_path / "ours.fits", [*inputs, inputs[0]], output=tmp_path / "again.fits")
        for name in ("ours.fits", "again.fits"):
            with fits.open(tmp_path / name, checksum=True) as hdulist:
                for hdu in hdulist:
                    hdu.data  # noqa: B018
                    has = hdu.name not in ("ERR", "HDRTAB")
                    assert hdu.verify_checksum() == hdu.verify_datasum() == (1 if has else 2)

    def test_compressed_images(self, tmp_path, full, exposures):
        for one in exposures:
            one.meta.bunit_data = "DN"
        noise = np.random.default_rng(1).integers(0, 99, (300, 400)).astype(np.float32)
        packed = tmp_path / "packed.fits"
        with fits.open(full) as hdulist:
            image = fits.CompImageHDU(noise, hdulist["SCI"].header, name="SCI")
            fits.HDUList([hdulist[0], image, *hdulist[2:]]).writeto(packed)
        ours = tmp_path / "ours.fits"
        blendmodels(packed, exposures, output=ours)
        with fits.open(ours, disable_image_compression=True) as new:
            assert new["SCI"].header["ZIMAGE"]
            assert new["SCI"].header["BUNIT"] == "DN"
        key = ("SCI", 1)
        assert blocks(ours)[key][1] == blocks(packed)[key][1]
        with datamodels.open(ours) as model:
            assert (model.data == fits.getdata(packed, "SCI")).all()
            assert model.meta.bunit_data == "DN"

    def test_padding_that_lacks_at_the_end(self, tmp_path, full, inputs):
        with fits.open(full) as hdulist:
            del hdulist["ASDF"]
            hdulist.writeto(tmp_path / "short.fits")
        raw = (tmp_path / "short.fits").read_bytes()
        (tmp_path / "short.fits").write_bytes(raw[:-2000])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            blendmodels(tmp_path / "short.fits", inputs, output=tmp_path / "ours.fits")
        with fits.open(tmp_path / "ours.fits") as hdulist:
            hdulist.verify("exception")
            assert (hdulist["EYE"].data == np.eye(3)).all()
            assert [hdu.name for hdu in hdulist][-3:] == ["EYE", "HDRTAB", "ASDF"]


class TestCards:
    def test_name_and_date_are_those_of_the_file(self, tmp_path, full, inputs):
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
        header = fits.getheader(tmp_path / "ours.fits")
        old = fits.getval(full, "DATE")
        assert header["FILENAME"] == "ours.fits"
        assert header["DATE"] > old
        assert len(header["DATE"]) == len(old) == len("2026-01-02T03:04:05.678")
        with datamodels.open(tmp_path / "ours.fits") as model:
            assert (model.meta.filename, model.meta.date) == ("ours.fits", header["DATE"])

    def test_a_rule_that_drops(self, full, inputs, make_plugins, acme):
        rule = Rule(
            name="multi", blend=lambda _: DROP, summary="none", replaces="blender-rules-std"
        )
        assert fits.getval(full, "DETECTOR") == "NRCA1"
        blendmodels(full, inputs, output=full, plugins=make_plugins({acme: [rule]}))
        assert "DETECTOR" not in fits.getheader(full)
        with datamodels.open(full) as model:
            assert model.meta.instrument.detector is None
            assert model.meta.instrument.module == "A"

    def test_for_an_extension_that_is_not_there(self, tmp_path, exposures):
        for one in exposures:
            one.meta.bunit_err = "MJy/sr"
        product = tmp_path / "product.fits"
        ImageModel(np.zeros((3, 4), np.float32)).save(str(product))
        ours, theirs = both(tmp_path, product, exposures)
        same_metadata(ours, theirs)
        with fits.open(ours) as hdulist:
            hdulist.verify("exception")
            assert [hdu.name for hdu in hdulist] == ["PRIMARY", "SCI", "ERR", "HDRTAB", "ASDF"]
            assert hdulist["ERR"].header["BUNIT"] == "MJy/sr"
        assert cards(ours, "ERR") == cards(theirs, "ERR")

    def test_what_no_header_can_have(self, tmp_path, full, exposures, contents):
        for one in exposures:
            one.meta.exposure.start_time = float("nan")
        before = contents(tmp_path)
        message = r"product .* cannot be written to .*ours\.fits: its header cannot have "
        with pytest.raises(OutputError, match=message + r"meta.exposure.start_time \(EXPSTART\)"):
            blendmodels(full, exposures, output=tmp_path / "ours.fits")
        assert contents(tmp_path) == before


class TestPlace:
    def test_the_product_itself(self, full, inputs):
        before = blocks(full)
        full.chmod(0o640)
        blendmodels(str(full), inputs, output=full)
        assert blocks(full)["EYE", 1] == before["EYE", 1]
        assert fits.getval(full, "DETECTOR") == "MULTIPLE"
        assert full.stat().st_mode & 0o777 == 0o640

    def test_the_product_itself_by_another_name(self, tmp_path, full, inputs):
        (tmp_path / "link.fits").symlink_to(full.name)
        blendmodels(full, inputs, output=tmp_path / "link.fits")
        assert (tmp_path / "link.fits").is_symlink()
        header = fits.getheader(full)
        assert (header["DETECTOR"], header["FILENAME"]) == ("MULTIPLE", "link.fits")

    def test_a_product_that_is_an_input_as_well(self, inputs):
        blendmodels(inputs[0], inputs, output=inputs[0])
        assert len(fits.getdata(inputs[0], "HDRTAB")) == 2

    def test_another_file(self, tmp_path, full, inputs):
        (tmp_path / "there.fits").write_text("mine")
        with pytest.raises(OutputExistsError):
            blendmodels(full, inputs, output=tmp_path / "there.fits")
        before = full.read_bytes()
        blendmodels(full, inputs, output=tmp_path / "there.fits", overwrite=True)
        assert fits.getval(tmp_path / "there.fits", "DETECTOR") == "MULTIPLE"
        assert full.read_bytes() == before

    def test_nothing_is_written_unless_asked(self, tmp_path, full, inputs, contents):
        before = contents(tmp_path)
        result = blendmodels(full, inputs)
        assert result.values["meta.instrument.detector"] == "MULTIPLE"
        assert contents(tmp_path) == before
        with result.product as model:
            assert model.meta.instrument.detector == "MULTIPLE"
        assert contents(tmp_path) == before

    @pytest.mark.parametrize("touched", [False, True])
    def test_inputs_of_its_own_association(self, tmp_path, full, inputs, touched):
        members = [{"expname": one.name, "exptype": "science"} for one in inputs]
        others = [{"expname": "none.fits", "exptype": "science"}]
        products = [{"name": "other", "members": others}, {"name": "product", "members": members}]
        asn = {"asn_type": "image3", "products": products}
        (inputs[0].parent / "p_asn.json").write_text(json.dumps(asn))
        product = inputs[0].parent / "product.fits"
        if touched:
            fits.setval(full, "ASNTABLE", value="p_asn.json")
            full.rename(product)
        else:
            with datamodels.open(full) as model:
                model.meta.asn.table_name = "p_asn.json"
                model.save(str(product))
        result = blendmodels(product, output=tmp_path / "ours.fits")
        assert list(result.table["DETECTOR"]) == ["NRCA1", "NRCA2"]

    def test_rules_are_recorded(self, tmp_path, full, inputs):
        blendmodels(full, inputs, record_rules=True, output=tmp_path / "ours.fits")
        with datamodels.open(full) as model:
            blendmodels(model, inputs, record_rules=True, output=tmp_path / "theirs.fits")
        ours, theirs = blocks(tmp_path / "ours.fits"), blocks(tmp_path / "theirs.fits")
        assert [name for name, _ in ours][-4:] == ["EYE", "HDRTAB", "HDRRULES", "ASDF"]
        assert ours["HDRRULES", 1] == theirs["HDRRULES", 1]
        with datamodels.open(tmp_path / "ours.fits") as model:
            assert "meta.instrument.detector" in model.instance["hdrrules"]["ATTRIBUTE"]
        blendmodels(tmp_path / "ours.fits", inputs, output=tmp_path / "again.fits")
        assert [name for name, _ in blocks(tmp_path / "again.fits")][-2:] == ["HDRTAB", "ASDF"]

    def test_by_a_blender(self, tmp_path, full, inputs):
        blender = ModelBlender()
        for one in inputs:
            blender.accumulate(one)
        path = blender.finalize_model(full).save(tmp_path / "ours.fits")
        blendmodels(full, inputs, output=tmp_path / "theirs.fits")
        assert metadata(path) == metadata(tmp_path / "theirs.fits")


class TestGzip:
    @pytest.fixture
    def packed(self, tmp_path, full):
        path = tmp_path / "packed.fits.gz"
        path.write_bytes(gzip.compress(full.read_bytes()))
        return path

    def same(self, one, other):
        for (name, _), (key, (header, data)) in zip(
            blocks(one), blocks(other).items(), strict=True
        ):
            assert name == key[0]
            if name not in ("PRIMARY", "ASDF"):
                assert blocks(one)[key] == (header, data)
        assert metadata(one) == metadata(other)

    @pytest.mark.parametrize("ending", [".fits", ".fits.gz"])
    def test_of_a_product(self, tmp_path, full, packed, inputs, ending):
        blendmodels(packed, inputs, output=tmp_path / f"ours{ending}")
        blendmodels(full, inputs, output=tmp_path / "plain.fits")
        self.same(tmp_path / f"ours{ending}", tmp_path / "plain.fits")
        raw = (tmp_path / f"ours{ending}").read_bytes()
        assert raw.startswith(b"\x1f\x8b" if ending.endswith(".gz") else b"SIMPLE")

    def test_in_its_place(self, tmp_path, full, packed, inputs):
        blendmodels(packed, inputs, output=packed)
        blendmodels(full, inputs, output=tmp_path / "plain.fits")
        self.same(packed, tmp_path / "plain.fits")


class TestPixels:
    def test_are_not_read(self, tmp_path, full, inputs, monkeypatch):
        def fail(*_):
            raise AssertionError

        monkeypatch.setattr(datamodels, "open", fail)
        monkeypatch.setattr(fits, "open", fail)
        result = blendmodels(full, inputs, output=tmp_path / "ours.fits")
        assert repr(result).endswith(f"<ImageModel in {tmp_path / 'ours.fits'}>>")

    def test_are_never_in_memory(self, tmp_path, inputs):
        large = tmp_path / "large.fits"
        CubeModel(np.zeros((16, 1024, 1024), np.float32)).save(str(large))
        assert large.stat().st_size > 64 << 20
        blendmodels(inputs[0], inputs, output=tmp_path / "first.fits")  # what is imported
        tracemalloc.start()
        blendmodels(large, inputs, output=tmp_path / "ours.fits")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 12 << 20


class TestProduct:
    """The datamodel of the result."""

    def test_is_the_updated_one(self, tmp_path, full, inputs):
        result = blendmodels(full, inputs, output=tmp_path / "ours.fits")
        with result.product as model:
            assert result.product is model
            assert type(model) is ImageModel
            assert model.meta.instrument.detector == "MULTIPLE"
            assert model.meta.filename == "ours.fits"
            assert len(model.hdrtab) == 2
            model.save(str(tmp_path / "again.fits"))
        assert metadata(tmp_path / "again.fits")[1] == metadata(tmp_path / "ours.fits")[1]

    def test_saved_after_it_has_been_changed(self, tmp_path, full, inputs):
        result = blendmodels(full, inputs)
        result.product.meta.target.catalog_name = "M 31"
        result.product.data[0, 0] = 99
        result.save(tmp_path / "ours.fits")
        assert fits.getval(tmp_path / "ours.fits", "TARGNAME") == "M 31"
        assert fits.getdata(tmp_path / "ours.fits", "SCI")[0, 0] == 99
        assert len(fits.getdata(tmp_path / "ours.fits", "HDRTAB")) == 2
        result.product.close()

    def test_saved_twice(self, tmp_path, full, inputs):
        result = blendmodels(full, inputs, output=full)
        result.save(tmp_path / "ours.fits")
        assert metadata(full) == metadata(tmp_path / "ours.fits")
        assert fits.getval(tmp_path / "ours.fits", "FILENAME") == "ours.fits"

    def test_as_asdf(self, tmp_path, full, inputs):
        result = blendmodels(full, inputs, output=tmp_path / "ours.asdf")
        result.product.close()
        with datamodels.open(tmp_path / "ours.asdf") as model:
            assert model.meta.instrument.detector == "MULTIPLE"
            assert (np.asarray(model.dq) == 2**31 + 5).all()
            assert len(np.asarray(model.instance["hdrtab"])) == 2

    @pytest.mark.parametrize(
        "ask", [lambda result: result.product, lambda result: result.save("x.fits")]
    )
    def test_changed_by_somebody_else_meanwhile(self, full, inputs, ask, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        result = blendmodels(full, inputs)
        fits.setval(full, "OBSERVER", value="someone else")
        with pytest.raises(InputError, match=r"product\.fits\) has been changed by somebody else"):
            ask(result)
        full.unlink()
        with pytest.raises(InputError, match=r"cannot be read any more: No such file"):
            ask(result)
        assert not Path("x.fits").exists()


class TestBadProducts:
    """They are refused before an input is looked at."""

    def refused(self, product, message):
        def untouched():
            raise AssertionError
            yield

        with pytest.raises(InputError, match=message):
            blendmodels(product, untouched())

    def test_missing(self, tmp_path):
        self.refused(tmp_path / "p.fits", r"the product \(.*p\.fits\) cannot be read: No such file")

    def test_folder(self, tmp_path):
        self.refused(tmp_path, "cannot be read: it is a folder")

    def test_pipe(self, tmp_path):
        os.mkfifo(tmp_path / "p.fits")
        self.refused(tmp_path / "p.fits", "cannot be read: it is not a regular file")

    @pytest.mark.parametrize(
        ("raw", "message"), [(b"", "the file is empty"), (b"x" * 80, "not a FITS")]
    )
    def test_not_fits(self, tmp_path, raw, message):
        (tmp_path / "p.fits").write_bytes(raw)
        self.refused(tmp_path / "p.fits", f"cannot be read: {message}")

    def test_truncated(self, full):
        full.write_bytes(full.read_bytes()[:-20_000])
        self.refused(full, "is truncated")

    def test_without_a_type(self, full):
        with fits.open(full, mode="update") as hdulist:
            del hdulist[0].header["DATAMODL"]
        self.refused(full, "has no keyword DATAMODL")

    def test_of_an_unknown_type(self, full):
        fits.setval(full, "DATAMODL", value="NoModel")
        self.refused(full, "is of the class 'NoModel'")

    def test_a_tree_that_is_none(self, full):
        raw = full.read_bytes()
        full.write_bytes(raw.replace(b"%YAML 1.1\n", b"%YAML 1.1\n:"))
        self.refused(full, "its extension ASDF is not an ASDF tree|is truncated")


@pytest.mark.parametrize(
    ("keyword", "image"),
    [
        ("TARG_RA", "TARG_RA = 1.2.3.4 / x"),
        ("DATE", "DATE    = '2026-01-01"),
        ("DATAMODL", "DATAMODL= ImageModel"),
        ("DETECTOR", "DETECTOR= '\xe9'"),
    ],
)
@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
@pytest.mark.filterwarnings("ignore::stdatamodels.exceptions.ValidationWarning")
def test_a_card_that_astropy_mends(tmp_path, full, inputs, keyword, image):
    raw = full.read_bytes()
    start = raw.index(f"{keyword:8}=".encode())
    full.write_bytes(raw[:start] + image.ljust(80).encode("latin-1") + raw[start + 80 :])
    with pytest.warns(BlendWarning, match=rf"^the product \({full}\) has {keyword} = "):
        blendmodels(full, inputs, output=tmp_path / "ours.fits")
    with datamodels.open(full) as model:
        blendmodels(model, inputs, output=tmp_path / "theirs.fits")
    same_metadata(tmp_path / "ours.fits", tmp_path / "theirs.fits")


class TestUnusualTrees:
    """Trees that cannot be changed with certainty are not changed."""

    def refused(self, path, inputs, message):
        before = path.read_bytes()
        with pytest.raises(BlenderError, match=message):
            blendmodels(path, inputs, output=path)
        assert path.read_bytes() == before
        # The way out that the message names.
        with datamodels.open(path) as model:
            blendmodels(model, inputs, output=path, overwrite=True)
        assert fits.getval(path, "DETECTOR") == "MULTIPLE"

    def test_a_group_at_two_places(self, tmp_path, inputs):
        model = ImageModel()
        model.meta.exposure.exposure_time = 1.0
        model._instance["copy"] = model._instance["meta"]["exposure"]
        model.save(str(tmp_path / "p.fits"))
        message = (
            "ASDF tree cannot be changed: it refers from one place .* Blend into its datamodel"
        )
        self.refused(tmp_path / "p.fits", inputs, message)

    def test_another_form_of_the_extension(self, full, inputs):
        with fits.open(full, mode="update") as hdulist:
            raw = hdulist["ASDF"].data.tobytes()
            column = fits.Column("ASDF_METADATA", "PB()", array=[np.frombuffer(raw, np.uint8)])
            del hdulist["ASDF"]
            hdulist.append(fits.BinTableHDU.from_columns([column], name="ASDF"))
        before = full.read_bytes()
        with pytest.raises(BlenderError):
            blendmodels(full, inputs, output=full)
        assert full.read_bytes() == before

    def test_the_extension_of_old_versions(self, full, inputs):
        with fits.open(full, mode="update") as hdulist:
            raw = hdulist["ASDF"].data.tobytes()
            del hdulist["ASDF"]
            hdulist.append(fits.ImageHDU(np.frombuffer(raw, np.uint8), name="ASDF"))
        blendmodels(full, inputs, output=full)
        with datamodels.open(full) as model:
            assert model.meta.instrument.detector == "MULTIPLE"
            assert model.meta.wcs(1, 2) == a_wcs()(1, 2)


def test_a_class_that_derives_cards_when_it_is_saved(tmp_path, inputs):
    """The OIFITS keywords of interferometry are those of the attributes that are blended."""
    for path in inputs:
        fits.setval(path, "DATE-OBS", value="2022-07-17")
    model = AmiOIModel()
    model.meta.oifits.array_name = "JWST"
    model.meta.oifits.instrument_mode = "NRM"
    for name in ("telescope", "origin"):
        model[f"meta.{name}"] = "JWST"
    model.meta.instrument.name = "NIRISS"
    model.meta.instrument.detector = "NIS"
    model.meta.program.pi_name = "Blender, M."
    model.meta.target.proposer_name = "AB Dor"
    model.meta.observation.date = "2001-01-01"
    for name in ("array", "target", "wavelength", "t3", "vis", "vis2", "q4"):
        setattr(model, name, np.zeros(2, model.get_dtype(name)))
    model.save(str(tmp_path / "product.fits"))
    model.close()
    result = blendmodels(tmp_path / "product.fits", inputs, output=tmp_path / "ours.fits")
    result.product.close()
    with fits.open(tmp_path / "ours.fits") as hdulist:
        of_all = [hdu.header.get("DATE-OBS") for hdu in hdulist]
    assert of_all[0] == "2022-07-17"
    assert set(of_all) == {"2022-07-17", None}
    assert of_all.count("2022-07-17") == 5


class TestAsdf:
    @pytest.fixture
    def product(self, tmp_path, full):
        with datamodels.open(full) as model:
            model.save(str(tmp_path / "product.asdf"))
        return tmp_path / "product.asdf"

    @pytest.mark.parametrize("name", ["product.asdf", "new.asdf", "new.fits"])
    def test_product(self, tmp_path, product, inputs, name):
        result = blendmodels(product, inputs, output=tmp_path / name)
        with result.product as model:
            assert model.meta.instrument.detector == "MULTIPLE"
        with datamodels.open(tmp_path / name) as model:
            assert model.meta.instrument.detector == "MULTIPLE"
            assert model.meta.filename == name
            assert (np.asarray(model.dq) == 2**31 + 5).all()
            assert len(np.asarray(model.instance["hdrtab"])) == 2

    @pytest.mark.parametrize("name", ["p.asdf", "new.asdf"])
    def test_arrays_in_files_of_their_own(self, tmp_path, inputs, name):
        """Only a file that has everything in it can be written as a whole."""
        folder = tmp_path / "external"
        folder.mkdir()
        model = ImageModel(np.full((50, 60), 7, np.float32))
        model.to_asdf(str(folder / "p.asdf"), all_array_storage="external")
        assert {one.name for one in folder.iterdir()} == {"p.asdf", "p0000.asdf"}
        for _ in range(2):
            blendmodels(
                folder / "p.asdf", inputs, output=folder / name, overwrite=True
            ).product.close()
        assert {one.name for one in folder.iterdir()} == {"p.asdf", "p0000.asdf", name}
        (folder / "p0000.asdf").unlink()
        with datamodels.open(folder / name) as model:
            assert model.meta.instrument.detector == "MULTIPLE"
            assert (np.asarray(model.data) == 7).all()

    def test_nothing_is_written_unless_asked(self, product, inputs):
        before = product.read_bytes()
        with blendmodels(product, inputs).product as model:
            assert model.meta.instrument.detector == "MULTIPLE"
        assert product.read_bytes() == before

    def test_missing(self, tmp_path, inputs):
        with pytest.raises(InputError, match=r"the product \(.*\) cannot be read: No such file"):
            blendmodels(tmp_path / "none.asdf", inputs)

    def test_truncated(self, product, inputs):
        raw = product.read_bytes()
        product.write_bytes(raw[: raw.index(b"\xd3BLK") + 60])
        with pytest.raises(
            InputError, match=r"the product \(.*\) cannot be read: block 1 is trunc"
        ):
            blendmodels(product, inputs)

    def test_pipe(self, tmp_path, inputs):
        os.mkfifo(tmp_path / "pipe.asdf")
        with pytest.raises(InputError, match=r"the product \(.*\) .*: it is not a regular file"):
            blendmodels(tmp_path / "pipe.asdf", inputs)


@pytest.mark.parametrize("kind", [".fits", ".asdf", "datamodel"])
def test_what_is_within_an_object_cannot_be_blended(tmp_path, kind):
    model = ImageModel()
    model.instance["meta"]["odd"] = {"value": 3.0}
    model.save(str(tmp_path / "input.fits"))
    product = ImageModel()
    product.instance["meta"]["odd"] = units.Quantity(4.0, "m")
    if kind != "datamodel":
        path = tmp_path / f"product{kind}"
        product.save(str(path))
        product = path
    with pytest.raises(InputError, match=r"the product has the value .* where the group meta\.odd"):
        blendmodels(product, [tmp_path / "input.fits"], overrides={"meta.odd.value": "first"})
