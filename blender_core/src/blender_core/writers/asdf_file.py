"""A product that is the name of an ASDF file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors import InputError
from blender_core.readers.asdf_file import AsdfReader
from blender_core.writers.datamodel import DatamodelProduct, save
from blender_core.writers.source_file import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from blender_core.writers.target import Target

__all__ = ["AsdfProduct"]


class AsdfProduct(DatamodelProduct):
    """A file that is opened as a datamodel, whose arrays are read when they are needed.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    InputError
        If it is not a whole ASDF file, or cannot be opened as a datamodel.
    """

    def __init__(self, path: Path) -> None:
        from stdatamodels.jwst import datamodels

        self._source = SourceFile(path)
        AsdfReader(path, "the product")  # which refuses what datamodels never come to an end with
        try:
            model = datamodels.open(self._source.path)
        except Exception as error:
            reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
            msg = f"{self._source.what} cannot be read: {reason}"
            raise InputError(msg) from error
        super().__init__(model)
        self.path: Path | None = path

    @property
    def origin(self) -> Path:
        """The file that it is read from."""
        return self._source.path

    def save(self, target: Target) -> None:
        """Write the datamodel as a whole, or not at all.

        Parameters
        ----------
        target : Target
            Where it is to go.

        Raises
        ------
        OutputError
            If it cannot be written. The datamodel is as it was then.
        InputError
            If somebody has changed the file since it was read.
        """
        save(self.model, target, self._source.require_unchanged)
        self.path = target.given
        if target.is_product:
            self._source = SourceFile(target.given)
