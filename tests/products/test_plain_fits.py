"""Plain FITS files as products: what changes in them, and that nothing else does."""

import gzip
import math
import warnings

import numpy as np
import pytest
from astropy.io import fits
from plain_products import BLENDED, INPUTS, PlainPlugin, plugins_with, schema_of

from blender_core import (
    BlendWarning,
    InputError,
    OutputError,
    ProductFile,
    amend,
    blendmodels,
)

TABLES = ("HDRTAB", "HDRRULES")


@pytest.fixture
def plugins():
    return plugins_with()


@pytest.fixture
def product(tmp_path):
    """A file of many kinds of HDUs, with cards of all kinds."""
    primary = fits.PrimaryHDU()
    header = primary.header
    header["TELESCOP"] = ("HST", "the telescope")
    header["FILTER"] = ("F606W", "element selected")
    header["EXPTIME"] = (1.0, "[s] as drizzled")
    header["OBJECT"] = "NGC 1"
    header["HISTORY"] = "drizzled"
    header["COMMENT"] = "by hand"
    science = fits.ImageHDU(np.arange(12, dtype=np.float32).reshape(3, 4), name="SCI")
    science.header["NCOMBINE"] = (1, "images")
    path = tmp_path / "combined.fits"
    fits.HDUList(
        [
            primary,
            science,
            fits.ImageHDU(np.ones((3, 4), np.uint16), name="WHT"),  # scaled by BZERO
            fits.CompImageHDU(np.arange(400, dtype=np.int16).reshape(20, 20), name="CTX"),
            fits.ImageHDU(np.zeros((2, 2), np.float64), name="SCI", ver=2),
            fits.BinTableHDU.from_columns([fits.Column("A", "PJ()", array=[[1], [2, 3]])]),
        ]
    ).writeto(path, checksum=True)
    return path


def pieces(path):
    """Return the bytes of each HDU: header and data."""
    raw = path.read_bytes()
    with fits.open(path) as hdulist:
        places = [hdu.fileinfo() for hdu in hdulist]
    return [
        (raw[place["hdrLoc"] : place["datLoc"]], raw[place["datLoc"] :][: place["datSpan"]])
        for place in places
    ]


def blended(header):
    return {keyword: header.get(keyword) for keyword in BLENDED if keyword in header}


def test_values_go_to_their_cards(product, plugins, tmp_path):
    output = tmp_path / "out.fits"
    blendmodels(product, INPUTS, plugins=plugins, output=output)
    with fits.open(output) as hdulist:
        primary, science = hdulist[0].header, hdulist["SCI"].header
        assert {**blended(primary), **blended(science)} == BLENDED
        assert primary.comments["FILTER"] == "element selected"
        assert primary.comments["EXPTIME"] == "[s] as drizzled"
        assert primary.comments["ROOTNAME"] == "Title of ROOTNAME"
        assert science.comments["NCOMBINE"] == "images"
        assert [card.keyword for card in primary.cards][4:] == [
            *("TELESCOP", "ROOTNAME", "FILTER", "EXPSTART", "EXPTIME"),
            *("OBJECT", "CHECKSUM", "DATASUM", "HISTORY", "COMMENT"),
        ]
        assert "NSAMP" not in primary  # the first input has none


def test_all_else_is_copied_to_the_byte(product, plugins, tmp_path):
    output = tmp_path / "out.fits"
    blendmodels(product, INPUTS, plugins=plugins, output=output)
    old, new = pieces(product), pieces(output)
    assert len(new) == len(old) + 1
    for number in range(2, 6):
        assert new[number] == old[number]
    assert new[0][1] == old[0][1]
    assert new[1][1] == old[1][1]
    with fits.open(output, checksum=True) as hdulist, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [hdu.name for hdu in hdulist] == [
            "PRIMARY",
            "SCI",
            "WHT",
            "CTX",
            "SCI",
            "",
            "HDRTAB",
        ]
        # Astropy finds none in a compressed image.
        found = [(hdu.verify_checksum(), hdu.verify_datasum()) for hdu in hdulist[:6]]
        assert found == [(1, 1), (1, 1), (1, 1), (2, 2), (1, 1), (1, 1)]
        hdulist.verify("exception")


def test_the_table_tells_what_lacks(product, plugins, tmp_path):
    blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "out.fits")
    with fits.open(tmp_path / "out.fits", logical_as_bytes=True) as hdulist:
        table = hdulist["HDRTAB"]
        assert table.data["FLASH"].tolist() == [b"", b"T", b""]
        null = table.columns["NSAMP"].null
        assert table.data["NSAMP"].tolist() == [null, null, 4]
        assert table.data["EXPTIME"].tolist() == [350.5, 400.25, 0.125]
        assert np.isnan(table.data["EXPSTART"][2])
        assert table.data["FILTER"].tolist() == ["F606W", "F814W", ""]


@pytest.mark.parametrize("name", ["out.fits", "out.fits.gz"])
def test_packed_or_not(product, plugins, tmp_path, name):
    packed = tmp_path / "packed.fits.gz"
    packed.write_bytes(gzip.compress(product.read_bytes()))
    blendmodels(packed, INPUTS, plugins=plugins, output=tmp_path / name)
    content = (tmp_path / name).read_bytes()
    if name.endswith("gz"):
        content = gzip.decompress(content)
    (tmp_path / "unpacked.fits").write_bytes(content)
    assert pieces(tmp_path / "unpacked.fits")[2:6] == pieces(product)[2:6]
    assert ProductFile(tmp_path / name, plugins=plugins).values["meta.exptime"] == 750.875


def test_in_its_own_place_again_and_again(product, plugins):
    result = blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    first = product.read_bytes()
    assert result.save(product) == product
    assert product.read_bytes() == first
    blendmodels(product, INPUTS, plugins=plugins, output=product)
    with fits.open(product) as hdulist:
        names = [hdu.name for hdu in hdulist]
    assert names.count("HDRTAB") == 1
    assert "HDRRULES" not in names  # the blend before recorded its rules


class TestCards:
    """Cards that are there already, and those that are not."""

    def make(self, tmp_path, *cards, end=()):
        path = tmp_path / "product.fits"
        header = "".join(card.ljust(80) for card in [*structural(), *cards, *end, "END"])
        path.write_bytes(header.ljust(2880).encode("latin-1"))
        return path

    def blend(self, path, keyword, *values, plugins=None, **kwargs):
        inputs = [{keyword: value} for value in values]
        output = path.with_name("out.fits")
        blendmodels(path, inputs, plugins=plugins or plugins_with(), output=output, **kwargs)
        return output

    def images(self, path):
        raw = path.read_bytes()[:2880]
        images = [raw[i : i + 80].decode().rstrip() for i in range(0, 2880, 80)]
        return images[len(structural()) : images.index("END")]

    def test_a_card_of_the_same_value_stays_to_the_byte(self, tmp_path):
        card = "EXPTIME =   3.505E+2/seconds,  as taken"
        output = self.blend(self.make(tmp_path, card), "EXPTIME", 350.5)
        assert self.images(output) == [card]

    def test_a_keyword_twice(self, tmp_path):
        path = self.make(tmp_path, "EXPTIME = 1.0 / a", "OBJECT  = 'x'", "EXPTIME = 7.0 / b")
        with pytest.warns(BlendWarning, match=r"EXPTIME twice .*one card is left"):
            output = self.blend(path, "EXPTIME", 350.5)
        assert self.images(output) == ["EXPTIME =                350.5 / a", "OBJECT  = 'x'"]

    def test_a_keyword_twice_that_is_dropped(self, tmp_path):
        path = self.make(tmp_path, "EXPTIME = 1.0 / a", "OBJECT  = 'x'", "EXPTIME = 7.0 / b")
        with pytest.warns(BlendWarning, match="EXPTIME twice"):
            output = self.blend(path, "EXPTIME", 1.5, overrides={"EXPTIME": "drop"})
        assert self.images(output) == ["OBJECT  = 'x'"]

    def test_an_undefined_card(self, tmp_path):
        output = self.blend(self.make(tmp_path, "FILTER  =  / none yet"), "FILTER", "F606W")
        assert fits.getheader(output)["FILTER"] == "F606W"
        assert fits.getheader(output).comments["FILTER"] == "none yet"

    def test_a_long_text_on_several_cards(self, tmp_path):
        long = [f"FILTER  = '{'x' * 66}&'", f"CONTINUE  '{'y' * 20}' / a comment"]
        path = self.make(tmp_path, *long, "OBJECT  = 'x'")
        output = self.blend(path, "FILTER", "F606W")
        assert self.images(output) == [
            "FILTER  = 'F606W   '           / a comment",
            "OBJECT  = 'x'",
        ]
        text = "F606W " * 20 + "."
        output.unlink()
        output = self.blend(path, "FILTER", text)
        assert fits.getheader(output)["FILTER"] == text
        assert fits.getheader(output)["OBJECT"] == "x"

    def test_a_keyword_behind_hierarch(self, tmp_path):
        schema = schema_of(["ESO INS FILT"])
        plugins = plugins_with(PlainPlugin(schema=schema))
        path = self.make(tmp_path, "HIERARCH ESO INS FILT = 'B' / the filter")
        output = self.blend(path, "ESO INS FILT", "V", plugins=plugins)
        header = fits.getheader(output)
        assert (header["ESO INS FILT"], header.comments["ESO INS FILT"]) == ("V", "the filter")
        assert len(self.images(output)) == 1
        assert ProductFile(output, plugins=plugins).values == {"meta.eso ins filt": "V"}

    def test_all_digits_of_a_number(self, tmp_path):
        value = 55162.123456789012345
        output = self.blend(self.make(tmp_path), "EXPSTART", value)
        assert fits.getheader(output)["EXPSTART"] == value
        value = -1.2345678901234567e-105
        output.unlink()
        output = self.blend(self.make(tmp_path), "EXPSTART", value)
        assert fits.getheader(output)["EXPSTART"] == value

    def test_new_cards_come_before_comments_at_the_end(self, tmp_path):
        end = ["", "COMMENT of a pipeline", "HISTORY of it", ""]
        output = self.blend(self.make(tmp_path, "OBJECT  = 'x'", end=end), "EXPTIME", 1.5)
        keywords = [image[:8].strip() for image in self.images(output)]
        assert keywords == ["OBJECT", "EXPTIME", "", "COMMENT", "HISTORY", ""]

    def test_an_empty_text_before_a_comment_with_apostrophes(self, tmp_path):
        output = self.blend(self.make(tmp_path, "FILTER  = 'A' / of 'it'"), "FILTER", "")
        assert fits.getheader(output)["FILTER"] == ""
        assert fits.getheader(output).comments["FILTER"] == "of 'it'"

    def test_a_text_that_astropy_does_not_read_as_it_is(self, tmp_path):
        """Its end is an apostrophe with a slash after it, to astropy and not to the standard."""
        with pytest.warns(BlendWarning, match="in a way that is read as such: it is read as"):
            output = self.blend(self.make(tmp_path), "FILTER", "o'/x")
        assert self.images(output) == ["FILTER  = 'o''/x   '           / Title of FILTER"]

    def test_comments_of_other_bytes_stay_as_they_can(self, tmp_path):
        output = self.blend(self.make(tmp_path, "EXPTIME = 1.0 / \xe9t\xe9"), "EXPTIME", 2.0)
        assert self.images(output) == ["EXPTIME =                  2.0 / ?t?"]

    @pytest.mark.parametrize("value", [math.nan, math.inf, "two\nlines", "\xe9"])
    def test_what_no_header_can_have(self, tmp_path, value):
        path = self.make(tmp_path, "EXPTIME = 1.0", "FILTER  = 'A'")
        before = path.read_bytes()
        keyword = "EXPTIME" if isinstance(value, float) else "FILTER"
        schema = schema_of([keyword])
        schema["properties"]["meta"]["properties"][keyword.lower()]["blend_table"] = False
        plugins = plugins_with(PlainPlugin(schema=schema))
        with pytest.raises(
            OutputError, match=rf"header cannot have meta.\w+ \({keyword}\)"
        ) as caught:
            self.blend(path, keyword, value, plugins=plugins)
        assert caught.value.path == tmp_path / "out.fits"
        assert [one.name for one in tmp_path.iterdir()] == ["product.fits"]
        assert path.read_bytes() == before


def structural():
    """Return the cards that a header begins with, in the form that the standard has for them."""
    values = {"SIMPLE": "T", "BITPIX": "8", "NAXIS": "0"}
    return [f"{keyword:8}= {value:>20}" for keyword, value in values.items()]


class TestHDUs:
    """Where cards go that are of other HDUs."""

    def test_the_one_of_a_version(self, product, plugins, tmp_path):
        output = tmp_path / "out.fits"
        blendmodels(product, [{"CCDGAIN": 1.5}], plugins=plugins, output=output)
        with fits.open(output) as hdulist:
            assert hdulist["SCI", 2].header["CCDGAIN"] == 1.5
            assert "CCDGAIN" not in hdulist["SCI", 1].header
        assert ProductFile(output, plugins=plugins).values["meta.ccdgain"] == 1.5

    def test_one_that_is_not_there(self, plugins, tmp_path):
        path, output = tmp_path / "product.fits", tmp_path / "out.fits"
        fits.PrimaryHDU(np.zeros((2, 2))).writeto(path)
        inputs = [{"NCOMBINE": 1, "CCDGAIN": 1.5}, {"NCOMBINE": 2}]
        blendmodels(path, inputs, plugins=plugins, output=output)
        with fits.open(output) as hdulist:
            assert [(hdu.name, hdu.ver) for hdu in hdulist[1:3]] == [("SCI", 1), ("SCI", 2)]
            assert hdulist["SCI"].header["NCOMBINE"] == 3
            assert hdulist["SCI", 2].header["CCDGAIN"] == 1.5
            assert hdulist[-1].name == "HDRTAB"

    def test_a_compressed_one_has_the_cards_and_the_data(self, plugins, tmp_path):
        path, output = tmp_path / "product.fits", tmp_path / "out.fits"
        image = np.arange(400, dtype=np.int32).reshape(20, 20)
        compressed = fits.CompImageHDU(image, name="SCI")
        compressed.header["NCOMBINE"] = (1, "images")
        fits.HDUList([fits.PrimaryHDU(), compressed]).writeto(path)
        blendmodels(path, INPUTS, plugins=plugins, output=output)
        with fits.open(output) as hdulist:
            assert isinstance(hdulist["SCI"], fits.CompImageHDU)
            assert hdulist["SCI"].header["NCOMBINE"] == 5
            assert hdulist["SCI"].header.comments["NCOMBINE"] == "images"
            assert (hdulist["SCI"].data == image).all()
        assert pieces(output)[1][1] == pieces(path)[1][1]

    def test_new_cards_never_part_those_that_tell_the_size(self, tmp_path):
        """The first attributes of this schema are of cards with which a header begins."""
        schema = schema_of(["NAXIS", "FILTER", "EXTEND"])
        for name in ("naxis", "extend"):
            del schema["properties"]["meta"]["properties"][name]["type"]
        plugins = plugins_with(PlainPlugin(schema=schema))
        path, output = tmp_path / "product.fits", tmp_path / "out.fits"
        fits.PrimaryHDU(np.zeros((2, 3))).writeto(path)
        blendmodels(path, [{"FILTER": "A"}], plugins=plugins, output=output)
        keywords = list(fits.getheader(output))
        assert keywords[:6] == ["SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "EXTEND"]
        assert fits.getdata(output).shape == (2, 3)


@pytest.mark.parametrize("keyword", ["BITPIX", "NAXIS1", "EXTNAME", "TFORM1", "HISTORY", "BZERO"])
def test_what_says_how_data_are_stored_is_not_blended(product, keyword, contents, tmp_path):
    schema = schema_of([keyword])
    attribute = schema["properties"]["meta"]["properties"][keyword.lower()]
    attribute |= {"type": ["integer", "string"], "fits_hdu": "SCI"}
    plugins = plugins_with(PlainPlugin(schema=schema))
    before = contents(tmp_path)
    with pytest.raises(InputError, match=rf"cannot have meta.\w+ \({keyword}\) blended") as caught:
        blendmodels(product, [{keyword: 77}], plugins=plugins, output=tmp_path / "out.fits")
    assert "the rule 'keep'" in str(caught.value)
    assert contents(tmp_path) == before
    overrides = {f"meta.{keyword.lower()}": "keep"}
    blendmodels(
        product, [{keyword: 77}], plugins=plugins, overrides=overrides, output=tmp_path / "out.fits"
    )
    assert pieces(tmp_path / "out.fits")[1][0] == pieces(product)[1][0]


def test_a_blend_of_a_blend_keeps_what_was_set_later(product, plugins):
    blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    fits.setval(product, "EXPTIME", value=5.0)
    fits.delval(product, "FILTER")
    result = blendmodels(product, INPUTS, plugins=plugins, output=product)
    assert result.later == {"meta.exptime": 5.0, "meta.filter": None}
    assert fits.getheader(product)["EXPTIME"] == 5.0
    told = ProductFile(product, plugins=plugins).explain("EXPTIME")
    assert "is 5.0" in told
    assert "750.875" in told
    result = blendmodels(product, INPUTS, plugins=plugins, output=product, later="replace")
    assert result.later == {}
    assert fits.getheader(product)["EXPTIME"] == 750.875
    assert fits.getheader(product)["FILTER"] == "MULTIPLE"


def test_amended_without_its_inputs(product, plugins):
    blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    before = pieces(product)
    result = amend(product, overrides={"EXPTIME": "max"}, plugins=plugins, output=product)
    assert [(each.before, each.after) for each in result.changes] == [(750.875, 400.25)]
    after = pieces(product)
    assert [one == other for one, other in zip(before, after, strict=True)] == [
        *(False, True, True, True, True, True, True, False),
    ]
    assert ProductFile(product, plugins=plugins).outcomes["meta.exptime"].replaced == 750.875


def test_the_file_tells_its_name_and_its_date(tmp_path):
    own = {
        "filename": {"type": "string", "fits_keyword": "FILENAME"},
        "date": {"type": "string", "fits_keyword": "DATE"},
    }
    plugins = plugins_with(PlainPlugin(schema=schema_of(["EXPTIME"], **own)))
    path = tmp_path / "product.fits"
    header = fits.Header([("FILENAME", "old.fits", "name of the file")])
    fits.PrimaryHDU(header=header).writeto(path)
    inputs = [{"EXPTIME": 1.5, "FILENAME": "a.fits", "DATE": "2001-01-01"}]
    result = blendmodels(path, inputs, plugins=plugins, output=tmp_path / "new.fits")
    header = fits.getheader(tmp_path / "new.fits")
    assert header["FILENAME"] == "new.fits"
    assert header.comments["FILENAME"] == "name of the file"
    assert header["DATE"] > "2026"
    assert result.of_its_file["meta.filename"] == "new.fits"


def test_an_attribute_without_a_keyword_has_no_place(tmp_path):
    more = {"nickname": {"type": "string"}}
    plugins = plugins_with(PlainPlugin(schema=schema_of(["EXPTIME"], **more)))
    path = tmp_path / "product.fits"
    fits.PrimaryHDU().writeto(path)
    inputs = [{"EXPTIME": 1.5, None: "Deep"}]
    with pytest.warns(BlendWarning, match="no place for meta.nickname: there is no keyword"):
        result = blendmodels(path, inputs, plugins=plugins, output=path)
    assert result.values["meta.nickname"] == "Deep"
    assert fits.getheader(path)["EXPTIME"] == 1.5


@pytest.mark.parametrize("name", ["out.asdf", "out.txt"])
def test_it_is_written_as_fits_only(product, plugins, tmp_path, name):
    with pytest.raises(OutputError, match=r"it ends in \.fits or \.fits\.gz"):
        blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / name)


def test_a_file_that_is_changed_meanwhile(product, plugins, contents, tmp_path):
    result = blendmodels(product, INPUTS, plugins=plugins)
    fits.setval(product, "OBJECT", value="NGC 2")
    before = contents(tmp_path)
    with pytest.raises(InputError, match="has been changed by somebody else"):
        result.save(tmp_path / "out.fits")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("damage", ["truncated", "no header", "swallowed"])
def test_a_damaged_file(product, plugins, damage):
    raw = product.read_bytes()
    damaged = {
        "truncated": raw[:-3000],
        "no header": raw[:2000],
        "swallowed": raw.replace(b"END".ljust(80), b"ENDE".ljust(80), 1),
    }
    product.write_bytes(damaged[damage])
    with pytest.raises(InputError, match=r"the product \(.*combined.fits\) cannot be read"):
        blendmodels(product, INPUTS, plugins=plugins)


class TestHDUList:
    """An open HDUList as the product."""

    def test_it_is_changed_at_once(self, product, plugins):
        before = product.read_bytes()
        with fits.open(product) as hdulist:
            header = hdulist[0].header
            result = blendmodels(hdulist, INPUTS, plugins=plugins, record_rules=True)
            assert result.product is hdulist
            assert hdulist[0].header is header
            assert {**blended(header), **blended(hdulist["SCI"].header)} == BLENDED
            assert header.comments["FILTER"] == "element selected"
            assert [hdu.name for hdu in hdulist[-2:]] == list(TABLES)
            assert hdulist["HDRTAB"].data["EXPTIME"].tolist() == [350.5, 400.25, 0.125]
        assert product.read_bytes() == before

    def test_it_is_saved_as_the_file_would_be(self, product, plugins, tmp_path):
        blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "of_file.fits")
        with fits.open(product) as hdulist:
            blendmodels(hdulist, INPUTS, plugins=plugins, output=tmp_path / "of_list.fits")
        of_file, of_list = pieces(tmp_path / "of_file.fits"), pieces(tmp_path / "of_list.fits")
        # But for the times of checksums.
        assert [data for _, data in of_list] == [data for _, data in of_file]
        assert of_list[2:] == of_file[2:]
        for path in tmp_path.glob("of_*.fits"):
            with fits.open(path, checksum=True) as hdulist:
                assert all(hdu.verify_checksum() for hdu in hdulist[:6])

    def test_in_place_of_its_own_file(self, product, plugins):
        old = pieces(product)
        with fits.open(product) as hdulist:
            blendmodels(hdulist, INPUTS, plugins=plugins, output=product)
            assert hdulist["SCI"].data[2, 3] == 11
        assert pieces(product)[2:6] == old[2:6]
        assert fits.getheader(product)["EXPTIME"] == 750.875

    def test_one_that_was_made_in_memory(self, plugins, tmp_path):
        science = fits.ImageHDU(np.arange(6.0).reshape(2, 3), name="SCI")
        hdulist = fits.HDUList([fits.PrimaryHDU(np.ones(3, np.int16)), science])
        science.data[0, 0] = 9.0
        blendmodels(hdulist, INPUTS, plugins=plugins, output=tmp_path / "out.fits")
        with fits.open(tmp_path / "out.fits") as written:
            assert written[0].data.tolist() == [1, 1, 1]
            assert written["SCI"].data.tolist() == [[9.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
            assert written["SCI"].header["NCOMBINE"] == 5
            written.verify("exception")

    def test_data_that_were_changed_are_written_so(self, product, plugins, tmp_path):
        with fits.open(product) as hdulist:
            hdulist["WHT"].data[0, 0] = 40_000
            hdulist["CTX"].data[0, 0] = -7
            blendmodels(hdulist, INPUTS, plugins=plugins, output=tmp_path / "out.fits")
        with fits.open(tmp_path / "out.fits") as written:
            assert written["WHT"].data[0].tolist() == [40_000, 1, 1, 1]
            assert written["CTX"].data[0, 0] == -7
            assert written["CTX"].data[19, 19] == 399
            assert written["SCI"].data[2, 3] == 11

    def test_it_stays_as_it_was_if_it_cannot_be_written(self, product, plugins, tmp_path):
        with fits.open(product) as hdulist:
            hdus, texts = list(hdulist), [hdu.header.tostring() for hdu in hdulist]
            (tmp_path / "folder.fits").mkdir()
            with pytest.raises(OutputError):
                blendmodels(hdulist, INPUTS, plugins=plugins, output=tmp_path / "folder.fits")
            gone = tmp_path / "gone"
            gone.mkdir()
            with pytest.raises(OutputError, match="No such file"):
                blendmodels(
                    hdulist,
                    INPUTS,
                    plugins=plugins,
                    output=gone / "out.fits",
                    progress=lambda done, _: done == 3 and gone.rmdir(),
                )
            assert list(hdulist) == hdus
            assert [hdu.header.tostring() for hdu in hdulist] == texts

    def test_what_no_header_can_have_changes_nothing(self, product, plugins):
        with fits.open(product) as hdulist:
            texts = [hdu.header.tostring() for hdu in hdulist]
            inputs = [{"EXPTIME": math.nan, "FILTER": "A"}]
            with pytest.raises(InputError, match=r"cannot have meta.exptime \(EXPTIME\) = nan"):
                blendmodels(hdulist, inputs, plugins=plugins)
            assert [hdu.header.tostring() for hdu in hdulist] == texts

    def test_what_was_set_after_a_blend_stays(self, product, plugins):
        with fits.open(product) as hdulist:
            blendmodels(hdulist, INPUTS, plugins=plugins, record_rules=True)
            hdulist[0].header["EXPTIME"] = 5.0
            result = blendmodels(hdulist, INPUTS, plugins=plugins)
            assert result.later == {"meta.exptime": 5.0}
            assert [hdu.name for hdu in hdulist].count("HDRTAB") == 1
            assert hdulist[0].header["EXPTIME"] == 5.0

    def test_the_product_of_a_file_is_one(self, product, plugins, tmp_path):
        result = blendmodels(product, INPUTS, plugins=plugins)
        with result.product as hdulist:
            assert hdulist[0].header["EXPTIME"] == 750.875
            hdulist[0].header["OBJECT"] = "NGC 3"
            result.save(tmp_path / "out.fits")
        header = fits.getheader(tmp_path / "out.fits")
        assert (header["EXPTIME"], header["OBJECT"]) == (750.875, "NGC 3")
        assert pieces(tmp_path / "out.fits")[2:6] == pieces(product)[2:6]
