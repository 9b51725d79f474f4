"""Where a value is not all that stands in a header, a warning says so, with file and keyword."""

import warnings

import pytest
from astropy.io import fits
from card_edits import add_cards, replace_cards
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import BlenderError, BlendWarning, InputError, blendmodels

SECONDS, NAME, AREA = (
    "meta.exposure.exposure_time",
    "meta.program.pi_name",
    "meta.photometry.pixelarea_steradians",
)


@pytest.fixture
def exposure(tmp_path):
    model = ImageModel((3, 4))
    model[SECONDS], model[NAME], model[AREA] = 30.0, "Rene", 2.5
    model.save(str(tmp_path / "a_cal.fits"))
    return tmp_path / "a_cal.fits"


def read(path):
    """Return what a blend reads of a file, and of what it warns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = blendmodels(None, [path])
    told = [one.message for one in caught if isinstance(one.message, BlendWarning)]
    return {path: list(values) for path, values in result.inputs.items()}, told


def by_datamodel(path, attribute):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with datamodels.open(path) as model:
            return model[attribute]


def only(told):
    (warning,) = told
    return warning


class TestTwice:
    """The value is that which ``datamodels.open`` takes."""

    @pytest.mark.parametrize(
        ("card", "other"),
        [
            (b"EFFEXPTM=                  7.0", 7.0),
            (b"EFFEXPTM= 7.0 / x", 7.0),
            (b"effexptm=                  7.0", 7.0),
            (b"HIERARCH EFFEXPTM = 7.0", 7.0),
            (b"EFFEXPTM= 'a text'", "a text"),
            (b"EFFEXPTM= NaN", "NaN"),
        ],
    )
    @pytest.mark.parametrize("is_first", [False, True])
    @pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
    def test_number(self, exposure, card, other, is_first):
        add_cards(exposure, [card], before="EFFEXPTM" if is_first else None)
        inputs, told = read(exposure)
        expected = by_datamodel(exposure, SECONDS)
        assert inputs[SECONDS] == [expected]
        values = f"{other!r} and 30.0" if is_first else f"30.0 and {other!r}"
        first = repr(other if is_first else 30.0)
        problem = f"the keyword EFFEXPTM twice in HDU PRIMARY, as {values}: {first} is taken"
        warning = next(one for one in told if "twice" in one.problem)
        assert str(warning) == f"input 1 ({exposure}) has {problem}"
        assert (warning.name, warning.problem) == (str(exposure), problem)

    def test_long_text(self, exposure):
        long = [str(fits.Card("PI_NAME", f"{letter} " * 60, "who")).encode() for letter in "ab"]
        assert len(long[0]) > 80
        replace_cards(
            exposure,
            "PI_NAME",
            [card[i : i + 80] for card in long for i in range(0, len(card), 80)],
        )
        inputs, told = read(exposure)
        assert inputs[NAME] == [by_datamodel(exposure, NAME)] == [("a " * 60).rstrip()]
        assert "the keyword PI_NAME twice in HDU PRIMARY" in only(told).problem

    def test_in_an_extension_and_more_often(self, exposure):
        add_cards(exposure, [b"PIXAR_SR= 3.5", b"PIXAR_SR= 4.5"], "SCI")
        inputs, told = read(exposure)
        assert inputs[AREA] == [by_datamodel(exposure, AREA)] == [2.5]
        problem = "the keyword PIXAR_SR 3 times in HDU SCI, as 2.5, 3.5 and 4.5: 2.5 is taken"
        assert only(told).problem == problem

    @pytest.mark.parametrize(
        "cards",
        [
            [b"EFFEXPTM=                 30.0"],  # the same
            [b"EFFEXPTM= 3.0E1 / the same in other letters"],
            [b"COMMENT one", b"COMMENT two", b"HISTORY one", b"HISTORY two", b"", b""],
            [b"OTHER   = 1", b"OTHER   = 2"],  # of no concern to the blend
        ],
    )
    def test_what_is_not_told(self, exposure, cards):
        add_cards(exposure, cards)
        inputs, told = read(exposure)
        assert inputs[SECONDS] == [30.0]
        assert told == []

    def test_in_an_open_hdulist(self, exposure):
        add_cards(exposure, [b"EFFEXPTM= 7.0"])
        with fits.open(exposure) as hdulist:
            inputs, told = read(hdulist)
        assert inputs[SECONDS] == [30.0]
        assert "EFFEXPTM twice in HDU PRIMARY, as 30.0 and 7.0" in only(told).problem

    def test_of_a_file_that_only_a_datamodel_can_read(self, exposure):
        """Such as one with a compressed image."""
        with fits.open(exposure) as hdulist:
            image = fits.CompImageHDU(hdulist["SCI"].data, hdulist["SCI"].header, name="SCI")
            fits.HDUList([hdulist[0], image]).writeto(exposure.with_name("b_cal.fits"))
        path = add_cards(exposure.with_name("b_cal.fits"), [b"EFFEXPTM= 7.0"])
        inputs, told = read(path)
        assert inputs[SECONDS] == [by_datamodel(path, SECONDS)] == [30.0]
        assert "EFFEXPTM twice in HDU PRIMARY, as 30.0 and 7.0" in only(told).problem

    @pytest.mark.parametrize(
        "card",
        [
            b"NAXIS2  =                    1",
            b"NAXIS   =                    1",
            b"BITPIX  =                   16",
            b"GCOUNT  =                    2",
            b"naxis1  =                    1",
            b"HIERARCH NAXIS1 = 1",
        ],
    )
    def test_what_tells_where_the_data_end(self, exposure, card):
        """Astropy takes the last for the length of the data, and the first for all else."""
        add_cards(exposure, [card], "SCI")
        keyword = card.partition(b"=")[0].replace(b"HIERARCH", b"").strip().decode().upper()
        with pytest.raises(InputError, match=rf"a_cal\.fits.* has the keyword {keyword} repeated"):
            blendmodels(None, [exposure])

    def test_the_same_twice_is_no_harm(self, exposure):
        add_cards(exposure, [b"NAXIS2  =                    3", b"BITPIX  = -32"], "SCI")
        inputs, told = read(exposure)
        assert inputs[SECONDS] == [30.0]
        assert told == []


class TestAltered:
    """The value is that of ``datamodels.open``, which is not what stands there."""

    @pytest.mark.parametrize(
        ("card", "reason", "value"),
        [
            (b"PI_NAME = 'Ren\xe9'", "which has bytes that are not ASCII", "Ren?"),
            ("PI_NAME = 'Ren\u00e9'".encode(), "which has bytes that are not ASCII", "Ren??"),
            (b"PI_NAME = Rene M", "which is no value of the FITS standard", "Rene M"),
            (b"PI_NAME = 'Rene", "which is no value of the FITS standard", "'Rene"),
            (b"PI_NAME = 1.2.3", "which is no value of the FITS standard", "1.2.3"),
            (b"PI_NAME =1.2.3", "which is no value of the FITS standard", "=1.2.3"),
            (b"PI_NAME ='Rene'", "which astropy reads in another way", "='Rene'"),
            (b"PI_NAME   Rene", "which is no value of the FITS standard", "  Rene"),
            (b"PI_NAME = '5'' / 3'' field'", "which astropy reads in another way", "5'"),
        ],
    )
    @pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
    def test_text(self, exposure, card, reason, value):
        replace_cards(exposure, "PI_NAME", [card])
        inputs, told = read(exposure)
        assert inputs[NAME] == [by_datamodel(exposure, NAME)] == [value]
        warning = only(told)
        stands = card[8:].removeprefix(b"=").strip().decode("ascii", "backslashreplace")
        assert warning.problem.startswith(f"PI_NAME = {stands} in HDU PRIMARY, {reason}")
        assert warning.problem.endswith(f": {value!r} is taken")
        assert str(warning) == f"input 1 ({exposure}) has {warning.problem}"

    @pytest.mark.parametrize(
        ("text", "value"), [(b"1E999", float("inf")), (b"-1D400", float("-inf")), (b"1E-999", 0.0)]
    )
    def test_a_number_beyond_all_floats(self, exposure, text, value):
        replace_cards(exposure, "EFFEXPTM", [b"EFFEXPTM= " + text])
        inputs, told = read(exposure)
        assert inputs[SECONDS] == [by_datamodel(exposure, SECONDS)] == [value]
        assert f"EFFEXPTM = {text.decode()} in HDU PRIMARY" in only(told).problem

    def test_what_the_schema_refuses_is_told_as_well(self, exposure):
        replace_cards(exposure, "EFFEXPTM", [b"EFFEXPTM= NaN"])
        inputs, told = read(exposure)
        assert inputs[SECONDS] == [by_datamodel(exposure, SECONDS)] == [30.0]  # of the tree
        assert {"no value of the FITS standard" in str(one) for one in told} == {True, False}
        assert all("EFFEXPTM" in str(one) and exposure.name in str(one) for one in told)

    @pytest.mark.parametrize(
        "card",
        [
            b"PI_NAME = 'Rene' / Ren\xe9",  # the comment has no value
            b"pi_name = 'Rene'",
            b"PI_NAME = 'Rene' / it's he",
        ],
    )
    @pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
    def test_what_is_no_other_value(self, exposure, card):
        replace_cards(exposure, "PI_NAME", [card])
        inputs, told = read(exposure)
        expected = by_datamodel(exposure, NAME)
        assert inputs[NAME] == [expected]
        assert told == []

    def test_of_other_keywords_is_of_no_concern(self, exposure):
        add_cards(exposure, [b"OTHER   = 'Ren\xe9'", b"ANOTHER = NaN"])
        inputs, told = read(exposure)
        assert inputs[NAME] == ["Rene"]
        assert told == []

    def test_in_a_file_like_one_before(self, exposure, tmp_path):
        """Its headers are as saved, or they are looked at like those of the first."""
        others = [tmp_path / f"{i}_cal.fits" for i in range(3)]
        for path in others:
            path.write_bytes(exposure.read_bytes())
        replace_cards(others[1], "PI_NAME", [b"PI_NAME = 'Ren\xe9'"])
        with pytest.warns(BlendWarning, match=r"1_cal\.fits.* has PI_NAME = 'Ren\\xe9'"):
            inputs = blendmodels(None, [exposure, *others]).inputs
        assert list(inputs[NAME]) == ["Rene", "Rene", "Ren?", "Rene"]


@pytest.mark.parametrize("byte", [b"\n", b"\r", b"\t", b"\0", b"\x1b"])
@pytest.mark.parametrize("keyword", ["PI_NAME", "OTHER"])
@pytest.mark.parametrize("hdu", ["PRIMARY", "SCI"])
def test_a_card_with_a_line_break_is_named(exposure, byte, keyword, hdu):
    add_cards(exposure, [keyword.ljust(8).encode() + b"= 'a" + byte + b"b'"], hdu)
    with pytest.raises(BlenderError) as raised:
        blendmodels(None, [exposure])
    message = str(raised.value)
    assert message.startswith(f"input 1 ({exposure}) cannot be read: HDU {hdu} has a ")
    assert f" {keyword}: " in message
