"""Cells of an HDRTAB as values; what they mean is known from the FITS standard."""

import numpy as np
import pytest
from astropy.io import fits

from blender_core import ExpansionError
from blender_core.schema.attributes import Attribute
from blender_core.tables.recorded_inputs import Hdrtab


def written(tmp_path, *columns):
    """Return a table as astropy reads it from a file."""
    table = fits.BinTableHDU.from_columns(columns, name="HDRTAB")
    table.writeto(tmp_path / "table.fits")
    with fits.open(tmp_path / "table.fits", memmap=False) as hdulist:
        return hdulist["HDRTAB"].data


def values(table, type_):
    (name,) = table.dtype.names
    found = Hdrtab(table, "input 1").values(name, Attribute("meta.a", type=type_))
    assert all(type(value) in (bool, int, float, str, type(None)) for value in found)
    return found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([b"NRCA1", b"", b" "], ["NRCA1", None, ""]),
        ([b"a  ", b"  b", b"c\0d"], ["a", "  b", "c"]),
        # What is no table of jwst, or may be none, has a text of this kind.
        ([b"nan", b"x"], ["nan", "x"]),
    ],
)
def test_texts(cells, expected):
    assert values(np.array(cells, [("A", "S5")]), "string") == expected
    assert (
        values(np.array([one.decode() for one in cells], [("A", "U5")]), "string")[0]
        == (expected[0])
    )


def test_a_text_that_jwst_has_for_a_missing_one(tmp_path):
    texts = np.array(["nan", "NRCA1", ""], "U32")
    count = np.array([1, 2, 3])
    of_jwst = [fits.Column("A", "32A", array=texts), fits.Column("N", "K", array=count)]
    ours = [of_jwst[0], fits.Column("N", "K", array=count, null=-1)]
    attribute = Attribute("meta.a", type="string")
    for i, (columns, expected) in enumerate(
        [
            # Theirs has all that is there, but for nan; ours nothing for what is not there.
            (of_jwst, [None, "NRCA1", ""]),
            (ours, ["nan", "NRCA1", None]),
            # Whose this is nobody knows.
            (of_jwst[:1], [None, "NRCA1", None]),
        ]
    ):
        (tmp_path / str(i)).mkdir()
        table = written(tmp_path / str(i), *columns)
        assert Hdrtab(table, "input 1").values("A", attribute) == expected


@pytest.mark.parametrize(
    ("column", "type_", "expected"),
    [
        (fits.Column("A", "L", array=[True, False]), "boolean", [True, False]),
        (fits.Column("A", "L", array=[True, False]), None, [True, False]),
        (fits.Column("A", "J", array=[1, 0]), "boolean", [True, False]),
        (fits.Column("A", "D", array=[1.0, np.nan]), "boolean", [True, None]),
        (fits.Column("A", "J", array=[1, 0]), "integer", [1, 0]),
        (fits.Column("A", "K", null=-(2**63), array=[-(2**63), 2**63 - 1]), None, [None, 2**63 - 1]),
        (fits.Column("A", "I", null=7, array=[7, 8]), "integer", [None, 8]),
        (fits.Column("A", "K", array=[-(2**63), 0]), "integer", [-(2**63), 0]),
        (fits.Column("A", "B", array=[255, 0]), "integer", [255, 0]),
        (fits.Column("A", "J", bzero=2**31, array=np.array([0, 2**32 - 1], "u4")), None, [0, 2**32 - 1]),
        (fits.Column("A", "D", array=[3.0, np.nan]), "integer", [3, None]),
        # Exposures that broke the schema.
        (fits.Column("A", "D", array=[1.5, np.inf]), "integer", [1.5, np.inf]),
        (fits.Column("A", "D", array=[-0.0, np.nan]), "number", [-0.0, None]),
        (fits.Column("A", "E", array=[0.5, np.inf]), None, [0.5, np.inf]),
        (fits.Column("A", "J", array=[1, 2]), "number", [1, 2]),
        (fits.Column("A", "D", array=[1.5, np.nan]), "object", [1.5, None]),
    ],
)  # fmt: skip
def test_numbers(tmp_path, column, type_, expected):
    found = values(written(tmp_path, column), type_)
    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


def test_scaled_integers(tmp_path):
    table = fits.BinTableHDU.from_columns([fits.Column("A", "I", array=[1, 2, 3])])
    table.header["TSCAL1"], table.header["TZERO1"], table.header["TNULL1"] = 0.5, 10.0, 2
    table.writeto(tmp_path / "scaled.fits")
    with fits.open(tmp_path / "scaled.fits", memmap=False) as hdulist:
        assert values(hdulist[1].data, "number") == [10.5, None, 11.5]


@pytest.mark.parametrize(
    ("cells", "type_", "expected"),
    [
        ([84, 70, 0], "boolean", [True, False, None]),
        ([84, 70, 0], None, [True, False, None]),
        ([0, 0], "boolean", [False, False]),
        ([1, 0], "boolean", [True, False]),
        ([84, 71], "integer", [84, 71]),
    ],
)
def test_bytes_that_may_be_logical(cells, type_, expected):
    # An array knows of no format.
    assert values(np.array(cells, [("A", "i1")]), type_) == expected


def test_booleans_of_numpy():
    assert values(np.array([True, False], [("A", bool)]), "boolean") == [True, False]


def test_the_integer_that_is_missing_where_tnull_got_lost():
    cells = np.array([-(2**63), -(2**63) + 1], [("A", ">i8")])
    assert values(cells, "integer") == [None, -(2**63) + 1]


def test_names_are_compared_without_case():
    hdrtab = Hdrtab(np.zeros(2, [("Exposure", "f8")]), "input 1")
    assert "EXPOSURE" in hdrtab
    assert hdrtab.values("exposure", Attribute("meta.a")) == [0.0, 0.0]
    with pytest.raises(ExpansionError, match="has the column 'exposure' twice") as caught:
        Hdrtab(np.zeros(2, [("EXPOSURE", "f8"), ("exposure", "f8")]), "input 1")
    assert caught.value.column == "exposure"


def test_errors_have_all_that_is_known():
    hdrtab = Hdrtab(np.array([("x",)], [("NINTS", "U1")]), "input 1 (a.fits)")
    attribute = Attribute("meta.exposure.nints", type="integer", keyword="NINTS")
    with pytest.raises(ExpansionError) as caught:
        hdrtab.values("nints", attribute)
    assert (caught.value.column, caught.value.attribute) == ("NINTS", "meta.exposure.nints")
    assert str(caught.value) == (
        "column 'NINTS' of the HDRTAB of input 1 (a.fits) cannot be what meta.exposure.nints "
        "(NINTS) was, which is of type integer in the schema: it has 'x' in row 1"
    )
