"""Read the metadata of a FITS file that is like one that has been read before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.wording import named
from blender_core.readers.fits import FitsReader
from blender_core.readers.model_files import put_own

if TYPE_CHECKING:
    from pathlib import Path

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.readers.similar.cache import Learnt
    from blender_core.schema.layout import Layout

__all__ = ["FitsAgain", "open_again"]


def open_again(path: Path, what: str, learnt: Learnt) -> FitsAgain | None:
    """Return the reader for a file that is like one before."""
    found = learnt.tree_of(path)
    return None if found is None else FitsAgain(path, what, learnt, *found)


class FitsAgain(FitsReader):
    """The metadata of a file whose headers nobody has touched: those of its tree.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it is to the blend, for messages: ``input 3``.
    learnt : Learnt
        What the readers of one blend share.
    model_type : type
        The class of datamodel that the file says it is of.
    asdf : AsdfText
        The text of its tree.
    """

    def __init__(
        self, path: Path, what: str, learnt: Learnt, model_type: type, asdf: AsdfText
    ) -> None:
        # Nothing else of it is read, unless something else is asked for.
        self._given = path
        self._learnt = learnt
        self._told = set()
        self._filename = path.name
        self._text = asdf
        self.what = named(what, path)
        self.model_type = model_type

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, as `FitsReader.read` does."""
        # Of a layout or a class of which a tree does not tell everything, no tree is known.
        values = self._learnt.trees(layout).values(self._text)
        if values is None:
            return super().read(layout)
        put_own(values, layout, self.model_type, self._filename)
        return values
