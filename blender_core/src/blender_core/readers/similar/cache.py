"""What the readers of one blend have learnt, and need not find out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.formats.files.source_file import length_of_file
from blender_core.readers.similar.headers import learn_file
from blender_core.readers.similar.trees import KnownTrees

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.formats.fits.metadata import RawFits
    from blender_core.readers.similar.headers import FilePattern
    from blender_core.schema.layout import Layout

__all__ = ["Learnt"]

_LENGTHS: Final = 32
_OF_A_LENGTH: Final = 4


class Learnt:
    """What the readers of one blend share."""

    def __init__(self) -> None:
        self._blanks: dict[type, Any] = {}
        self._trees: dict[Layout, KnownTrees] = {}
        self._files: dict[int, list[FilePattern]] = {}

    def blank(self, model_type: type) -> Any:
        """Return an empty datamodel, which has the validation settings."""
        if model_type not in self._blanks:
            self._blanks[model_type] = model_type()
        return self._blanks[model_type]

    def trees(self, layout: Layout) -> KnownTrees:
        """Return what is known of trees."""
        if layout not in self._trees:
            self._trees[layout] = KnownTrees(layout)
        return self._trees[layout]

    def add_file(self, fits: RawFits, model_type: type) -> None:
        """Keep in mind how a file could be read whose headers are as a datamodel saved them."""
        if fits.length is None:
            return
        known = self._files.get(fits.length, [])
        if any(pattern.is_like(fits) for pattern in known):
            return
        pattern = learn_file(fits, model_type)
        if pattern is not None:
            if len(self._files) >= _LENGTHS:
                self._files.clear()
            self._files[fits.length] = [pattern, *known][:_OF_A_LENGTH]

    def tree_of(self, path: Path) -> tuple[type, AsdfText] | None:
        """Read the tree of a file that is like one before, and whose headers nobody has touched."""
        try:
            known = self._files.get(length_of_file(path))
            if not known:
                return None
            with path.open("rb", buffering=0) as file:
                return _find_tree(file, known)
        except (OSError, ValueError):
            return None  # it will be found out again, and told


def _find_tree(file: BinaryIO, known: list[FilePattern]) -> tuple[type, AsdfText] | None:
    places, headers = None, b""
    for pattern in known:
        if pattern.places != places:
            places, headers = pattern.places, _parts(file, pattern.places)
        asdf = pattern.tree(file, headers)
        if asdf is not None:
            # The next file will most likely be like this one.
            known.remove(pattern)
            known.insert(0, pattern)
            return pattern.model_type, asdf
    return None


def _parts(file: BinaryIO, places: Iterable[tuple[int, int]]) -> bytes:
    parts = []
    for start, length in places:
        file.seek(start)
        parts.append(file.read(length))
    return b"".join(parts)
