"""The cards of a header as they are in a file, and their keywords.

A text that is too long for one card goes on on cards with the keyword CONTINUE, which belong to the
card before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

CARD: Final = 80
"""Length of a card in bytes, by the FITS standard."""
END: Final = b"END".ljust(CARD)
PRINTABLE: Final = bytes(range(0x20, 0x7F))
"""The characters that a card may have."""

COMMENTARY: Final = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
"""The keywords that may come any number of times, because they have no value."""


def card_images(raw: bytes) -> Iterator[bytes]:
    """Give the cards of a header before its end, each with those that continue it."""
    image = b""
    for start in range(0, len(raw), CARD):
        card = raw[start : start + CARD]
        if card == END:
            break
        if image and card[:8] == b"CONTINUE":
            image += card
            continue
        if image:
            yield image
        image = card
    if image:
        yield image


def keyword_of(image: bytes) -> str:
    """Return the keyword of a card as astropy finds it: the case of its letters does not matter.

    So HIERARCH can introduce one that others have without it.
    """
    keyword = image[:8].strip()
    if keyword.upper() == b"HIERARCH" and image[8:9] == b" " and b"=" in image:
        keyword = image[9:].partition(b"=")[0].strip()
    elif b"=" in keyword and 0 <= (end := image.find(b"= ")) < len(image[:8]):
        keyword = keyword[:end].strip()
    return keyword.upper().decode("latin-1")
