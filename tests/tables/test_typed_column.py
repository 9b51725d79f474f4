"""The cells of tables are the same whether what is repeated is kept once or as often as it is."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core.inputs.columns import Columns
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.tables.hdrtab import typed_column
from blender_core.tables.product_table import ProductTable

CELLS = {
    "string": ["", "a", "NIRCAM", None],
    "integer": [0, 1, -(2**63), 2**63 - 1, None],
    "number": [0.0, -0.0, 1.5, 2, float("nan"), float("inf"), None],
    "boolean": [True, False, None],
    None: ["a", "b", None],
}
runs = st.sampled_from([*CELLS]).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.lists(
            st.tuples(st.sampled_from(CELLS[kind]), st.sampled_from([1, 2, 40, 300, 3000])),
            min_size=1,
            max_size=4,
        ),
    )
)


def column_of(cells):
    columns, layout = Columns(), Layout([Attribute("meta.a")])
    for cell in cells:
        columns.append(layout, [cell])
    return columns.by_attribute()["meta.a"]


@settings(max_examples=examples(60), deadline=None)
@given(runs)
def test_as_of_a_list(run):
    kind, some = run
    cells = [cell for cell, times in some for _ in range(times)]
    attribute = Attribute("meta.a", type=kind)
    of_list, coded = (typed_column("A", attribute, each) for each in (cells, column_of(cells)))
    if of_list is None:
        assert coded is None
        return
    assert coded.data.tobytes() == of_list.data.tobytes()
    assert coded.mask.tolist() == of_list.mask.tolist() == [cell is None for cell in cells]
    tables = [ProductTable("hdrtab", [each]) for each in (of_list, coded)]
    as_arrays = [table.to_array() for table in tables]
    assert as_arrays[0].tobytes() == as_arrays[1].tobytes()
    as_hdus = [bytes(table.to_hdu().data.tobytes()) for table in tables]
    assert as_hdus[0] == as_hdus[1]


def test_what_astropy_reads():
    """Of cells in several blocks, with every way to say that a value is missing."""
    number = 2_000
    cells = {
        "TEXT": [None if i % 7 == 0 else f"text {i % 50}" for i in range(number)],
        "ONE": ["NIRCAM"] * number,
        "INT": [None if i % 5 == 0 else i for i in range(number)],
        "FLOAT": [i / 3 for i in range(number)],
        "FLAG": [[True, False, None][i % 3] for i in range(number)],
    }
    types = dict(zip(cells, ("string", "string", "integer", "number", "boolean"), strict=True))
    columns = [
        typed_column(name, Attribute(name, type=types[name]), column_of(values))
        for name, values in cells.items()
    ]
    hdu = ProductTable("hdrtab", columns).to_hdu()
    raw = fits.BinTableHDU.fromstring(hdu.header.tostring().encode() + hdu.data.tobytes()).data
    assert [text or None for text in raw["TEXT"].tolist()] == cells["TEXT"]
    assert raw["ONE"].tolist() == cells["ONE"]
    null = hdu.columns["INT"].null
    assert [None if i == null else i for i in raw["INT"].tolist()] == cells["INT"]
    assert raw["FLOAT"].tolist() == cells["FLOAT"]
    logical = np.asarray(raw).view(np.ndarray)["FLAG"].tolist()
    assert [{84: True, 70: False, 0: None}[flag] for flag in logical] == cells["FLAG"]


@pytest.mark.parametrize("number", [40, 1000])
def test_faults_name_the_input(number):
    cells = column_of([*(["a"] * number), "ä"])
    with pytest.raises(ValueError, match=f"input {number + 1} has"):
        typed_column("A", Attribute("meta.a", type="string"), cells)
