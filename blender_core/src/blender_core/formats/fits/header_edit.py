"""Change some cards of a header, and leave all others as they are, to the bit.

When astropy writes a header, it mends cards that do not meet the standard, and has question marks
for characters that are not ASCII. So only the cards that are set are made by astropy.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.formats.fits.card_images import CARD, COMMENTARY, END, card_images, keyword_of
from blender_core.formats.fits.raw_hdu import padded

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALL_ONES: Final = 0xFFFFFFFF
"""The sum of an HDU whose checksum is right."""
_LONGEST_KEYWORD: Final = 8
STRUCTURAL: Final = re.compile(
    r"(SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTEND|TFIELDS)"
)
"""The keywords that a header begins with, and that say what kind of HDU it is of."""
_PUNCTUATION: Final = frozenset(b":;<=>?@[\\]^_`")


def card(keyword: str, value: Any, comment: str = "", *, exact: bool = False) -> bytes:
    """Return a card as astropy writes it, with those that continue it.

    Astropy writes at most 20 characters of a number. An exact card has all its digits.
    """
    from astropy.io import fits

    whole = fits.Card(keyword, comment=comment)
    # Given at once, it would be looked at for a record of several values, with numbers in it that
    # are written anew: "A: 007" would become "A: 7".
    whole.value = value
    image = str(whole.image)
    # Longer keywords are behind HIERARCH.
    exact &= isinstance(value, float) and len(keyword) <= _LONGEST_KEYWORD
    if exact and fits.Card.fromstring(image).value != value:
        image = f"{keyword:8}= {repr(value).upper()}" + (f" / {comment}" if comment else "")
        image = image[:CARD].ljust(CARD)
    return image.encode("ascii")


def header_of(cards: Iterable[bytes]) -> bytes:
    """Return the header that has some cards."""
    text = b"".join([*cards, END])
    return text.ljust(padded(len(text)))


class EditedHeader:
    """A header that is to be changed; ``raw`` is the header as it is in a file."""

    def __init__(self, raw: bytes) -> None:
        self._before = raw
        self._is_changed = False
        self._cards = list(card_images(raw))  # each with those that continue it
        self._keywords = list(map(keyword_of, self._cards))

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._keywords

    def __len__(self) -> int:
        return len(self._cards)

    @property
    def raw(self) -> bytes:
        """The header as it is to be in a file: to the bit as it was, unless it was changed."""
        return header_of(self._cards) if self._is_changed else self._before

    def images(self, keyword: str) -> list[bytes]:
        """Return the cards of a keyword, each with those that continue it."""
        return [
            image
            for image, found in zip(self._cards, self._keywords, strict=True)
            if found == keyword
        ]

    @property
    def start(self) -> int:
        """The place after the cards at the beginning that say how long the data are."""
        structural = (i for i, key in enumerate(self._keywords) if not STRUCTURAL.fullmatch(key))
        return next(structural, len(self))

    @property
    def end(self) -> int:
        """The place before the comments and the history that a header ends with."""
        place = len(self)
        while place > self.start and self._keywords[place - 1] in COMMENTARY:
            place -= 1
        return place

    def find(self, keywords: Iterable[str | None]) -> int | None:
        """Return the place of the first of some keywords that is there."""
        return next((self._keywords.index(key) for key in keywords if key in self._keywords), None)

    def heading(self, place: int) -> int:
        """Return where the cards without keywords begin that stand before a place."""
        while place and not self._keywords[place - 1]:
            place -= 1
        return place

    def replace(self, keyword: str, image: bytes) -> None:
        """Replace the card of a keyword that is there. If it is there repeatedly, one is left."""
        place = self._keywords.index(keyword)
        self._is_changed |= self._cards[place] != image
        self._cards[place] = image
        self._remove(keyword, place + 1)

    def insert(self, place: int, images: Iterable[bytes]) -> None:
        """Insert cards."""
        images = list(images)
        self._is_changed = True
        self._cards[place:place] = images
        self._keywords[place:place] = map(keyword_of, images)

    def remove(self, keyword: str) -> None:
        """Remove all cards of a keyword."""
        self._remove(keyword, 0)

    def _remove(self, keyword: str, start: int) -> None:
        while keyword in self._keywords[start:]:
            self._is_changed = True
            place = self._keywords.index(keyword, start)
            del self._cards[place], self._keywords[place]

    def renew_checksum(self, data: int | None = None) -> None:
        """Correct CHECKSUM and DATASUM, where there are such cards and something was changed.

        ``data`` is the checksum of the new data. Without, they have not been changed, and what
        they add up to is known from the old header, if that was right: else it stays wrong.
        """
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        if data is None:
            if not self._is_changed:
                return
            data = _ALL_ONES - checksum_of(self._before)
        elif "DATASUM" in self:
            self.replace("DATASUM", card("DATASUM", str(data), f"data unit checksum updated {now}"))
        if "CHECKSUM" in self:
            comment = f"HDU checksum updated {now}"
            self.replace("CHECKSUM", card("CHECKSUM", "0" * 16, comment))
            rest = _ALL_ONES - ((checksum_of(self.raw) + data) % _ALL_ONES or _ALL_ONES)
            self.replace("CHECKSUM", card("CHECKSUM", _encoded(rest), comment))


def checksum_of(data: bytes) -> int:
    """Return the ones' complement sum of the 32-bit words of a multiple of four bytes."""
    # 2**32 leaves the remainder 1, so that all words count alike in that of the whole number.
    value = int.from_bytes(data, "big")
    return value and (value % _ALL_ONES or _ALL_ONES)


def checksum_of_blocks(blocks: Iterable[bytes]) -> int:
    """Return the same of data that come in blocks of a multiple of four bytes."""
    value = sum(map(checksum_of, blocks))
    return value and (value % _ALL_ONES or _ALL_ONES)


def _encoded(value: int) -> str:
    """Return the sixteen letters and digits that stand for a sum, as in FITS standard 4.0, J."""
    letters = bytearray(16)
    for i, byte in enumerate(value.to_bytes(4, "big")):
        quarter, rest = divmod(byte, 4)
        four = [quarter + rest + ord("0"), *[quarter + ord("0")] * 3]
        while not _PUNCTUATION.isdisjoint(four):
            for j in (0, 2):
                if not _PUNCTUATION.isdisjoint(four[j : j + 2]):
                    four[j] += 1
                    four[j + 1] -= 1
        letters[i::4] = bytes(four)
    # The text begins at the last byte of a word.
    return (letters[-1:] + letters[:-1]).decode()
