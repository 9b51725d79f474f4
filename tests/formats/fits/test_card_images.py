"""Cards of a header, and their keywords, as astropy finds them."""

import warnings

import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core.formats.fits.card_images import card_images, keyword_of

PARTS = [b"EFFEXPTM", b"effexptm", b"HIERARCH", b"hierarch", b"=", b"= ", b" ", b"  ", b"A", b"7.0",
         b"'text'", b"/ c", b"CONTINUE", b"COMMENT ", b"HISTORY ", b"-", b"_", b"\t"]  # fmt: skip


def by_astropy(image):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = fits.Header.fromstring(image.decode())
        (card,) = header.cards
        return fits.Card.normalize_keyword(card.rawkeyword)


@pytest.mark.parametrize(
    ("image", "keyword"),
    [
        (b"EFFEXPTM= 7.0", "EFFEXPTM"),
        (b"effexptm= 7.0", "EFFEXPTM"),
        (b"HIERARCH EFFEXPTM = 7.0", "EFFEXPTM"),
        (b"HIERARCH effexptm=7.0", "EFFEXPTM"),
        (b"hierarch ESO DET NAME = 'x'", "ESO DET NAME"),
        (b"HIERARCH without a value", "HIERARCH"),
        (b"EXPTM= 7.0", "EXPTM"),
        (b" EFFEXPT= 7.0", "EFFEXPT"),
        (b" EXPTM = 7.0", "EXPTM ="),
        (b"COMMENT = 7.0", "COMMENT"),
        (b"", ""),
        (b"        A heading", ""),
        (b"DP1     = 'AXIS.1: 2'", "DP1"),
    ],
)
def test_keywords(image, keyword):
    assert keyword_of(image.ljust(80)) == by_astropy(image.ljust(80)) == keyword


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=7).map(b"".join))
def test_any_keyword(image):
    image = image.ljust(80)[:80]
    if image[:8] in (b"HIERARCH",) and image[9:].partition(b"=")[0].strip() == b"":
        return  # a keyword of no letters, which none of ours is like
    assert keyword_of(image) == by_astropy(image)


def test_texts_that_go_on():
    cards = [
        b"A       = 'one&'",
        b"CONTINUE  'two&'",
        b"CONTINUE  'three'",
        b"continue  'of another case'",
        b"B       = 1",
    ]
    cards = [card.ljust(80) for card in cards]
    raw = b"".join([*cards, b"END".ljust(80), b"C       = 1".ljust(80)])
    assert list(card_images(raw)) == [b"".join(cards[:3]), cards[3], cards[4]]
