"""The values of single cards of FITS, where there can be no doubt about them.

Most cards of most headers are of a few plain forms. Of these, the value that `astropy.io.fits`
gives can be had in a fraction of the time. Anything else is left to astropy.
"""

from __future__ import annotations

import functools
import math
import re
from typing import Any, Final

DOUBTFUL: Final = object()
"""What stands for a value that only astropy can tell."""
_OF_NUMBERS: Final = b"0123456789+-.EeDd"
_D_TO_E: Final = bytes.maketrans(b"Dd", b"EE")
_AFTER_QUOTE: Final = 3
"""Where a text begins, if there is nothing in its card but that."""
_STANDARD: Final = re.compile(
    rb"(?:COMMENT |HISTORY | {8}).*"
    rb"|CONTINUE +'(?:[^']|'')*' *(?:/.*)?"
    rb"|(?=.{8}= )[A-Z0-9_-]+ *= +"
    rb"(?:'(?:[^']|'')*'|[TF]|[+-]?[0-9]+(?:\.[0-9]*)?(?:[ED][+-]?[0-9]+)?)? *(?:/.*)?"
)
"""What astropy takes for a standard card, or some of it."""


@functools.lru_cache(maxsize=1 << 13)
def is_standard_card(card: bytes) -> bool:
    """Tell whether a card of printable characters is certain to be printed as it is."""
    return _STANDARD.fullmatch(card) is not None


@functools.lru_cache(maxsize=1 << 13)
def card_value(field: bytes) -> Any:
    """Return the value of the plain forms of a card.

    Most cards are the same to the byte in all exposures of a blend.
    """
    if field[:2] != b"= ":
        return DOUBTFUL
    if field[2:3] == b"'":
        end = field.find(b"'", 3)
        text = field[3:end].rstrip(b" ")
        rest = field[end + 1 :]
        # A quote within the text, a comment without a slash, or a record of several values.
        plain = end > 0 and rest.lstrip(b" ")[:1] in (b"", b"/")
        if end == _AFTER_QUOTE and b"'" in rest:
            return DOUBTFUL  # astropy looks for the end of an empty text in the comment
        if not plain or b": " in text:
            return DOUBTFUL
        return text.decode("ascii")
    token = field[2:].partition(b"/")[0].strip(b" ")
    if token in (b"T", b"F"):
        return token == b"T"
    if not token:
        return None
    if token.translate(None, _OF_NUMBERS):
        return DOUBTFUL
    try:
        if token.translate(None, b".EeDd") == token:
            return int(token)
        number = float(token.translate(_D_TO_E))
    except ValueError:
        return DOUBTFUL
    # What is too large is infinite, and what is too small is nothing.
    is_beyond = math.isinf(number) or (not number and token.translate(None, b"0+-.EeDd"))
    return DOUBTFUL if is_beyond else number
