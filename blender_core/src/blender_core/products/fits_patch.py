"""Change the blended metadata in a FITS file, and nothing else.

A datamodel could be opened, updated and saved. That would read all pixels to write them again, put
the extensions into an order of its own, and convert what it does not know. Astropy could copy the
extensions, but would mend headers that nobody has touched, and refuse files that readers put up
with. Here the cards of the blended attributes, the tables, and the values in the ASDF tree are
written anew, and all other bytes are copied.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from blender_core.common.values import DROP
from blender_core.formats.asdf.tree_text import CHECKSUM, array_tag
from blender_core.formats.files.byte_ranges import Part, PatchError
from blender_core.formats.fits.asdf_extension import new_extension, with_tree
from blender_core.formats.fits.cards import RawHeader
from blender_core.products.card_order import CardOrder
from blender_core.products.extra_cards import cards_left
from blender_core.products.hdu_edit import (
    ASDF,
    HDU,
    change_cards,
    finish_headers,
    hdus_of,
    put_table,
    require_few,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from blender_core.formats.fits.scan import RawFits
    from blender_core.formats.fits.table_hdu import Field
    from blender_core.tables.product_table import ProductTable


def patched(
    fits: RawFits,
    blank: Any,
    changes: Mapping[str, Any],
    tables: Mapping[str, ProductTable],
    source: BinaryIO,
    extra_fits: Any,
) -> list[Part]:
    """Return the parts of a file that has other values and other tables.

    ``blank`` is a datamodel of the file's class, ``source`` the file, and ``extra_fits`` what its
    tree has by that name.
    """
    hdus = hdus_of(fits)
    as_saved = fits.is_as_saved()
    # Where the headers are read over the tree, they have to tell every digit of it.
    order = CardOrder(blank.schema, exact=not as_saved)
    change_cards(hdus, order, changes)
    finish_headers(hdus, fits)
    in_tree = dict(changes)
    for name, table in tables.items():
        fields = put_table(hdus, table)
        in_tree[name] = _reference(table, fields, array_tag(fits.asdf)) if fields else DROP
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
    in_tree[CHECKSUM] = _checksum_of_headers(hdus) if as_saved else DROP
    raw = fits.hdu(ASDF)
    if raw is not None and fits.asdf is not None:
        tree = next(hdu for hdu in hdus if hdu.name == ASDF)
        try:
            tree.data = with_tree(raw, tree.header, fits.asdf, in_tree, source)
        except (PatchError, UnicodeDecodeError) as error:
            msg = f"its ASDF tree cannot be changed: {error}. Blend into its datamodel instead"
            raise PatchError(msg) from error
    parts = [part for hdu in hdus for part in (hdu.header.raw, *hdu.data)]
    lacks_tree = raw is None and not blank._no_asdf_extension  # noqa: SLF001  # nothing else tells
    require_few(len(hdus) + lacks_tree)
    if lacks_tree:
        parts.append(new_extension(in_tree))
    return parts


def _reference(table: ProductTable, fields: Sequence[Field], tag: str) -> Any:
    """Return the entry of a table in the tree."""
    from asdf.tagged import tag_object

    reference = {
        "source": f"fits:{table.hdu_name},1",
        "datatype": [
            {"byteorder": "big", "datatype": item.datatype, "name": item.name} for item in fields
        ],
        "byteorder": "big",
        "shape": [len(table)],
    }
    return tag_object(tag, reference)


def _checksum_of_headers(hdus: Sequence[HDU]) -> str:
    """Return the checksum by which stdatamodels knows that nobody has touched the headers."""
    checksum = hashlib.sha256()
    for hdu in hdus:
        if hdu.name != ASDF:
            checksum.update(RawHeader(hdu.header.raw).text)
    return checksum.hexdigest()
