"""A product that is the name of a FITS file."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
import datetime
import gzip
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.errors import InputError, OutputError
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.byte_ranges import PatchError, blocks_of
from blender_core.formats.files.source_file import SourceFile
from blender_core.formats.fits.scan import BadFitsError, RawFits
from blender_core.products.datamodel import packed
from blender_core.products.file_product import FileProduct
from blender_core.products.fits_patch import patched
from blender_core.readers.fits import FitsReader, extension_tree
from blender_core.readers.header_values import select
from blender_core.readers.model_files import class_named
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from blender_core.formats.files.target import Target

__all__ = ["FitsProduct"]


class FitsProduct(FileProduct):
    """A FITS file, compressed with gzip or not, of which only what was blended is written anew.

    Its pixels are not read.
    """

    def __init__(self, path: Path) -> None:
        source = SourceFile(path)
        self._fits, self._as_saved = _read(source)
        (name,) = select(self._fits, "PRIMARY", (b"DATAMODL",), source.label)
        model_type = class_named(name, source.label, "keyword DATAMODL in its primary header")
        super().__init__(path, source, model_type, _tree(self._fits, source.label))
        # A reader has the values of headers that somebody has touched over those of the tree.
        values = {} if self._as_saved else self._values_of_headers()
        for attribute, value in {**values, "meta.filename": path.name}.items():
            *parents, name = attribute.split(".")
            group = self._tree
            for parent in parents:
                if not isinstance(group.get(parent), dict):
                    group[parent] = {}
                group = group[parent]
            group[name] = value

    def _has_table(self, name: str) -> bool:
        return self._fits.hdu(name.upper()) is not None or super()._has_table(name)

    def _reader(self) -> FitsReader:
        return FitsReader(self.origin, "the product", ReaderCache())

    def _values_of_headers(self) -> dict[str, Any]:
        layout = Layout(read_attributes(self.validator.schema).values())
        values = {}
        for name, (places, fields) in layout.keywords.items():
            selected = select(self._fits, name, fields, self._source.label)
            for place, value in zip(places, selected, strict=True):
                if value is not None:
                    values[layout.paths[place]] = value
        return values

    def save(self, target: Target) -> None:
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
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        # What stdatamodels sets below ``meta`` when it saves a datamodel.
        own = {
            "date": now.isoformat(timespec="milliseconds"),
            "filename": target.output.name,
            "model_type": type(self.validator).__name__,
        }
        changes = {**self._changes, **{f"meta.{name}": value for name, value in own.items()}}
        with _unpacked(self._source) as source:
            try:
                parts = patched(self._fits, self.validator, changes, self._tables, source)
            except PatchError as error:
                msg = f"{self._source.label} cannot be written to {target.output}: {error}"
                raise OutputError(msg, path=target.output) from error
            with replacing(target) as file:
                try:
                    with packed(file, target) as unpacked:
                        unpacked.writelines(blocks_of(parts, source))
                finally:  # a file that has been changed may not even be readable
                    self._source.require_unchanged()
        self._saved(target, own)


def _read(source: SourceFile) -> tuple[RawFits, bool]:
    """Read headers and tree, and find out whether nobody has touched the headers."""
    try:
        fits = RawFits.read(source.path)
        return fits, fits.is_as_saved()
    except BadFitsError as error:
        msg = f"{source.label} cannot be read: {error}"
        raise InputError(msg) from error


def _tree(fits: RawFits, label: str) -> dict[str, Any]:
    """Return the tree that a datamodel of the file would have, without its arrays."""
    if fits.asdf is None:
        return {}
    return extension_tree(fits.asdf.with_own_tree(), label)  # it is changed


@contextlib.contextmanager
def _unpacked(source: SourceFile) -> Iterator[BinaryIO]:
    with source.opened() as file:
        is_packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        yield cast("BinaryIO", gzip.GzipFile(fileobj=file)) if is_packed else file
