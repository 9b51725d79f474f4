"""Read files whose headers are where those of another were, and have the same cards.

Exposures of one mode do. So once one has been looked through from HDU to HDU, it is enough to read
the headers of others where they should be, and to make sure that they differ in nothing but values.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.fits.cards import CARD, RawHeader, card_value
from blender_core.formats.fits.scan import padded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from numpy.typing import NDArray

    from blender_core.formats.fits.metadata import RawFits

__all__ = ["FilePattern", "learn_file"]

# What tells where HDUs are, what they are, and of which class of datamodels the file is.
_STRUCTURAL: Final = re.compile(
    rb"(SIMPLE|XTENSION|BITPIX|NAXIS[0-9]*|PCOUNT|GCOUNT|GROUPS|EXTNAME|ZIMAGE|DATAMODL) *"
)
_KEYWORD: Final = 10
"""Length of a keyword with the sign after it that it has a value."""
_END: Final = b"END     "
_LENGTH: Final = b"NAXIS1  "
_LENGTH_AGAIN: Final = b"TFORM1  "
_FIRST_PRINTABLE: Final = 0x20
_LAST_PRINTABLE: Final = 0x7E
_ALL_BITS: Final = 0xFF


class FilePattern:
    """Where the headers of a file were, and what they had.

    Parameters
    ----------
    headers : sequence of (bytes, int)
        Its headers, and where their data begin. The last is the tree's.
    length : int
        Length of the file in bytes.
    model_type : type
        The class of datamodels of the file.

    Attributes
    ----------
    length : int
        Length of the file in bytes.
    model_type : type
        The class of datamodels of the file.
    places : tuple of (int, int)
        Where its headers begin, and how long they are, of several at once where there is nothing
        between them.
    """

    def __init__(self, headers: Sequence[tuple[bytes, int]], length: int, model_type: type) -> None:
        self.length = length
        self.model_type = model_type
        *others, (of_tree, self._start) = headers
        self.places = tuple(_runs(headers))
        raw = b"".join(header for header, _ in headers)
        fixed = [
            *(_fixed(header, _tells_of_hdu) for header, _ in others),
            _fixed(of_tree, _of_tree),
        ]
        self._fixed = np.concatenate(fixed).view(np.uint64)
        self._same = (np.frombuffer(raw, np.uint64) & self._fixed).tobytes()
        self._before_tree = len(raw) - len(of_tree)
        self._of_length = self._before_tree + _keywords(of_tree).index(_LENGTH) * CARD

    def tree(self, file: BinaryIO, headers: bytes) -> AsdfText | None:
        """Return the tree of a file that is like this one."""
        size = self._tree_size(headers)
        if size is None:
            return None
        file.seek(self._start)
        asdf = AsdfText.read(file, size)
        checksum = hashlib.sha256(memoryview(headers)[: self._before_tree])
        return asdf if asdf.checksum == checksum.hexdigest() else None

    def is_like(self, fits: RawFits) -> bool:
        """Tell whether a file is one of those that can be read in this way."""
        return self._tree_size(b"".join(header for header, _ in _headers(fits))) is not None

    def _tree_size(self, headers: bytes) -> int | None:
        """Return the size of the tree; None if the headers are not like those of this file."""
        if len(headers) != self._fixed.nbytes:
            return None
        if (np.frombuffer(headers, np.uint64) & self._fixed).tobytes() != self._same:
            return None
        characters = np.frombuffer(headers, np.uint8)
        if characters.min() < _FIRST_PRINTABLE or characters.max() > _LAST_PRINTABLE:
            return None
        size = card_value(headers[self._of_length + 8 : self._of_length + CARD])
        if type(size) is int and self._start + padded(size) == self.length:
            return size
        return None


def learn_file(fits: RawFits, model_type: type) -> FilePattern | None:
    """Find out whether other files can be read in the way of one."""
    *others, last = fits.hdus
    if (
        fits.length != last.start + padded(last.size)
        or last.name != "ASDF"
        or last.header.get("NAXIS1") != last.size
        or not others
        or any(hdu.name == "ASDF" for hdu in others)
        or any(hdu.compressed or not _is_plain(hdu.header) for hdu in fits.hdus)
    ):
        return None
    return FilePattern(_headers(fits), fits.length, model_type)


def _headers(fits: RawFits) -> list[tuple[bytes, int]]:
    return [(hdu.header.raw, hdu.start) for hdu in fits.hdus if isinstance(hdu.header, RawHeader)]


def _is_plain(header: object) -> bool:
    return isinstance(header, RawHeader) and header.is_plain


def _runs(headers: Sequence[tuple[bytes, int]]) -> Iterator[tuple[int, int]]:
    """Give where headers begin and how long they are, as `FilePattern.places` has it."""
    begin = end = 0
    for header, after in headers:
        start = after - len(header)
        if start > end:
            yield begin, end - begin
            begin = start
        end = after
    yield begin, end - begin


def _keywords(header: bytes) -> list[bytes]:
    return [header[i : i + 8] for i in range(0, len(header), CARD)]


def _fixed(header: bytes, is_fixed: Callable[[bytes], bool]) -> NDArray[np.uint8]:
    """Return which bits have to be the same: those of all keywords, and of some cards."""
    keywords = _keywords(header)
    fixed = np.zeros((len(keywords), CARD), np.uint8)
    fixed[:, :_KEYWORD] = _ALL_BITS
    fixed[keywords.index(_END) :] = _ALL_BITS
    this = False
    for i, keyword in enumerate(keywords):
        # What continues a card belongs to it.
        this = this if keyword == b"CONTINUE" else is_fixed(keyword)
        if this:
            fixed[i] = _ALL_BITS
    return fixed.ravel()


def _tells_of_hdu(keyword: bytes) -> bool:
    return _STRUCTURAL.fullmatch(keyword) is not None


def _of_tree(keyword: bytes) -> bool:
    return keyword not in (_LENGTH, _LENGTH_AGAIN)
