"""Tables are the same to the byte as those that astropy writes."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from blender_core.formats.fits.table_hdu import Field, table_hdu

FIELDS = [
    Field("DETECTOR", np.array([b"NRCA1", b"", b"x"], "S5"), "5A", ["ascii", 5], None),
    Field("DATE-OBS", np.array([b"", b"\xc3\xa9", b""], "S2"), "2A", ["ascii", 2], None),
    Field("EXPSTART", np.array([1.5, np.nan, -np.inf]), "D", "float64", "d"),
    Field("SPEED", np.array([1.5, 2.5, 3.5]), "D", "float64", "km s-1"),
    Field("N", np.array([1, -(2**63), 2**63 - 1]), "K", "int64", "s", -(2**63)),
    Field("FLAG", np.array([ord("T"), ord("F"), 0], np.int8), "L", "int8", None),
    Field("it's", np.array([1, 2, 3]), "K", "int64", None, -1),
    Field("A_VERY_LONG_NAME" * 4, np.array([1.0, 2.0, 3.0]), "D", "float64", None),
]


@pytest.mark.parametrize("number", [1, 2, 5, len(FIELDS), 200])
def test_bytes(number):
    fields = FIELDS[:number]
    if number > len(FIELDS):  # more than a hundred columns, whose keywords have no room for a blank
        fields = [
            Field(f"C{i}", field.raw, field.tform, field.datatype, field.unit, field.null)
            for i, field in enumerate(FIELDS * 30)
        ][:number]
    header, data = table_hdu("HDRTAB", fields)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that not all programs may like
        columns = [
            fits.Column(name=field.name, format=field.tform, unit=field.unit, null=field.null)
            for field in fields
        ]
    rows = np.empty(3, [(field.name, field.raw.dtype) for field in fields])
    for field in fields:
        rows[field.name] = field.raw
    table = fits.FITS_rec(rows)
    table._coldefs = fits.ColDefs(columns)
    hdu = fits.BinTableHDU(name="HDRTAB")
    hdu.ver = 1
    hdu.data = table
    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(buffer)
    assert header + data == buffer.getvalue()[2880:]
