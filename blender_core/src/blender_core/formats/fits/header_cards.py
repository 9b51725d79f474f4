"""All cards of a header, in their order, with the values and comments that astropy gives them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

from blender_core.common.caught_warnings import recorded
from blender_core.formats.fits.card_faults import Alteration, alteration, decoded
from blender_core.formats.fits.card_images import CARD, PRINTABLE, card_images, keyword_of
from blender_core.formats.fits.card_values import DOUBTFUL, card_value
from blender_core.formats.fits.cards import RawHeader

if TYPE_CHECKING:
    from astropy.io import fits

    from blender_core.formats.fits.cards import LiveHeader

__all__ = ["Alteration", "BadCardError", "Card", "cards_of"]

_OF_KEYWORDS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
_COMMENTARY: Final = (b"COMMENT ", b"HISTORY ", b" " * 8)


class BadCardError(Exception):
    """A card that astropy cannot make sense of. The message says which, and why."""


class Card(NamedTuple):
    """One card of a header, with those that continue its text.

    Attributes
    ----------
    keyword : str
        In upper case; without ``HIERARCH``.
    value : bool, int, float, complex, str or None
        None where the card has no value. The text of COMMENT, HISTORY and blank cards.
    comment : str
        Empty where there is none.
    """

    keyword: str
    value: bool | int | float | complex | str | None
    comment: str


def cards_of(header: RawHeader | LiveHeader) -> list[tuple[Card, Alteration | None]]:
    """Return all cards of a header, and of each why its value is not what stands there, if so."""
    if isinstance(header, RawHeader):
        return [*map(_card, card_images(header.raw))]
    return [(_by_astropy(card), None) for card in header.cards]


@functools.lru_cache(maxsize=1 << 13)
def _card(image: bytes) -> tuple[Card, Alteration | None]:
    """Return what is on a card. Most are the same to the byte in all exposures of a blend."""
    card = _plain_card(image)
    if card is not None:
        return card, None
    from astropy.io import fits

    card = _by_astropy(fits.Card.fromstring(decoded(image)))
    return card, alteration(image, card.value)


def _plain_card(image: bytes) -> Card | None:
    """Return what is on a card of a plain form; None if only astropy can tell."""
    if len(image) != CARD or image.translate(None, PRINTABLE):
        return None
    field = image[:8]
    if field in _COMMENTARY:
        if image[8:10] == b"= ":
            return None
        return Card(field.decode().rstrip(), image[8:].decode().rstrip(), "")
    keyword = field.rstrip()
    if keyword.translate(None, _OF_KEYWORDS) or keyword == b"HIERARCH":
        return None
    value = card_value(image[8:])
    if value is DOUBTFUL:
        return None
    rest = image[10:]
    if type(value) is str:  # within one of a plain form, there is no quote
        rest = rest[rest.index(b"'", 1) :]
    return Card(keyword.decode(), value, rest.partition(b"/")[2].decode().strip(" "))


def _by_astropy(card: fits.Card) -> Card:
    from astropy.io import fits

    with recorded():
        try:
            keyword, value, comment = card.keyword, card.value, card.comment
        except Exception as error:  # astropy has several
            image = card._image or ""  # noqa: SLF001  # its public name would have it mended
            keyword = keyword_of(image.encode("latin-1", "replace")) or "without a keyword"
            msg = f"the card {keyword} cannot be read: {error}"
            raise BadCardError(msg) from error
    return Card(keyword, None if isinstance(value, fits.card.Undefined) else value, comment)
