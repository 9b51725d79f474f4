"""A product that is the name of a file."""

from __future__ import annotations

import abc
import contextlib
from typing import TYPE_CHECKING, Any, Final

from blender_core.errors import InputError
from blender_core.formats.files.unchanged import SourceFile
from blender_core.products.datamodel import save
from blender_core.products.product import update_product

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.readers.asdf import AsdfReader
    from blender_core.readers.fits import FitsReader
    from blender_core.tables.hdrtab import TypedColumn

__all__ = ["FileProduct"]

_OWN: Final = ("date", "filename", "model_type")


class FileProduct(abc.ABC):
    """A file that gets the blended metadata when it is saved, and not before.

    Parameters
    ----------
    path : Path
        The file, as the caller named it.
    source : SourceFile
        The same file.
    model_type : type
        The class of datamodels that it is of.
    tree : dict
        The tree of its datamodel, without arrays.

    Attributes
    ----------
    path : Path
        The file, or what it was written to last.
    validator : stdatamodels.DataModel
        An empty datamodel of its class.
    tree : dict
        Its tree. What is blended is not in it.
    """

    def __init__(
        self, path: Path, source: SourceFile, model_type: type, tree: dict[str, Any]
    ) -> None:
        self.path = path
        self.validator: Any = model_type()
        self.tree = tree
        self._source = source
        self._changes: dict[str, Any] = {}
        self._tables: Mapping[str, Sequence[TypedColumn]] = {}
        self._model: Any = None

    def __repr__(self) -> str:
        return f"<{type(self.validator).__name__} in {self.path}>"

    @property
    def origin(self) -> Path:
        """The file that it is read from."""
        return self._source.path

    @property
    def model(self) -> Any:
        """The updated datamodel, opened when it is first asked for."""
        if self._model is None:
            from stdatamodels.jwst import datamodels

            with self._source.opened():
                try:
                    model = datamodels.open(self._source.path)
                except Exception as error:
                    what = self._source.what
                    msg = f"{what} cannot be opened: {type(error).__name__}: {error}"
                    raise InputError(msg) from error
            update_product(model, self._changes, self._tables)
            self._model = model
        return self._model

    def table(self, name: str) -> Any:
        """Return a table that a blend has put into the file; None if it has none."""
        return self._reader().table(name) if self._has_table(name) else None

    def _has_table(self, name: str) -> bool:
        return self.tree.get(name) is not None

    @abc.abstractmethod
    def _reader(self) -> FitsReader | AsdfReader:
        """Return a reader of the file as it is."""

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, Sequence[TypedColumn]]
    ) -> None:
        """Keep in mind the values and the tables that the file is to get."""
        self._changes, self._tables = dict(changes), tables

    def restored(self) -> contextlib.AbstractContextManager[None]:
        """Do nothing: what has been kept in mind is not in the file."""
        return contextlib.nullcontext()

    def save(self, target: Target) -> None:
        """Have stdatamodels write the updated product, as a whole or not at all."""
        save(self.model, target, self._source.require_unchanged)
        self._saved(target, {name: getattr(self.model.meta, name) for name in _OWN})

    def _saved(self, target: Target, own: Mapping[str, Any]) -> None:
        """Take note of what the file has become, and what it says of itself below ``meta``."""
        self._changes.update({f"meta.{name}": value for name, value in own.items()})
        self.tree.setdefault("meta", {}).update(own)
        self.path = target.given
        if target.is_product:
            self._source = SourceFile(target.given)
