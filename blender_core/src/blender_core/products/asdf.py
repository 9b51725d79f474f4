"""A product that is the name of an ASDF file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.formats.files.source_file import SourceFile
from blender_core.products.file_product import FileProduct
from blender_core.readers.asdf import AsdfReader

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AsdfProduct"]


class AsdfProduct(FileProduct):
    """A file that stdatamodels saves as a whole.

    Parameters
    ----------
    path : Path
        The file. Its arrays are read when they are needed.
    """

    def __init__(self, path: Path) -> None:
        source = SourceFile(path)
        reader = AsdfReader(path, "the product")
        super().__init__(path, source, reader.model_type, reader.tree)

    def _reader(self) -> AsdfReader:
        return AsdfReader(self.origin, "the product")
