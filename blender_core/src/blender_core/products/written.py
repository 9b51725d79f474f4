"""A product that has been written, and is not in its place yet, compared with what was meant.

It is opened, and its headers, its tree and its tables are looked at. Of pixels, it is seen that
they are there, and not what they are; so nothing more of them is read. What is compressed would
have to be unpacked for this: of that, the beginning and the length are looked at.
"""

from __future__ import annotations

import contextlib
import gzip
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.common.plain_values import plain
from blender_core.common.values import DROP, identity
from blender_core.common.wording import pluralize, preview
from blender_core.errors import InputError
from blender_core.formats.files.byte_ranges import ByteRange
from blender_core.formats.files.draft import DraftError
from blender_core.formats.fits.cards import RawHeader
from blender_core.formats.fits.header_edit import card
from blender_core.formats.fits.scan import BadFitsError, RawFits, padded, scan
from blender_core.products.later_values import is_same
from blender_core.readers.asdf import AsdfReader
from blender_core.readers.fits import extension_tree
from blender_core.readers.model_files import plain_values
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect
from blender_core.tables.hdrtab import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from blender_core.formats.files.byte_ranges import Part
    from blender_core.products.base import Product
    from blender_core.schema.attributes import Attribute
    from blender_core.tables.product_table import ProductTable

_COMPARED: Final = (bool, int, float, str, list)
_LENGTH: Final = 4
"""How many bytes tell at the end of a gzip file how long the content is, modulo their range."""


def require_parts(draft: Path, parts: Iterable[Part]) -> None:
    """Require that a FITS file is one, and has the parts it was put together of."""
    require_bytes(draft, parts)
    _fits_in(draft)


def require_bytes(draft: Path, parts: Iterable[Part]) -> None:
    """Require that a file has the bytes that it was put together of, in their places."""
    with draft.open("rb") as file:
        for part in parts:
            if isinstance(part, ByteRange):
                file.seek(part.length, 1)
                continue
            for block in (part,) if isinstance(part, bytes) else part.blocks():
                start = file.tell()
                if file.read(len(block)) != block:
                    msg = f"it has other bytes than were written from byte {start:,} on"
                    raise DraftError(msg)


def require_packed(draft: Path, length: int) -> None:
    """Require that a compressed FITS file begins as one, and has a content of some length."""
    with draft.open("rb") as file:
        file.seek(-_LENGTH, 2)
        end = int.from_bytes(file.read(_LENGTH), "little")
        if end != length % 2 ** (8 * _LENGTH):
            msg = f"its content has {length:,} bytes, and its end tells of {end:,}"
            raise DraftError(msg)
        file.seek(0)
        with gzip.GzipFile(fileobj=file) as unpacked:
            try:
                next(scan(unpacked, None))  # type: ignore[arg-type]
            except (BadFitsError, EOFError, OSError) as error:
                raise DraftError(str(error)) from error


def require_model(draft: Path, model: Any, ending: str) -> None:
    """Require that a file has the values and the tables of the datamodel that was saved to it."""
    if ending == ".fits.gz":
        return
    rows: dict[str, Any] = {}
    try:
        if ending == ".asdf":
            tree = AsdfReader(draft, "the draft").tree
        else:
            fits = _fits_in(draft)
            rows = {hdu.name.lower(): hdu.header.get("NAXIS2") for hdu in fits.hdus}
            tree = {} if fits.asdf is None else extension_tree(fits.asdf, "the draft")
    except InputError as error:
        raise DraftError(str(error)) from error
    if tree:
        _require_values(tree, model)
    _require_tables(tree, rows, model)


def _fits_in(draft: Path) -> RawFits:
    """Return what a FITS file has, all of it and nothing after it."""
    try:
        fits = RawFits.read(draft)
    except BadFitsError as error:
        raise DraftError(str(error)) from error
    last = fits.hdus[-1]
    end = last.start + padded(last.size)
    if fits.length != end:
        msg = f"its last HDU ends at byte {end:,}, and the file at byte {fits.length:,}"
        raise DraftError(msg)
    return fits


def _require_values(tree: Mapping[str, Any], model: Any) -> None:
    layout = Layout(read_attributes(model.schema).values())
    written = plain_values(tree, layout)
    if written is None:  # other packages make objects of some
        return
    for path, value, there in zip(
        layout.paths, map(plain, collect(model.instance, layout)), written, strict=True
    ):
        # Others have forms of their own in a file.
        if isinstance(value, _COMPARED) and identity(value) != identity(there):
            msg = f"it has {path} = {preview(there)} instead of {preview(value)}"
            raise DraftError(msg)


def _require_tables(tree: Mapping[str, Any], rows: Mapping[str, Any], model: Any) -> None:
    for name in TABLES:
        table = model.instance.get(name)
        if table is None:
            continue
        entry = tree.get(name)
        shape = entry.get("shape") if isinstance(entry, dict) else None
        there = rows.get(name, shape[0] if shape else None)
        if there != len(table):
            msg = f"its table {name.upper()} has {pluralize(there or 0, 'row')} of {len(table):,}"
            raise DraftError(msg)


@contextlib.contextmanager
def by_name(draft: Path, name: str) -> Iterator[Path]:
    """Give a path of a draft by the name that it will have, which may tell whose it is."""
    with contextlib.ExitStack() as stack:
        path = draft
        # There are systems without links, and without a place for them.
        with contextlib.suppress(OSError):
            link = Path(stack.enter_context(tempfile.TemporaryDirectory()), name)
            link.symlink_to(draft.absolute())
            path = link
        yield path


def differences(
    written: Product, layout: Layout, changes: Mapping[str, Any], tables: Iterable[ProductTable]
) -> Iterator[str]:
    """Give what a product has instead of the changes and the tables that were meant."""
    for attribute, value in zip(layout.attributes, written.read(layout), strict=True):
        wanted = changes[attribute.path]
        wanted = None if wanted is DROP else wanted
        # Where there is no keyword, a header has no place for it.
        if value is None and not attribute.keyword:
            continue
        if not is_same(value, wanted) and not _is_read_as(value, wanted, attribute):
            yield f"{attribute.label} = {preview(value)} instead of {preview(wanted)}"
    for table in tables:
        n_rows = written.n_rows(table.name)
        if n_rows != len(table):
            rows = pluralize(n_rows, "row")
            yield f"{rows} in its table {table.hdu_name} instead of {len(table)}"


def _is_read_as(value: Any, meant: Any, attribute: Attribute) -> bool:
    """Tell whether a header cannot have a text in a way that is read as such."""
    if not (attribute.keyword and isinstance(value, str) and isinstance(meant, str)):
        return False
    with recorded():
        try:
            read = RawHeader(card(attribute.keyword, meant)).get(attribute.keyword)
        except ValueError:
            return False
    return is_same(value, read)
