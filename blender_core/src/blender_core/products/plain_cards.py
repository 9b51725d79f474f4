"""The cards of a plain FITS file: each stays in its place, and keeps its comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.common.values import DROP, identity
from blender_core.common.wording import join_words, preview
from blender_core.errors import InputError, warn
from blender_core.evaluation.outcome import OF_A_FILE
from blender_core.formats.fits.card_faults import comment_of
from blender_core.formats.fits.card_images import COMMENTARY
from blender_core.formats.fits.cards import RawHeader
from blender_core.formats.fits.header_edit import STRUCTURAL, card
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.formats.fits.header_edit import EditedHeader
    from blender_core.plugins.source import Source
    from blender_core.schema.attributes import Attribute

_OF_DATA: Final = re.compile(
    r"T(FORM|TYPE|DIM|NULL|ZERO|SCAL)\d+|THEAP|BSCALE|BZERO|BLANK|CHECKSUM|DATASUM|EXTNAME|EXTVER"
    r"|ZIMAGE|ZTABLE|ZTENSION|ZSIMPLE|ZBITPIX|ZNAXIS\d*|ZTILE\d+|ZCMPTYPE|ZPCOUNT|ZGCOUNT"
)
"""What else says which HDU it is, and how its data are to be read."""


def _is_of_the_data(keyword: str) -> bool:
    """Tell whether a keyword is no metadata, but says how the data are stored."""
    keyword = keyword.upper()
    return keyword in COMMENTARY or any(
        pattern.fullmatch(keyword) for pattern in (STRUCTURAL, _OF_DATA)
    )


def require_metadata(
    attributes: Iterable[Attribute], changes: Mapping[str, Any], product: Source
) -> None:
    """Refuse what says how a product's data are stored, and tell of what has no card."""
    attributes = list(attributes)
    structural = [each for each in attributes if each.keyword and _is_of_the_data(each.keyword)]
    layout = Layout(structural)
    now = dict(zip(layout.paths, product.read(layout), strict=True))
    wrong = [each.label for each in structural if now[each.path] != changes[each.path]]
    if wrong:
        msg = (
            f"{product.what} cannot have {join_words(wrong)} blended, which says how its data are "
            "stored, and where: leave it out of the schema, or give it the rule 'keep'"
        )
        raise InputError(msg)
    homeless = [
        each.path
        for each in attributes
        if not each.keyword and changes[each.path] is not DROP and each.path not in OF_A_FILE
    ]
    if homeless:
        warn(
            f"{product.what} has no place for {join_words(homeless)}: there is no keyword. The "
            "result has what was blended"
        )


def beyond(
    attributes: Mapping[str, Attribute], known: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """Return the attributes that are not known yet, and have no card of one that is."""
    taken = {(each.hdu.upper(), each.keyword) for each in known.values()}
    return {
        path: each
        for path, each in attributes.items()
        if path not in known and (each.hdu.upper(), each.keyword) not in taken
    }


class PlainCards:
    """The attributes that have cards, in the order in which new cards are to stand."""

    def __init__(self, attributes: Iterable[Attribute], label: str) -> None:
        self.attributes: Sequence[Attribute] = [each for each in attributes if each.keyword]
        self._label = label
        self._of_hdu: dict[str, list[str]] = {}
        self._places: dict[str, int] = {}
        for each in self.attributes:
            keywords = self._of_hdu.setdefault(each.hdu, [])
            self._places[each.path] = len(keywords)
            keywords.append((each.keyword or "").upper())

    def put(self, headers: Mapping[str, EditedHeader], attribute: Attribute, value: Any) -> None:
        """Write an attribute's card; warn if it is read as another value.

        Astropy takes an apostrophe with a slash after it for the end of a text.
        """
        keyword, header = (attribute.keyword or "").upper(), headers[attribute.hdu.upper()]
        present = header.images(keyword)
        if len(present) == 1 and _is_same(_value_of(present[0], keyword), value):
            return
        comment = comment_of(present[0]) if present else attribute.title.partition("\n")[0]
        # Of an empty text, astropy 8.0 looks for the end in the comment; blanks are as empty.
        with recorded():  # a long comment is cut off
            image = card(keyword, " " if value == "" else value, comment, exact=True)
            read = RawHeader(image).get(keyword)
        if not _is_same(read, value):
            warn(
                f"{self._label}: its header cannot have {attribute.label} = {preview(value)} in a "
                f"way that is read as such: it is read as {preview(read)}"
            )
        if present:
            header.replace(keyword, image)
        else:
            header.insert(self._place(header, attribute), [image])

    def _place(self, header: EditedHeader, attribute: Attribute) -> int:
        """Return where a new card goes: beside one of an attribute that is next to its own."""
        keywords, index = self._of_hdu[attribute.hdu], self._places[attribute.path]
        place = header.find(reversed(keywords[:index]))
        if place is not None:
            return max(place + 1, header.start)
        place = header.find(keywords[index + 1 :])
        return header.end if place is None else max(place, header.start)


def _value_of(image: bytes, keyword: str) -> Any:
    """Return the value of a card that is there; None if it has none that can be read."""
    from astropy.io.fits import VerifyError

    with recorded():
        try:
            return RawHeader(image).get(keyword)
        except VerifyError:
            return None


def _is_same(read: Any, value: Any) -> bool:
    return identity(read) == identity(value.rstrip(" ") if isinstance(value, str) else value)
