"""What the readers of one blend share, and need not find out again: files of one structure.

Exposures of one mode have their headers at the same places. Once a file has been looked through
from HDU to HDU, it is enough to read the headers of others at these places: if the checksum of them
that is kept in the tree holds, they are what a datamodel saved with this tree, which then tells all
metadata.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from blender_core.common.caught_warnings import kept_apart
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.source_file import length_of_file
from blender_core.formats.fits.cards import CARD, RawHeader, card_value
from blender_core.formats.fits.scan import padded
from blender_core.readers.similar.trees import KnownTrees

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from blender_core.formats.fits.scan import RawFits
    from blender_core.schema.layout import Layout

__all__ = ["ReaderCache"]

_LENGTHS: Final = 32
_OF_A_LENGTH: Final = 4
# What tells where HDUs are, what they are, and of which class of datamodels the file is.
_STRUCTURAL: Final = re.compile(
    rb"(SIMPLE|XTENSION|BITPIX|NAXIS[0-9]*|PCOUNT|GCOUNT|GROUPS|EXTNAME|ZIMAGE|DATAMODL) *"
)
_SIZES: Final = (b"NAXIS1  ", b"TFORM1  ")
"""The cards of the tree's header that differ: they tell how long it is."""


class ReaderCache:
    """What the readers of one blend share."""

    def __init__(self) -> None:
        self._blanks: dict[type, Any] = {}
        self._trees: dict[Layout, KnownTrees] = {}
        self._files: dict[int, list[_Structure]] = {}

    def blank(self, model_type: type) -> Any:
        """Return an empty datamodel, which has the validation settings."""
        if model_type not in self._blanks:
            with kept_apart():
                self._blanks[model_type] = model_type()
        return self._blanks[model_type]

    def trees(self, layout: Layout) -> KnownTrees:
        """Return what is known of trees."""
        if layout not in self._trees:
            self._trees[layout] = KnownTrees(layout)
        return self._trees[layout]

    def add_file(self, fits: RawFits, model_type: type) -> None:
        """Keep in mind where a file has its headers, which are as a datamodel saved them."""
        structure = _structure_of(fits, model_type)
        if structure is None:
            return
        known = self._files.get(structure.length, [])
        if structure not in known:
            if len(self._files) >= _LENGTHS:
                self._files.clear()
            self._files[structure.length] = [structure, *known][:_OF_A_LENGTH]

    def tree_of(self, path: Path) -> tuple[type, AsdfText] | None:
        """Return the class and the tree of a file that is like one before, and as it was saved."""
        try:
            known = self._files.get(length_of_file(path))
            if not known:
                return None
            with path.open("rb", buffering=0) as file:
                for structure in known:
                    asdf = structure.read_tree(file)
                    if asdf is not None:
                        if structure is not known[0]:
                            # The next file will most likely be like this one.
                            known.remove(structure)
                            known.insert(0, structure)
                        return structure.model_type, asdf
        except (OSError, ValueError):
            pass  # it will be found out again, and told
        return None


@dataclass(frozen=True, slots=True)
class _Structure:
    """Where a file has its headers, and which of their cards are the same in files like it."""

    model_type: type
    length: int
    places: tuple[tuple[int, int], ...]
    """Where headers begin, and how long they are; several at once where nothing is between them."""
    tree: int
    """Where among the headers that of the tree begins, which is the last."""
    tree_size: int
    """Where among the headers the card is that tells how long the tree is."""
    tree_start: int
    """Where in the file the tree begins."""
    cards: tuple[bytes, ...]
    card_places: tuple[int, ...]

    def read_tree(self, file: BinaryIO) -> AsdfText | None:
        """Return the tree of a file that is like this one, and as a datamodel saved it."""
        parts = []
        for start, length in self.places:
            file.seek(start)
            parts.append(file.read(length))
        headers = b"".join(parts)
        if not all(map(headers.startswith, self.cards, self.card_places)):
            return None
        size = card_value(headers[self.tree_size + 8 : self.tree_size + CARD])
        if type(size) is not int or self.tree_start + padded(size) != self.length:
            return None
        file.seek(self.tree_start)
        asdf = AsdfText.read(file, size)
        checksum = hashlib.sha256(memoryview(headers)[: self.tree]).hexdigest()
        return asdf if asdf.checksum == checksum else None


def _structure_of(fits: RawFits, model_type: type) -> _Structure | None:
    """Return the structure of a file; None where others like it cannot be read by it."""
    *others, last = fits.hdus
    if (
        fits.length is None
        or fits.length != last.start + padded(last.size)
        or last.name != "ASDF"
        or last.header.get("NAXIS1") != last.size
        or not others
        or any(hdu.name == "ASDF" for hdu in others)
        or any(hdu.compressed or not isinstance(hdu.header, RawHeader) for hdu in fits.hdus)
    ):
        return None
    headers = [cast("RawHeader", hdu.header).raw for hdu in fits.hdus]
    places: list[tuple[int, int]] = []
    end = -1
    for hdu, header in zip(fits.hdus, headers, strict=True):
        start, length = hdu.start - len(header), len(header)
        if start == end:
            start, before = places.pop()
            length += before
        places.append((start, length))
        end = hdu.start
    raw = b"".join(headers)
    tree = len(raw) - len(headers[-1])
    keywords = {i: raw[i : i + 8] for i in range(0, len(raw), CARD)}
    same = [
        i
        for i, keyword in keywords.items()
        if (keyword not in _SIZES if i >= tree else _STRUCTURAL.fullmatch(keyword))
    ]
    return _Structure(
        model_type=model_type,
        length=fits.length,
        places=tuple(places),
        tree=tree,
        tree_size=next(i for i, keyword in keywords.items() if i > tree and keyword == _SIZES[0]),
        tree_start=last.start,
        cards=tuple(raw[i : i + CARD] for i in same),
        card_places=tuple(same),
    )
