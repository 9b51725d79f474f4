"""A product that is the name of a FITS file."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.errors import InputError, OutputError, UnknownInputError
from blender_core.formats.files.byte_ranges import PatchError, blocks_of
from blender_core.formats.files.source_file import SourceFile
from blender_core.formats.fits.scan import BadFitsError, NotFitsError, RawFits
from blender_core.products.file_product import FileProduct
from blender_core.products.fits_patch import patched
from blender_core.products.saving import own_values
from blender_core.products.written import require_parts
from blender_core.readers.fits import FitsReader, extension_tree
from blender_core.readers.header_values import select, warn_of_altered, warn_of_repeated
from blender_core.readers.model_files import class_named
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.tree import put

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from blender_core.formats.files.byte_ranges import Part
    from blender_core.formats.files.target import Target


class FitsModelProduct(FileProduct):
    """A FITS file, compressed with gzip or not, of which only what was blended is written anew.

    Its pixels are not read.
    """

    def __init__(self, path: Path) -> None:
        source = SourceFile(path)
        fits, as_saved = _read(source)
        (name,) = select(fits, "PRIMARY", (b"DATAMODL",), source.label)
        model_type = class_named(name, source.label, "keyword DATAMODL in its primary header")
        super().__init__(path, source, model_type, _tree(fits, source.label))
        self._content: RawFits | None = fits
        self._parts: list[Part] | None = None
        # A reader has the values of headers that somebody has touched over those of the tree.
        values = {}
        if not as_saved or any(hdu.header.repeated for hdu in fits.hdus):
            layout = Layout(read_attributes(self.validator.schema).values())
            values = {} if as_saved else self._values_of_headers(layout)
            warn_of_repeated(fits, layout, source.label, of_product=True)
        for attribute, value in {**values, "meta.filename": path.name}.items():
            put(self._tree, attribute, value)

    @property
    def _fits(self) -> RawFits:
        if self._content is None:  # since the file was replaced
            self._source.require_unchanged()
            self._content, _ = _read(self._source)
        return self._content

    def _has_table(self, name: str) -> bool:
        return self._fits.hdu(name.upper()) is not None or super()._has_table(name)

    def _reader(self) -> FitsReader:
        return FitsReader(self.origin, "the product", ReaderCache())

    def _values_of_headers(self, layout: Layout) -> dict[str, Any]:
        values = {}
        for name, (places, fields) in layout.keywords.items():
            selected = select(self._fits, name, fields, self._source.label)
            for place, value in zip(places, selected, strict=True):
                if value is not None:
                    values[layout.paths[place]] = value
        warn_of_altered(self._fits, layout, self._source.label)
        return values

    def save(self, target: Target) -> None:
        self._parts = None
        if self._model is not None or target.ending == ".asdf" or self._derives():
            super().save(target)
        else:
            self._patch(target)

    def check(self, draft: Path, target: Target) -> None:
        if self._parts is None:
            super().check(draft, target)
        elif target.ending != ".fits.gz":
            require_parts(draft, self._parts)

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        super().saved(target, status)
        self._parts = None
        if target.is_product:
            self._content = None

    def _derives(self) -> bool:
        """Tell whether the class makes other values of these when it is saved."""
        from stdatamodels.jwst.datamodels import JwstDataModel

        return type(self.validator).on_save is not JwstDataModel.on_save

    def _patch(self, target: Target) -> None:
        # What stdatamodels sets when it saves a datamodel.
        own = {**own_values(target), "meta.model_type": type(self.validator).__name__}
        changes = {**self._changes, **own}
        from astropy.io.fits import VerifyError

        with self._source.unpacked() as source:
            try:
                parts = patched(
                    self._fits,
                    self.validator,
                    changes,
                    self._tables,
                    source,
                    self._tree.get("extra_fits"),
                )
            except (PatchError, VerifyError) as error:
                msg = f"{self._source.label} cannot be written to {target.output}: {error}"
                raise OutputError(msg, path=target.output) from error
            file = cast("BinaryIO", target.file)
            with self._source.unchanged():
                file.writelines(self._source.reading(blocks_of(parts, source)))
        self._own, self._parts = own, parts


def _read(source: SourceFile) -> tuple[RawFits, bool]:
    """Read headers and tree, and find out whether nobody has touched the headers."""
    try:
        fits = RawFits.read(source.path)
        return fits, fits.is_as_saved()
    except BadFitsError as error:
        msg = f"{source.label} cannot be read: {error}"
        kind = UnknownInputError if isinstance(error, NotFitsError) else InputError
        raise kind(msg) from error


def _tree(fits: RawFits, label: str) -> dict[str, Any]:
    """Return the tree that a datamodel of the file would have, without its arrays."""
    if fits.asdf is None:
        return {}
    return extension_tree(fits.asdf.with_own_tree(), label)  # it is changed
