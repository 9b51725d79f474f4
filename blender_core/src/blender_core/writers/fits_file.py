"""A product that is the name of a FITS file."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import io
import os
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.errors import InputError, OutputError
from blender_core.product import Vetted, update_product
from blender_core.readers.headers import BadFitsError
from blender_core.readers.raw_fits import RawFits
from blender_core.readers.saved import class_named
from blender_core.rules import DROP
from blender_core.schema import read_attributes
from blender_core.writers.datamodel import packed, save
from blender_core.writers.fits_patch import patched
from blender_core.writers.parts import PatchError, write
from blender_core.writers.replacing import replacing

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
        self._read(path)
        name = self._fits.hdus[0].header.get("DATAMODL")
        where = "keyword DATAMODL in its primary header"
        self.validator: Any = class_named(name, self._what, where)()
        self.tree = self._loaded_tree()
        self._vetted = Vetted()
        self._tables: Mapping[str, Sequence[TypedColumn]] = {}
        self._model: Any = None

    def __repr__(self) -> str:
        return f"<{type(self.validator).__name__} in {self.path}>"

    @property
    def model(self) -> Any:
        """The updated datamodel, opened when it is first asked for."""
        if self._model is None:
            from stdatamodels.jwst import datamodels

            with self._opened():
                try:
                    model = datamodels.open(self.path)
                except Exception as error:
                    msg = f"{self._what} cannot be opened: {type(error).__name__}: {error}"
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
        if self._model is not None or target.ending == ".asdf":
            save(self.model, target)
            return
        with self._opened() as source:
            try:
                own = self._own(target)
                changes = {
                    **dict.fromkeys((*self._vetted.dropped, *self._vetted.refused), DROP),
                    **self._vetted.values,
                    **own,
                }
                parts = patched(self._fits, self.validator, changes, self._tables, source)
            except PatchError as error:
                msg = f"{self._what} cannot be written to {target.given}: {error}"
                raise OutputError(msg, path=target.given) from error
            with replacing(target) as file, packed(file, target) as unpacked:
                write(parts, source, unpacked)
        # The file that was read may be gone now.
        self._read(target.given.absolute())
        self._vetted.values.update(own)
        meta = self.tree.setdefault("meta", {})
        meta |= {path.removeprefix("meta."): value for path, value in own.items()}

    def _read(self, path: Path) -> None:
        self.path = path
        self._what = f"the product ({path})"
        try:
            self._state = _state(path.stat())
            self._fits = RawFits.read(path)
        except (OSError, BadFitsError) as error:
            msg = f"{self._what} cannot be read: {getattr(error, 'strerror', None) or error}"
            raise InputError(msg) from error

    def _loaded_tree(self) -> dict[str, Any]:
        """Return the tree that a datamodel of the file would have, without its arrays."""
        tree: Any = {}
        if self._fits.asdf is not None:
            from asdf.util import load_yaml

            try:
                tree = load_yaml(io.BytesIO(self._fits.asdf.raw), tagged=True)
            except Exception as error:
                msg = (
                    f"{self._what} cannot be read: its extension ASDF is not an ASDF tree: {error}"
                )
                raise InputError(msg) from error
            if not isinstance(tree, dict):
                msg = f"{self._what} cannot be read: its extension ASDF has {tree!r:.50} for a tree"
                raise InputError(msg)
        values = {"meta.filename": self.path.name}
        if not self._fits.is_as_saved():
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
        found = {}
        for attribute in read_attributes(self.validator.schema).values():
            hdu = self._fits.hdu(attribute.hdu)
            value = hdu.header.get(attribute.keyword) if hdu and attribute.keyword else None
            if value is not None:
                found[attribute.path] = value
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
    def _opened(self) -> Iterator[BinaryIO]:
        """Open the file, if it is still the one whose headers were read."""
        try:
            file = self.path.open("rb")
        except OSError as error:
            msg = f"{self._what} cannot be read any more: {error.strerror or error}"
            raise InputError(msg) from error
        with file:
            if _state(os.fstat(file.fileno())) != self._state:
                msg = f"{self._what} has been changed by somebody else since it was read"
                raise InputError(msg)
            packed_file = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed_file:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield file


def _state(status: os.stat_result) -> tuple[int, ...]:
    """Return what changes when somebody changes a file or replaces it."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
