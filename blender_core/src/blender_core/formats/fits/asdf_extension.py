"""The extension of a FITS file that has a datamodel's ASDF tree, with another text of the tree."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final, cast

from blender_core.formats.asdf.tree_edit import changed
from blender_core.formats.files.byte_ranges import Copied, Part, PatchError, length_of, read
from blender_core.formats.fits.checksum import sum_of
from blender_core.formats.fits.header_edit import HeaderText, card
from blender_core.formats.fits.scan import BLOCK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.formats.fits.cards import RawHeader
    from blender_core.formats.fits.scan import RawHDU

__all__ = ["array_tag", "bytes_of", "header_of", "new_extension", "with_tree"]

_INDEX: Final = re.compile(
    rb"#ASDF BLOCK INDEX\r?\n%YAML[^\n]*\n---\r?\n((?:- \d+\r?\n)*)\.\.\.\s*\Z"
)
_STANDARD: Final = re.compile(rb"#ASDF [^\n]*\n#ASDF_STANDARD (\d+)\.(\d+)")
_OFFSET: Final = re.compile(rb"\d+")
_LARGEST_INDEX: Final = 1 << 20


def array_tag(old: AsdfText | None) -> str:
    r"""Return the tag of arrays, which changes with the versions of the ASDF standard."""
    found = _STANDARD.match(old.raw) if old else None
    is_new = found is None or (int(found[1]), int(found[2])) >= (1, 6)
    return f"tag:stsci.edu:asdf/core/ndarray-{'1.1.0' if is_new else '1.0.0'}"


def with_tree(hdu: RawHDU, old: AsdfText, new: bytes, source: BinaryIO) -> list[Part]:
    """Return the extension with another text of the tree. Arrays that follow it stay."""
    _require_usual(hdu)
    # The reader has put a line break after the end of the tree, if there was none.
    taken = len(old.raw) - 1 if old.raw.endswith(b"\n...\n") else len(old.raw)
    if taken < len(old.raw):
        new = new.removesuffix(b"\n")
    rest = Copied(hdu.start + taken, hdu.size - taken)
    data = [new, *_rest(rest, len(new) - taken, source)]
    header = header_of(hdu)
    size = length_of(data)
    header.put("NAXIS1", card("NAXIS1", size, "length of dimension 1"))
    if hdu.header.get("TFORM1") is not None:
        header.put("TFORM1", card("TFORM1", f"{size}B"))
    if "CHECKSUM" in header or "DATASUM" in header:
        header.renew_checksum(sum_of(read(data, source)))
    return [header.raw, *data, b"\0" * (-size % BLOCK)]


def new_extension(changes: Mapping[str, Any]) -> list[Part]:
    """Return an extension for a file that has none."""
    import asdf
    import numpy as np
    from astropy.io import fits

    buffer = io.BytesIO()
    asdf.AsdfFile({"meta": {}}).write_to(buffer)
    text = changed(buffer.getvalue().decode(), changes).encode()
    row = np.frombuffer(text, np.uint8)[None, :]
    column = fits.Column(array=row, format=f"{row.size}B", name="ASDF_METADATA")
    return [bytes_of(fits.BinTableHDU.from_columns([column], name="ASDF"))]


def header_of(hdu: RawHDU) -> HeaderText:
    """Return the header of an HDU to be changed."""
    return HeaderText(cast("RawHeader", hdu.header).raw)


def bytes_of(hdu: Any) -> bytes:
    """Return an extension as it is to be in a file."""
    from astropy.io import fits

    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(buffer)
    return buffer.getvalue()[BLOCK:]


def _require_usual(hdu: RawHDU) -> None:
    get = hdu.header.get
    if get("XTENSION") == "BINTABLE":
        usual = get("NAXIS2") == 1 and get("TFIELDS") == 1 and get("TFORM1") == f"{hdu.size}B"
    else:  # of older ones
        usual = get("XTENSION") == "IMAGE" and get("BITPIX") == 8 and get("NAXIS") == 1
    if not usual or get("NAXIS1") != hdu.size:
        msg = "its extension is not of the form that stdatamodels writes"
        raise PatchError(msg)


def _rest(rest: Copied, shift: int, source: BinaryIO) -> list[Part]:
    """Return what follows the tree, with the index of where in the extension the arrays are."""
    start = rest.start + max(rest.length - _LARGEST_INDEX, 0)
    tail = read([Copied(start, rest.start + rest.length - start)], source)
    found = _INDEX.search(tail)
    if found is None:
        return [rest]

    def shifted(offset: re.Match[bytes]) -> bytes:
        return b"%d" % (int(offset[0]) + shift)

    first, last = found.span(1)
    index = tail[found.start() : first] + _OFFSET.sub(shifted, found[1]) + tail[last:]
    return [Copied(rest.start, start + found.start() - rest.start), index]
