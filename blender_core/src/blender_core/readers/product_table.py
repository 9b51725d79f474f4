"""Find a table that a blend has put into a product, wherever it is kept, and leave it as it is.

A FITS file has it in an HDU of its name. A datamodel has it in its tree, or, if it was read from a
file without a tree, among the HDUs that its schema does not know. When such a datamodel is saved
again, the table may end up in the tree of the new file: in FITS, too, because the schema does not
say that it is to have an HDU.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import format_error
from blender_core.errors import ExpansionError, RemoteError
from blender_core.formats.fits.hdulist import table_in, table_of
from blender_core.formats.fits.scan import BadFitsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from astropy.io.fits import FITS_rec, HDUList

    from blender_core.formats.fits.scan import RawHDU

__all__ = [
    "HDRRULES",
    "HDRTAB",
    "array_of_table",
    "table_in_file",
    "table_in_fits",
    "table_in_tree",
    "table_of_datamodel",
    "unreadable",
]

HDRTAB: Final = "hdrtab"
"""The name of the table of inputs in a tree. HDUs have the same names, in upper case."""
HDRRULES: Final = "hdrrules"
"""The name of the table of how values came about."""


def table_of_datamodel(model: Any, name: str = HDRTAB) -> Any:
    """Return a table of a datamodel."""
    table = model.instance.get(name)
    if table is None:
        table = model.instance.get("extra_fits", {}).get(name.upper(), {}).get("data")
    return table


@kept_apart()
def table_in_tree(
    opened: Callable[[], AbstractContextManager[Any]], label: str, name: str = HDRTAB
) -> Any:
    """Return a table in the tree of a file."""
    try:
        with opened() as model:
            return np.array(table_of_datamodel(model, name))  # the model's own goes with it
    except RemoteError:
        raise
    except Exception as error:
        raise unreadable(name, label, error) from error


def table_in_fits(file: Path | HDUList, label: str, name: str = HDRTAB) -> FITS_rec:
    """Return a table in an HDU of a FITS file, or of an open HDUList, that has one."""
    from astropy.io import fits

    try:
        if not isinstance(file, Path):
            return table_in(file, name.upper())
        with fits.open(file) as hdulist:
            return table_in(hdulist, name.upper())
    except Exception as error:
        raise unreadable(name, label, error) from error


def table_in_file(hdu: RawHDU, file: BinaryIO, label: str, name: str = HDRTAB) -> FITS_rec:
    """Return a table in an HDU of a FITS file, whatever its other HDUs have."""
    try:
        return table_of(hdu, file)
    except RemoteError:
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
    if type(table) is fits.FITS_rec:  # which tells nulls and units
        return table
    return np.array(table, subok=False)


def unreadable(name: str, label: str, error: Exception) -> ExpansionError:
    """Return the error of a table that cannot be read."""
    kind = "" if isinstance(error, BadFitsError) else f"{type(error).__name__}: "
    return ExpansionError(
        f"the {name.upper()} of {label} cannot be read: {kind}{format_error(error)}"
    )
