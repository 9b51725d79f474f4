"""A product that is a plain FITS file, of any HDUs, and of no datamodel."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.errors import InputError, OutputError
from blender_core.formats.files.byte_ranges import PatchError, blocks_of
from blender_core.formats.files.source_file import SourceFile
from blender_core.formats.fits.hdulist import raw_fits_of
from blender_core.formats.fits.scan import BadFitsError, RawFits
from blender_core.inputs.inputs import files_of
from blender_core.products.base import Product
from blender_core.products.hdu_edit import (
    add_history,
    change_cards,
    correct_number,
    finish_headers,
    hdus_of,
    put_table,
    require_few,
)
from blender_core.products.hdulist_edit import HDUListEdit, blocks_of_hdulist
from blender_core.products.plain_cards import PlainCards, beyond, require_metadata
from blender_core.products.saving import own_values
from blender_core.products.written import require_parts
from blender_core.readers.header_values import select, warn_of_altered, warn_of_repeated
from blender_core.readers.product_table import table_in_file, table_in_hdulist
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from astropy.io.fits import HDUList

    from blender_core.formats.files.byte_ranges import Part
    from blender_core.formats.files.target import Target
    from blender_core.plan.plan import BlendPlan
    from blender_core.products.hdu_edit import HDU
    from blender_core.schema.attributes import Attribute
    from blender_core.tables.product_table import ProductTable


class FitsProduct(Product):
    """The base class for products of plugins that are FITS files or open HDULists.

    Blended values are written to the cards of their keywords, in the HDUs that the plan names.
    Existing cards keep their places and comments. New cards are put next to their neighbours in the
    schema, with their titles as comments. HDRTAB and HDRRULES are replaced, or added at the end.
    Everything else is copied to the bit. A file is not changed until it is saved; an HDUList is
    changed at once.

    If the HDUs of the product have other names than those of the inputs, override `hdu_of`. The
    lines that `history` returns are added to the HISTORY of the first HDU.

    A plugin adds the kind of the product (`model_type`) and its attributes (`schema`), usually
    those of its inputs. ``fits_hdu`` is the EXTNAME of the HDU, followed by the EXTVER if several
    HDUs have this name: ``SCI,2``. If the schema has ``meta.filename`` and ``meta.date``, they
    become the name of the file and the time of writing.

    Parameters
    ----------
    given : path-like or HDUList
        The file, which may be compressed, or the open HDUList.
    what : str
        The name of the product in messages, as the hook gets it.

    Raises
    ------
    InputError
        If it is not a complete FITS file.

    Examples
    --------
    >>> from astropy.io import fits
    >>> from blender_core import FitsProduct, Source, hookimpl
    >>> class Combined(FitsProduct):
    ...     model_type = "plain FITS"
    ...     schema = {"properties": {"meta": {"properties": {
    ...         "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"},
    ...         "ncombine": {"type": "integer", "fits_keyword": "NCOMBINE", "fits_hdu": "SCI"}}}}}
    >>> @hookimpl
    ... def blender_product(given, what, opened):
    ...     is_fits = opened is not None and opened.format == "fits"
    ...     return Combined(given, what) if is_fits else None
    """

    endings = (".fits", ".fits.gz")

    def __init__(self, given: str | os.PathLike[str] | HDUList, what: str = "the product") -> None:
        self.what = what
        self._changes: dict[str, Any] = {}
        self._tables: Mapping[str, ProductTable] = {}
        self._planned: dict[str, Attribute] = {}
        self._attributes: dict[str, Attribute] | None = None
        self._history: list[str] = []
        self._hdulist: Any = None
        """The open HDUList, if there is one: it has what was blended already."""
        self._source: SourceFile | None = None
        self._content: RawFits | None = None
        self._parts: list[Part] | None = None
        self._undo: list[Callable[[], None]] = []
        if isinstance(given, (str, os.PathLike)):
            self.path = Path(given)
            self._source = SourceFile(self.path)
            self._content = self._read_headers()
        else:
            self._hdulist = given
            self._read_headers()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path or 'in memory'}>"

    @property
    def origin(self) -> Path | None:
        if self._source is not None:
            return self._source.path
        return next(iter(files_of(self._hdulist)), None)

    @property
    def model(self) -> HDUList:
        """The updated HDUList.

        If the product is a file, it is opened now, and the caller has to close it.
        """
        if self._hdulist is None:
            from astropy.io import fits

            source = cast("SourceFile", self._source)
            source.require_unchanged()
            hdulist = fits.open(source.path)
            try:
                self._edit_hdulist(hdulist, self._changes)
            except BaseException:
                hdulist.close()
                raise
            self._hdulist = hdulist
        return self._hdulist

    @property
    def _fits(self) -> RawFits:
        """The headers as they are: of a file, what was blended is not in them."""
        if self._source is None:
            return self._read_headers()
        if self._content is None:  # since the file was replaced
            self._source.require_unchanged()
            self._content = self._read_headers()
        return self._content

    def _read_headers(self) -> RawFits:
        try:
            if self._source is not None:
                return RawFits.read(self._source.path)
            return raw_fits_of(self._hdulist)
        except BadFitsError as error:
            msg = f"{self.what} cannot be read: {error}"
            raise InputError(msg) from error

    def hdu_of(self, attribute: Attribute) -> str:
        """Return the name of the HDU that has an attribute's keyword.

        Parameters
        ----------
        attribute : Attribute
            One of the plan's, or of the product's schema.

        Returns
        -------
        name : str
            By default, the HDU of the attribute.
        """
        return attribute.hdu

    def history(
        self,
        plan: BlendPlan,  # noqa: ARG002
        tables: Mapping[str, ProductTable],  # noqa: ARG002
    ) -> Iterable[str]:
        """Return the lines that a blend adds to the HISTORY of the first HDU.

        Parameters
        ----------
        plan : BlendPlan
            The plan of the blend.
        tables : mapping of str to ProductTable
            The tables that the product gets, by name.

        Returns
        -------
        lines : iterable of str
            Lines in ASCII. Existing lines are not repeated. By default, there are none.
        """
        return ()

    def _placed(self, attribute: Attribute) -> Attribute:
        hdu = self.hdu_of(attribute)
        return attribute if hdu == attribute.hdu else dataclasses.replace(attribute, hdu=hdu)

    def read(self, layout: Layout) -> list[Any]:
        """Return the values of the wanted keywords, each from the HDU of its attribute."""
        layout = Layout(map(self._placed, layout.attributes))
        content = self._fits
        values: list[Any] = [None] * len(layout.paths)
        for name, (places, fields) in layout.keywords.items():
            upper = [field.upper() for field in fields]
            for place, value in zip(places, select(content, name, upper, self.what), strict=True):
                values[place] = value
        warn_of_repeated(content, layout, self.what, of_product=True)
        warn_of_altered(content, layout, self.what)
        return values

    def table(self, name: str) -> Any:
        hdu = self._fits.hdu(name.upper())
        if hdu is None:
            return None
        if self._source is None:
            return table_in_hdulist(self._hdulist, self.what, name)
        with self._source.unchanged():
            return table_in_file(hdu, self._source, self.what, name)

    def n_rows(self, name: str) -> int:
        hdu = self._fits.hdu(name.upper())
        number = None if hdu is None else hdu.header.get("NAXIS2")
        return number if isinstance(number, int) else 0

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        self._planned = {path: self._placed(each.attribute) for path, each in plan.items()}
        self._attributes = None
        known = self._known_attributes()
        require_metadata([known[path] for path in changes], changes, self)
        self._history = list(self.history(plan, tables))
        self._changes, self._tables = dict(changes), dict(tables)
        if self._hdulist is not None:
            self._edit_hdulist(self._hdulist, changes)

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        before = self._changes, self._tables, self._planned, self._history
        n_done = len(self._undo)
        try:
            yield
        except BaseException:
            while len(self._undo) > n_done:
                self._undo.pop()()
            self._changes, self._tables, self._planned, self._history = before
            self._attributes = None
            raise

    def save(self, target: Target) -> None:
        file = cast("BinaryIO", target.file)
        own = self._own_cards(target)
        self._parts = None
        try:
            if self._hdulist is not None:
                self._tables = {}  # it has them
                self._edit_hdulist(self._hdulist, own)
                file.writelines(blocks_of_hdulist(self._hdulist))
            else:
                self._patch(file, own)
        except PatchError as error:
            msg = f"{self.what} cannot be written to {target.output}: {error}"
            raise OutputError(msg, path=target.output) from error

    def _patch(self, file: BinaryIO, own: Mapping[str, Any]) -> None:
        """Write the file anew, of which only what was blended is other than before."""
        source = cast("SourceFile", self._source)
        hdus = self._edited(self._fits, {**self._changes, **own})
        parts = [part for hdu in hdus for part in (hdu.header.raw, *hdu.data)]
        with source.unpacked() as content, source.unchanged():
            file.writelines(source.reading(blocks_of(parts, content)))
        self._parts = parts

    def check(self, draft: Path, target: Target) -> None:
        if self._parts is not None and target.ending != ".fits.gz":
            require_parts(draft, self._parts)

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        self._parts = None
        self.path = target.output
        if target.is_product and self._source is not None:
            self._source, self._content = SourceFile(target.output, status), None

    def _edit_hdulist(self, hdulist: HDUList, changes: Mapping[str, Any]) -> None:
        """Change an open HDUList, all of it or nothing, and remember how to take that back."""
        edit = HDUListEdit(hdulist)
        try:
            edit.hdus = self._edited(edit.content, changes, edit.hdus)
        except PatchError as error:
            msg = f"{self.what} cannot have what was blended: {error}"
            raise InputError(msg) from error
        self._undo.append(edit.apply())

    def _edited(
        self, content: RawFits, changes: Mapping[str, Any], hdus: list[HDU] | None = None
    ) -> list[HDU]:
        """Return the HDUs with other cards and other tables."""
        from astropy.io.fits import VerifyError

        hdus = hdus_of(content) if hdus is None else hdus
        cards = PlainCards(self._known_attributes().values(), self.what)
        try:
            change_cards(hdus, cards, changes)
        except VerifyError as error:
            raise PatchError(str(error)) from error
        add_history(hdus[0], self._history)
        correct_number(hdus, self._tables.values())
        finish_headers(hdus, content)
        for table in self._tables.values():
            put_table(hdus, table)
        require_few(len(hdus))
        return hdus

    def _known_attributes(self) -> dict[str, Attribute]:
        """Return the attributes by path: the plan's, and what else the product's schema has."""
        if self._attributes is None:
            own = read_attributes(self.schema).items()
            placed = {path: self._placed(attribute) for path, attribute in own}
            self._attributes = {**self._planned, **beyond(placed, self._planned)}
        return self._attributes

    def _own_cards(self, target: Target) -> dict[str, Any]:
        """Return what the file says of itself, as far as it has attributes for that."""
        own = own_values(target)
        return {path: value for path, value in own.items() if path in self._known_attributes()}
