"""Find the reader for an input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits_file import FitsReader
from blender_core.readers.learnt import Learnt

if TYPE_CHECKING:
    from blender_core.readers.source import Source

__all__ = ["Opener"]


class Opener:
    """Opens the inputs of one blend.

    Examples
    --------
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> from blender_core.readers.opening import Opener
    >>> Opener().open(ImageModel(), "input 1").model_type.__name__
    'ImageModel'
    """

    def __init__(self) -> None:
        self._learnt = Learnt()

    def open(self, given: Any, what: str) -> Source:
        """Return the reader for an input.

        Parameters
        ----------
        given : stdatamodels.DataModel or path-like
            What the caller gave as an input.
        what : str
            What it is to the blend, for messages: ``input 3``.

        Returns
        -------
        source : Source
            The reader.

        Raises
        ------
        InputError
            If the input is of no kind that can be read, or cannot be read.
        """
        if isinstance(given, (str, Path)):
            return FitsReader(Path(given), what, self._learnt)
        return DatamodelReader(given, what)
