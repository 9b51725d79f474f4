"""What is wrong with single cards, and what that does to their values."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.common.caught_warnings import recorded
from blender_core.formats.fits.card_images import CARD, COMMENTARY, keyword_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from astropy.io.fits import Card

_VALUE: Final = 8
"""Where in a card its value begins, with the sign before it."""
_NOT_ASCII: Final = re.compile(rb"[^\0-\x7f]")
_TEXT: Final = re.compile(r".{8}= *'((?:[^']|'')*)'(?!')")
"""A text by the FITS standard."""
_NOT_ZERO: Final = re.compile(r"[+-]?[0.]*[1-9]")


class Alteration(NamedTuple):
    """Why the value of a card is not what stands there."""

    stands: str
    value: Any
    reason: str


def decoded(raw: bytes) -> str:
    """Return the text of cards as astropy has it when it reads a file."""
    return raw.decode("ascii", "replace").replace("\ufffd", "?")


def value_of(card: Card) -> Any:
    """Return the value of one card as it stands there; its text if it is none of FITS."""
    from astropy.io.fits import VerifyError

    with recorded():
        try:
            return card.rawvalue
        except VerifyError:
            return _text(card._image)  # noqa: SLF001  # its public name would have it mended


def alteration(image: bytes, value: Any) -> Alteration | None:
    """Tell whether a value that was read is another than what stands on its card."""
    from astropy.io import fits

    stands = _text(image.decode("ascii", "backslashreplace"))
    if not image.isascii():
        # It may be no more than a comment that has such bytes.
        one, other = (
            value_of(fits.Card.fromstring(_NOT_ASCII.sub(letter, image))) for letter in (b"A", b"B")
        )
        if one != other:
            return Alteration(stands, value, "which has bytes that are not ASCII")
    if keyword_of(image) in COMMENTARY:
        return None
    if isinstance(value, str) and (not stands.startswith("'") or _is_unparsable(image)):
        return Alteration(stands, value, "which is no value of the FITS standard")
    text = _TEXT.match(decoded(image)) if len(image) == CARD else None
    if text and isinstance(value, str) and text[1].replace("''", "'").rstrip(" ") != value:
        # Astropy 8.0 takes an apostrophe with a slash after it for the end.
        return Alteration(stands, value, "which astropy reads in another way than the standard")
    is_float = isinstance(value, float)
    if is_float and (math.isinf(value) or (not value and _NOT_ZERO.match(stands))):
        return Alteration(stands, value, "which is beyond the numbers that there are in 64 bits")
    return None


def _is_unparsable(image: bytes) -> bool:
    from astropy.io import fits

    with recorded():
        try:
            fits.Card.fromstring(decoded(image)).value  # noqa: B018
        except fits.VerifyError:
            return True
    return False


def faulty_card(cards: Iterable[Card]) -> str | None:
    """Return the keyword of the first card that astropy cannot mend."""
    with recorded():
        for card in cards:
            try:
                card.image  # noqa: B018
            except Exception:  # noqa: BLE001  # astropy has several
                return keyword_of(card._image.encode("latin-1", "replace"))  # noqa: SLF001
    return None


def _text(image: str) -> str:
    """Return the text of a value as it stands on a card."""
    if image.startswith("HIERARCH ") and "=" in image:
        image = image[: len("HIERARCH")] + image.partition("=")[2]
    return " ".join(image[_VALUE:].removeprefix("=").split())


def comment_of(image: bytes) -> str:
    """Return the comment of a card, in which what is not ASCII is a question mark."""
    from astropy.io import fits

    with recorded():
        try:
            return str(fits.Card.fromstring(decoded(image)).comment)
        except fits.VerifyError:
            return ""
