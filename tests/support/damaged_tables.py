"""Damages of a table in a FITS file: of what its header says of it, of its cells, of its length."""

import warnings
from io import BytesIO

from astropy.io import fits
from card_edits import BLOCK, CARD, cards_of, with_cards
from damaged_headers import put_an_odd_byte

from blender_core.formats.fits.scan import padded, scan

TFORMS = ["L", "3L", "X", "9X", "B", "I", "J", "K", "A", "0A", "7A", "1000A", "E", "D", "0D", "2D", "C",
          "M", "PJ(3)", "PA(9)", "QD(2)", "1PE", "2PE(1)", "999999999999D", "-1D", "1e3D", "D8.3", "Z",
          "", "4294967296A", "18446744073709551615A", "99" * 3000 + "A", "A:A", "20A5", "1J 2"]  # fmt: skip
NUMBERS = [0, 1, 2, 3, -1, 7, 8, 80, 2880, 999, 1000, 2**31 - 1, 2**31, 2**32 + 1, 2**63 - 1, 2**63,
           2**64, 1.5, 1e300, "1", "", "x", True, False, None, 10**70 - 1]  # fmt: skip
SIZES = ["BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "TFIELDS", "THEAP", "ZIMAGE", "ZTABLE",
         "ZNAXIS1", "ZTILELEN", "INHERIT", "EXTVER", "EXTLEVEL"]  # fmt: skip
TDIMS = ["(2,2)", "(1)", "(0)", "(-1)", "()", "(9,9,9,9,9)", "(4294967296,4294967296)", "(3,x)", "3",
         "(" + "1," * 30 + "1)"]  # fmt: skip
NAMES = ["EFFEXPTM", "effexptm", "", " ", "DETECTOR ", "a" * 68, "NONE", "meta.x", "f0", "N_INPUTS",
         "ATTRIBUTE", "STATUS", "VALUE"]  # fmt: skip
XTENSIONS = ["TABLE", "IMAGE", "A3DTABLE", "FOREIGN", "BINTABLE "]
CELLS = [b"\0", b"\xff", b"T", b"F", b" ", b"\x80", b"n", b"\x7f", b"{", b'"', b"\\"]


def hdus_of(raw):
    return list(scan(BytesIO(raw), len(raw)))


def with_card(raw, number, keyword, value):
    """Return a file with another value of a keyword, which may be there already."""
    if isinstance(value, bytes):
        image = keyword.encode().ljust(8) + value
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = str(fits.Card(keyword, value)).encode("latin-1")
    images = [image[i : i + CARD] for i in range(0, len(image), CARD)]
    cards = cards_of(raw, number)
    field = keyword.encode().ljust(8)
    place = next((i for i, card in enumerate(cards) if card[:8] == field), len(cards))
    cards[place : place + 1] = images
    return with_cards(raw, number, cards)


def change_a_size(raw, number, _hdu, random):
    return with_card(raw, number, random.choice(SIZES), random.choice(NUMBERS))


def change_a_column(raw, number, hdu, random):
    column = random.randint(1, hdu.header.get("TFIELDS"))
    keyword, values = random.choice(
        [
            ("TFORM", TFORMS),
            ("TFORM", TFORMS),
            ("TTYPE", NAMES),
            ("TDIM", TDIMS),
            ("TNULL", NUMBERS),
            ("TSCAL", NUMBERS),
            ("TZERO", NUMBERS),
            ("TUNIT", [*NAMES, 5]),
            ("TDISP", TFORMS[:30]),
        ]
    )
    return with_card(raw, number, f"{keyword}{column}", random.choice(values))


def exchange_columns(raw, number, hdu, random):
    """Give a column what another one has."""
    keyword = random.choice(["TFORM", "TTYPE", "TNULL", "TUNIT"])
    one, other = (random.randint(1, hdu.header.get("TFIELDS")) for _ in range(2))
    return with_card(raw, number, f"{keyword}{one}", hdu.header.get(f"{keyword}{other}"))


def without_bytes(raw, number, hdu, rows):
    """Return a file whose table has many rows that are of no length."""
    raw = raw[: hdu.start] + raw[hdu.start + padded(hdu.size) :]
    cards = {"NAXIS1": 0, "NAXIS2": rows}
    cards |= {f"TFORM{i}": "0A" for i in range(1, hdu.header.get("TFIELDS") + 1)}
    for keyword, value in cards.items():
        raw = with_card(raw, number, keyword, value)
    return raw


def take_bytes_from_rows(raw, number, hdu, random):
    return without_bytes(raw, number, hdu, random.choice([1, 10**9, 2**40, 2**62, 10**30]))


def remove_a_card(raw, number, _hdu, random):
    cards = cards_of(raw, number)
    cards.pop(random.randrange(len(cards)))
    return with_cards(raw, number, cards)


def change_a_cell(raw, _number, hdu, random):
    new = random.choice(CELLS) * random.choice([1, 1, 2, 8])
    at = random.randrange(hdu.start, hdu.start + hdu.size)
    return raw[:at] + new + raw[at + len(new) :]


def change_a_byte(raw, _number, hdu, random):
    return put_an_odd_byte(raw, [(hdu.start - len(hdu.header.raw), hdu.start)], random)


def cut_off(raw, _number, hdu, random):
    return raw[: random.randrange(hdu.start, hdu.start + hdu.size)]


def remove_a_block(raw, _number, hdu, random):
    at = random.randrange(hdu.start - len(hdu.header.raw), hdu.start + hdu.size, BLOCK)
    return raw[:at] + raw[at + BLOCK :]
