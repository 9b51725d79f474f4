"""Where the keywords of HST's headers have their attributes, by what they are about.

``meta.primary.EXPTIME`` is a keyword of PRIMARY; ``meta.sci``, ``meta.err`` and ``meta.dq`` have
those of the extensions of a chip. What tells of the file itself, of the shape of its arrays or of
where they point is below ``meta.kept``: a product has its own of it, which stays. What describes
the distortion of a chip is below ``meta.distortion``: a drizzled product has none. What a product
is told that its inputs need not have is below ``meta.made``: ``meta.made.primary.TEXPTIME`` is the
keyword, and ``meta.made.each.TEXPTIME`` what each exposure has for it, or what is made of others.
"""

from __future__ import annotations

import functools
import re
from typing import Final

__all__ = [
    "DISTORTION",
    "EACH",
    "HDUS",
    "KEPT",
    "MADE",
    "MADE_KEYWORDS",
    "OF_THE_FILE",
    "ROOTNAME",
    "START",
    "group_of",
    "path_of",
]

HDUS: Final = {
    "PRIMARY": "primary",
    "SCI": "sci",
    "ERR": "err",
    "DQ": "dq",
    "WHT": "err",
    "CTX": "dq",
    "CON": "dq",
}
"""The HDUs of exposures and of drizzled products, and the names of their groups."""

KEPT: Final = "meta.kept"
DISTORTION: Final = "meta.distortion"
MADE: Final = "meta.made"
EACH: Final = f"{MADE}.each"
ROOTNAME: Final = "meta.kept.primary.ROOTNAME"
"""What tells exposures apart."""
START: Final = "meta.kept.start"
"""When an exposure began, as a number of days: no keyword, but what exposures are in order by."""

OF_THE_FILE: Final = {("PRIMARY", "FILENAME"): "meta.filename", ("PRIMARY", "DATE"): "meta.date"}
"""What a file gets when it is written, by names that the engine knows."""

MADE_KEYWORDS: Final = ("TEXPTIME", "DATE-BEG", "DATE-END")
"""What a product is told of others' values, where its inputs do not have it themselves."""

_KEPT: Final = re.compile(
    # The file: its name, what it has, what was done to its bytes.
    r"ROOTNAME|FILENAME|DATE|NEXTEND|CHECKSUM|DATASUM"
    # The shape of the array, and how it is stored.
    r"|SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BSCALE|BZERO|BLANK"
    r"|EXTNAME|EXTVER|EXTLEVEL|NPIX[12]|PIXVALUE"
    # Where it points: the solution of the product is another than that of any chip.
    r"|CRPIX\d|CRVAL\d|CTYPE\d|CUNIT\d|CDELT\d|CROTA\d|CD\d_\d|PC\d_\d|WCSAXES|WCSNAME|WCSTYPE"
    r"|LONPOLE|LATPOLE|ORIENTAT|VAFACTOR"
)
_DISTORTION: Final = re.compile(
    r"TDDALPHA|TDDBETA|D2IM\w*|DGEOEXT|NPOLEXT|[AB]_\w+|IDC(?!TAB$)\w+"
    r"|SCTYPE\w*|SCRVAL\w*|SNAXIS\w*|SCRPIX\w*|SCD\w+|CP(?:DIS|ERR|EXT)\w*|DP\d\w*"
)


@functools.lru_cache(maxsize=4096)
def group_of(keyword: str) -> str:
    """Return the group that a keyword's attributes are in, below which is that of its HDU."""
    if _KEPT.fullmatch(keyword):
        return KEPT
    return DISTORTION if _DISTORTION.fullmatch(keyword) else "meta"


def path_of(hdu: str, keyword: str) -> str:
    """Return the dotted path of a keyword's attribute."""
    if (own := OF_THE_FILE.get((hdu, keyword))) is not None:
        return own
    if hdu == "PRIMARY" and keyword in MADE_KEYWORDS:
        return f"{MADE}.primary.{keyword}"
    # BUNIT of the science array is the drizzled one's own; those of others say that they have none.
    group = KEPT if (hdu, keyword) == ("SCI", "BUNIT") else group_of(keyword)
    return f"{group}.{HDUS[hdu]}.{keyword}"
