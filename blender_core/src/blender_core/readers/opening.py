"""Find the reader for an input, and the inputs that stand behind one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.errors import NotADatamodelError
from blender_core.readers.asdf_file import AsdfReader
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits_file import FitsReader
from blender_core.readers.learnt import Learnt
from blender_core.readers.several import (
    association_members,
    is_association,
    is_library,
    library_models,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.readers.source import Source

__all__ = ["Opener", "unfold"]


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
        given : stdatamodels.DataModel, astropy.io.fits.HDUList, str or Path
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
        if not isinstance(given, (str, Path)):
            return self._open_object(given, what)
        path = Path(given)
        if path.suffix == ".asdf":
            return AsdfReader(path, what, self._learnt.blank)
        return FitsReader(path, what, self._learnt)

    def _open_object(self, given: Any, what: str) -> Source:
        try:
            return DatamodelReader(given, what)
        except NotADatamodelError:
            from astropy.io.fits import HDUList

            if isinstance(given, HDUList):
                return FitsReader(given, what, self._learnt)
            raise


def unfold(given: Any, what: str) -> Iterator[Any]:
    """Give the inputs that stand behind one: an association's members, a library's models.

    Parameters
    ----------
    given : object
        What the caller gave as an input.
    what : str
        What it is to the blend, for messages.

    Yields
    ------
    one : stdatamodels.DataModel or path-like
        A single input; `given` itself where it is one. A library's model is put back, unchanged,
        before the next is borrowed.

    Raises
    ------
    InputError
        If it is a file of an association that cannot be read.

    Examples
    --------
    >>> from blender_core.readers.opening import unfold
    >>> list(unfold("a_cal.fits", "input 1"))
    ['a_cal.fits']
    """
    if is_association(given):
        yield from association_members(given, what)
    elif is_library(given):
        yield from library_models(given)
    else:
        yield given
