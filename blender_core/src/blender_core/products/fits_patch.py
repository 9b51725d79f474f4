"""Change the blended metadata in a FITS file, and nothing else.

A datamodel could be opened, updated and saved. That would read all pixels to write them again, put
the extensions into an order of its own, and convert what it does not know. Astropy could copy the
extensions, but would mend headers that nobody has touched, and refuse files that readers put up
with. Here the cards of the blended attributes, the tables, and the values in the ASDF tree are
written anew, and all other bytes are copied.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from blender_core.common.caught_warnings import recorded
from blender_core.common.values import DROP
from blender_core.formats.files.byte_ranges import ByteRange, Part, PatchError
from blender_core.formats.fits.asdf_extension import array_tag, bytes_of, new_extension, with_tree
from blender_core.formats.fits.cards import RawHeader
from blender_core.formats.fits.header_edit import EditedHeader, card, checksum_of
from blender_core.formats.fits.scan import MOST_HDUS, padded
from blender_core.formats.fits.table_hdu import table_hdu
from blender_core.products.card_order import CardOrder
from blender_core.products.extra_cards import cards_left
from blender_core.products.header_faults import in_words
from blender_core.tables.hdrtab import TABLES, fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from blender_core.formats.fits.scan import RawFits
    from blender_core.tables.hdrtab import TypedColumn

__all__ = ["patched"]

_ASDF: Final = "ASDF"
_CHECKSUM_OF_HEADERS: Final = "_fits_hash"


@dataclass(slots=True)
class _HDU:
    """An HDU of the new file: its header, and what follows that."""

    name: str
    header: EditedHeader
    data: list[Part] = field(default_factory=list)


def patched(
    fits: RawFits,
    blank: Any,
    changes: Mapping[str, Any],
    tables: Mapping[str, Sequence[TypedColumn]],
    source: BinaryIO,
    extra_fits: Any,
) -> list[Part]:
    """Return the parts of a file that has other values and other tables.

    ``blank`` is a datamodel of the file's class, ``source`` the file, and ``extra_fits`` what its
    tree has by that name.
    """
    hdus = [
        _HDU(
            hdu.name,
            EditedHeader(cast("RawHeader", hdu.header).raw),
            [ByteRange(hdu.start, padded(hdu.size))],
        )
        for hdu in fits.hdus
    ]
    as_saved = fits.is_as_saved()
    # Where the headers are read over the tree, they have to tell every digit of it.
    order = CardOrder(blank.schema, exact=not as_saved)
    with recorded():  # long comments are cut off
        _change_cards(hdus, order, changes)
    if fits.hdus[0].header.get("EXTEND") is False:
        hdus[0].header.replace("EXTEND", card("EXTEND", value=True))
    for hdu in hdus:
        hdu.header.renew_checksum()
    in_tree = dict(changes)
    for name, columns in tables.items():
        in_tree[name] = _put_table(hdus, name.upper(), columns, array_tag(fits.asdf))
        # What stdatamodels makes of a table that the tree does not refer to.
        in_tree[f"extra_fits.{name.upper()}"] = DROP
    blended = {
        (item.hdu.upper(), item.keyword or "")
        for item in order.attributes
        if changes.get(item.path) is not None
    }
    for name, cards in cards_left(extra_fits, blended).items():
        in_tree[f"extra_fits.{name}.header"] = cards
    # Without the checksum, the headers are read over the tree.
    in_tree[_CHECKSUM_OF_HEADERS] = _checksum_of_headers(hdus) if as_saved else DROP
    raw = fits.hdu(_ASDF)
    if raw is not None and fits.asdf is not None:
        tree = next(hdu for hdu in hdus if hdu.name == _ASDF)
        try:
            tree.data = with_tree(raw, tree.header, fits.asdf, in_tree, source)
        except (PatchError, UnicodeDecodeError) as error:
            msg = f"its ASDF tree cannot be changed: {error}. Blend into its datamodel instead"
            raise PatchError(msg) from error
    parts = [part for hdu in hdus for part in (hdu.header.raw, *hdu.data)]
    lacks_tree = raw is None and not blank._no_asdf_extension  # noqa: SLF001  # nothing else tells
    if len(hdus) + lacks_tree > MOST_HDUS:
        msg = f"with its tables it would have more than {MOST_HDUS:,} HDUs, which nobody could read"
        raise PatchError(msg)
    if lacks_tree:
        parts.append(new_extension(in_tree))
    return parts


def _change_cards(hdus: list[_HDU], order: CardOrder, changes: Mapping[str, Any]) -> None:
    # By name, as astropy finds them: the first of a name.
    headers = {hdu.name: hdu.header for hdu in reversed(hdus)} | {"PRIMARY": hdus[0].header}
    faults = []
    for attribute in order.attributes:
        value, name = changes.get(attribute.path), attribute.hdu.upper()
        if value is None or attribute.keyword is None:
            continue
        if value is DROP:
            if name in headers:
                headers[name].remove(attribute.keyword)
            continue
        if name not in headers:
            new = _empty(attribute.hdu)
            hdus.insert(_end(hdus, [_ASDF, *map(str.upper, TABLES)]), new)
            headers[name] = new.header
        try:
            order.put(headers, attribute, value)
        except ValueError as error:
            faults.append(in_words(attribute.label, value, error))
    if faults:
        msg = f"its header cannot have {'; '.join(faults)}"
        raise PatchError(msg)


def _empty(name: str) -> _HDU:
    """Return an extension without data, which stdatamodels makes for a card that has no other."""
    from astropy.io import fits

    return _HDU(name.upper(), EditedHeader(bytes_of(fits.ImageHDU(name=name))))


def _end(hdus: Sequence[_HDU], last: Sequence[str]) -> int:
    """Return where to insert an extension: before those at the end that are to stay the last."""
    place = len(hdus)
    while place > 1 and hdus[place - 1].name in last:
        place -= 1
    return place


def _put_table(hdus: list[_HDU], name: str, columns: Sequence[TypedColumn], tag: str) -> Any:
    """Replace a table, or insert it; return its entry in the tree."""
    place = next((i for i, hdu in enumerate(hdus) if i and hdu.name == name), None)
    old = None if place is None else hdus.pop(place)
    if not columns:
        return DROP
    fields = fields_of(columns)
    raw, data = table_hdu(name, fields)
    header = EditedHeader(raw)
    if old is not None and "CHECKSUM" in old.header:
        header.insert(len(header), [card("CHECKSUM", ""), card("DATASUM", "")])
        header.renew_checksum(checksum_of(data))
    hdus.insert(_end(hdus, [_ASDF]) if place is None else place, _HDU(name, header, [data]))
    from asdf.tagged import tag_object

    reference = {
        "source": f"fits:{name},1",
        "datatype": [
            {"byteorder": "big", "datatype": item.datatype, "name": item.name} for item in fields
        ],
        "byteorder": "big",
        "shape": [len(fields[0].raw)],
    }
    return tag_object(tag, reference)


def _checksum_of_headers(hdus: Sequence[_HDU]) -> str:
    """Return the checksum by which stdatamodels knows that nobody has touched the headers."""
    checksum = hashlib.sha256()
    for hdu in hdus:
        if hdu.name != _ASDF:
            checksum.update(RawHeader(hdu.header.raw).text)
    return checksum.hexdigest()
