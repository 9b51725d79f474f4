"""Read the metadata of a FITS file that is like one that has been read before."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from blender_core.readers.fits_file import FitsReader
from blender_core.readers.saved import put_own

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from blender_core.columns import Layout
    from blender_core.readers.asdf_text import AsdfText
    from blender_core.readers.learnt import Learnt

__all__ = ["FitsAgain", "open_again"]


def open_again(path: Path, what: str, learnt: Learnt) -> FitsAgain | None:
    """Return the reader for a file that is like one before.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it is to the blend, for messages: ``input 3``.
    learnt : Learnt
        What the readers of one blend share.

    Returns
    -------
    reader : FitsAgain or None
        None if it is not certain that the file is like another.
    """
    found = learnt.tree_of(path)
    return None if found is None else FitsAgain(path, what, learnt, *found)


class FitsAgain:
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
        self._path = path
        self._number = what
        self.what = f"{what} ({path})"
        self._learnt = learnt
        self._asdf = asdf
        self.model_type = model_type

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the file's class of datamodels."""
        return self._in_full.schema

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, as `FitsReader.read` does.

        Parameters
        ----------
        layout : Layout
            Which attributes are wanted, and in which order.

        Returns
        -------
        values : list, shape (n_attributes,)
            Plain values; None where the file has none.
        """
        # There are none for a layout or a class of which a tree does not tell everything.
        values = self._learnt.trees(layout).values(self._asdf)
        if values is None:
            return self._in_full.read(layout)
        put_own(values, layout, self.model_type, self._path.name)
        return values

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of scalars that are none of the known attributes.

        Parameters
        ----------
        known : collection of str
            Dotted paths of the attributes that the schema has.

        Returns
        -------
        paths : list of str
            In the order of the tree.
        """
        return self._in_full.paths_beyond(known)

    @cached_property
    def _in_full(self) -> FitsReader:
        return FitsReader(self._path, self._number, self._learnt)
