"""Mutants of FITS files: bits, bytes and cards of headers, and the structure of the file."""

import itertools
from io import BytesIO

from card_edits import BLOCK, CARD, cards_of, with_cards

from blender_core.formats.fits.scan import scan

ODD_BYTES = b"\0\t\n\x1b\x7f\x80\xe9\xff=' /&A0"
VALUES = [b"= 7.5", b"= 'stale'", b"= NaN", b"= 'Ren\xe9'", b"=", b"= 1E999", b"= 'A: 007'", b"  7",
          b"= T", b"= -1", b"= 99999999999", b"= 'x&'", b"= 'it''s / so'"]  # fmt: skip


def header_ranges(raw):
    """Return where the headers of a whole file are, by what they say of their sizes."""
    return [(hdu.start - len(hdu.header.raw), hdu.start) for hdu in scan(BytesIO(raw), len(raw))]


def _a_byte(raw, ranges, random, change):
    start, end = random.choice(ranges)
    end = raw.index(b"END".ljust(CARD), start) + CARD
    at = random.randrange(start, end)
    return raw[:at] + bytes([change(raw[at])]) + raw[at + 1 :]


def flip_a_bit(raw, ranges, random):
    return _a_byte(raw, ranges, random, lambda byte: byte ^ 1 << random.randrange(8))


def put_an_odd_byte(raw, ranges, random):
    return _a_byte(raw, ranges, random, lambda _: random.choice(ODD_BYTES))


def _change_cards(raw, ranges, random, change):
    number = random.randrange(len(ranges))
    cards = cards_of(raw, number)
    change(cards)
    return with_cards(raw, number, cards)


def repeat_a_card(raw, ranges, random):
    def change(cards):
        card = random.choice(cards)
        keyword = random.choice([card[:8], card[:8].lower(), b"HIERARCH " + card[:8].rstrip()])
        new = random.choice([card, keyword + random.choice(VALUES)])[:CARD]
        cards.insert(random.randrange(len(cards) + 1), new)

    return _change_cards(raw, ranges, random, change)


def change_a_value(raw, ranges, random):
    def change(cards):
        place = random.randrange(len(cards))
        cards[place] = cards[place][:8] + random.choice(VALUES)

    return _change_cards(raw, ranges, random, change)


def remove_a_card(raw, ranges, random):
    return _change_cards(raw, ranges, random, lambda cards: cards.pop(random.randrange(len(cards))))


def move_a_card(raw, ranges, random):
    def change(cards):
        card = cards.pop(random.randrange(len(cards)))
        cards.insert(random.randrange(len(cards) + 1), card)

    return _change_cards(raw, ranges, random, change)


def add_a_continue_card(raw, ranges, random):
    def change(cards):
        text = random.choice(
            [b"CONTINUE  'more&'", b"CONTINUE  'more'", b"continue  'x'", b"CONTINUE"]
        )
        cards.insert(random.randrange(1, len(cards) + 1), text)

    return _change_cards(raw, ranges, random, change)


def add_comments(raw, ranges, random):
    def change(cards):
        place = random.randrange(1, len(cards) + 1)
        cards[place:place] = random.choices(
            [b"COMMENT x", b"", b"HISTORY \xe9", b"COMMENT = 1"], k=40
        )

    return _change_cards(raw, ranges, random, change)


def cut_off(raw, _ranges, random):
    return raw[: random.randrange(len(raw))]


def insert_a_block(raw, _ranges, random):
    at = random.randrange(0, len(raw), BLOCK)
    return raw[:at] + random.choice([b" ", b"\0"]) * BLOCK + raw[at:]


def remove_a_block(raw, _ranges, random):
    at = random.randrange(0, len(raw), BLOCK)
    return raw[:at] + raw[at + BLOCK :]


def swap_hdus(raw, ranges, random):
    starts = [*(start for start, _ in ranges), len(raw)]
    parts = [raw[start:end] for start, end in itertools.pairwise(starts)]
    one, other = random.sample(range(1, len(parts)), 2) if len(parts) > 2 else (0, 0)
    parts[one], parts[other] = parts[other], parts[one]
    return b"".join(parts)


MUTATIONS = [flip_a_bit, put_an_odd_byte, repeat_a_card, repeat_a_card, change_a_value, remove_a_card,
             move_a_card, add_a_continue_card, add_comments, cut_off, insert_a_block, remove_a_block,
             swap_hdus]  # fmt: skip
"""Cards that come repeatedly come repeatedly here, too."""


def mutant(raw, random):
    """Return another file, and the name of what was done to it."""
    ranges = header_ranges(raw)
    mutation = random.choice(MUTATIONS)
    return mutation(raw, ranges, random), mutation.__name__
