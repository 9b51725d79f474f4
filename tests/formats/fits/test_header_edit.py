"""Cards that are replaced, and headers that are otherwise as they were."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from blender_core.formats.fits.header_edit import EditedHeader, card, checksum_of, header_of


def raw_of(*cards):
    text = b"".join(cards) + b"END".ljust(80)
    return text + b" " * (-len(text) % 2880)


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
    assert EditedHeader(raw).raw == raw


def test_what_was_not_changed_stays_to_the_bit():
    """Be it ever so odd: what follows END is to be blank."""
    raw = raw_of(*CARDS, b"CHECKSUM= '4gAC6Z794fAC4Z79' / by the observatory".ljust(80))
    raw = raw[:-1] + b"\0"
    header = EditedHeader(raw)
    header.remove("NONE")
    header.replace("DETECTOR", CARDS[1])
    header.renew_checksum()
    assert header.raw == raw
    header.replace("DETECTOR", card("DETECTOR", "NRCA2"))
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
    header = EditedHeader(raw_of(*CARDS))
    new = card(keyword, 3)
    header.replace(keyword, new)
    others = [one for one in CARDS[first + 1 :] if one[:8].decode().strip().upper() != keyword]
    assert header.raw == raw_of(*CARDS[:first], new, *others)


def test_cards_are_inserted():
    new, heading = card("NEW", 1), card("", "Title")
    for place in range(len(CARDS) + 1):
        header = EditedHeader(raw_of(*CARDS))
        header.insert(place, [heading, new])
        assert header.raw == raw_of(*CARDS[:place], heading, new, *CARDS[place:])
        assert header.find(["NEW"]) == place + 1


def test_places():
    header = EditedHeader(raw_of(*CARDS))
    assert len(header) == len(CARDS)
    assert header.find(["NONE", "LONG", "DETECTOR"]) == 4
    assert header.find(["FILTER"]) == 5
    assert header.find(["NONE"]) is None
    # Before LONG, there are a heading and a blank card.
    assert [header.heading(place) for place in range(6)] == [0, 1, 2, 2, 2, 5]
    header.remove("DETECTOR")
    assert header.find(["LONG"]) == 3


def test_a_card_is_removed():
    header = EditedHeader(raw_of(*CARDS))
    header.remove("LONG")
    header.remove("FILTER")
    header.remove("NONE")
    assert header.raw == raw_of(*CARDS[:4], *CARDS[6:8], CARDS[9])


def test_a_header_grows_and_shrinks_by_blocks():
    cards = [card(f"KEY{i}", i) for i in range(35)]
    header = EditedHeader(raw_of(*cards))
    assert len(header.raw) == 2880
    header.insert(35, [card("NEW", 1)])
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
        header = EditedHeader(raw[2880:5760])
        header.replace("FILTER", card("FILTER", "CLEAR"))
        header.renew_checksum()
        assert header.raw != raw[2880:5760]
        self.opened(raw[:2880] + header.raw + raw[5760:])

    def test_after_other_data(self, raw):
        header = EditedHeader(raw[2880:5760])
        data = bytes(range(200)) * 20 + bytes(1760)
        header.renew_checksum(checksum_of(data))
        self.opened(raw[:2880] + header.raw + data)

    def test_a_wrong_one_is_not_put_right(self, raw):
        damaged = bytearray(raw)
        damaged[6000] ^= 1
        header = EditedHeader(bytes(damaged[2880:5760]))
        header.replace("FILTER", card("FILTER", "CLEAR"))
        header.renew_checksum()
        with pytest.warns(fits.verify.AstropyUserWarning, match="verification failed"):
            fits.open(io.BytesIO(raw[:2880] + header.raw + damaged[5760:]), checksum=True)[1].data  # noqa: B018

    def test_none_is_put_where_there_is_none(self):
        raw = raw_of(card("SIMPLE", True))
        header = EditedHeader(raw)
        header.renew_checksum()
        assert header.raw == raw

    def test_of_many_headers(self, raw):
        rng = np.random.default_rng(1)
        for number in map(str, rng.integers(0, 2**62, 300)):
            header = EditedHeader(raw[2880:5760])
            header.replace("FILTER", card("FILTER", number))
            header.renew_checksum()
            self.opened(raw[:2880] + header.raw + raw[5760:])

    @pytest.mark.parametrize("words", [[0], [1], [2**32 - 1], [2**32 - 1, 1], [2**31, 2**31, 7]])
    def test_of_data(self, words):
        data = np.array(words, ">u4").tobytes()
        assert checksum_of(data) == int(fits.PrimaryHDU(np.frombuffer(data, ">i4")).add_datasum())
        assert checksum_of(data) == checksum_of(data + bytes(8))


def test_a_header_is_made_of_cards():
    assert header_of(CARDS) == raw_of(*CARDS)
    assert header_of([card("A", 1)] * 35) == raw_of(*[card("A", 1)] * 35)
    assert len(header_of([card("A", 1)] * 36)) == 5760
