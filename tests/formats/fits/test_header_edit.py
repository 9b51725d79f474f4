"""Cards that are replaced, and headers that are otherwise as they were."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from blender_core.formats.files.byte_ranges import Copied, length_of, read, write
from blender_core.formats.fits.checksum import ALL_ONES, as_text, sum_of
from blender_core.formats.fits.header_edit import HeaderText, card


def raw_of(*cards):
    text = b"".join(cards) + b"END".ljust(80)
    return text.ljust(-(-len(text) // 2880) * 2880)


CARDS = [
    card("SIMPLE", True),
    b"DETECTOR= 'NRCA1   '           /a comment without a blank before it".ljust(80),
    b"".ljust(80),
    b"        A heading".ljust(80),
    card("LONG", "x" * 100, "it is continued"),
    b"filter  = 'lower case'".ljust(80),
    b"WEIRD   =                  1.D0".ljust(80),
    b"HISTORY one",
    b"FILTER  = 'second'".ljust(80),
    b"".ljust(80),
]
CARDS[7] = CARDS[7].ljust(80)


def test_a_header_is_as_it_was():
    raw = raw_of(*CARDS)
    assert HeaderText(raw).raw == raw


def test_what_was_not_changed_stays_to_the_bit():
    """Be it ever so odd: what follows END is to be blank."""
    raw = raw_of(*CARDS, b"CHECKSUM= '4gAC6Z794fAC4Z79' / by the observatory".ljust(80))
    raw = raw[:-1] + b"\0"
    header = HeaderText(raw)
    header.remove("NONE")
    header.put("DETECTOR", CARDS[1])
    header.renew_checksum()
    assert header.raw == raw
    header.put("DETECTOR", card("DETECTOR", "NRCA2"))
    header.renew_checksum()
    assert b"4gAC6Z794fAC4Z79" not in header.raw
    assert b"\0" not in header.raw


@pytest.mark.parametrize(
    "value", [2.258775790530394e-14, -1.2345678901234567e-101, 1 / 3, 1e22, 0.5]
)
@pytest.mark.parametrize("comment", ["", "[sr] " + "x" * 70])
@pytest.mark.filterwarnings("ignore:Card is too long")
def test_all_digits(value, comment):
    image = card("PIXAR_SR", value, comment, exact=True)
    assert len(image) == 80
    assert fits.Card.fromstring(image).value == value


@pytest.mark.parametrize("index", range(len(CARDS)))
def test_a_card_is_replaced_and_nothing_else(index):
    keyword = CARDS[index][:8].decode().strip().upper()
    if not keyword or keyword == "HISTORY":
        return
    first = next(i for i, one in enumerate(CARDS) if one[:8].decode().strip().upper() == keyword)
    header = HeaderText(raw_of(*CARDS))
    new = card(keyword, 3)
    header.put(keyword, new)
    assert header.raw == raw_of(*CARDS[:first], new, *CARDS[first + 1 :])


def test_a_card_is_inserted():
    def put(**where):
        header = HeaderText(raw_of(*CARDS))
        header.put("NEW", new, heading=heading, **where)
        return header.raw

    new, heading = card("NEW", 1), card("", "") + card("", "Title")
    assert put() == raw_of(*CARDS, heading, new)
    assert put(after=["NONE", "LONG"]) == raw_of(*CARDS[:5], heading, new, *CARDS[5:])
    assert put(before=["NONE", "LONG"]) == raw_of(*CARDS[:4], new, *CARDS[4:])
    assert put(ahead_of=["NONE", "LONG"]) == raw_of(*CARDS[:2], heading, new, *CARDS[2:])
    assert put(before=["LONG"], ahead_of=["DETECTOR"]) == put(before=["LONG"])
    assert put(after=["LONG"], ahead_of=["DETECTOR"]) == put(after=["LONG"])
    assert put(after=["WEIRD"], before=["LONG"]) == raw_of(*CARDS[:7], heading, new, *CARDS[7:])


def test_a_card_is_removed():
    header = HeaderText(raw_of(*CARDS))
    header.remove("LONG")
    header.remove("FILTER")
    header.remove("NONE")
    assert header.raw == raw_of(*CARDS[:4], *CARDS[6:8], CARDS[9])


def test_a_header_grows_and_shrinks_by_blocks():
    cards = [card(f"KEY{i}", i) for i in range(35)]
    header = HeaderText(raw_of(*cards))
    assert len(header.raw) == 2880
    header.put("NEW", card("NEW", 1))
    assert len(header.raw) == 5760
    header.remove("KEY1")
    assert header.raw == raw_of(cards[0], *cards[2:], card("NEW", 1))


@pytest.mark.parametrize("value", [True, -3, 1.5, 1e-300, "it's", "x" * 70, "", "y" * 300])
def test_cards_say_what_astropy_says(value):
    header = fits.Header()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header["KEY"] = (value, "what it is")
        image = card("KEY", value, "what it is")
    assert image == str(header).encode()[: len(image)]
    assert fits.Header.fromstring(image)["KEY"] == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "é", "a\nb"])
def test_what_fits_does_not_have(value):
    with pytest.raises(ValueError, match=r"."):
        card("KEY", value)


class TestChecksum:
    @pytest.fixture
    def raw(self):
        hdu = fits.ImageHDU(np.arange(1000, dtype=np.float32), name="SCI")
        hdu.header["FILTER"] = "F115W"
        hdu.add_checksum()
        buffer = io.BytesIO()
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(buffer)
        return buffer.getvalue()

    def opened(self, raw):
        """Check the checksums by astropy, which warns of wrong ones."""
        with fits.open(io.BytesIO(raw), checksum=True) as hdulist:
            hdulist[1].data  # noqa: B018
            assert hdulist[1].verify_checksum() == hdulist[1].verify_datasum() == 1

    def test_after_another_value(self, raw):
        header = HeaderText(raw[2880:5760])
        header.put("FILTER", card("FILTER", "CLEAR"))
        header.renew_checksum()
        assert header.raw != raw[2880:5760]
        self.opened(raw[:2880] + header.raw + raw[5760:])

    def test_after_other_data(self, raw):
        header = HeaderText(raw[2880:5760])
        data = bytes(range(200)) * 20 + bytes(1760)
        header.renew_checksum(sum_of(data))
        self.opened(raw[:2880] + header.raw + data)

    def test_a_wrong_one_is_not_put_right(self, raw):
        damaged = bytearray(raw)
        damaged[6000] ^= 1
        header = HeaderText(bytes(damaged[2880:5760]))
        header.put("FILTER", card("FILTER", "CLEAR"))
        header.renew_checksum()
        with pytest.warns(fits.verify.AstropyUserWarning, match="verification failed"):
            fits.open(io.BytesIO(raw[:2880] + header.raw + damaged[5760:]), checksum=True)[1].data  # noqa: B018

    def test_none_is_put_where_there_is_none(self):
        raw = raw_of(card("SIMPLE", True))
        header = HeaderText(raw)
        header.renew_checksum()
        assert header.raw == raw

    def test_texts_are_those_of_astropy(self):
        hdu = fits.PrimaryHDU()
        rng = np.random.default_rng(1)
        for value in (0, ALL_ONES, *map(int, rng.integers(0, 2**32, 500))):
            assert as_text(value).decode() == hdu._char_encode(value)

    def test_of_text(self):
        # Aligned as in a card: three bytes into a word.
        for value in (1, 0x12345678, 0xFFFFFFFE):
            text = b"\0\0\0" + as_text(value) + b"\0"
            assert sum_of(text) == (value + sum_of(b"\0\0\0" + b"0" * 16 + b"\0")) % ALL_ONES

    def test_of_an_odd_length(self):
        assert sum_of(b"\1\2\3\4\5") == 0x01020304 + 0x05000000


class TestParts:
    PARTS = (b"new", Copied(2, 3), b"", Copied(7, 2, 4))

    def test_are_put_together(self):
        source, file = io.BytesIO(b"0123456789"), io.BytesIO()
        write(self.PARTS, source, file)
        assert file.getvalue() == b"new23478" + b"9\0\0\0"
        assert length_of(self.PARTS) == 12
        assert read(self.PARTS, source) == file.getvalue()

    def test_a_file_that_has_become_shorter(self):
        with pytest.raises(EOFError, match="has become shorter"):
            write(self.PARTS, io.BytesIO(b"01234567"), io.BytesIO())
