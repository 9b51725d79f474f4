"""A table as the bytes of an HDU, the same that astropy would write, which takes long over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from blender_core.formats.fits.cards import CARD
from blender_core.formats.fits.header_edit import HeaderText, card
from blender_core.formats.fits.scan import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["Field", "table_hdu"]


def table_hdu(name: str, fields: Sequence[Field]) -> tuple[HeaderText, bytes]:
    """Return the header and the data of a table."""
    # FITS has the most significant byte first.
    dtype = [(one.name, one.raw.dtype.newbyteorder(">")) for one in fields]
    rows = np.empty(len(fields[0].raw), dtype)
    for one in fields:
        rows[one.name] = one.raw
    data = rows.tobytes()
    structure = [
        card("XTENSION", "BINTABLE", "binary table extension"),
        card("BITPIX", 8, "array data type"),
        card("NAXIS", 2, "number of array dimensions"),
        card("NAXIS1", rows.dtype.itemsize, "length of dimension 1"),
        card("NAXIS2", len(rows), "length of dimension 2"),
        card("PCOUNT", 0, "number of group parameters"),
        card("GCOUNT", 1, "number of groups"),
        card("TFIELDS", len(fields), "number of table fields"),
    ]
    own = [card("EXTNAME", name, "extension name"), card("EXTVER", 1, "extension value")]
    header = b"".join([*structure, *_columns(fields), *own])
    return HeaderText(header), data + b"\0" * (-len(data) % BLOCK)


def _columns(fields: Sequence[Field]) -> Iterator[bytes]:
    for number, one in enumerate(fields, start=1):
        yield _card(f"TTYPE{number}", one.name)
        yield _card(f"TFORM{number}", one.tform)
        if one.unit is not None:
            yield _card(f"TUNIT{number}", one.unit)
        if one.null is not None:
            yield _card(f"TNULL{number}", one.null)


def _card(keyword: str, value: Any) -> bytes:
    """Return a card without a comment; there are hundreds of them."""
    if isinstance(value, int):
        return f"{keyword:8}= {value:>20}".ljust(CARD).encode()
    if value.isalnum() and value.isascii() and len(value) < 60:
        return f"{keyword:8}= '{value:8}'".ljust(CARD).encode()
    return card(keyword, value)


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the bytes and the keywords of a FITS table.

    Parameters
    ----------
    name : str
        TTYPE.
    raw : numpy.ndarray, shape (n_rows,)
        The values as FITS has them, but for the order of their bytes.
    tform : str
        TFORM.
    datatype : str or list
        The type as ASDF and the schemas of datamodels name it.
    unit : str or None
        TUNIT.
    null : int or None
        TNULL.
    """

    name: str
    raw: NDArray[Any]
    tform: str
    datatype: str | list[Any]
    unit: str | None
    null: int | None = None
