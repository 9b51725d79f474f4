"""Damaged HDRTAB and HDRRULES: read as astropy reads them, or a clear error.

Mutants of a product's tables: cards of their headers, which tell how long a table is and what its
bytes mean; bytes of their cells; files that end within them. ``DAMAGED_TABLES`` says how many are
tried, if not the few of each run.
"""

import math
import os
import re
import warnings
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from astropy.io import fits
from damaged_tables import (
    change_a_byte,
    change_a_cell,
    change_a_column,
    change_a_size,
    cut_off,
    exchange_columns,
    hdus_of,
    remove_a_block,
    remove_a_card,
    take_bytes_from_rows,
    with_card,
    without_bytes,
)
from memory_limit import bounded_memory
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import examples
from time_limit import time_limit

from blender_core import BlenderError, ProductFile, amend, blendmodels

NUMBER = int(os.environ.get("DAMAGED_TABLES", "0")) or examples(240)
TABLES = ["HDRTAB", "HDRTAB", "HDRRULES"]


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    """Products with tables of this package, of jwst, and with columns of all types."""
    folder = tmp_path_factory.mktemp("products")
    models = [ImageModel() for _ in range(3)]
    for number, model in enumerate(models):
        model.meta.filename = f"{number}_cal.fits"
        model.meta.exposure.exposure_time = 100.0 + number
        model.meta.instrument.detector = f"NRCA{number + 1}"
        model.meta.target.catalog_name = "many words " * number or None
        model.meta.exposure.nints = number or None
        model.meta.visit.external_visit = None
        model.meta.visit.tsovisit = [True, False, None][number]
    ours = folder / "ours_i2d.fits"
    blendmodels(ImageModel(), models, record_rules=True, output=ours)
    found = {"ours": ours.read_bytes()}
    others = {
        "jwst": fits.BinTableHDU.from_columns(
            [
                fits.Column("DETECTOR", "40A", array=np.array(["NRCA1", "nan", "NRCA2"])),
                fits.Column("EFFEXPTM", "D", array=[1.5, np.nan, 2.5]),
                fits.Column("NINTS", "D", array=[1.0, np.nan, 3.0]),
                fits.Column("TSOVISIT", "J", array=[0, 1, 1]),
            ]
        ),
        "odd": fits.BinTableHDU.from_columns(
            [
                fits.Column("EFFEXPTM", "E", array=[1.5, np.nan, 2.5], unit="s"),
                fits.Column("NINTS", "I", array=[1, -9, 3], null=-9),
                fits.Column("NGROUPS", "J", array=[1, -9, 3], bzero=2**31),
                fits.Column("NFRAMES", "K", array=[10, 30, 50], null=5),
                fits.Column("GROUPGAP", "B", array=[1, 2, 3], null=2),
                fits.Column("TSOVISIT", "L", array=[True, False, True]),
                fits.Column("TARGNAME", "9A", array=["a", " b", ""]),
            ]
        ),
    }
    ImageModel().save(folder / "bare.fits")
    for name, table in others.items():
        table.name = "HDRTAB"
        with fits.open(folder / "bare.fits") as hdulist:
            hdulist.insert(1, table)
            hdulist.writeto(folder / f"{name}.fits")
        found[name] = (folder / f"{name}.fits").read_bytes()
    (number,) = (i for i, hdu in enumerate(hdus_of(found["odd"])) if hdu.name == "HDRTAB")
    found["odd"] = with_card(found["odd"], number, "TSCAL4", 10.0)
    return found


MUTATIONS = [change_a_size, change_a_size, change_a_column, change_a_column, change_a_column,
             change_a_column, exchange_columns, exchange_columns, take_bytes_from_rows, remove_a_card,
             change_a_cell, change_a_cell, change_a_byte, cut_off, remove_a_block]  # fmt: skip


def mutant(raw, random):
    """Return a file with a damaged table, and what was done to it."""
    hdus = hdus_of(raw)
    numbers = [number for number, hdu in enumerate(hdus) if hdu.name in TABLES]
    number = random.choice(numbers)
    mutation = random.choice(MUTATIONS)
    made = mutation(raw, number, hdus[number], random)
    return made, f"{mutation.__name__} of {hdus[number].name}"


def told(path, *, twice, folder):
    """Return what inputs said, by the names of columns."""
    product = ProductFile(path)
    _ = product.table, list(product.outcomes), product.values
    if twice and product.n_inputs:
        amend(path, overrides={"EFFEXPTM": "max"}, output=folder / "amended.fits")
        blendmodels(None, [path], expand=True)
    return {column.name: column.values for column in product.columns}


def told_by_astropy(path):
    """Return the cells of HDRTAB as astropy reads them; None if it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with fits.open(path) as hdulist:
                hdulist.verify("silentfix+ignore")
                hdu = next(hdu for hdu in hdulist if hdu.name.strip() == "HDRTAB")
                return {column.name: cells_of(hdu, column) for column in hdu.columns}
        except StopIteration:
            return {}
        except Exception:  # noqa: BLE001  # astropy has many for what it cannot read
            return None


def cells_of(hdu, column):
    """Return the cells of a column, None where the FITS standard says that there is no value."""
    if column.format.format == "L" and column.format.repeat == 1:
        raw = np.asarray(hdu.data)[column.name].view(np.int8).tolist()
        return [{ord("T"): True, ord("F"): False, 0: None}[cell] for cell in raw]
    if column.format.format in "BIJK" and column.format.repeat == 1:
        # By the arithmetic of the FITS standard: astropy takes some for unsigned integers.
        scale, zero = column.bscale or 1, column.bzero or 0
        raw = np.asarray(hdu.data)[column.name].tolist()
        return [None if cell == column.null else cell * scale + zero for cell in raw]
    return hdu.data[column.name].tolist()


def is_same(mine, theirs):
    if isinstance(theirs, bytes):  # so astropy has texts with bytes that are not ASCII
        theirs = theirs.decode("latin-1")
    if isinstance(theirs, str):  # to the FITS standard, the first zero byte ends a text
        theirs = theirs.partition("\0")[0]
    if mine is None:
        # A text that is blank or empty, or "nan", is missing in tables of one kind or another.
        is_nan = isinstance(theirs, float) and math.isnan(theirs)
        return theirs is None or is_nan or str(theirs).strip() in ("", "nan")
    if isinstance(mine, str):
        return mine.rstrip(" ") == str(theirs).rstrip(" ")
    return mine == theirs


def check(path, folder, *, twice):
    """Read a damaged product; return what became of it."""
    before = path.read_bytes()
    try:
        with time_limit(60), bounded_memory():
            mine = told(path, twice=twice, folder=folder)
    except BlenderError as error:
        fault = str(error)
        assert str(path) in fault
        assert re.search(r"HDRTAB|HDRRULES|HDU \d|extension|another file", fault), fault
        assert "MemoryError" not in fault
        assert "Traceback" not in fault
        assert path.read_bytes() == before
        return "refused"
    assert path.read_bytes() == before
    theirs = told_by_astropy(path)
    assert theirs is not None, f"astropy cannot read it: {mine}"
    wrong = {
        name: (mine.get(name), theirs.get(name))
        for name in mine.keys() | theirs.keys()
        if name not in mine
        or name not in theirs
        or len(mine[name]) != len(theirs[name])
        or not all(map(is_same, mine[name], theirs[name]))
    }
    assert not wrong, wrong
    return "read"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="nothing tells how large it is")
@pytest.mark.filterwarnings("ignore")
def test_damaged_tables(tmp_path, products):
    outcomes = Counter()
    for seed in range(NUMBER):
        random = Random(seed)  # noqa: S311
        name = random.choice(sorted(products))
        raw, kind = mutant(products[name], random)
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = folder / "p.fits"
        path.write_bytes(raw)
        try:
            outcomes[check(path, folder, twice=seed % 8 == 0)] += 1
        except BaseException as error:
            error.add_note(f"mutant {seed}: {kind} of {name}")
            raise
        path.unlink()
    print(dict(outcomes))  # noqa: T201  # with -s
    assert outcomes["read"] > NUMBER // 8
    assert outcomes["refused"] > NUMBER // 8


def changed_table(raw, cards, name="HDRTAB"):
    """Return a file with other cards in the header of a table."""
    (number,) = (i for i, hdu in enumerate(hdus_of(raw)) if hdu.name == name)
    for keyword, value in cards.items():
        raw = with_card(raw, number, keyword, value)
    return raw


# The columns of "odd" have 4, 2, 4, 8, 1, 1 and 9 bytes, and there are 3 rows.
@pytest.mark.parametrize(
    ("cards", "problem"),
    [
        ({"TFORM7": "10A"}, "the HDRTAB of .*: a row has 29 bytes by NAXIS1, and its columns 30"),
        ({"TFORM7": "8A"}, "the HDRTAB of .*: a row has 29 bytes by NAXIS1, and its columns 28"),
        ({"NAXIS1": 28}, "the HDRTAB of .*: a row has 28 bytes by NAXIS1, and its columns 29"),
        ({"TFIELDS": 10**9}, "the product .*: HDU 1 has the card TFIELDS = 1000000000, which is"),
        ({"BITPIX": 2}, "the HDRTAB of .*: its rows have 87 bytes, and its data 21"),
        ({"TFORM1": "Z"}, "the HDRTAB of .*: astropy makes no columns of its header"),
        ({"TSCAL3": 0}, "'NGROUPS' of the HDRTAB of .*: it has 0 for TSCAL and 2147483648"),
        ({"TSCAL3": False}, "'NGROUPS' of the HDRTAB of .*: it has False for TSCAL"),
        ({"TFORM7": "9B"}, "'TARGNAME' of the HDRTAB of .*: it has cells of the type"),
        ({"TFORM5": "L"}, "'GROUPGAP' of the HDRTAB of .*: it has the byte 1"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_header_that_lies(products, tmp_path, cards, problem):
    path = tmp_path / "p.fits"
    path.write_bytes(changed_table(products["odd"], cards))
    with pytest.raises(BlenderError, match=problem) as caught:
        ProductFile(path)
    assert str(path) in str(caught.value)


def test_many_rows_without_a_byte(products, tmp_path):
    raw, path = products["odd"], tmp_path / "p.fits"
    ((number, hdu),) = ((i, hdu) for i, hdu in enumerate(hdus_of(raw)) if hdu.name == "HDRTAB")
    path.write_bytes(without_bytes(raw, number, hdu, 10**9))
    with (
        pytest.raises(BlenderError, match=r"the HDRTAB of .*: its rows have no bytes"),
        bounded_memory(),
    ):
        ProductFile(path)


def with_rules(raw, folder, change):
    """Write a product of which somebody has changed HDRRULES in his own way."""
    path = folder / "p.fits"
    path.write_bytes(raw)
    with fits.open(path, mode="update") as hdulist:
        change(hdulist["HDRRULES"].data)
    return path


def put(column, value, row=0):
    def change(table):
        table[column][row] = value

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put("INPUT", 4), r"by its HDRRULES, meta\..* is from input 4, and its HDRTAB has 3"),
        (put("INPUT", 0), "column 'INPUT' of its HDRRULES has 0"),
        (put("INPUT", -2), "column 'INPUT' of its HDRRULES has -2"),
        (put("N_INPUTS", -1), "column 'N_INPUTS' of its HDRRULES has -1"),
        (
            lambda table: put("ATTRIBUTE", table["ATTRIBUTE"][1])(table),
            r"its HDRRULES tells of the attribute 'meta\..*' more than once",
        ),
        (put("STATUS", "done"), "its HDRRULES has a status or a tier that there is not: 'done'"),
        (put("VALUE", "{"), "column 'VALUE' of its HDRRULES has a value that is not JSON"),
    ],
)
def test_rules_that_lie(products, tmp_path, change, problem):
    path = with_rules(products["ours"], tmp_path, change)
    with pytest.raises(BlenderError, match=problem) as caught:
        ProductFile(path)
    assert str(path) in str(caught.value)


def test_a_table_that_holds_what_no_table_may(products, tmp_path):
    path = tmp_path / "p.fits"
    path.write_bytes(products["jwst"].replace(b"NRCA2" + bytes(4), b"NRCA2\x7f" + bytes(3), 1))
    product = ProductFile(path)
    assert product.inputs["meta.instrument.detector"] == ["NRCA1", None, "NRCA2\x7f"]
    with pytest.raises(BlenderError, match=r"the HDRTAB of .*DETECTOR.* printable ASCII") as caught:
        _ = product.table
    assert str(path) in str(caught.value)
    assert caught.value.column == "DETECTOR"


def test_the_comparison_can_fail(products, tmp_path):
    path = tmp_path / "p.fits"
    path.write_bytes(products["odd"])
    assert check(path, tmp_path, twice=False) == "read"
    assert told_by_astropy(path) == {
        "EFFEXPTM": [1.5, pytest.approx(math.nan, nan_ok=True), 2.5],
        "NINTS": [1, None, 3],
        "NGROUPS": [1, 2**32 - 9, 3],
        "NFRAMES": [100.0, 300.0, 500.0],
        "GROUPGAP": [1, None, 3],
        "TSOVISIT": [True, False, True],
        "TARGNAME": ["a", " b", ""],
    }
    assert not is_same(1, None)
    assert not is_same(None, 0)
    assert not is_same("a", "b")
