"""A product that is the name of an ASDF file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors import InputError
from blender_core.writers.datamodel import DatamodelProduct

if TYPE_CHECKING:
    from pathlib import Path

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
        If it cannot be opened as a datamodel.
    """

    def __init__(self, path: Path) -> None:
        from stdatamodels.jwst import datamodels

        try:
            model = datamodels.open(path)
        except Exception as error:
            reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
            msg = f"the product ({path}) cannot be read: {reason}"
            raise InputError(msg) from error
        super().__init__(model)
        self.path: Path | None = path
