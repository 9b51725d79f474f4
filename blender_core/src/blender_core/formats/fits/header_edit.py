"""Change some cards of a header, and leave all others as they are, to the bit."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from blender_core.formats.fits.cards import CARD
from blender_core.formats.fits.checksum import ALL_ONES, added, as_text, sum_of
from blender_core.formats.fits.scan import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["HeaderText", "card"]

_END = b"END".ljust(CARD)
_NO_CHECKSUM = b"0" * 16


def card(keyword: str, value: Any, comment: str = "", *, exact: bool = False) -> bytes:
    """Return a card as astropy writes it, with those that continue it."""
    from astropy.io import fits

    image = str(fits.Card(keyword, value, comment).image)
    if exact and isinstance(value, float) and fits.Card.fromstring(image).value != value:
        digits = repr(value).upper()
        image = f"{keyword:8}= {digits} / {comment}" if comment else f"{keyword:8}= {digits}"
        image = image[:CARD].ljust(CARD)
    return image.encode("ascii")


class HeaderText:
    """A header that is to be changed.

    Parameters
    ----------
    raw : bytes
        The header as it is in a file.
    """

    def __init__(self, raw: bytes) -> None:
        self._before = raw
        self._is_changed = True  # unless it turns out to be whole
        # A card, and those that continue it.
        self._cards: list[bytes] = []
        self._keywords: list[str] = []
        for start in range(0, len(raw), CARD):
            image = raw[start : start + CARD]
            if image == _END:
                self._is_changed = len(raw) % BLOCK != 0
                break
            keyword = image[:8].decode("latin-1").strip().upper()
            if keyword == "CONTINUE" and self._cards:
                self._cards[-1] += image
            else:
                self._cards.append(image)
                self._keywords.append(keyword)

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._keywords

    @property
    def raw(self) -> bytes:
        """The header as it is to be in a file: to the bit as it was, unless it was changed."""
        if not self._is_changed:
            return self._before
        text = b"".join(self._cards) + _END
        return text.ljust(-(-len(text) // BLOCK) * BLOCK)

    def put(
        self,
        keyword: str,
        image: bytes,
        after: Iterable[str] = (),
        before: Iterable[str] = (),
        ahead_of: Iterable[str] = (),
        heading: bytes = b"",
    ) -> None:
        """Replace a card, or insert it."""
        if keyword in self._keywords:
            index = self._keywords.index(keyword)
            self._is_changed |= self._cards[index] != image
            self._cards[index] = image
            return
        self._is_changed = True
        place = self._first(before)
        if (preceding := self._first(after)) is not None:
            place = preceding + 1
        elif place is not None:
            heading = b""
        else:
            place = self._first(ahead_of)
            if place is None:
                place = len(self._cards)
            else:
                while place and not self._keywords[place - 1]:
                    place -= 1
        new = [heading[i : i + CARD] for i in range(0, len(heading), CARD)]
        self._cards[place:place] = [*new, image]
        self._keywords[place:place] = [*[""] * len(new), keyword]

    def _first(self, keywords: Iterable[str]) -> int | None:
        return next((self._keywords.index(one) for one in keywords if one in self), None)

    def remove(self, keyword: str) -> None:
        """Remove all cards of a keyword."""
        if keyword not in self:
            return
        self._is_changed = True
        kept = [i for i, one in enumerate(self._keywords) if one != keyword]
        self._cards = [self._cards[i] for i in kept]
        self._keywords = [self._keywords[i] for i in kept]

    def renew_checksum(self, data: int | None = None) -> None:
        """Correct the cards CHECKSUM and DATASUM, if there are any and something was changed."""
        if data is None and not self._is_changed:
            return
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        if data is None:
            data = ALL_ONES - sum_of(self._before)
        elif "DATASUM" in self:
            self.put("DATASUM", card("DATASUM", str(data), f"data unit checksum updated {now}"))
        if "CHECKSUM" in self:
            comment = f"   / HDU checksum updated {now}".encode()

            def put(text: bytes) -> None:
                self.put("CHECKSUM", (b"CHECKSUM= '" + text + b"'" + comment).ljust(CARD))

            put(_NO_CHECKSUM)
            put(as_text(ALL_ONES - added(sum_of(self.raw), data)))
