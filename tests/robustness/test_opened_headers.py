"""Whatever stands in a header, plugins get what astropy has of it, or an error that says which card.

Headers of random cards, most of them odd ones. ``ODD_HEADERS`` is how many to try.
"""

import math
import os
import random
import string
import warnings

import pytest
from astropy.io import fits
from card_edits import BLOCK, CARD
from thoroughness import examples

from blender_core import InputError
from blender_core.inputs.opener import Opener

HEADERS = int(os.environ.get("ODD_HEADERS", "0")) or examples(800)
KEYWORDS = (
    *("KEY", "KEY2", "A-B_C", "DATE", "key", "Key", " KEY", "K EY", "KE.Y", "12345678", "DP1", "K\xe9Y", "K\0Y", "=KEY", "K=Y"),
    *("COMMENT", "HISTORY", "", "CONTINUE", "HIERARCH", "HIERARCH ESO A B", "HIERARCH eso", "HIERARCH  KEY", "EN", "ENDS", "NAXIS9"),
)  # fmt: skip
VALUES = (
    *("5", "-5", "+5", "007", "1.5", ".5", "5.", "1E5", "1d5", "1.5D-3", "1E", "1E400", "-1E-400", "1.2.3", "1 2", "- 5", "0x1", "1,5", "1_0"),
    *("9223372036854775808", "1" * 70, "(1, 2)", "(1.5,-2E3)", "(1 2)", "(1, )", "( 1 , 2 )", "T", "F", "t", "True", "NaN", "inf", "T5", "TF"),
    *("'a'", "''", "'  '", "' a '", "'it''s'", "''''", "'''", "'open", "'a' b", "'a'b'", "'a / b'", "'a: 1'", "'NAXIS: 2'", "'A.B: 1.5'"),
    *("'x&'", "'x' &", "'&'", "'a\xe9'", "'a\t'", "'a\0b'", "'a\x7f'", "", " ", "text", "=", "= 5", "'END'", "'" + "x" * 68 + "'"),
)  # fmt: skip
SIGNS = ("= ", "=  ", "=", " = ", "  ", "", "  =", "= \t", "=\xa0")
COMMENTS = (
    "",
    "",
    "",
    " / a comment",
    "/",
    "/a",
    " /  'quoted' / twice",
    " / \xe9",
    " /\t",
    " comment",
    " / it's",
    "'",
)
WHOLE = (
    *("CONTINUE  'more&'", "CONTINUE  'more' / why", "CONTINUE", "continue  'x'", "CONTINUE 5", "COMMENT = 5", "HISTORY= 'x'", "        = 5"),
    *("/ SECTION", "END", "END     x", "END.", "end", "SIMPLE  =", "HIERARCH=5", "HIERARCH = 5", "HIERARCH A", "HIERARCH A B C=5", "=" * 80),
)  # fmt: skip
ASKED = ["KEY", "key", "KEY2", "A-B_C", "DATE", "DP1", "DP1.NAXIS", "KEY.A", "12345678", "ESO A B", "ESO", "HIERARCH KEY", "eso a b", "K EY",
         "KE.Y", "K", "EN", "ENDS", "END", "end", "NOT", "not there at all", " KEY ", "é", "NAXIS", "X" * 20]  # fmt: skip


def a_card(rng):
    if rng.random() < 0.15:
        return rng.choice(WHOLE)
    if rng.random() < 0.1:
        return "".join(rng.choices(string.printable + "\0\xe9", k=rng.randrange(CARD)))
    keyword = rng.choice(KEYWORDS)
    keyword = keyword.ljust(8) if rng.random() < 0.9 else keyword
    value = rng.choice(VALUES)
    value = value.rjust(20) if rng.random() < 0.5 else value
    return (
        keyword + (rng.choice(SIGNS) if rng.random() < 0.3 else "= ") + value + rng.choice(COMMENTS)
    )


def a_header(rng):
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   = 0"]
    cards += (a_card(rng) for _ in range(rng.randrange(1, 8)))
    cards += ["LAST    = 'a'", "END"]
    raw = "".join(card[:CARD].ljust(CARD) for card in cards).encode("latin-1")
    return raw.ljust(-(-len(raw) // BLOCK) * BLOCK)


def outcome(call, *arguments):
    """Return what a call gives in plain words, or that it fails."""
    try:
        value = call(*arguments)
    except KeyError:
        return "not there"
    except Exception as error:  # noqa: BLE001  # astropy has several
        return type(error)
    return same(value)


def same(value):
    """Return what is equal for values that are the same, NaN among them."""
    if isinstance(value, fits.card.Undefined):
        return type(None), None
    if isinstance(value, float) and math.isnan(value):
        return float, "nan"
    return type(value), value


def commentary(value):
    """Return the first text of those that astropy has of a commentary keyword."""
    return next(iter(value))


@pytest.mark.filterwarnings("ignore")
def test_headers_of_odd_cards(tmp_path):
    rng = random.Random(13)  # noqa: S311
    path = tmp_path / "a.fits"
    counts = dict.fromkeys(("refused", "whole", "with a bad card"), 0)
    for number in range(HEADERS):
        raw = a_header(rng)
        path.write_bytes(raw)
        try:
            ours = Opener().opened(path, "input 1").headers[0]
        except InputError:
            counts["refused"] += 1
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = fits.getheader(path)
            counts[compare(ours, theirs, f"header {number}: {raw.rstrip()!r}")] += 1
    assert counts["whole"] > HEADERS / 20
    assert counts["with a bad card"] > HEADERS / 20


def compare(ours, theirs, where):
    expected = [outcome(lambda card=card: card.value) for card in theirs.cards]
    for keyword in ASKED:
        # Of a record, astropy gives a text or a number as the case of the keyword is.
        plain = keyword if "." in keyword else keyword.upper().removeprefix("HIERARCH ")
        wanted = outcome(theirs.__getitem__, plain)
        if wanted == "not there" and keyword in theirs:
            continue  # astropy cannot make up its mind about records within records
        if isinstance(wanted, type):
            assert outcome(ours.__getitem__, keyword) is InputError, f"{keyword!r} in {where}"
        else:
            assert outcome(ours.__getitem__, keyword) == wanted, f"{keyword!r} in {where}"
            assert (keyword in ours) == (keyword in theirs), f"{keyword!r} in {where}"
    if any(isinstance(each, type) for each in expected):
        with pytest.raises(InputError, match="has a bad card"):
            ours.cards  # noqa: B018
        return "with a bad card"
    assert [same(card.value) for card in ours.cards] == expected, where
    texts = [(card.keyword, card.comment) for card in ours.cards]
    assert texts == [(card.keyword, card.comment) for card in theirs.cards], where
    return "whole"
