"""Plain FITS files with cards of all kinds as products, held against what astropy reads of them.

Whatever stands in a header: a blended keyword is there once, with the blended value, the comment and
the place of the first that was there; all other cards are those that there were, to the byte and in
their order; and so are the data. Some 24 files are tried, and as many as ``PLAIN_PRODUCTS`` says.
"""

import os
import random
import warnings

import pytest
from astropy.io import fits
from plain_products import PlainPlugin, plugins_with, schema_of

from blender_core import BlenderError, ProductFile, amend, blendmodels
from blender_core.formats.fits.card_images import card_images, keyword_of

N_FILES = int(os.environ.get("PLAIN_PRODUCTS", "24"))
BLENDED = ["FILTER", "EXPTIME", "NCOMBINE", "FLASH", "ESO INS MODE", "EXPSTART", "ROOTNAME"]
VALUES = {
    "FILTER": ["MULTIPLE", "F606W", "a 'quoted' text", "x" * 200, "", "ends in a blank ", "a/b"],
    "EXPTIME": [750.875, 0.1, 1e-300, -1.2345678901234567e-105, 3.0, 1e22],
    "NCOMBINE": [5, 0, -(2**62), 2**40],
    "FLASH": [True, False],
    "ESO INS MODE": ["IMAGING", "y" * 70],
    "EXPSTART": [55162.123456789012, 0.0],
    "ROOTNAME": ["ibfu01a1q"],
}
OTHERS = [
    "OBJECT  = 'NGC 1   '           / what was looked at",
    "OBJECT  = 'NGC 2'",
    "HISTORY drizzled",
    "COMMENT   by 'hand' = 1 / two",
    "",
    "        a heading",
    "BSCALED =  1.0E0 / free",
    "HIERARCH ESO DET NAME = 'one' / behind",
    "hierarch eso lower = 2",
    "UNDEF   =",
    "COMPLEX = (1.0, 2.0)",
    "BAD     = NGC 1",
    "NOVALUE 17",
    "LONGSTR = 'first part &'\nCONTINUE  'the rest' / of it",
    "RA      = 1.50000000000000000001 / more digits than there are",
    "REAL    = 1.D2",
]
FORMS = [
    "{0:8}= {1:>20} / {2}",
    "{0:8}= {1}/{2}",
    "{0:8}=  {1}",
    "{0:8}=                      / {2}",
]


def card_of(keyword, value, chance):
    comment = chance.choice(["old", "[s] of 'it'", "a / b", ""])
    if " " in keyword:
        return f"HIERARCH {keyword} = '{str(value)[:20]}' / {comment}"
    if isinstance(value, str):
        text = value[:30].replace("'", "''")
        return f"{keyword:8}= '{text}' / {comment}"
    if isinstance(value, bool):
        value = "T" if value else "F"
    elif isinstance(value, float):
        value = repr(value).upper()
    return chance.choice(FORMS).format(keyword, value, comment)


def header_of(first, chance, data_cards):
    cards = [first, *data_cards]
    for _ in range(chance.randrange(12)):
        cards.append(chance.choice(OTHERS))
    for keyword in BLENDED:
        for _ in range(chance.choice([0, 0, 1, 1, 1, 2])):
            place = chance.randrange(len(data_cards) + 1, len(cards) + 1)
            cards.insert(place, card_of(keyword, chance.choice(VALUES[keyword]), chance))
    lines = [line.ljust(80)[:80] for card in cards for line in card.split("\n")]
    raw = "".join([*lines, "END".ljust(80)]).encode("latin-1")
    return raw + b" " * (-len(raw) % 2880)


def make(path, chance):
    """Write a file of an HDU or more, with other cards each time."""
    numbers = {"SIMPLE": "T", "BITPIX": "16", "NAXIS": "1", "NAXIS1": "10"}
    first, *rest = [f"{key:8}= {value:>20}" for key, value in numbers.items()]
    data = bytes(chance.randrange(256) for _ in range(20)).ljust(2880, b"\0")
    content = header_of(first, chance, rest) + data
    for name in chance.sample(["SCI", "ERR", "SCI", "WHT"], chance.randrange(4)):
        cards = [
            *rest,
            *(f"{key:8}= {value:>20}" for key, value in (("PCOUNT", 0), ("GCOUNT", 1))),
            f"EXTNAME = '{name}'",
        ]
        content += header_of("XTENSION= 'IMAGE   '", chance, cards) + data
    path.write_bytes(content)


def hdus_of(path):
    """Return the cards and the data of each HDU, with the names."""
    raw = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as hdulist:
            places = [(hdu.name, hdu.fileinfo()) for hdu in hdulist]
    return [
        (
            name,
            list(card_images(raw[place["hdrLoc"] : place["datLoc"]])),
            raw[place["datLoc"] :][: place["datSpan"]],
        )
        for name, place in places
    ]


def read(path, name, keyword):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as hdulist:
            header = hdulist[name].header
            count = sum(key.upper() == keyword for key in header)
            value = header.get(keyword)
            return count, value, header.comments[keyword] if keyword in header else None


def others(cards, blended):
    return [card for card in cards if keyword_of(card) not in blended]


@pytest.fixture(scope="module")
def plugins():
    schema = schema_of(BLENDED)
    schema["properties"]["meta"]["properties"]["exptime"]["blend_rule"] = "first"
    return plugins_with(PlainPlugin(schema=schema))


@pytest.mark.filterwarnings("ignore::blender_core.BlendWarning")
@pytest.mark.parametrize("part", range(4))
def test_files_of_all_kinds(plugins, tmp_path, part):
    chance = random.Random(part)  # noqa: S311
    n_blended = 0
    for _ in range(N_FILES // 4):
        path, output = tmp_path / "product.fits", tmp_path / "out.fits"
        make(path, chance)
        keywords = chance.sample(BLENDED, chance.randrange(1, len(BLENDED) + 1))
        values = {keyword: chance.choice(VALUES[keyword]) for keyword in keywords}
        before = path.read_bytes()
        fault = ""
        try:
            blendmodels(
                path, [values], plugins=plugins, output=output, overwrite=True, later="replace"
            )
        except BlenderError as error:
            fault = str(error)
        if fault:
            assert str(path) in fault
            assert path.read_bytes() == before
            continue
        n_blended += 1
        assert path.read_bytes() == before
        old, new = hdus_of(path), hdus_of(output)
        names = [name for name, _, _ in new]
        assert names[-1] == "HDRTAB"
        if "NCOMBINE" in values and "SCI" not in [name for name, _, _ in old]:
            assert names.pop(-2) == "SCI"
            del new[-2]
        assert [name for name, _, _ in old] == names[:-1]
        seen = set()
        for (name, cards, data), (_, new_cards, new_data) in zip(old, new, strict=False):
            assert new_data == data
            is_first = name not in seen
            seen.add(name)
            place = {"PRIMARY": set(BLENDED) - {"NCOMBINE"}, "SCI": {"NCOMBINE"}}.get(name, set())
            blended = place & set(values) if is_first else set()
            assert others(new_cards, blended) == others(cards, blended)
            if not blended:
                assert new_cards == cards
            for keyword in blended:
                check(path, output, name, keyword, values[keyword])
                old_places = [i for i, card in enumerate(cards) if keyword_of(card) == keyword]
                new_places = [i for i, card in enumerate(new_cards) if keyword_of(card) == keyword]
                assert len(new_places) == 1
                if old_places:  # it stands after the same cards as the first did
                    first_before = others(cards[: old_places[0]], set(values))
                    assert others(new_cards[: new_places[0]], set(values)) == first_before
    assert n_blended > N_FILES // 6


def check(path, output, name, keyword, value):
    count, there, comment = read(output, name, keyword)
    assert count == 1
    expected = value.rstrip(" ") if isinstance(value, str) else value
    assert there == expected
    assert type(there) is type(expected)
    n_before, _, old_comment = read(path, name, keyword)
    if n_before and len(str(value)) < 20:
        assert comment == old_comment


@pytest.mark.filterwarnings("ignore::blender_core.BlendWarning")
def test_what_is_read_again(plugins, tmp_path):
    """What a product tells of itself, and what is amended, are what was blended."""
    chance = random.Random(7)  # noqa: S311
    for _ in range(N_FILES // 8):
        path = tmp_path / "product.fits"
        make(path, chance)
        inputs = [{"EXPTIME": 1.5, "NCOMBINE": 2}, {"EXPTIME": 2.25}]
        blendmodels(path, inputs, plugins=plugins, output=path, record_rules=True)
        product = ProductFile(path, plugins=plugins)
        assert product.values["meta.exptime"] == 1.5
        assert product.inputs["meta.ncombine"] == [2, None]
        amend(path, overrides={"EXPTIME": "sum"}, plugins=plugins, output=path)
        assert read(path, "PRIMARY", "EXPTIME")[:2] == (1, 3.75)
