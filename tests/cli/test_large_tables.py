"""Products whose tables are larger than what is read of them at a time: all of it comes out the same."""

import csv
import json

import numpy as np
import pytest
from astropy.io import fits
from large_products import cell, write_product

from blender_core import InputError, ProductFile, amend
from blender_core.products.diff import ProductDiff
from blender_core.tables.stored_cells import StoredCells

ROWS = 20_000
COLUMNS = 30
"""Some of all types, 23 of which vary."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("large") / "product.fits"


@pytest.fixture(scope="module")
def attributes(path):
    """A table of several blocks; the attributes of its columns, by name."""
    return write_product(path, ROWS, COLUMNS)


@pytest.fixture(scope="module")
def product(path, attributes):  # noqa: ARG001
    return ProductFile(path)


def test_every_value(product, attributes):
    assert product.n_inputs == ROWS
    for attribute in attributes.values():
        column = product.inputs[attribute.path]
        assert column == [cell(attribute, i) for i in range(ROWS)]
        assert column[ROWS - 1] == cell(attribute, ROWS - 1)
        assert column[100:103] == tuple(cell(attribute, i) for i in (100, 101, 102))
    assert product.inputs["meta.exposure.nints"].count(None) == ROWS // 13


def test_as_astropy_reads_them(product, path):
    with fits.open(path) as hdulist:
        table = hdulist["HDRTAB"].data
        for name in ("FILENAME", "DETECTOR", "EXPSTART", "NGROUPS"):
            (column,) = (each for each in product.columns if each.name == name)
            assert list(column.values) == table[name].tolist()


def test_columns_that_there_is_no_room_for(path, attributes, monkeypatch):
    # As if there were ten times as many rows.
    monkeypatch.setattr("blender_core.tables.stored_cells._MOST_KEPT", 2 << 20)
    product = ProductFile(path)
    for attribute in (*attributes.values(), attributes["FILENAME"]):
        assert product.inputs[attribute.path][-3:] == tuple(
            cell(attribute, i) for i in range(ROWS - 3, ROWS)
        )


def test_a_column_that_varies_late(attributes, tmp_path, monkeypatch):
    """Until then, others have taken the room that there is."""
    monkeypatch.setattr("blender_core.tables.stored_cells._MOST_KEPT", 1 << 19)

    def late(attribute, i):
        if attribute is date:
            return "2022-07-17" if i < ROWS - 10 else "2022-07-18"
        return cell(attribute, i)

    date = next(each for each in attributes.values() if each.path == "meta.observation.date")
    path = tmp_path / "late.fits"
    attributes = write_product(path, ROWS, COLUMNS, late)
    date = next(each for each in attributes.values() if each.path == date.path)
    product = ProductFile(path)
    for attribute in [*attributes.values()][:9]:
        column = product.inputs[attribute.path]
        assert column == [late(attribute, i) for i in range(ROWS)]
    assert product.inputs[date.path].count("2022-07-18") == 10


def test_rows_of_columns_that_there_is_no_room_for(command, path, monkeypatch, tmp_path):
    """A table is written the same if most of it is read again for it."""
    columns = "EXPSTART,FILENAME,NINTS,DETECTOR,RA_V1"
    for output in ("whole.csv", "again.csv"):
        command("table", path, "-c", columns, "--output", tmp_path / output)
        monkeypatch.setattr("blender_core.tables.stored_cells._MOST_KEPT", 1 << 18)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_outcomes_are_found_out_of_what_is_asked_for(product):
    # By hand: EXPSTART is the smallest, 59777.0; 20,000 different ones.
    (outcome,) = product.outcomes.find("EXPSTART")
    assert (outcome.n_inputs, outcome.n_distinct, outcome.from_input) == (ROWS, ROWS, 0)
    (outcome,) = product.outcomes.find("DETECTOR")
    assert outcome.n_distinct == 4


def test_amending(product, path, tmp_path):
    assert product.n_inputs == ROWS
    amended = tmp_path / "amended.fits"
    result = amend(path, overrides={"EFFEXPTM": "sum", "TARGPROP": "multi"}, output=amended)
    after = {each.keyword: each.after for each in result.amendments}
    # 50 s and the quarters 0 to 6: 2,857 times all seven, and 0 once more.
    assert after["EFFEXPTM"] == ROWS * 50 + 2857 * 21 / 4
    assert after["TARGPROP"] == "MULTIPLE"
    with fits.open(path) as before, fits.open(amended) as hdulist:
        assert before["HDRTAB"].data.tobytes() == hdulist["HDRTAB"].data.tobytes()


def test_comparing(path, attributes, product, tmp_path):
    other = tmp_path / "other.fits"
    other.write_bytes(path.read_bytes())
    assert not ProductDiff(product, ProductFile(other), ignore=["FILENAME"])
    with fits.open(other, mode="update") as hdulist:
        hdulist["HDRTAB"].data["NGROUPS"][[7, 300, 17_000]] += 1
        hdulist["HDRTAB"].data["FILENAME"][7] = "another.fits"
    diff = ProductDiff(product, ProductFile(other))
    names = [cell(attributes["FILENAME"], i) for i in (7, 300, 17_000)]
    assert (diff.only_here, diff.only_there) == (names[:1], ["another.fits"])
    (change,) = diff.cells
    assert (change.attribute, list(change.inputs)) == ("meta.exposure.ngroups", names[1:])


def test_files_and_json_of_all_rows(command, path, attributes, tmp_path):
    output = tmp_path / "table.csv"
    command("table", path, "-c", "EXPSTART,NINTS,DETECTOR", "--output", output)
    with output.open() as file:
        head, *rows = csv.reader(file)
    assert head == ["EXPSTART", "NINTS", "DETECTOR"]
    wanted = [attributes[name] for name in head]
    expected = [
        ["" if v is None else str(v) for v in (cell(a, i) for a in wanted)] for i in range(ROWS)
    ]
    assert rows == expected
    printed = json.loads(command("table", path, "-c", "NINTS", "--sort", "NINTS", "--json").stdout)
    assert [each["row"] for each in printed[:3]] == [1, 3, 5]  # of 1 + i % 2
    assert sorted(each["row"] for each in printed) == list(range(1, ROWS + 1))
    assert printed[-1]["NINTS"] is None


def test_a_file_that_is_changed_meanwhile_is_told_of(path, attributes, monkeypatch, tmp_path):
    monkeypatch.setattr("blender_core.tables.stored_cells._MOST_KEPT", 1 << 20)
    other = tmp_path / "other.fits"
    other.write_bytes(path.read_bytes())
    product = ProductFile(other)
    other.write_bytes(other.read_bytes())
    columns = (product.inputs[attribute.path] for attribute in attributes.values())
    with pytest.raises(InputError, match="changed by somebody else"):
        list(map(list, columns))


def test_cells_that_are_all_the_same_are_kept_once():
    rows = np.zeros(1000, [("A", "f8"), ("B", "S3")])
    rows["A"] = np.nan
    cells = StoredCells(rows)
    assert len(cells.of("A")) == len(cells.of("B")) == 1
    rows["A"][999], rows["B"][5] = -0.0, b"x"
    cells = StoredCells(rows)
    assert len(cells.of("A")) == len(cells.of("B")) == 1000
