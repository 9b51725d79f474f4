"""Change the blended metadata in a FITS file, and nothing else.

A datamodel could be opened, updated and saved. That would read all pixels to write them again, put
the extensions into an order of its own, and convert what it does not know. Here the cards of the
blended attributes, the tables, and the values in the ASDF tree are written anew, and all other
bytes are copied.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.common.values import DROP
from blender_core.common.wording import preview
from blender_core.formats.asdf.tree_edit import Yaml, changed
from blender_core.formats.asdf.tree_nodes import dumped
from blender_core.formats.files.byte_ranges import Copied, Part, PatchError
from blender_core.formats.fits.asdf_extension import (
    array_tag,
    bytes_of,
    header_of,
    new_extension,
    with_tree,
)
from blender_core.formats.fits.cards import RawHeader
from blender_core.formats.fits.checksum import sum_of
from blender_core.formats.fits.header_edit import HeaderText, card
from blender_core.formats.fits.scan import BLOCK
from blender_core.formats.fits.table_hdu import table_hdu
from blender_core.products.card_order import Sections
from blender_core.tables.hdrtab import TABLES, fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from blender_core.formats.fits.metadata import RawFits
    from blender_core.tables.hdrtab import TypedColumn

__all__ = ["patched"]

_ASDF: Final = "ASDF"
_CHECKSUM_OF_HEADERS: Final = "_fits_hash"


@dataclass(slots=True)
class _HDU:
    """An HDU of the new file: its header, and what follows that."""

    name: str
    header: HeaderText
    data: list[Part]


def patched(
    fits: RawFits,
    blank: Any,
    changes: Mapping[str, Any],
    tables: Mapping[str, Sequence[TypedColumn]],
    source: BinaryIO,
) -> list[Part]:
    """Return the parts of a file that has other values and other tables."""
    hdus = [
        _HDU(hdu.name, header_of(hdu), [Copied(hdu.start, hdu.size, -hdu.size % BLOCK)])
        for hdu in fits.hdus
    ]
    as_saved = fits.is_as_saved()
    # Where the headers are read over the tree, they have to tell every digit of it.
    sections = Sections(blank.schema, exact=not as_saved)
    with recorded():  # long comments are cut off
        _change_cards(hdus, sections, changes)
    if fits.hdus[0].header.get("EXTEND") is False:
        hdus[0].header.put("EXTEND", card("EXTEND", value=True))
    for hdu in hdus:
        hdu.header.renew_checksum()
    in_tree = dict(changes)
    for name, columns in tables.items():
        in_tree[name] = _put_table(hdus, name, columns, array_tag(fits.asdf))
        # What stdatamodels makes of a table that the tree does not refer to.
        in_tree[f"extra_fits.{name.upper()}"] = DROP
    # Without the checksum, the headers are read over the tree.
    in_tree[_CHECKSUM_OF_HEADERS] = _checksum(hdus) if as_saved else DROP
    parts: list[Part] = []
    place = next((i for i, hdu in enumerate(hdus) if hdu.name == _ASDF), None)
    for i, hdu in enumerate(hdus):
        if i == place:
            parts += _tree(fits, in_tree, source)
        else:
            parts += [hdu.header.raw, *hdu.data]
    if place is None and not blank._no_asdf_extension:  # noqa: SLF001  # nothing else tells
        parts += new_extension(in_tree)
    return parts


def _tree(fits: RawFits, changes: Mapping[str, Any], source: BinaryIO) -> list[Part]:
    old, hdu = fits.asdf, fits.hdu(_ASDF)
    assert old is not None  # noqa: S101  # for the type checker: there is an extension
    assert hdu is not None  # noqa: S101
    try:
        new = changed(old.raw.decode(), changes)
        return with_tree(hdu, old, new.encode(), source)
    except (PatchError, UnicodeDecodeError) as error:
        msg = f"its ASDF tree cannot be changed: {error}. Blend into its datamodel instead"
        raise PatchError(msg) from error


def _change_cards(hdus: list[_HDU], sections: Sections, changes: Mapping[str, Any]) -> None:
    headers = _headers(hdus)
    for attribute in sections.attributes:
        value = changes.get(attribute.path)
        name = attribute.hdu.upper()
        if value is None or attribute.keyword is None:
            continue
        if value is DROP:
            if name in headers:
                headers[name].remove(attribute.keyword)
            continue
        if name not in headers:
            hdus.insert(_end(hdus), _empty(attribute.hdu))
            headers = _headers(hdus)
        try:
            sections.put(headers, attribute, value)
        except ValueError as error:
            msg = f"its header cannot have {attribute.label} = {preview(value)}: {error}"
            raise PatchError(msg) from error


def _headers(hdus: Sequence[_HDU]) -> dict[str, HeaderText]:
    """Return the headers by name, as astropy finds them: the first of a name."""
    return {
        **{hdu.name: hdu.header for hdu in reversed(hdus)},
        "PRIMARY": hdus[0].header,
    }


def _empty(name: str) -> _HDU:
    """Return an extension without data, which stdatamodels makes for a card that has no other."""
    from astropy.io import fits

    return _HDU(name.upper(), HeaderText(bytes_of(fits.ImageHDU(name=name))), [])


def _end(hdus: Sequence[_HDU], *, tables: bool = False) -> int:
    """Return where to insert an extension: before the tree, and before the tables at the end."""
    ours = [_ASDF] if tables else [_ASDF, *map(str.upper, TABLES)]
    place = len(hdus)
    while place > 1 and hdus[place - 1].name in ours:
        place -= 1
    return place


def _put_table(hdus: list[_HDU], name: str, columns: Sequence[TypedColumn], tag: str) -> Any:
    """Replace a table, or insert it; return its entry in the tree."""
    hdu_name = name.upper()
    old = next((i for i, hdu in enumerate(hdus) if i and hdu.name == hdu_name), None)
    if not columns:
        if old is not None:
            del hdus[old]
        return DROP
    fields = fields_of(columns)
    header, data = table_hdu(hdu_name, fields)
    if old is not None and "CHECKSUM" in hdus[old].header:
        header.put("CHECKSUM", card("CHECKSUM", "0" * 16))
        header.put("DATASUM", card("DATASUM", "0"))
        header.renew_checksum(sum_of(data))
    new = _HDU(hdu_name, header, [data])
    if old is None:
        hdus.insert(_end(hdus, tables=True), new)
    else:
        hdus[old] = new
    datatype = dumped(
        [{"byteorder": "big", "datatype": one.datatype, "name": one.name} for one in fields]
    )
    return Yaml(
        f"!<{tag}> {{source: 'fits:{hdu_name},1', datatype: {datatype}, byteorder: big, "
        f"shape: [{len(fields[0].raw)}]}}"
    )


def _checksum(hdus: Sequence[_HDU]) -> str:
    checksum = hashlib.sha256()
    for hdu in hdus:
        if hdu.name != _ASDF:
            checksum.update(RawHeader(hdu.header.raw).text)
    return checksum.hexdigest()
