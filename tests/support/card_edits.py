"""Put cards into the headers of files as bytes, whatever astropy thinks of them."""

import io
import warnings

from astropy.io import fits

CARD, BLOCK = 80, 2880
END = b"END".ljust(CARD)


def header_range(raw, hdu):
    """Return where the header of an HDU is in the bytes of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(io.BytesIO(raw), disable_image_compression=True) as hdulist:
            place = hdulist[hdu].fileinfo()
    return place["hdrLoc"], place["datLoc"]


def cards_of(raw, hdu):
    """Return the cards of a header, without its end."""
    start, end = header_range(raw, hdu)
    cards = [raw[i : i + CARD] for i in range(start, end, CARD)]
    return cards[: cards.index(END)]


def with_cards(raw, hdu, cards):
    """Return the bytes of a file that has other cards in a header."""
    start, end = header_range(raw, hdu)
    header = b"".join([*(card.ljust(CARD) for card in cards), END])
    return raw[:start] + header.ljust(-(-len(header) // BLOCK) * BLOCK) + raw[end:]


def add_cards(path, cards, hdu=0, *, before=None):
    """Add cards to a header of a file: at its end, or before the first card of a keyword."""
    raw = path.read_bytes()
    others = cards_of(raw, hdu)
    place = len(others)
    if before is not None:
        place = next(i for i, card in enumerate(others) if card[:8].rstrip() == before.encode())
    path.write_bytes(with_cards(raw, hdu, [*others[:place], *cards, *others[place:]]))
    return path


def replace_cards(path, keyword, cards, hdu=0):
    """Replace the cards of a keyword in a header of a file."""
    add_cards(path, cards, hdu, before=keyword)
    raw = path.read_bytes()
    mine = [card.ljust(CARD) for card in cards]
    left = [
        card for card in cards_of(raw, hdu) if card in mine or card[:8].rstrip() != keyword.encode()
    ]
    path.write_bytes(with_cards(raw, hdu, left))
    return path
