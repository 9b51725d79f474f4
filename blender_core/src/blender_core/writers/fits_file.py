"""A product that is the name of a FITS file."""

from __future__ import annotations

import contextlib
import datetime
import gzip
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.columns import Layout
from blender_core.errors import InputError, OutputError
from blender_core.product import Vetted, update_product
from blender_core.readers.asdf_text import AsdfText
from blender_core.readers.header_values import select
from blender_core.readers.headers import BadFitsError
from blender_core.readers.raw_fits import RawFits
from blender_core.readers.saved import class_named
from blender_core.rules import DROP
from blender_core.schema import read_attributes
from blender_core.writers.datamodel import packed, save
from blender_core.writers.fits_patch import patched
from blender_core.writers.parts import PatchError, write
from blender_core.writers.replacing import replacing
from blender_core.writers.source_file import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from blender_core.typed import TypedColumn
    from blender_core.writers.target import Target

__all__ = ["FitsProduct"]


class FitsProduct:
    """A file that gets the blended metadata when it is saved, and not before.

    Parameters
    ----------
    path : Path
        The file, compressed with gzip or not. Its pixels are not read.

    Raises
    ------
    InputError
        If there is no such file, or it is not a whole FITS file, or not a datamodel's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read(path)
        (name,) = select(self._fits, "PRIMARY", (b"DATAMODL",), self._source.what)
        where = "keyword DATAMODL in its primary header"
        self.validator: Any = class_named(name, self._source.what, where)()
        self.tree = self._loaded_tree()
        self._vetted = Vetted()
        self._tables: Mapping[str, Sequence[TypedColumn]] = {}
        self._model: Any = None

    def __repr__(self) -> str:
        return f"<{type(self.validator).__name__} in {self.path}>"

    @property
    def origin(self) -> Path:
        """The file that it is read from, as long as that is not replaced by the product itself."""
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
            update_product(model, self._vetted, self._tables)
            self._model = model
        return self._model

    def update(self, vetted: Vetted, tables: Mapping[str, Sequence[TypedColumn]]) -> None:
        """Keep in mind the values and the tables that the file is to get.

        Parameters
        ----------
        vetted : Vetted
            The values.
        tables : mapping of str to sequence of TypedColumn
            The columns of its tables, by their names in datamodels.
        """
        self._vetted, self._tables = vetted, tables

    def restored(self) -> contextlib.AbstractContextManager[None]:
        """Do nothing: what has been kept in mind is not in the file."""
        return contextlib.nullcontext()

    def save(self, target: Target) -> None:
        """Write the updated product as a whole, or not at all.

        Parameters
        ----------
        target : Target
            Where it is to go. Unless the datamodel has been asked for, or it is an ASDF file, only
            what was blended differs from the product's file.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        if self._model is not None or target.ending == ".asdf" or self._derives():
            save(self.model, target, self._source.require_unchanged)
        else:
            self._patch(target)
        self.path = target.given
        if target.is_product:
            self._read(target.given)

    def _derives(self) -> bool:
        """Tell whether the class makes other values of these when it is saved."""
        from stdatamodels.jwst.datamodels import JwstDataModel

        return type(self.validator).on_save is not JwstDataModel.on_save

    def _patch(self, target: Target) -> None:
        with self._unpacked() as source:
            own = self._own(target)
            changes = {
                **dict.fromkeys((*self._vetted.dropped, *self._vetted.refused), DROP),
                **self._vetted.values,
                **own,
            }
            try:
                parts = patched(self._fits, self.validator, changes, self._tables, source)
            except PatchError as error:
                msg = f"{self._source.what} cannot be written to {target.given}: {error}"
                raise OutputError(msg, path=target.given) from error
            with replacing(target) as file:
                with packed(file, target) as unpacked:
                    write(parts, source, unpacked)
                self._source.require_unchanged()
        self._vetted.values.update(own)
        meta = self.tree.setdefault("meta", {})
        meta |= {path.removeprefix("meta."): value for path, value in own.items()}

    def _read(self, path: Path) -> None:
        self._source = SourceFile(path)
        try:
            self._fits = RawFits.read(self._source.path)
            self._as_saved = self._fits.is_as_saved()
        except BadFitsError as error:
            msg = f"{self._source.what} cannot be read: {error}"
            raise InputError(msg) from error

    def _loaded_tree(self) -> dict[str, Any]:
        """Return the tree that a datamodel of the file would have, without its arrays."""
        tree: Any = {}
        if self._fits.asdf is not None:
            try:
                tree = AsdfText(self._fits.asdf.raw).tree  # of its own, as it is changed
            except Exception as error:
                msg = (
                    f"{self._source.what} cannot be read: "
                    f"its extension ASDF is not an ASDF tree: {error}"
                )
                raise InputError(msg) from error
            if not isinstance(tree, dict):
                msg = (
                    f"{self._source.what} cannot be read: "
                    f"its extension ASDF has {tree!r:.50} for a tree"
                )
                raise InputError(msg)
        values = {"meta.filename": self.path.name}
        if not self._as_saved:
            values = {**self._values_of_headers(), **values}
        for path, value in values.items():
            *parents, name = path.split(".")
            group = tree
            for parent in parents:
                if not isinstance(group.get(parent), dict):
                    group[parent] = {}
                group = group[parent]
            group[name] = value
        return cast("dict[str, Any]", tree)

    def _values_of_headers(self) -> dict[str, Any]:
        layout = Layout(read_attributes(self.validator.schema).values())
        found = {}
        for name, (places, fields) in layout.keywords.items():
            values = select(self._fits, name, fields, self._source.what)
            for place, value in zip(places, values, strict=True):
                if value is not None:
                    found[layout.paths[place]] = value
        return found

    def _own(self, target: Target) -> dict[str, Any]:
        """Return what stdatamodels sets when it saves a datamodel."""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        return {
            "meta.date": now.isoformat(timespec="milliseconds"),
            "meta.filename": target.given.name,
            "meta.model_type": type(self.validator).__name__,
        }

    @contextlib.contextmanager
    def _unpacked(self) -> Iterator[BinaryIO]:
        with self._source.opened() as file:
            packed_file = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed_file:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield file
