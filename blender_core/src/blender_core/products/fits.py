"""A product that is the name of a FITS file."""

from __future__ import annotations

import contextlib
import datetime
import gzip
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.errors import InputError, OutputError
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.byte_ranges import PatchError, write
from blender_core.formats.files.unchanged import SourceFile
from blender_core.formats.fits.metadata import RawFits
from blender_core.formats.fits.scan import BadFitsError
from blender_core.products.datamodel import packed
from blender_core.products.file_product import FileProduct
from blender_core.products.fits_patch import patched
from blender_core.readers.fits import FitsReader
from blender_core.readers.header_values import select
from blender_core.readers.model_files import class_named
from blender_core.readers.similar.cache import Learnt
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from blender_core.formats.files.target import Target

__all__ = ["FitsProduct"]


class FitsProduct(FileProduct):
    """A file of which only what was blended is written anew.

    Parameters
    ----------
    path : Path
        The file, compressed with gzip or not. Its pixels are not read.
    """

    def __init__(self, path: Path) -> None:
        source = SourceFile(path)
        self._fits, self._as_saved = _read(source)
        (name,) = select(self._fits, "PRIMARY", (b"DATAMODL",), source.what)
        model_type = class_named(name, source.what, "keyword DATAMODL in its primary header")
        super().__init__(path, source, model_type, {})
        self.tree = self._loaded_tree()

    def _has_table(self, name: str) -> bool:
        return self._fits.hdu(name.upper()) is not None or super()._has_table(name)

    def _reader(self) -> FitsReader:
        return FitsReader(self.origin, "the product", Learnt())

    def save(self, target: Target) -> None:
        """Write the updated product as a whole, or not at all."""
        if self._model is not None or target.ending == ".asdf" or self._derives():
            super().save(target)
        else:
            self._patch(target)
        if target.is_product:
            self._fits, self._as_saved = _read(self._source)

    def _derives(self) -> bool:
        """Tell whether the class makes other values of these when it is saved."""
        from stdatamodels.jwst.datamodels import JwstDataModel

        return type(self.validator).on_save is not JwstDataModel.on_save

    def _patch(self, target: Target) -> None:
        with self._unpacked() as source:
            own = self._own(target)
            changes = {
                **self._changes,
                **{f"meta.{name}": value for name, value in own.items()},
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
        self._saved(target, own)

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
        """Return what stdatamodels sets below ``meta`` when it saves a datamodel."""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        return {
            "date": now.isoformat(timespec="milliseconds"),
            "filename": target.given.name,
            "model_type": type(self.validator).__name__,
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


def _read(source: SourceFile) -> tuple[RawFits, bool]:
    """Read headers and tree, and find out whether nobody has touched the headers."""
    try:
        fits = RawFits.read(source.path)
        return fits, fits.is_as_saved()
    except BadFitsError as error:
        msg = f"{source.what} cannot be read: {error}"
        raise InputError(msg) from error
