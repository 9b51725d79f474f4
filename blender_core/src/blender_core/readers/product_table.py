"""Find a table that a blend has put into a product, wherever it is kept, and leave it as it is.

It is called ``hdrtab`` or ``hdrrules``. A FITS file has it in an HDU of this name, in upper case. A
datamodel has it in its tree, or, if it was read from a file without a tree, among the HDUs that its
schema does not know. When such a datamodel is saved again, the table may end up in the tree of the
new file: in FITS, too, because the schema does not say that it is to have an HDU.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import format_error
from blender_core.errors import ExpansionError, InputError
from blender_core.formats.fits.hdulist import table_in
from blender_core.formats.fits.scan import BadFitsError
from blender_core.formats.fits.stored_table import StoredTable, stored_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from astropy.io.fits import FITS_rec, HDUList

    from blender_core.formats.files.source_file import SourceFile
    from blender_core.formats.files.stored_file import StoredFile
    from blender_core.formats.fits.scan import RawHDU


def table_of_datamodel(model: Any, name: str = "hdrtab") -> Any:
    """Return a table of a datamodel."""
    table = model.instance.get(name)
    if table is None:
        table = model.instance.get("extra_fits", {}).get(name.upper(), {}).get("data")
    return table


@kept_apart()
def table_in_tree(opened: Callable[[], AbstractContextManager[Any]], label: str, name: str) -> Any:
    """Return a table in the tree of a file."""
    with _told(name, label), opened() as model:
        return np.array(table_of_datamodel(model, name))  # the model's own goes with it


def table_in_hdulist(hdulist: HDUList, label: str, name: str) -> FITS_rec:
    """Return a table in an HDU of an open HDUList that has one."""
    with _told(name, label):
        return table_in(hdulist, name.upper())


def table_in_file(
    hdu: RawHDU, source: SourceFile | StoredFile, label: str, name: str
) -> StoredTable | FITS_rec:
    """Return a table in an HDU of a FITS file, whatever its other HDUs have."""
    with _told(name, label):
        return stored_table(hdu, source)


@contextlib.contextmanager
def _told(name: str, label: str) -> Iterator[None]:
    """Make the error of a table of whatever astropy and others have for one."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise unreadable(name, label, error) from error


def array_of_table(table: Any) -> Any:
    """Return a table that a plugin has of a product as an array of the engine's own."""
    from astropy.io import fits
    from astropy.table import Table

    if table is None:
        return None
    if isinstance(table, Table):
        table = fits.table_to_hdu(table).data
    if type(table) in (fits.FITS_rec, StoredTable):  # which tell nulls and units
        return table
    return np.array(table, subok=False)


def unreadable(name: str, label: str, error: Exception) -> ExpansionError:
    """Return the error of a table that cannot be read."""
    kind = "" if isinstance(error, BadFitsError) else f"{type(error).__name__}: "
    return ExpansionError(
        f"the {name.upper()} of {label} cannot be read: {kind}{format_error(error)}"
    )
