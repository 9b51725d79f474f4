"""The headers that lie between the arrays of a datamodel's file, without fetching them.

Metadata are in the headers before the first array, and in the tree at the end. To have the short
headers between the arrays takes a request each, though what stdatamodels writes there is known: the
tree says which arrays there are. Whether they are the ones that were saved, the checksum tells that
is kept in the tree, of all headers in their order. Where it does not, all headers are fetched. So
what cannot be seen is a card that somebody has changed since in such a header alone.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Final

from blender_core.errors import InputError
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.fits.cards import CARD
from blender_core.formats.fits.scan import (
    BLOCK,
    BadFitsError,
    RawFits,
    RawHDU,
    hdu_at,
    hdu_of,
    padded,
    scan,
)
from blender_core.readers.model_files import class_named
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.model_class import described
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from blender_core.formats.files.stored_file import StoredFile

_EXTENSION: Final = b"XTENSION= 'BINTABLE'"
_MOST_ARRAYS: Final = 7
"""Of more, there are too many orders to try."""
_FORMS: Final = {
    "uint8": (8, None),
    "int16": (16, None),
    "int32": (32, None),
    "int64": (64, None),
    "float32": (-32, None),
    "float64": (-64, None),
    "uint16": (16, 1 << 15),
    "uint32": (32, 1 << 31),
}
"""BITPIX and BZERO of arrays, by the FITS standard."""


def saved_fits(file: StoredFile) -> RawFits | None:
    """Return headers and tree of a datamodel's file; None where all headers have to be read."""
    length = file.length
    with file.open() as stream:
        if stream.read(len(b"SIMPLE")) != b"SIMPLE":
            return None
        stream.seek(0)
        first = _until_data(stream, length)
        last = _last_hdu(stream, file.end_at_hand(), length)
        start = first[-1].start + padded(first[-1].size)
        if last is None or last.name != "ASDF" or last.start <= start:
            return None
        stream.seek(last.start)
        asdf = AsdfText.read(stream, last.size)
    try:
        between = _between(first, asdf, start, _start_of(last))
    except (InputError, BadFitsError, ValueError, TypeError, KeyError, AttributeError):
        return None  # whatever it is will be found again, and told
    return None if between is None else RawFits((*first, *between, last), asdf, length)


def _until_data(stream: BinaryIO, length: int) -> list[RawHDU]:
    """Return the HDUs up to the first that has data."""
    first = []
    for hdu in scan(stream, length, chunk=BLOCK):
        first.append(hdu)
        if hdu.size:
            break
    return first


def _last_hdu(stream: BinaryIO, tail: bytes, length: int) -> RawHDU | None:
    """Return the HDU that a file ends with, if that is a table whose header is near the end."""
    place = len(tail)
    while (place := tail.rfind(_EXTENSION, 0, place)) >= 0:
        start = length - len(tail) + place
        if start % BLOCK == 0:
            hdu = hdu_at(stream, start)
            if hdu is not None and hdu.start + padded(hdu.size) == length:
                return hdu
    return None


def _start_of(hdu: RawHDU) -> int:
    return hdu.start - len(_raw(hdu))


def _raw(hdu: RawHDU) -> bytes:
    raw: bytes = hdu.header.raw  # type: ignore[union-attr]  # of a file
    return raw


def _between(first: Sequence[RawHDU], asdf: AsdfText, start: int, end: int) -> list[RawHDU] | None:
    """Return the HDUs between two places, if they are as they were saved."""
    if asdf.checksum is None:
        return None
    known = {(hdu.name, hdu.version) for hdu in first}
    arrays = {
        (name, version): (form, shape)
        for name, version, form, shape in _arrays(asdf.tree)
        if (name, version) not in known
    }
    if len(arrays) > _MOST_ARRAYS:
        return None
    model_type = class_named(first[0].header.get("DATAMODL"), "it", "DATAMODL")
    cards = _keyword_cards(model_type, asdf.tree, {name for name, _ in arrays})
    headers = {}
    for (name, version), (form, shape) in arrays.items():
        bits, zero = _FORMS[form]
        header = _header(name, version, bits, zero, shape, cards.get(name, b""))
        headers[header] = abs(bits) // 8 * math.prod(shape)
    if sum(len(header) + padded(size) for header, size in headers.items()) != end - start:
        return None
    checksum = hashlib.sha256()
    for hdu in first:
        checksum.update(hdu.header.text)
    order = _order(checksum, list(headers), asdf.checksum)
    if order is None:
        return None
    hdus = []
    for header in order:
        hdus.append(hdu_of(header, start + len(header)))
        start += len(header) + padded(headers[header])
    return hdus


def _arrays(node: Any) -> Iterator[tuple[str, int, str, list[int]]]:
    """Give name and number of the HDU of each array in a tree, its type and its shape."""
    if isinstance(node, dict):
        source = node.get("source")
        if isinstance(source, str) and source.startswith("fits:"):
            name, _, version = source.removeprefix("fits:").rpartition(",")
            yield name.upper(), int(version), str(node["datatype"]), [*map(int, node["shape"])]
            return
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _arrays(each)


def _keyword_cards(model_type: type, tree: Mapping[str, Any], names: set[str]) -> dict[str, bytes]:
    """Return the cards that HDUs have beside those of their arrays."""
    from astropy.io.fits import Card

    attributes = read_attributes(described(model_type).schema).values()
    layout = Layout(each for each in attributes if each.keyword and each.hdu in names)
    cards: dict[str, bytes] = {}
    for attribute, value in zip(layout.attributes, collect(tree, layout), strict=True):
        if value is not None:
            image = str(Card(attribute.keyword, value, attribute.title))
            cards[str(attribute.hdu)] = cards.get(str(attribute.hdu), b"") + image.encode()
    return cards


def _header(
    name: str, version: int, bits: int, zero: int | None, shape: Sequence[int], cards: bytes
) -> bytes:
    """Return the header of an array as stdatamodels 4 and astropy 8 write it."""
    quoted = f"'{name:8}'"
    lines = [
        "XTENSION= 'IMAGE   '           / Image extension",
        f"BITPIX  = {bits:20} / array data type",
        f"NAXIS   = {len(shape):20} / number of array dimensions",
        *(f"NAXIS{i:<3}= {size:20}" for i, size in enumerate(reversed(shape), start=1)),
        f"PCOUNT  = {0:20} / number of parameters",
        f"GCOUNT  = {1:20} / number of groups",
        *([] if zero is None else [f"BSCALE  = {1:20}", f"BZERO   = {zero:20}"]),
        f"EXTNAME = {quoted:<20} / extension name",
    ]
    last = [f"EXTVER  = {version:20} / extension value", "END"]
    text = b"".join(line.ljust(CARD).encode() for line in lines)
    text += cards + b"".join(line.ljust(CARD).encode() for line in last)
    return text.ljust(padded(len(text)))


def _order(before: Any, headers: list[bytes], checksum: str) -> list[bytes] | None:
    """Return headers in the order that has a checksum."""
    if not headers:
        return [] if before.hexdigest() == checksum else None
    for i, header in enumerate(headers):
        after = before.copy()
        after.update(header)
        order = _order(after, headers[:i] + headers[i + 1 :], checksum)
        if order is not None:
            return [header, *order]
    return None
