"""What the readers of one blend share, and need not find out again: files of one structure.

Exposures of one mode have their headers at the same places. Once a file has been looked through
from HDU to HDU, it is enough to read the headers of others at these places: if the checksum of them
that is kept in the tree holds, they are what a datamodel saved with this tree, which then tells all
metadata.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.source_file import RegularFile, length_of_file
from blender_core.formats.files.stored_file import StoredFile
from blender_core.formats.fits.cards import CARD, RawHeader
from blender_core.formats.fits.scan import padded
from blender_core.readers.similar.trees import KnownTrees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from blender_core.formats.files.source_file import ReadFile
    from blender_core.formats.fits.scan import RawFits
    from blender_core.schema.layout import Layout

_LENGTHS: Final = 32
_OF_A_LENGTH: Final = 8
# What tells where HDUs are, what they are, and of which class of datamodels the file is.
_NAMES: Final = (
    rb"SIMPLE|XTENSION|BITPIX|NAXIS[0-9]*|PCOUNT|GCOUNT|GROUPS|EXTNAME|ZIMAGE|DATAMODL|END"
)
_STRUCTURAL: Final = re.compile(rb"(?:" + _NAMES + rb") *")
_SIZES: Final = (b"NAXIS1  ", b"TFORM1  ")
"""The cards of the tree's header that differ: they tell how long it is."""
_SHAPE: Final = (b"XTENSION", b"BITPIX  ", b"NAXIS   ", b"NAXIS2  ", b"PCOUNT  ", b"GCOUNT  ")
_SHAPES: Final = (["BINTABLE", 8, 2, 1, 0, 1], ["IMAGE", 8, 1, None, 0, 1])
"""Of what is as long as the card NAXIS1 says. Old versions of stdatamodels wrote an image."""

# A printable card that astropy prints as it is, and that does not tell what is where.
_TEXT: Final = rb"'[ -&(-~]*+(?:''[ -&(-~]*+)*+'"
_COMMENT: Final = rb" *+(?:/[ -~]*+)?"
_CARD: Final = re.compile(
    rb"(?!(?:" + _NAMES + rb"|HIERARCH) *=)(?=[A-Z0-9_-]++ *+=)[A-Z0-9_ -]{8}= ++(?:" + _TEXT
    + rb"|[TF]|[+-]?[0-9]++(?:\.[0-9]*+)?(?:[ED][+-]?[0-9]++)?)?" + _COMMENT
    + rb"|CONTINUE ++" + _TEXT + _COMMENT + rb"|(?:COMMENT |HISTORY | {8})[ -~]*+"
)  # fmt: skip
_MOST_KEPT: Final = 1 << 11
"""Of cards: what is unlike in each file is not worth more memory."""
_LENGTH_CARD: Final = re.compile(rb"NAXIS1  = ++([0-9]++)" + _COMMENT)
_FORMAT_CARD: Final = re.compile(rb"TFORM1  = ++'([0-9]++)B *+'" + _COMMENT)
_END: Final = b"END     "
_ALL_BITS: Final = np.uint64((1 << 64) - 1)
_WORDS: Final = 10
"""How many numbers of eight bytes there are in a card."""
_CONTINUE: Final = np.frombuffer(b"CONTINUE", np.uint64)


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
        if not any(other.is_like(structure) for other in known):
            if len(self._files) >= _LENGTHS:
                self._files.clear()
            self._files[structure.length] = [structure, *known][:_OF_A_LENGTH]

    def tree_of(self, path: str | Path | StoredFile) -> tuple[type, AsdfText, str] | None:
        """Return what a file has that is like one before: class, tree, and checksum of headers.

        Of a stored file, headers between arrays may be taken to be those of the one before. Where
        they were not when the file was saved, the checksum is another than that in the tree.
        """
        if not self._files:
            return None
        is_hasty = isinstance(path, StoredFile) and path.is_hasty
        try:
            opened = path.open(buffering=0) if isinstance(path, StoredFile) else RegularFile(path)
            with opened as file:
                length = file.length if isinstance(file, RegularFile) else length_of_file(path)
                known = self._files.get(length, [])
                for structure in known:
                    if isinstance(path, StoredFile):
                        path.fetch(structure.places_to_read(is_hasty))
                    found = structure.read_tree(file, is_hasty)
                    if found is not None:
                        if structure is not known[0]:
                            # The next file will most likely be like this one.
                            known.remove(structure)
                            known.insert(0, structure)
                        return structure.model_type, *found
        except (OSError, ValueError):
            pass  # it will be found out again, and told
        return None


class _Pattern(NamedTuple):
    """What is known of the headers of several files."""

    differing: list[int]
    """Which cards differ in their values."""
    cards: Callable[[bytes], Sequence[bytes]]
    """What takes these out of headers."""
    continued: list[int]
    """Which cards go on with the text of one that differs."""
    others: NDArray[np.uint64]
    """The bits of all else, without the size of the tree."""
    same: bytes
    """What the headers have of these bits."""


@dataclass(slots=True, eq=False)
class _Structure:
    """Where a file has its headers, and which of their cards are the same in files like it."""

    model_type: type
    length: int
    places: tuple[tuple[int, int], ...]
    """Where headers begin, and how long they are; several at once where nothing is between them."""
    tree: int
    """Where among the headers that of the tree begins, which is the last."""
    tree_sizes: tuple[int, ...]
    """Which of the cards tell how long the tree is."""
    tree_start: int
    """Where in the file the tree begins."""
    headers: bytes
    """The headers."""
    fixed: frozenset[int]
    """Which of their cards are the same in files like it."""
    usual: set[bytes] = field(default_factory=set)
    """Cards of other files that have been looked at."""
    _pattern: _Pattern = field(init=False)

    def __post_init__(self) -> None:
        self._learn(frozenset())

    def _learn(self, differing: frozenset[int]) -> None:
        """Take note of which cards have other values in other files, with the same keywords."""
        continued = [row for row in _continued(self.headers) if row - 1 in differing]
        rows = [*differing]
        headers = np.frombuffer(self.headers, np.uint64)
        others = np.full_like(headers, _ALL_BITS)
        # The first number of a card is its keyword.
        others.reshape(-1, _WORDS)[[*rows, *self.tree_sizes], 1:] = 0
        same = (headers & others).tobytes()
        self._pattern = _Pattern(rows, _cards_of(rows), continued, others, same)

    def places_to_read(self, is_hasty: bool) -> list[tuple[int, int]]:
        """Return where headers are that have to be read."""
        return [self.places[0], self.places[-1]] if is_hasty else [*self.places]

    def read_tree(self, file: ReadFile, is_hasty: bool = False) -> tuple[AsdfText, str] | None:
        """Return the tree of a file that is like this one, and the checksum of its headers."""
        parts = []
        n_before = 0
        for place in self.places:
            start, length = place
            if is_hasty and place not in (self.places[0], self.places[-1]):
                parts.append(self.headers[n_before : n_before + length])
            else:
                file.seek(start)
                parts.append(file.read(length))
            n_before += length
        headers = b"".join(parts)
        size = _size_told(*(headers[row * CARD : (row + 1) * CARD] for row in self.tree_sizes))
        if self.tree_start + padded(size) != self.length or not self._is_like(headers):
            return None
        asdf = AsdfText.read(file, size)  # which begins where the last header ends
        return asdf, hashlib.sha256(memoryview(headers)[: self.tree]).hexdigest()

    def is_like(self, other: _Structure) -> bool:
        """Tell whether another file is like this one."""
        return (
            (self.model_type, self.places, self.tree_start)
            == (other.model_type, other.places, other.tree_start)
            and self._is_like(other.headers)
        )  # fmt: skip

    def _is_like(self, headers: bytes) -> bool:
        """Tell whether headers are divided and printed by astropy as those that are known.

        Cards that are not the same to the byte may have any values, if astropy is certain to leave
        them as they are, and none of them tells what the file consists of.
        """
        if len(headers) != len(self.headers):
            return False
        rows, cards, continued, others, same = self._pattern
        is_new = False
        words = np.frombuffer(headers, np.uint64)
        if (words & others).tobytes() != same:
            differs = words != np.frombuffer(self.headers, np.uint64)
            differing = {*(differs.nonzero()[0] // _WORDS).tolist()}.difference(self.tree_sizes)
            if not self.fixed.isdisjoint(differing):
                return False
            cards = _cards_of(differing)
            continued, is_new = _continued(headers), not differs[::_WORDS].any()
        new = {*cards(headers)} - self.usual
        if not (all(map(_CARD.fullmatch, new)) and _goes_on(headers, continued)):
            return False
        if len(self.usual) > _MOST_KEPT:
            self.usual.clear()
        self.usual |= new
        if is_new:
            self._learn(frozenset(differing).union(rows))
        return True


def _cards_of(rows: Iterable[int]) -> Callable[[bytes], Sequence[bytes]]:
    """Return what takes some cards out of headers."""
    places = [slice(row * CARD, (row + 1) * CARD) for row in rows]
    if len(places) > 1:
        return itemgetter(*places)
    return lambda headers: [headers[place] for place in places]


def _continued(headers: bytes) -> list[int]:
    """Return which cards go on with the text of the one before."""
    keywords = np.frombuffer(headers, np.uint64)[::_WORDS]
    rows: list[int] = np.flatnonzero(keywords == _CONTINUE).tolist()
    return rows


def _goes_on(headers: bytes, continued: list[int]) -> bool:
    """Tell whether there is a text that goes on before each of some cards that go on with one."""
    return all(
        headers[(row - 1) * CARD : row * CARD].partition(b"/")[0].rstrip().endswith(b"&'")
        for row in continued
    )


@functools.lru_cache(maxsize=64)
def _size_told(length: bytes, form: bytes | None = None) -> int:
    """Return the size of a tree, as the cards of its header tell it; 0 if they do not."""
    match = _LENGTH_CARD.fullmatch(length)
    of_form = match if form is None else _FORMAT_CARD.fullmatch(form)
    return int(match[1]) if match and of_form and match[1] == of_form[1] else 0


def _structure_of(fits: RawFits, model_type: type) -> _Structure | None:
    """Return the structure of a file; None where others like it cannot be read by it."""
    *others, last = fits.hdus
    if (
        fits.length is None
        or fits.length != last.start + padded(last.size)
        or last.header.get("EXTNAME") != "ASDF"
        or last.header.select(_SHAPE) not in _SHAPES
        or not others
        or any(hdu.name == "ASDF" for hdu in others)
        or any(hdu.compressed or not isinstance(hdu.header, RawHeader) for hdu in fits.hdus)
    ):
        return None
    headers = [cast("RawHeader", hdu.header) for hdu in fits.hdus]
    # What astropy prints is what it would print again, if it is in other files.
    if any(header.text != header.raw for header in headers):
        return None
    places: list[tuple[int, int]] = []
    end = -1
    for hdu, header in zip(fits.hdus, headers, strict=True):
        start, length = hdu.start - len(header.raw), len(header.raw)
        if start == end:
            start, before = places.pop()
            length += before
        places.append((start, length))
        end = hdu.start
    raw = b"".join(header.raw for header in headers)
    tree = len(raw) - len(headers[-1].raw)
    keywords = [raw[place : place + 8] for place in range(0, len(raw), CARD)]
    of_tree = tree // CARD
    sizes = [row for row in range(of_tree, len(keywords)) if keywords[row] in _SIZES]
    if [keywords[row] for row in sizes] not in ([_SIZES[0]], [*_SIZES]):
        return None
    if not _goes_on(raw, _continued(raw)):
        return None
    return _Structure(
        model_type=model_type,
        length=fits.length,
        places=tuple(places),
        tree=tree,
        tree_sizes=tuple(sizes),
        tree_start=last.start,
        headers=raw,
        fixed=frozenset(_fixed(keywords, headers)) - {*sizes},
    )


def _fixed(keywords: Sequence[bytes], headers: Sequence[RawHeader]) -> Iterator[int]:
    """Give the cards that are the same in all files that are alike."""
    start = 0
    for header in headers:
        end = start + len(header.raw) // CARD
        for row in range(start, end):
            if header is headers[-1] or _STRUCTURAL.fullmatch(keywords[row]):
                yield row
            if keywords[row] == _END:  # what follows is no card
                yield from range(row, end)
                break
        start = end
