"""Read the metadata of a datamodel's FITS file, or of an open HDUList, from the headers.

The result is what ``stdatamodels.jwst.datamodels.open`` gives for the same file, and what a class
of datamodels makes of the same HDUList. They read a tree in ASDF from the last extension, and then,
unless a checksum of the headers that is kept in the tree says that nobody has touched them, the
headers over it. So without a tree there are the headers alone; where the checksum does not hold,
both have to be read; and where it holds, the tree says everything. To parse it takes long, but the
files of exposures of one mode are so much alike that once one of them has been read, others are
read without looking for their headers, and without parsing their trees.

One thing is not taken over: a datamodel of a file without a date has the time of its opening for
``meta.date``. Here it has none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.cached import cached_property
from blender_core.common.plain_values import plain
from blender_core.common.wording import named
from blender_core.errors import InputError, UnknownInputError
from blender_core.formats.asdf.blocks import ExternalArrayError, require_files
from blender_core.formats.files.source_file import SourceFile
from blender_core.formats.files.stored_file import StoredFile
from blender_core.formats.fits.hdulist import raw_fits_of, without_arrays
from blender_core.formats.fits.scan import BadFitsError, NotFitsError, RawFits
from blender_core.plugins.opened import Opened
from blender_core.readers.header_values import (
    put_headers_over,
    select,
    warn_of_altered,
    warn_of_repeated,
)
from blender_core.readers.model_files import (
    class_named,
    has_tags,
    own_values,
    path_of,
    plain_values,
    read_beyond,
    read_by_datamodel,
    strangers,
)
from blender_core.readers.product_table import table_in_file, table_in_hdulist, table_in_tree
from blender_core.readers.reader import Reader
from blender_core.readers.similar.saved_headers import saved_fits
from blender_core.schema.attributes import read_attributes, unknown_attribute
from blender_core.schema.model_class import described
from blender_core.schema.tree import scalars_beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from astropy.io.fits import HDUList

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.readers.reader import Beyond
    from blender_core.readers.similar.cache import ReaderCache
    from blender_core.readers.similar.row import SimilarRow
    from blender_core.schema.layout import Layout

_FILES: Final = (Path, StoredFile)
_NAMED: Final = (str, *_FILES)
"""What is given for a file, which a text names."""
_MIGRATED: Final = "MOVING_TARGET_POSITION"
"""The table whose columns stdatamodels brings up to date before it looks at the headers."""


class FitsReader(Reader):
    """The metadata of one FITS file that a datamodel was saved to, compressed with gzip or not.

    An open HDUList can be given instead, which stays as it is. A text is the name of a file, as a
    path would say it: of a file like one before, to make a path takes longer than some of the rest.
    """

    def __init__(
        self, file: str | Path | StoredFile | HDUList, label: str, cache: ReaderCache
    ) -> None:
        self._given = file
        self._label = label
        self._cache = cache
        self._warned: set[str] = set()
        if isinstance(file, _NAMED):
            self._filename: str | None = (
                file.rpartition("/")[2] if isinstance(file, str) else file.name
            )
        else:
            name = file.filename()
            self._filename = None if name is None else Path(name).name
        self._beyond: Beyond | None = None
        """What the last read values' schema does not know, where the tree is like one before."""
        self._similar = cache.tree_of(file) if isinstance(file, _NAMED) else None
        if self._similar is not None:
            # Nothing else of the file is read, unless something else is asked for.
            self.model_type = self._similar[0]
        else:
            (self._name,) = select(self._fits, "PRIMARY", (b"DATAMODL",), self.what)

    @cached_property
    def _file(self) -> Path | StoredFile | HDUList:
        return Path(self._given) if isinstance(self._given, str) else self._given

    @cached_property
    def what(self) -> str:  # it is seldom asked for
        file = self._given
        if isinstance(file, _NAMED):
            return named(self._label, file)
        name = file.filename()
        return named(self._label, f"HDUList of {name}" if name else "HDUList")

    @cached_property
    def model_type(self) -> type:
        return class_named(self._name, self.what, "keyword DATAMODL in its primary header")

    def read_all(self, layout: Layout) -> tuple[list[Any], Beyond]:
        values, beyond = self.read(layout), self._beyond
        return values, read_beyond(self, self._tree, layout) if beyond is None else beyond

    def read(self, layout: Layout) -> list[Any]:
        self._beyond = None
        if self._similar is not None:
            # Of a layout or a class of which a tree does not tell everything, no tree is known.
            _, tree, checksum = self._similar
            row = self._values_by_text(layout, tree)
            if row is not None and tree.checksum == checksum:  # nobody has touched the headers
                return row
        values: list[Any] | None
        try:
            values = None if self._is_unusual(layout) else self._values(layout)
            if values is None:
                return self._by_datamodel(layout)
        except BadFitsError as error:
            msg = f"{self.what} cannot be read: {error}"
            raise InputError(msg) from error
        if not isinstance(self._file, _FILES):
            values = [plain(value) for value in values]  # there can be anything in memory
        for place, value in self._own_values(layout).items():
            values[place] = value
        return values

    def _own_values(self, layout: Layout) -> dict[int, Any]:
        return own_values(layout, self.model_type, self._filename)

    def _is_unusual(self, layout: Layout) -> bool:
        """Tell whether there is something that headers and tree do not tell."""
        model_class = described(self.model_type)
        return (
            layout.has_tagged_keywords
            or any(hdu.compressed for hdu in self._fits.hdus)
            or model_class.has_own_metadata
            or (model_class.migrates and self._fits.hdu(_MIGRATED) is not None)
        )

    def _by_datamodel(self, layout: Layout) -> list[Any]:
        tree = self._tree  # before stdatamodels, which never comes to an end with some
        self._require_files()
        if not self._fits.is_as_saved():  # then it takes the values of headers
            for name, (_, fields) in layout.keywords.items():
                select(self._fits, name, fields, self.what)
            warn_of_repeated(self._fits, layout, self.what)
            warn_of_altered(self._fits, layout, self.what)
        attributes = read_attributes(self.schema)
        values = read_by_datamodel(self._opened, self.what, layout, attributes, self._warned)
        # It makes up a date for a file without one that is valid.
        place = layout.places.get("meta.date")
        (date,) = select(self._fits, "PRIMARY", (b"DATE",), self.what)
        if place is not None and not isinstance(date, str):
            meta = tree.get("meta")
            values[place] = meta.get("date") if isinstance(meta, dict) else None
        return values

    def _require_files(self) -> None:
        asdf = self._fits.asdf
        path = self._file.local if isinstance(self._file, StoredFile) else self._file
        if asdf is None or not isinstance(path, Path):
            return
        try:
            require_files(asdf.root, path)
        except ExternalArrayError as error:
            msg = f"{self.what} cannot be read: {error}"
            raise InputError(msg) from error

    def _opened(self) -> Any:
        if isinstance(self._file, _FILES):
            from stdatamodels.jwst import datamodels

            return datamodels.open(path_of(self._file))
        model = self.model_type(without_arrays(self._file))
        if self._filename is not None:
            model.meta.filename = self._filename
        return model

    def _values(self, layout: Layout) -> list[Any] | None:
        """Return the values; None where stdatamodels has to have a look at the file."""
        asdf = self._fits.asdf
        if asdf is None:
            return self._with_headers([None] * len(layout.paths), layout)
        # First the values: after that it is known what the checksum in the tree is.
        values = self._values_of_tree(layout, asdf)
        if values is None:
            return None
        if self._fits.is_as_saved():
            self._cache.add_file(self._fits, self.model_type)
            return values
        return self._with_headers(values, layout)

    def _with_headers(self, values: list[Any], layout: Layout) -> list[Any]:
        return put_headers_over(
            values, layout, self._fits, self._cache.blank(self.model_type), self.what
        )

    def _values_of_tree(self, layout: Layout, asdf: AsdfText) -> list[Any] | None:
        row = self._values_by_text(layout, asdf)
        if row is not None:
            return [*row]  # which may be changed
        values = plain_values(self._tree, layout)
        if values is None or layout.once:
            return values
        beyond = strangers(self._tree, layout)
        if not any(map(has_tags, beyond.values())):
            beyond = {path: plain(value) for path, value in beyond.items()}
            self._cache.trees(layout).add(asdf, values, beyond)
        return values

    def _values_by_text(self, layout: Layout, asdf: AsdfText) -> SimilarRow | None:
        """Return the values of a tree that is like one before."""
        row = self._cache.trees(layout).values(asdf, self._own_values(layout))
        if row is not None:
            self._beyond = ()
            if asdf.beyond:
                self._beyond = [
                    (unknown_attribute(path), value)
                    for path, value in asdf.beyond
                    if value is not None
                ]
        return row

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        return list(scalars_beyond(known, self._tree.get("meta"), "meta"))

    def table(self, name: str) -> Any:
        hdu = self._fits.hdu(name.upper())
        file = self._file
        if hdu is not None:
            if isinstance(file, Path):
                file = SourceFile(file, label=self.what)
            elif not isinstance(file, StoredFile):
                return table_in_hdulist(file, self.what, name)
            return table_in_file(hdu, file, self.what, name)
        asdf = self._fits.asdf
        if asdf is None or name.encode() not in asdf.raw or self._tree.get(name) is None:
            return None
        self._require_files()
        return table_in_tree(self._opened, self.what, name)

    @property
    def opened(self) -> Opened:
        """What was read of it, for plugins: it may be of a kind of theirs."""
        file = self._file
        if isinstance(file, StoredFile):
            path = None
        else:
            path = file if isinstance(file, Path) else file.filename()
        return Opened.of_fits(None if path is None else Path(path), self._fits.hdus, self.what)

    @cached_property
    def _fits(self) -> RawFits:
        file = self._file
        try:
            if isinstance(file, StoredFile) and file.is_hasty:
                return saved_fits(file) or RawFits.read(file)
            return RawFits.read(file) if isinstance(file, _FILES) else raw_fits_of(file)
        except BadFitsError as error:
            msg = f"{self.what} cannot be read: {error}"
            kind = UnknownInputError if isinstance(error, NotFitsError) else InputError
            raise kind(msg) from error

    @cached_property
    def _tree(self) -> Mapping[str, Any]:
        """The ASDF tree without its arrays, and without what other packages make of its tags."""
        return {} if self._fits.asdf is None else extension_tree(self._fits.asdf, self.what)


def extension_tree(asdf: AsdfText, label: str) -> dict[str, Any]:
    """Return the tree in the extension ASDF of a file, without its arrays."""
    try:
        tree = asdf.tree
    except Exception as error:
        msg = f"{label} cannot be read: its extension ASDF is not an ASDF tree: {error}"
        raise InputError(msg) from error
    if not isinstance(tree, dict):
        msg = f"{label} cannot be read: its extension ASDF has {tree!r:.50} for a tree"
        raise InputError(msg)
    return tree
