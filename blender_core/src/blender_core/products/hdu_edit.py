"""The HDUs of a FITS file that is put together anew, of which most bytes are copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from blender_core.common.values import DROP
from blender_core.common.wording import format_error, preview
from blender_core.formats.files.byte_ranges import ByteRange, Part, PatchError
from blender_core.formats.fits.asdf_extension import bytes_of
from blender_core.formats.fits.card_faults import comment_of
from blender_core.formats.fits.card_images import card_images
from blender_core.formats.fits.cards import RawHeader
from blender_core.formats.fits.header_edit import EditedHeader, card, checksum_of_blocks
from blender_core.formats.fits.scan import MOST_HDUS, name_and_version, padded
from blender_core.formats.fits.table_hdu import table_hdu
from blender_core.tables.hdrtab import TABLES, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.formats.fits.scan import RawFits
    from blender_core.formats.fits.table_hdu import Field
    from blender_core.schema.attributes import Attribute
    from blender_core.tables.product_table import ProductTable

ASDF: Final = "ASDF"
"""The name of the HDU that has a datamodel's tree, which is the last."""


class Cards(Protocol):
    """The attributes that have cards, and where and how these are put into headers."""

    @property
    def attributes(self) -> Sequence[Attribute]:
        """The attributes that have keywords, in the order of their cards."""

    def put(self, headers: Mapping[str, EditedHeader], attribute: Attribute, value: Any) -> None:
        """Write an attribute's card."""


@dataclass(slots=True)
class HDU:
    """An HDU of the new file: its header, and what follows that."""

    name: str
    header: EditedHeader
    data: list[Part] = field(default_factory=list)
    version: int = 1


def hdus_of(fits: RawFits) -> list[HDU]:
    """Return the HDUs of a file, each to be copied as it is."""
    return [
        HDU(
            hdu.name,
            EditedHeader(cast("RawHeader", hdu.header).raw),
            [ByteRange(hdu.start, padded(hdu.size))],
            hdu.version,
        )
        for hdu in fits.hdus
    ]


def finish_headers(hdus: Sequence[HDU], fits: RawFits) -> None:
    """Have headers that were changed fit what is in the file."""
    if fits.hdus[0].header.get("EXTEND") is False:
        hdus[0].header.replace("EXTEND", card("EXTEND", value=True))
    for hdu in hdus:
        hdu.header.renew_checksum()


def change_cards(hdus: list[HDU], order: Cards, changes: Mapping[str, Any]) -> None:
    """Change the cards of the attributes that have other values, or none any more."""
    headers: dict[str, EditedHeader] = {}
    for hdu in reversed(hdus):  # as astropy finds them: the first of a name
        headers |= {f"{hdu.name},{hdu.version}": hdu.header, hdu.name: hdu.header}
    headers["PRIMARY"] = hdus[0].header
    faults = []
    for attribute in order.attributes:
        value, name = changes.get(attribute.path), attribute.hdu.upper()
        if value is None or attribute.keyword is None:
            continue
        if value is DROP:
            if name in headers:
                headers[name].remove(attribute.keyword.upper())
            continue
        if name not in headers:
            headers[name] = _insert_empty(hdus, attribute.hdu).header
        try:
            order.put(headers, attribute, value)
        except ValueError as error:
            faults.append(in_words(attribute.label, value, error))
    if faults:
        msg = f"its header cannot have {'; '.join(faults)}"
        raise PatchError(msg)


def in_words(name: str, value: Any, error: Exception) -> str:
    """Say what a header cannot have, such as NaN and letters of other alphabets, and why."""
    return f"{name} = {preview(value)}: {format_error(error).rstrip('.')}"


def add_history(hdu: HDU, lines: Iterable[str]) -> None:
    """Add lines to the HISTORY of a header that are not there yet."""
    there = set(hdu.header.images("HISTORY"))
    for line in lines:
        images = list(card_images(card("HISTORY", line)))  # several, if it is long
        if not there.issuperset(images):
            hdu.header.insert(len(hdu.header), images)


def correct_number(hdus: Sequence[HDU], tables: Iterable[ProductTable]) -> None:
    """Have NEXTEND, where there is one, say how many extensions there are with the tables."""
    header, names = hdus[0].header, {hdu.name for hdu in hdus[1:]}
    number = len(hdus) - 1
    for table in tables:
        number += bool(table) - (table.hdu_name in names)
    if images := header.images("NEXTEND"):
        image = card("NEXTEND", number, comment_of(images[0]))
        if RawHeader(images[0]).get("NEXTEND") != number:
            header.replace("NEXTEND", image)


def _insert_empty(hdus: list[HDU], name: str) -> HDU:
    """Insert an extension without data, as stdatamodels makes for a card that has no other."""
    from astropy.io import fits

    name, version = name_and_version(name)
    image = fits.ImageHDU(name=name, ver=version)
    new = HDU(name.upper(), EditedHeader(bytes_of(image)), [], version or 1)
    hdus.insert(_end(hdus, [ASDF, *map(str.upper, TABLES)]), new)
    return new


def put_table(hdus: list[HDU], table: ProductTable) -> list[Field]:
    """Replace a table, or insert it; return its columns. Without any, it is removed."""
    name = table.hdu_name
    place = next((i for i, hdu in enumerate(hdus) if i and hdu.name == name), None)
    old = None if place is None else hdus.pop(place)
    fields = fields_of(table.columns)
    if not fields:
        return []
    raw, data = table_hdu(name, fields, len(table))
    header = EditedHeader(raw)
    if old is not None and "CHECKSUM" in old.header:
        header.insert(len(header), [card("CHECKSUM", ""), card("DATASUM", "")])
        header.renew_checksum(checksum_of_blocks(data.blocks()))
    hdus.insert(_end(hdus, [ASDF]) if place is None else place, HDU(name, header, [data]))
    return fields


def require_few(number: int) -> None:
    """Require that a file has no more HDUs than anybody could read."""
    if number > MOST_HDUS:
        msg = f"with its tables it would have more than {MOST_HDUS:,} HDUs, which nobody could read"
        raise PatchError(msg)


def _end(hdus: Sequence[HDU], last: Sequence[str]) -> int:
    """Return where to insert an extension: before those at the end that are to stay the last."""
    place = len(hdus)
    while place > 1 and hdus[place - 1].name in last:
        place -= 1
    return place
