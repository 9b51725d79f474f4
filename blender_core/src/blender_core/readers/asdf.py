"""Read the metadata of a datamodel's ASDF file from its tree, without its arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.common.cached import cached_property
from blender_core.common.wording import format_error, named
from blender_core.errors import InputError
from blender_core.formats.asdf.blocks import (
    ExternalArrayError,
    TruncatedAsdfError,
    require_blocks,
)
from blender_core.formats.asdf.limits import UnboundedTreeError
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.source_file import length_of_file
from blender_core.plugins.source import Source
from blender_core.readers.model_files import class_named, plain_values, read_as_datamodel
from blender_core.readers.product_table import HDRTAB, table_in_tree
from blender_core.schema.tree import scalars_beyond

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from blender_core.schema.layout import Layout

__all__ = ["AsdfReader"]

_BEGINS: Final = b"#ASDF"
"""How each ASDF file begins, by the ASDF standard."""


class AsdfReader(Source):
    """The metadata of one ASDF file that a datamodel was saved to."""

    tree: dict[str, Any]
    """The tree, without arrays, and without what other packages make of its tags."""

    def __init__(self, path: Path, label: str) -> None:
        self._path = path
        self.what = named(label, path)
        try:
            length = length_of_file(path)
            with path.open("rb") as file:
                begins = file.read(len(_BEGINS))
                if begins != _BEGINS:
                    msg = f"it begins with {begins!r} instead of {_BEGINS.decode()}"
                    raise ValueError(msg)  # noqa: TRY301  # told as all others are
                file.seek(0)
                text = AsdfText.read(file, length)
                tree = text.tree
                require_blocks(file, tree, len(text.raw), length, path)
        except OSError as error:
            msg = f"{self.what} cannot be read: {error.strerror or error}"
            raise InputError(msg) from error
        except (ExternalArrayError, TruncatedAsdfError, UnboundedTreeError) as error:
            msg = f"{self.what} cannot be read: {error}"
            raise InputError(msg) from error
        except Exception as error:
            msg = f"{self.what} cannot be read: it is not an ASDF file: {format_error(error)}"
            raise InputError(msg) from error
        if not isinstance(tree, dict):
            msg = f"{self.what} cannot be read: it has {tree!r:.50} for a tree"
            raise InputError(msg)
        self.tree = tree

    @cached_property
    def model_type(self) -> type:
        meta = self.tree.get("meta")
        name = meta.get("model_type") if isinstance(meta, dict) else None
        return class_named(name, self.what, "meta.model_type")

    def read(self, layout: Layout) -> list[Any]:
        values = plain_values(self.tree, layout)
        return read_as_datamodel(self._opened, self.what, layout) if values is None else values

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        return list(scalars_beyond(known, self.tree.get("meta"), "meta"))

    def hdrtab(self) -> Any:
        return self.table(HDRTAB)

    def table(self, name: str) -> Any:
        """Return a table that a blend has put into the product in the file."""
        if self.tree.get(name) is None:
            return None
        return table_in_tree(self._opened, self.what, name)

    def _opened(self) -> Any:
        from stdatamodels.jwst import datamodels

        return datamodels.open(self._path)
