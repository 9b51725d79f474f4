"""Tables are the same to the byte as those that astropy writes."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from blender_core.formats.fits.table_hdu import Field, rows_of, table_hdu

COLUMNS = [
    ("DETECTOR", np.array([b"NRCA1", b"", b"x"], "S5"), "5A", ["ascii", 5], None, None),
    ("DATE-OBS", np.array([b"", b"\xc3\xa9", b""], "S2"), "2A", ["ascii", 2], None, None),
    ("EXPSTART", np.array([1.5, np.nan, -np.inf]), "D", "float64", "d", None),
    ("SPEED", np.array([1.5, 2.5, 3.5]), "D", "float64", "km s-1", None),
    ("N", np.array([1, -(2**63), 2**63 - 1]), "K", "int64", "s", -(2**63)),
    ("FLAG", np.array([ord("T"), ord("F"), 0], np.int8), "L", "int8", None, None),
    ("it's", np.array([1, 2, 3]), "K", "int64", None, -1),
    ("A_VERY_LONG_NAME" * 4, np.array([1.0, 2.0, 3.0]), "D", "float64", None, None),
    ("INSTRUME", np.array([b"NIRCAM"] * 3), "6A", ["ascii", 6], None, None),
]


def field_of(name, raw, tform, datatype, unit, null):
    def put(rows, start):
        rows[:] = raw[start : start + len(rows)]

    is_uniform = len(set(raw.tolist())) == 1
    return Field(name, raw.dtype, tform, datatype, unit, null, put, is_uniform)


@pytest.mark.parametrize("times", [1, 5_000])
@pytest.mark.parametrize("number", [1, 2, 5, len(COLUMNS), 200])
def test_bytes(number, times):
    columns = COLUMNS[:number]
    if number > len(COLUMNS):  # more than a hundred, whose keywords have no room for a blank
        columns = [(f"C{i}", *column) for i, (_, *column) in enumerate(COLUMNS * 30)][:number]
    columns = [(name, np.tile(raw, times), *rest) for name, raw, *rest in columns]
    fields = [field_of(*column) for column in columns]
    header, data = table_hdu("HDRTAB", fields, 3 * times)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that not all programs may like
        definitions = [
            fits.Column(name=field.name, format=field.tform, unit=field.unit, null=field.null)
            for field in fields
        ]
    rows = np.empty(3 * times, [(name, raw.dtype) for name, raw, *_ in columns])
    for name, raw, *_ in columns:
        rows[name] = raw
    assert rows_of(fields, 3 * times).tobytes() == rows.tobytes()
    table = fits.FITS_rec(rows)
    table._coldefs = fits.ColDefs(definitions)
    hdu = fits.BinTableHDU(name="HDRTAB")
    hdu.ver = 1
    hdu.data = table
    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(buffer)
    blocks = list(data.blocks())
    assert header + b"".join(blocks) == buffer.getvalue()[2880:]
    assert sum(map(len, blocks)) == data.length
    assert max(map(len, blocks)) < 4_000_000  # so that there is never much of it
    assert all(len(block) % 4 == 0 for block in blocks)
