"""A keyword that is there more than once in a product: one card is left of what is blended."""

import warnings

import numpy as np
import pytest
from astropy.io import fits
from card_edits import add_cards, cards_of, with_cards
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import BlendWarning, ProductFile, blendmodels
from blender_core.formats.fits.card_images import keyword_of

SECONDS, NAME, AREA = (
    "meta.exposure.exposure_time",
    "meta.program.pi_name",
    "meta.photometry.pixelarea_steradians",
)
CHANGED = {"DATE", "FILENAME", "EFFEXPTM", "PI_NAME", "PIXAR_SR"}
KEYWORDS = {"EFFEXPTM": "PRIMARY", "PI_NAME": "PRIMARY", "PIXAR_SR": "SCI"}
LONG = str(fits.Card("PI_NAME", "many words " * 20, "who")).encode()
CARDS = {
    "EFFEXPTM": [
        b"EFFEXPTM=                  7.0",
        b"effexptm=                  7.0",
        b"HIERARCH EFFEXPTM = 7.0 / x",
        b"EFFEXPTM= NaN",
        b"EFFEXPTM= 'text'",
    ],
    "PI_NAME": [b"PI_NAME = 'stale'", LONG, b"PI_NAME = 'A.1: 5'", b"PI_NAME = 'Ren\xe9'"],
    "PIXAR_SR": [b"PIXAR_SR=                  7.0", b"HIERARCH PIXAR_SR = 7.0"],
}
EACH = [(keyword, card) for keyword, cards in CARDS.items() for card in cards]


@pytest.fixture
def inputs():
    models = []
    for name, seconds in (("a.fits", 10.0), ("b.fits", 20.0)):
        model = ImageModel()
        model.meta.filename = name
        model[SECONDS], model[NAME], model[AREA] = seconds, "Rene", 5.0
        models.append(model)
    return models


@pytest.fixture
def product(tmp_path):
    model = ImageModel(np.arange(12.0, dtype=np.float32).reshape(3, 4))
    model[SECONDS], model[NAME], model[AREA] = 1.0, LONG[11:40].decode(), 2.0
    model.save(str(tmp_path / "p.fits"))
    return tmp_path / "p.fits"


def split(cards):
    return [card[i : i + 80] for card in cards for i in range(0, len(card), 80)]


def of_keyword(path, keyword):
    """Return the cards of a keyword, as astropy compares keywords, and where they begin."""
    header = fits.getheader(path, KEYWORDS[keyword])
    return [card.image.rstrip() for card in header.cards if card.keyword.upper() == keyword]


def blended(product, inputs, output, **options):
    """Blend into the file, and into its datamodel; return both, and what was told of the file."""
    theirs = output.with_name("theirs.fits")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with datamodels.open(product) as model:
            blendmodels(model, inputs, output=theirs, **options)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        blendmodels(product, inputs, output=output, **options)
    told = [str(one.message) for one in caught if isinstance(one.message, BlendWarning)]
    return theirs, told


@pytest.mark.parametrize(("keyword", "card"), EACH)
@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
def test_set(tmp_path, product, inputs, keyword, card, is_first):
    before = keyword if is_first else None
    add_cards(product, split([card]), KEYWORDS[keyword], before=before)
    theirs, told = blended(product, inputs, tmp_path / "ours.fits")
    mine = of_keyword(tmp_path / "ours.fits", keyword)
    assert len(mine) == 1
    assert mine == of_keyword(theirs, keyword)
    expected = {"EFFEXPTM": 30.0, "PI_NAME": "Rene", "PIXAR_SR": 5.0}
    hdu = KEYWORDS[keyword]
    assert fits.getheader(tmp_path / "ours.fits", hdu)[keyword] == expected[keyword]
    (text,) = (one for one in told if "twice" in one)
    assert text.startswith(f"the product ({product}) has the keyword {keyword} twice in HDU {hdu}")
    # All other cards are as they were, and in their order.
    ours, before = (
        [
            card
            for card in split(cards_of(path.read_bytes(), hdu))
            if keyword_of(card) not in {*CHANGED, keyword, "CONTINUE"}
        ]
        for path in (tmp_path / "ours.fits", product)
    )
    assert ours == before


@pytest.mark.parametrize(("keyword", "card"), EACH)
def test_dropped(tmp_path, product, inputs, keyword, card):
    add_cards(product, split([card]), KEYWORDS[keyword])
    theirs, told = blended(product, inputs, tmp_path / "ours.fits", overrides={keyword: "drop"})
    assert of_keyword(tmp_path / "ours.fits", keyword) == of_keyword(theirs, keyword) == []
    assert any(f"the keyword {keyword} twice" in one for one in told)
    path = {"EFFEXPTM": SECONDS, "PI_NAME": NAME, "PIXAR_SR": AREA}[keyword]
    assert path not in ProductFile(tmp_path / "ours.fits").values
    if card is LONG:
        assert b"CONTINUE" not in b"".join(cards_of((tmp_path / "ours.fits").read_bytes(), 0))


def test_more_than_two(tmp_path, product, inputs):
    add_cards(product, [b"EFFEXPTM= 7.0", b"COMMENT between", b"effexptm= 8.0"])
    add_cards(product, [b"HIERARCH EFFEXPTM = 9.0"], before="EFFEXPTM")
    theirs, told = blended(product, inputs, tmp_path / "ours.fits")
    assert of_keyword(tmp_path / "ours.fits", "EFFEXPTM") == of_keyword(theirs, "EFFEXPTM")
    assert len(of_keyword(theirs, "EFFEXPTM")) == 1
    assert any(
        "EFFEXPTM 4 times in HDU PRIMARY, as 9.0, 1.0, 7.0 and 8.0: 9.0" in one for one in told
    )
    assert "between" in fits.getheader(tmp_path / "ours.fits")["COMMENT"]


@pytest.mark.parametrize("keyword", ["DATE", "FILENAME", "DATAMODL"])
def test_what_a_file_has_of_itself(tmp_path, product, inputs, keyword):
    add_cards(product, [f"{keyword:8}= 'stale'".encode()])
    theirs, told = blended(product, inputs, tmp_path / "ours.fits")
    assert fits.getheader(tmp_path / "ours.fits").count(keyword) == 1
    assert fits.getheader(theirs).count(keyword) == 1
    assert any(f"the keyword {keyword} twice" in one for one in told)


def test_what_is_not_blended_stays_to_the_bit(tmp_path, product, inputs):
    """Commentary, and keywords that the schema does not have, may come any number of times."""
    more = [
        b"HISTORY one",
        b"HISTORY two",
        b"",
        b"",
        b"OTHER   = 1",
        b"OTHER   = 2 / \xe9",
        b"COMMENT \xe9",
    ]
    add_cards(product, more)
    _, told = blended(product, inputs, tmp_path / "ours.fits")
    cards = cards_of((tmp_path / "ours.fits").read_bytes(), 0)
    at = cards.index(more[0].ljust(80))
    assert cards[at : at + len(more)] == [card.ljust(80) for card in more]
    assert told == []


def test_the_same_value_twice(tmp_path, product, inputs):
    add_cards(product, [b"EFFEXPTM=                  1.0"])
    _, told = blended(product, inputs, tmp_path / "ours.fits")
    assert of_keyword(tmp_path / "ours.fits", "EFFEXPTM")[0].split()[1] == "30.0"
    assert len(of_keyword(tmp_path / "ours.fits", "EFFEXPTM")) == 1
    assert any("EFFEXPTM twice in HDU PRIMARY, as 1.0 and 1.0" in one for one in told)


def test_checksums_come_out_right(tmp_path, product, inputs):
    with fits.open(product, mode="update") as hdulist:
        for hdu in hdulist:
            hdu.add_checksum()
    add_cards(product, [b"CHECKSUM= 'stale'"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(product, mode="update") as hdulist:
            hdulist["SCI"].header.append(("PIXAR_SR", 7.0), end=True)
            hdulist["SCI"].add_checksum()
    _, _ = blended(product, inputs, tmp_path / "ours.fits")
    with fits.open(tmp_path / "ours.fits") as hdulist:
        assert hdulist["SCI"].verify_checksum() == 1
        assert hdulist["SCI"].header["PIXAR_SR"] == 5.0
        assert hdulist[0].header.count("CHECKSUM") == 1


def test_a_header_that_says_twice_that_there_are_no_extensions(tmp_path, inputs):
    cards = [
        b"SIMPLE  =                    T",
        b"BITPIX  =                    8",
        b"NAXIS   =                    0",
        b"EXTEND  =                    F",
        b"EXTEND  =                    F",
        b"DATAMODL= 'ImageModel'",
    ]
    header = b"".join(card.ljust(80) for card in cards) + b"END"
    (tmp_path / "p.fits").write_bytes(header.ljust(2880))
    blendmodels(tmp_path / "p.fits", inputs, output=tmp_path / "ours.fits")
    with fits.open(tmp_path / "ours.fits") as hdulist:
        assert hdulist[0].header.count("EXTEND") == 1
        assert hdulist[0].header["EXTEND"] is True
        assert len(hdulist) == 4


class TestExtraFits:
    """A datamodel can have a card of its own beside an attribute of the same keyword."""

    @pytest.fixture
    def product(self, tmp_path):
        model = ImageModel(np.zeros((3, 4), np.float32))
        model[AREA] = 2.0
        cards = [["pixar_sr", 7.0, "stale"], ["OTHER", 1, ""], ["EFFEXPTM", 8.0, "only here"]]
        model._instance["extra_fits"] = {
            "PRIMARY": {"header": cards[2:]},
            "SCI": {"header": cards[:2]},
        }
        model.save(str(tmp_path / "p.fits"))
        assert fits.getheader(tmp_path / "p.fits", "SCI").count("PIXAR_SR") == 2
        return tmp_path / "p.fits"

    @pytest.mark.parametrize("rule", [None, "drop"])
    def test_one_is_left(self, tmp_path, product, inputs, rule):
        overrides = {"PIXAR_SR": rule} if rule else {}
        theirs, told = blended(product, inputs, tmp_path / "ours.fits", overrides=overrides)
        for path in (tmp_path / "ours.fits", theirs):
            header = fits.getheader(path, "SCI")
            assert list(header).count("PIXAR_SR") == (0 if rule else 1)
            assert header.get("PIXAR_SR") == (None if rule else 5.0)
            assert header["OTHER"] == 1
            assert fits.getheader(path)["EFFEXPTM"] == 30.0
            with datamodels.open(path) as model:
                assert model[AREA] == (None if rule else 5.0)
                assert model[SECONDS] == 30.0
                assert model.extra_fits.instance == {
                    "PRIMARY": {"header": []},
                    "SCI": {"header": [["OTHER", 1, ""]]},
                }
                # So it does not come back.
                model.save(str(tmp_path / "again.fits"))
            assert fits.getheader(tmp_path / "again.fits", "SCI").get("PIXAR_SR") == header.get(
                "PIXAR_SR"
            )
        assert any("PIXAR_SR twice in HDU SCI, as 2.0 and 7.0" in one for one in told)
        assert any(
            "extra_fits.SCI a card PIXAR_SR of its own, [7.0, 'stale']" in one for one in told
        )

    def test_a_datamodel_tells(self, product, inputs):
        with datamodels.open(product) as model:
            with (
                pytest.warns(BlendWarning, match=r"extra_fits.PRIMARY a card EFFEXPTM"),
                pytest.warns(BlendWarning, match=r"extra_fits.SCI a card PIXAR_SR"),
            ):
                blendmodels(model, inputs)
            assert model.extra_fits.instance["SCI"]["header"] == [["OTHER", 1, ""]]

    def test_a_blend_that_fails_takes_nothing_away(self, tmp_path, product, inputs):
        for one in inputs:
            one.meta.exposure.start_time = float("nan")
        with datamodels.open(product) as model:
            before = repr(model.extra_fits.instance)
            with pytest.warns(BlendWarning), pytest.raises(Exception, match="EXPSTART"):
                blendmodels(model, inputs, output=tmp_path / "ours.fits")
            assert repr(model.extra_fits.instance) == before


def test_cards_are_put_back_as_they_were(product):
    """The helper of these tests changes nothing but what it is asked to."""
    raw = product.read_bytes()
    assert with_cards(raw, 0, cards_of(raw, 0)) == raw
