"""Read the metadata of a datamodel's FITS file, or of an open HDUList, from the headers.

The result is what ``stdatamodels.jwst.datamodels.open`` gives for the same file, and what a class
of datamodels makes of the same HDUList. They read a tree in ASDF from the last extension, and then,
unless a checksum of the headers that is kept in the tree says that nobody has touched them, the
headers over it. So without a tree there are the headers alone; where the checksum does not hold,
both have to be read; and where it holds, the tree says everything. To parse it takes long, but the
trees of exposures of one mode are so much alike that once one of them has been parsed, the values
of others are told from their texts.

One thing is not taken over: a datamodel of a file without a date has the time of its opening for
``meta.date``. Here it has none.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.plain_values import plain
from blender_core.common.wording import named
from blender_core.errors import InputError, UnknownInputError
from blender_core.formats.fits.hdulist import raw_fits_of, without_arrays
from blender_core.formats.fits.metadata import RawFits
from blender_core.formats.fits.scan import BadFitsError, NotFitsError
from blender_core.readers.fallback import read_by_datamodel
from blender_core.readers.header_values import put_headers_over, select
from blender_core.readers.model_files import class_named, plain_values, put_own
from blender_core.readers.product_table import HDRTAB, table_in_fits, table_in_tree
from blender_core.schema.attributes import read_attributes
from blender_core.schema.model_class import described
from blender_core.schema.tree import scalars_beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from astropy.io.fits import HDUList

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.readers.similar.cache import Learnt
    from blender_core.schema.layout import Layout

__all__ = ["FitsReader"]

_MIGRATED: Final = "MOVING_TARGET_POSITION"
"""The table whose columns stdatamodels brings up to date before it looks at the headers."""


class FitsReader:
    """The metadata of one FITS file that a datamodel was saved to.

    Parameters
    ----------
    given : Path or astropy.io.fits.HDUList
        The file, compressed with gzip or not; or an open HDUList, which stays as it is.
    what : str
        What the file is to the blend, for messages: ``input 3``.
    learnt : Learnt
        What the readers of one blend share.
    """

    def __init__(self, given: Path | HDUList, what: str, learnt: Learnt) -> None:
        self._given = given
        self._learnt = learnt
        self._told: set[str] = set()
        if isinstance(given, Path):
            name: str | None = str(given)
            self.what = named(what, name)
        else:
            name = given.filename()
            self.what = named(what, f"HDUList of {name}" if name else "HDUList")
        self._filename = None if name is None else Path(name).name
        (self._name,) = select(self._fits, "PRIMARY", (b"DATAMODL",), self.what)

    @cached_property
    def model_type(self) -> type:
        """The class of datamodel that the file says it is of."""
        return class_named(self._name, self.what, "keyword DATAMODL in its primary header")

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of that class."""
        return described(self.model_type).schema

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        if self._is_unusual(layout):
            return self._by_datamodel(layout)
        try:
            values = self._values(layout)
        except BadFitsError as error:
            msg = f"{self.what} cannot be read: {error}"
            raise InputError(msg) from error
        if values is None:
            return self._by_datamodel(layout)
        if not isinstance(self._given, Path):
            values = [plain(value) for value in values]  # there can be anything in memory
        put_own(values, layout, self.model_type, self._filename)
        return values

    def _is_unusual(self, layout: Layout) -> bool:
        """Tell whether there is something that headers and tree do not tell."""
        kind = described(self.model_type)
        return (
            layout.has_tagged_keywords
            or any(hdu.compressed for hdu in self._fits.hdus)
            or kind.has_own_metadata
            or (kind.migrates and self._fits.hdu(_MIGRATED) is not None)
        )

    def _by_datamodel(self, layout: Layout) -> list[Any]:
        tree = self._tree  # before stdatamodels, which never comes to an end with some
        attributes = read_attributes(self.schema)
        values = read_by_datamodel(self._opened, self.what, layout, attributes, self._told)
        # It makes up a date for a file without one that is valid.
        place = layout.places.get("meta.date")
        if place is not None and not isinstance(self._fits.hdus[0].header.get("DATE"), str):
            meta = tree.get("meta")
            values[place] = meta.get("date") if isinstance(meta, dict) else None
        return values

    def _opened(self) -> Any:
        if isinstance(self._given, Path):
            from stdatamodels.jwst import datamodels

            return datamodels.open(self._given)
        model = self.model_type(without_arrays(self._given))
        if self._filename is not None:
            model.meta.filename = self._filename
        return model

    def _values(self, layout: Layout) -> list[Any] | None:
        """Return the values; None where stdatamodels has to have a look at the file."""
        asdf = self._fits.asdf
        if asdf is None:
            return self._with_headers([None] * len(layout.paths), layout)
        as_saved = self._fits.is_as_saved()
        values = self._values_of_tree(layout, asdf)
        if values is None:
            return None
        if as_saved:
            self._learnt.add_file(self._fits, self.model_type)
            return values
        return self._with_headers(values, layout)

    def _with_headers(self, values: list[Any], layout: Layout) -> list[Any]:
        return put_headers_over(
            values, layout, self._fits, self._learnt.blank(self.model_type), self.what
        )

    def _values_of_tree(self, layout: Layout, asdf: AsdfText) -> list[Any] | None:
        known = self._learnt.trees(layout)
        values = known.values(asdf)
        if values is None:
            values = plain_values(self._tree, layout)
            if values is not None:
                known.add(asdf, values)
        return values

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of scalars below ``meta`` that are none of the known attributes."""
        return list(scalars_beyond(known, self._tree.get("meta"), "meta"))

    def hdrtab(self) -> Any:
        """Return the table of what the product in the file was made of."""
        return self.table(HDRTAB)

    def table(self, name: str) -> Any:
        """Return a table that a blend has put into the product in the file."""
        if self._fits.hdu(name.upper()) is not None:
            return table_in_fits(self._given, self.what, name)
        asdf = self._fits.asdf
        if asdf is None or name.encode() not in asdf.raw or self._tree.get(name) is None:
            return None
        return table_in_tree(self._opened, self.what, name)

    @cached_property
    def _fits(self) -> RawFits:
        given = self._given
        try:
            return RawFits.read(given) if isinstance(given, Path) else raw_fits_of(given)
        except BadFitsError as error:
            msg = f"{self.what} cannot be read: {error}"
            kind = UnknownInputError if isinstance(error, NotFitsError) else InputError
            raise kind(msg) from error

    @cached_property
    def _tree(self) -> Mapping[str, Any]:
        """The ASDF tree without its arrays, and without what other packages make of its tags."""
        if self._fits.asdf is None:
            return {}
        try:
            tree = self._fits.asdf.tree
        except Exception as error:
            msg = f"{self.what} cannot be read: its extension ASDF is not an ASDF tree: {error}"
            raise InputError(msg) from error
        if not isinstance(tree, dict):
            msg = f"{self.what} cannot be read: its extension ASDF has {tree!r:.50} for a tree"
            raise InputError(msg)
        return tree
