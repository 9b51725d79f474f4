"""Read the metadata of a datamodel's ASDF file from its tree, without its arrays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.cached import cached_property
from blender_core.common.wording import format_error, named
from blender_core.errors import InputError, RemoteError
from blender_core.formats.asdf.blocks import (
    ExternalArrayError,
    TruncatedAsdfError,
    are_as_indexed,
    require_blocks,
    require_files,
)
from blender_core.formats.asdf.limits import UnboundedTreeError
from blender_core.formats.asdf.plain_tree import plain_tree
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.source_file import length_of_file
from blender_core.formats.files.stored_file import StoredFile
from blender_core.plugins.opened import Opened
from blender_core.readers.model_files import (
    class_named,
    path_of,
    plain_values,
    read_as_datamodel,
    read_beyond,
)
from blender_core.readers.product_table import table_in_tree
from blender_core.readers.reader import Reader
from blender_core.schema.tree import scalars_beyond

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from typing import BinaryIO

    from blender_core.readers.reader import Beyond
    from blender_core.schema.layout import Layout

_BEGINS: Final = b"#ASDF"
"""How each ASDF file begins, by the ASDF standard."""


class AsdfReader(Reader):
    """The metadata of one ASDF file that a datamodel was saved to."""

    tree: dict[str, Any]
    """The tree, without arrays, and without what other packages make of its tags.

    Of what is no datamodel's, nobody needs the tags.
    """

    def __init__(self, path: Path | StoredFile, label: str) -> None:
        self._path = path
        self.what = named(label, path)
        try:
            length = length_of_file(path)
            with path.open("rb") as file:
                # What is fetched has no number on this machine.
                is_stored = isinstance(path, StoredFile)
                self._status = None if is_stored else os.fstat(file.fileno())
                begins = file.read(len(_BEGINS))
                if begins != _BEGINS:
                    msg = f"it begins with {begins!r} instead of {_BEGINS.decode()}"
                    raise ValueError(msg)  # noqa: TRY301  # told as all others are
                file.seek(0)
                text = AsdfText.read(file, length)
                tree = _tree(text)
                if isinstance(path, StoredFile):
                    _require_stored_blocks(path, file, text)
                else:
                    require_blocks(file, text.root, len(text.raw), length)
                    require_files(text.root, path)
        except RemoteError:
            raise
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
        self._root = text.root

    @staticmethod
    def takes(file: StoredFile) -> bool:
        """Tell whether a file is ASDF by what it begins with."""
        with file.open() as stream:
            return stream.read(len(_BEGINS)) == _BEGINS

    @cached_property
    def model_type(self) -> type:
        return class_named(_class_name(self.tree), self.what, "meta.model_type")

    def read(self, layout: Layout) -> list[Any]:
        values = plain_values(self.tree, layout)
        return read_as_datamodel(self._opened, self.what, layout) if values is None else values

    def read_all(self, layout: Layout) -> tuple[list[Any], Beyond]:
        return self.read(layout), read_beyond(self, self.tree, layout)

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        return list(scalars_beyond(known, self.tree.get("meta"), "meta"))

    def table(self, name: str) -> Any:
        if self.tree.get(name) is None:
            return None
        return table_in_tree(self._opened, self.what, name)

    @property
    def opened(self) -> Opened:
        """What was read of it, for plugins: it may be of a kind of theirs."""
        is_plain = _class_name(self.tree) is None
        tree = self.tree if is_plain else plain_tree(self._root)
        path = None if isinstance(self._path, StoredFile) else self._path
        return Opened(path, tree=tree, status=self._status)

    def _opened(self) -> Any:
        from stdatamodels.jwst import datamodels

        return datamodels.open(path_of(self._path))


def _require_stored_blocks(stored: StoredFile, file: BinaryIO, text: AsdfText) -> None:
    """Refuse a file that lacks some of its data, with as few places of it read as can be."""
    if not are_as_indexed(file, text.root, stored.end_at_hand(), stored.length):
        require_blocks(file, text.root, len(text.raw), stored.length)


def _tree(text: AsdfText) -> Any:
    """Return the tree of a file, plain if it is none that a datamodel was saved to."""
    if not _may_name_class(text.root):
        tree = plain_tree(text.root)
        if _class_name(tree) is None:
            return tree
    return text.tree


def _may_name_class(root: Any) -> bool:
    """Tell whether a tree has ``meta.model_type`` where most trees of datamodels have it."""
    for name in ("meta", "model_type"):
        entries = root.value if getattr(root, "id", None) == "mapping" else ()
        root = next((value for key, value in entries if key.value == name), None)
    return root is not None


def _class_name(tree: Any) -> Any:
    meta = tree.get("meta") if isinstance(tree, dict) else None
    return meta.get("model_type") if isinstance(meta, dict) else None
