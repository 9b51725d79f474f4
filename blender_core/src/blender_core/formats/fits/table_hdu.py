"""A table as the bytes of an HDU: the same as astropy's, for which that takes long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.formats.files.byte_ranges import MadeBytes
from blender_core.formats.fits.cards import CARD
from blender_core.formats.fits.header_edit import card, header_of
from blender_core.formats.fits.raw_hdu import padded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray


_BLOCK: Final = 1 << 18
"""About how many bytes of a table are made at a time."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a FITS table, with its TTYPE, TFORM, TUNIT and TNULL."""

    name: str
    dtype: np.dtype[Any]  # of the values as FITS has them, but for the order of their bytes
    tform: str
    datatype: str | list[Any]  # as ASDF and the schemas of datamodels name it
    unit: str | None
    null: int | None
    put: Callable[[NDArray[Any], int], None]
    """Puts as many values as there is room for into an array, from a row of the table on."""
    is_uniform: bool = False
    """Whether all rows have the same value."""


def rows_of(fields: Sequence[Field], n_rows: int) -> NDArray[Any]:
    """Return a table as an array, with the bytes of its numbers in the machine's order."""
    dtype = np.dtype([(field.name, field.dtype) for field in fields])
    rows = np.repeat(_uniform(fields, dtype), n_rows)
    _put_varying(rows, fields, 0)
    return rows


def _uniform(fields: Sequence[Field], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a row with what all have in common: to copy it spares a look at most columns."""
    row = np.zeros(1, dtype)
    for field in fields:
        if field.is_uniform:
            field.put(row[field.name], 0)
    return row


def _put_varying(rows: NDArray[Any], fields: Sequence[Field], start: int) -> None:
    for field in fields:
        if not field.is_uniform:
            field.put(rows[field.name], start)


def table_hdu(name: str, fields: Sequence[Field], n_rows: int) -> tuple[bytes, MadeBytes]:
    """Return the header and the data of a table."""
    # FITS has the most significant byte first.
    dtype = np.dtype([(field.name, field.dtype.newbyteorder(">")) for field in fields])

    length = padded(dtype.itemsize * n_rows)

    def blocks() -> Iterator[bytes]:
        uniform = _uniform(fields, dtype)
        # Of a multiple of four rows, and so of bytes: checksums are made of words.
        step = max(_BLOCK // dtype.itemsize, 1) * 4
        for start in range(0, n_rows, step):
            rows = np.repeat(uniform, min(step, n_rows - start))
            _put_varying(rows, fields, start)
            is_last = start + len(rows) == n_rows
            yield rows.tobytes().ljust(is_last and length - start * dtype.itemsize, b"\0")

    cards = [
        card("XTENSION", "BINTABLE", "binary table extension"),
        card("BITPIX", 8, "array data type"),
        card("NAXIS", 2, "number of array dimensions"),
        card("NAXIS1", dtype.itemsize, "length of dimension 1"),
        card("NAXIS2", n_rows, "length of dimension 2"),
        card("PCOUNT", 0, "number of group parameters"),
        card("GCOUNT", 1, "number of groups"),
        card("TFIELDS", len(fields), "number of table fields"),
        *_cards_of(fields),
        card("EXTNAME", name, "extension name"),
        card("EXTVER", 1, "extension value"),
    ]
    return header_of(cards), MadeBytes(length, blocks)


def _cards_of(fields: Sequence[Field]) -> Iterator[bytes]:
    for number, field in enumerate(fields, start=1):
        keywords = {
            "TTYPE": field.name,
            "TFORM": field.tform,
            "TUNIT": field.unit,
            "TNULL": field.null,
        }
        for keyword, value in keywords.items():
            if value is not None:
                yield _plain_card(f"{keyword}{number}", value)


def _plain_card(keyword: str, value: str | int) -> bytes:
    """Return a card without a comment; there are hundreds of them."""
    if isinstance(value, int):
        return f"{keyword:8}= {value:>20}".ljust(CARD).encode()
    if value.isalnum() and value.isascii() and len(value) < 60:
        return f"{keyword:8}= '{value:8}'".ljust(CARD).encode()
    return card(keyword, value)
