"""Cards give what astropy gives, or both give up."""

import math
import warnings

import pytest
from astropy.io import fits
from astropy.io.fits.util import decode_ascii
from astropy.utils.exceptions import AstropyWarning
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core.formats.fits.cards import CARD, RawHeader

# Astropy warns of what it finds in odd cards, whoever asks it to read them.
pytestmark = pytest.mark.filterwarnings(
    "ignore::astropy.utils.exceptions.AstropyWarning", "ignore::RuntimeWarning"
)

KEYWORDS = ["DETECTOR", "EXPSTART", "A", "AB-C_9"]


def image(text):
    """Return a card as it is in a file."""
    raw = text.encode("latin1") if isinstance(text, str) else text
    return raw[:CARD].ljust(CARD)


def by_astropy(raw):
    """Return a header as astropy has it that has been read from a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        return fits.Header.fromstring(decode_ascii(raw))


def outcome(get, *args):
    try:
        value = get(*args)
    except Exception as error:  # noqa: BLE001  # whatever it is, both must raise it
        return type(error), None
    if isinstance(value, (float, complex)):
        return type(value), repr(value)
    return type(value), value


def assert_same(cards, keywords=KEYWORDS):
    raw = b"".join(map(image, cards))
    header, theirs = RawHeader(raw), by_astropy(raw)
    for keyword in keywords:
        assert outcome(header.get, keyword) == outcome(theirs.get, keyword), (keyword, raw)
    # Printing mends a header, or finds out that it cannot be mended.
    if outcome(str, theirs)[0] is str:
        for keyword in keywords:
            field = keyword.encode().ljust(8)
            (value,) = header.select([field])
            assert outcome(lambda one: one, value) == outcome(theirs.get, keyword), (keyword, raw)
    whole = raw + b"END".ljust(CARD)
    whole = whole.ljust(-(-len(whole) // 2880) * 2880)
    theirs = by_astropy(whole)
    printed = outcome(lambda: str(theirs).encode())
    if printed[0] is bytes:
        assert outcome(lambda: RawHeader(whole).text) == printed
    elif RawHeader(whole).is_plain:
        with pytest.raises(ValueError, match=r"^[A-Z0-9_-]*: "):  # which names the card
            RawHeader(whole).text  # noqa: B018


VALUES = [
    "T", "F", "T ", " T", "t", "TRUE", "T/F", "5", "+5", "-5", "005", "-0", "5.", ".5", "-.5", "+.5",
    "5.0", "1E5", "1e5", "1D5", "1d-5", "1.D+05", "1E", "E5", ".", "+", "-", "--5", "1.5.2", "5-3",
    "1 E5", "1E 5", "- 5", "5 5", "5 comment", "5/comment", "5 / comment", "1_000", "0x10", "1E400",
    "1E-400", "123456789012345678901234567890", "0.1234567890123456789", "NaN", "Inf", "inf", "1,5",
    "(1, 2)", "(1.5,-2E3) / complex", "(1", "", " ", "/ only a comment", "''", "'   '", "'a'", "'a",
    "'a  '", "'  a'", "'a''b'", "'a'''", "'''a'", "''''", "'a' b", "'a'b", "'a'/b", "'a' / it's",
    "'a&'", "'&'", "'a & '", "'AXIS.1: 2'", "'a: b'", "'AXIS.1: 2' / comment", "'x: 1 '", "abc",
    "'' / 'none'", "''/'x'", "'' / one of 'A' 'B'", "'a/b'", "'a = b'", "'T'", "'5'", "\"a\"", "'a\tb'", "'\xe9'", "5 / \xe9", "'a\0b'", "5\0", "= 5",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "form", ["A       = {}", "A       =  {}", "A       ={}", "A       {}", "A = {}", "A= {}", " A      = {}"]
)  # fmt: skip
def test_values(value, form):
    assert_same([form.format(value)])


@pytest.mark.parametrize(
    "cards",
    [
        ["DETECTOR= 'first'", "DETECTOR= 'second'"],
        ["DETECTOR", "DETECTOR= 'second'"],
        ["detector= 'lower'", "DETECTOR= 'upper'"],
        ["A       = 'AXIS.1: 2'", "A       = 5"],
        ["A       = 5", "A       = 'AXIS.1: 2'"],
        ["HIERARCH A = 5"],
        ["HIERARCH ESO A = 5", "A       = 6"],
        ["hierarch A = 5"],
        ["", "COMMENT A = 5", "HISTORY A = 5", "        = 5", "A       = 1"],
        ["END", "A       = 5"],
        ["END", "", "A       = 5"],
        ["A       = 5", "END junk", "EXPSTART= 2."],
        ["END     junk", "A       = 5"],
        ["  DETECT= 5", " A      = 5", "A       = 6"],
        ["A B     = 5"],
        ["A=      = 5"],
        ["A.B     = 5"],
        ["A       = 5", "\xe9       = 6"],
    ],
)
def test_headers(cards):
    assert_same(cards)


@pytest.mark.parametrize(
    "cards",
    [
        ["A       = 'one &'", "CONTINUE  'two'"],
        ["A       = 'one&'", "CONTINUE  'two&'", "CONTINUE  '' / comment"],
        ["A       = 'one&  '", "CONTINUE 'two  '"],
        ["A       = 'one&'", "CONTINUE'two'"],
        ["A       = 'one&'", "CONTINUE= 'two'"],
        ["A       = 'one&'", "CONTINUE  'two' junk"],
        ["A       = 'one&'", "CONTINUE  5"],
        ["A       = 'one&'", "CONTINUE  / comment"],
        ["A       = 'one&'", "EXPSTART= 5"],
        ["A       = 'one&'"],
        ["A       = 'one&&'", "CONTINUE  'two&&'"],
        ["A       = 'it''s&'", "CONTINUE  'two'"],
        ["A       = 'it''&'", "CONTINUE  '''s'"],
        ["A       = 'AXIS.1&'", "CONTINUE  ': 2'"],
        ["A       = 'AXIS.1:&'", "CONTINUE  ' 2'"],
        # Nobody asked for these to be continued, but they are.
        ["A       = 'one'", "CONTINUE  'two'"],
        ["A       = 5", "CONTINUE  'two'"],
        ["A       = T", "CONTINUE  'two'"],
        ["A       =", "CONTINUE  'two'"],
        ["COMMENT", "CONTINUE  'two'", "A       = 5"],
        ["CONTINUE  'two'", "A       = 5"],
        ["A       = ''", "CONTINUE  ''"],
        ["A       = '&'", "CONTINUE  '&'", "CONTINUE  'x  &'", "CONTINUE  '  '"],
    ],
)
def test_continued_texts(cards):
    assert_same([*cards, "DETECTOR= 'after'"])


def test_undefined_and_missing_are_none():
    header = RawHeader(image("A       ="))
    assert header.get("A") is None
    assert header.get("B") is None


def test_unreadable_card_raises_as_astropy_does():
    with pytest.raises(fits.VerifyError, match=r"Unparsable card \(A\)"):
        RawHeader(image("A       = abc")).get("A")


printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200)
floats = st.floats(allow_nan=False, allow_infinity=False)
plain_values = st.one_of(
    printable, floats, st.integers(), st.booleans(), st.none(), st.complex_numbers(max_magnitude=1e9)
)  # fmt: skip
written = st.tuples(st.sampled_from([*KEYWORDS, "HIERARCH LONG NAME", "COMMENT", ""]), plain_values)


def card_images(keyword, value):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        try:
            text = str(fits.Card(keyword, value, "a comment"))
        except ValueError:
            return []
    return [text[i : i + CARD] for i in range(0, len(text), CARD)]


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(written, max_size=8))
def test_what_astropy_writes(cards):
    assert_same([one for card in cards for one in card_images(*card)])


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(KEYWORDS), floats)
def test_floats_to_the_last_digit(keyword, value):
    for text in (repr(value), f"{value:.16G}", f"{value:.17e}", f"{value:.10E}".replace("E", "D")):
        header = RawHeader(image(f"{keyword:8}= {text:>20} / comment"))
        assert repr(header.get(keyword)) == repr(by_astropy(header.raw).get(keyword))


pieces = st.sampled_from(
    [*"0123456789", *"+-.EeDdTF'&/=,:()_ ", "''", ": ", "= ", " / ", "a", "CONTINUE", "END", "\0", "\xff"]
)  # fmt: skip
mangled = st.builds(
    str.__add__,
    st.sampled_from(
        [*(f"{one:8}= " for one in KEYWORDS), "CONTINUE  '", "CONTINUE ", "A       = '", "A =", "a       = ",
         "HIERARCH A = ", "END     ", "", "        "]
    ),
    st.lists(pieces, max_size=12).map("".join),
)  # fmt: skip


@settings(max_examples=examples(1500), deadline=None)
@given(st.lists(mangled, min_size=1, max_size=4))
def test_mangled_cards(cards):
    assert_same(cards)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.binary(max_size=CARD), max_size=4), st.sampled_from(KEYWORDS))
def test_any_bytes(cards, keyword):
    assert_same([keyword.encode().ljust(8) + b"= " + card for card in cards])


@settings(max_examples=examples(300), deadline=None)
@given(st.integers(0, 5 * CARD * 8 - 1), st.lists(written, min_size=5, max_size=5))
def test_a_flipped_bit(bit, cards):
    raw = bytearray(b"".join(image(one) for card in cards for one in card_images(*card)))
    if bit // 8 < len(raw):
        raw[bit // 8] ^= 1 << bit % 8
    assert_same([bytes(raw[i : i + CARD]) for i in range(0, len(raw), CARD)])


def test_the_comparison_can_fail():
    assert outcome(lambda: 1) != outcome(lambda: True)
    assert outcome(lambda: 0.0) != outcome(lambda: -0.0)
    assert outcome(lambda: math.nan) == outcome(lambda: math.nan)
