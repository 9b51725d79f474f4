"""The extension of a FITS file that has a datamodel's ASDF tree, with another text of the tree."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import kept_apart
from blender_core.formats.asdf.blocks import INDEX, PLACE
from blender_core.formats.asdf.tree_edit import changed
from blender_core.formats.files.byte_ranges import ByteRange, Part, PatchError, blocks_of, length_of
from blender_core.formats.fits.header_edit import EditedHeader, card, checksum_of
from blender_core.formats.fits.raw_hdu import BLOCK, padded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.formats.fits.raw_hdu import RawHDU

_LARGEST_INDEX: Final = 1 << 20


def with_tree(
    hdu: RawHDU, header: EditedHeader, old: AsdfText, changes: Mapping[str, Any], source: BinaryIO
) -> list[Part]:
    """Return the data with other values in the tree, and have the header fit them.

    Arrays that follow the tree stay.
    """
    _require_usual(hdu)
    # The line break after the end of the tree is not taken for part of it.
    end = len(old.raw) - 1
    new = changed(old.raw.decode(), changes).encode().removesuffix(b"\n")
    data = [new, *_blocks(ByteRange(hdu.start + end, hdu.size - end), len(new) - end, source)]
    size = sum(map(length_of, data))
    data.append(bytes(padded(size) - size))
    header.replace("NAXIS1", card("NAXIS1", size, "length of dimension 1"))
    if "TFORM1" in header:
        header.replace("TFORM1", card("TFORM1", f"{size}B"))
    if "CHECKSUM" in header or "DATASUM" in header:
        header.renew_checksum(checksum_of(b"".join(blocks_of(data, source))))
    return data


@kept_apart()
def new_extension(changes: Mapping[str, Any]) -> bytes:
    """Return an extension for a file that has none."""
    import asdf
    import numpy as np
    from astropy.io import fits

    buffer = io.BytesIO()
    asdf.AsdfFile({"meta": {}}).write_to(buffer)
    text = changed(buffer.getvalue().decode(), changes).encode()
    row = np.frombuffer(text, np.uint8)[None, :]
    column = fits.Column(array=row, format=f"{row.size}B", name="ASDF_METADATA")
    return bytes_of(fits.BinTableHDU.from_columns([column], name="ASDF"))


@kept_apart()
def bytes_of(hdu: Any) -> bytes:
    """Return an extension of astropy's as it is to be in a file."""
    buffer = io.BytesIO()
    hdu.writeto(buffer)  # with a primary HDU before it
    return buffer.getvalue()[BLOCK:]


def _require_usual(hdu: RawHDU) -> None:
    get = hdu.header.get
    if get("XTENSION") == "BINTABLE":
        usual = get("NAXIS2") == 1 and get("TFIELDS") == 1 and get("TFORM1") == f"{hdu.size}B"
    else:  # of older versions of stdatamodels
        usual = get("XTENSION") == "IMAGE" and get("BITPIX") == 8 and get("NAXIS") == 1
    if not usual or get("NAXIS1") != hdu.size:
        msg = "its extension is not of the form that stdatamodels writes"
        raise PatchError(msg)


def _blocks(blocks: ByteRange, shift: int, source: BinaryIO) -> list[Part]:
    """Return the arrays, with the index of where in the extension they are now."""
    searched = min(blocks.length, _LARGEST_INDEX)
    start = blocks.start + blocks.length - searched
    tail = b"".join(blocks_of([ByteRange(start, searched)], source))
    index = INDEX.search(tail)
    if index is None:
        return [blocks]
    offsets = PLACE.sub(lambda offset: b"%d" % (int(offset[0]) + shift), index[1])
    new = tail[index.start() : index.start(1)] + offsets + tail[index.end(1) :]
    return [ByteRange(blocks.start, start + index.start() - blocks.start), new]
