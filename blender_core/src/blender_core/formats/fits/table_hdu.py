"""A table as the bytes of an HDU: the same as astropy's, for which that takes long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from blender_core.formats.fits.cards import CARD
from blender_core.formats.fits.header_edit import card, header_of
from blender_core.formats.fits.scan import padded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["Field", "table_hdu"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a FITS table, with its TTYPE, TFORM, TUNIT and TNULL."""

    name: str
    raw: NDArray[Any]  # the values as FITS has them, but for the order of their bytes
    tform: str
    datatype: str | list[Any]  # as ASDF and the schemas of datamodels name it
    unit: str | None
    null: int | None = None


def table_hdu(name: str, fields: Sequence[Field]) -> tuple[bytes, bytes]:
    """Return the header and the data of a table."""
    # FITS has the most significant byte first.
    dtype = [(field.name, field.raw.dtype.newbyteorder(">")) for field in fields]
    rows = np.empty(len(fields[0].raw), dtype)
    for field in fields:
        rows[field.name] = field.raw
    data = rows.tobytes()
    cards = [
        card("XTENSION", "BINTABLE", "binary table extension"),
        card("BITPIX", 8, "array data type"),
        card("NAXIS", 2, "number of array dimensions"),
        card("NAXIS1", rows.dtype.itemsize, "length of dimension 1"),
        card("NAXIS2", len(rows), "length of dimension 2"),
        card("PCOUNT", 0, "number of group parameters"),
        card("GCOUNT", 1, "number of groups"),
        card("TFIELDS", len(fields), "number of table fields"),
        *_cards_of(fields),
        card("EXTNAME", name, "extension name"),
        card("EXTVER", 1, "extension value"),
    ]
    return header_of(cards), data.ljust(padded(len(data)), b"\0")


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
