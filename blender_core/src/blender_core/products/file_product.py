"""A product that is the name of a file."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import abc
import contextlib
from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.plain_values import plain
from blender_core.errors import InputError
from blender_core.formats.files.source_file import SourceFile
from blender_core.products.base import Product
from blender_core.products.datamodel import restored, write_model
from blender_core.products.later_values import OF_THE_PRODUCT
from blender_core.products.product import update_product
from blender_core.products.written import require_model
from blender_core.readers.asdf import AsdfReader
from blender_core.schema.tree import put

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.plan.plan import BlendPlan
    from blender_core.readers.fits import FitsReader
    from blender_core.tables.product_table import ProductTable


class FileProduct(Product):
    """A file that gets the blended metadata when it is saved, and not before.

    ``tree`` is that of its datamodel, without arrays. What is blended is not in it.
    """

    path: Path

    def __init__(
        self, path: Path, source: SourceFile, model_type: type, tree: dict[str, Any]
    ) -> None:
        self.path = path
        self.what = source.label
        with kept_apart():
            self.validator = model_type()
        self._tree = tree
        self._source = source
        self._changes: dict[str, Any] = {}
        self._tables: Mapping[str, ProductTable] = {}
        self._own: Mapping[str, Any] = {}
        self._model: Any = None

    def __repr__(self) -> str:
        return f"<{type(self.validator).__name__} in {self.path}>"

    def __getstate__(self) -> dict[str, Any]:
        # A pool of processes that a result is sent through breaks by asdf's mappings with tags,
        # which can be pickled and not be unpickled (asdf 5.4). Here, tags have done their work.
        return {**self.__dict__, "_tree": plain(self._tree)}

    @property
    def model_type(self) -> type:
        return type(self.validator)

    @property
    def schema(self) -> Mapping[str, Any]:
        return self.validator.schema  # type: ignore[no-any-return]

    @property
    def origin(self) -> Path:
        return self._source.path

    @property
    def tree(self) -> Mapping[str, Any]:
        return self._tree

    @property
    def model(self) -> Any:
        if self._model is None:
            from stdatamodels.jwst import datamodels

            with self._source.opened(), kept_apart():
                try:
                    model = datamodels.open(self._source.path)
                except Exception as error:
                    reason = f"{type(error).__name__}: {error}"
                    msg = f"{self._source.label} cannot be opened: {reason}"
                    raise InputError(msg) from error
            update_product(model, self._changes, self._tables)
            self._model = model
        return self._model

    def table(self, name: str) -> Any:
        if not self._has_table(name):
            return None
        with self._source.unchanged():
            return self._reader().table(name)

    def _has_table(self, name: str) -> bool:
        return self.tree.get(name) is not None

    @abc.abstractmethod
    def _reader(self) -> FitsReader | AsdfReader:
        """Return a reader of the file as it is."""

    def update(
        self,
        changes: Mapping[str, Any],
        tables: Mapping[str, ProductTable],
        plan: BlendPlan,  # noqa: ARG002  # the datamodel's schema says the same
    ) -> None:
        self._changes, self._tables = dict(changes), tables

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        model = self._model
        try:
            with contextlib.nullcontext() if model is None else restored(model):
                yield
        except BaseException:
            if model is None and self._model is not None:  # opened meanwhile
                self._model.close()
                self._model = None
            raise

    def save(self, target: Target) -> None:
        model = self.model
        with self._source.unchanged():
            write_model(model, target)
        self._own = {path: model[path] for path in sorted(OF_THE_PRODUCT)}

    def check(self, draft: Path, target: Target) -> None:
        require_model(draft, self.model, target.ending)

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        # What the file says of itself.
        self._changes.update(self._own)
        for path, value in self._own.items():
            put(self._tree, path, value)
        self.path = target.output
        if target.is_product:
            self._source = SourceFile(target.output, status)


class AsdfModelProduct(FileProduct):
    """An ASDF file, which stdatamodels saves as a whole. Its arrays are read when needed."""

    def __init__(self, path: Path) -> None:
        source = SourceFile(path)
        reader = AsdfReader(path, "the product")
        super().__init__(path, source, reader.model_type, reader.tree)

    def _reader(self) -> AsdfReader:
        return AsdfReader(self.origin, "the product")
