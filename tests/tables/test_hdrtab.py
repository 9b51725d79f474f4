import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import (
    BlendPlan,
    BlendWarning,
    Plugins,
    Registry,
    TableError,
    blendmodels,
)
from blender_core.schema.attributes import Attribute
from blender_core.tables.hdrtab import to_fits_rec, to_table, typed_column, typed_columns

# Values by type of attribute: two present, one missing.
ATTRIBUTES = {
    "integer": (7, -(2**60) - 1, None),
    "number": (1.5, 2, None),
    "boolean": (True, False, None),
    "string": ("abc", "a longer one", None),
}


def columns_of(values, type_=None, **kwargs):
    attribute = Attribute("meta.a", type=type_, keyword="A", recorded=True, **kwargs)
    plan = BlendPlan.for_attributes([attribute], Registry(Plugins.discover().rules()))
    return typed_columns(plan, {"meta.a": tuple(values)})


def written(columns, path):
    """Write a table as stdatamodels does, and return the HDU as it is on disk."""
    hdrtab, _ = to_fits_rec("hdrtab", columns)
    hdu = fits.BinTableHDU(name="HDRTAB")
    hdu.data = hdrtab
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    with fits.open(path, memmap=False) as hdulist:
        hdu = hdulist["HDRTAB"]
        raw = hdu.data.view(np.recarray).view(np.ndarray)["A"]
        return hdu.header, np.array(raw), Table.read(path, hdu="HDRTAB")


def test_integers_stay_integers(tmp_path):
    header, raw, table = written(columns_of(ATTRIBUTES["integer"], "integer"), tmp_path / "t.fits")
    assert header["TFORM1"] == "K"
    assert raw.tolist() == [7, -(2**60) - 1, header["TNULL1"]]
    assert table["A"].tolist() == [7, -(2**60) - 1, None]


def test_tnull_is_never_a_value_of_an_input(tmp_path):
    values = (-(2**63), 5, None)
    header, raw, table = written(columns_of(values, "integer"), tmp_path / "t.fits")
    assert header["TNULL1"] == -(2**63) + 1
    assert raw.tolist() == [-(2**63), 5, -(2**63) + 1]
    assert table["A"].tolist() == [-(2**63), 5, None]


def test_numbers_are_floats_whatever_their_values(tmp_path):
    header, raw, table = written(columns_of((1, 2, None), "number", unit="s"), tmp_path / "t.fits")
    assert (header["TFORM1"], header["TUNIT1"]) == ("D", "s")
    assert raw[:2].tolist() == [1.0, 2.0]
    assert np.isnan(raw[2])
    assert table["A"].tolist() == [1.0, 2.0, None]
    assert table["A"].unit == "s"


@pytest.mark.filterwarnings("ignore:Column 'A' contains NULL")
def test_logical_values_are_those_of_the_standard(tmp_path):
    # FITS 4.0, 7.3.3.1: T is true, F is false, a zero byte is a null.
    header, raw, table = written(columns_of(ATTRIBUTES["boolean"], "boolean"), tmp_path / "t.fits")
    assert header["TFORM1"] == "L"
    assert raw.astype(np.uint8).tobytes() == b"TF\0"
    assert table["A"].tolist() == [True, False, False]


def test_texts_are_blank_where_they_are_missing(tmp_path):
    header, raw, table = written(columns_of(ATTRIBUTES["string"], "string"), tmp_path / "t.fits")
    assert header["TFORM1"] == "12A"
    assert raw.tolist() == [b"abc", b"a longer one", b""]
    assert table["A"].mask.tolist() == [False, False, True]
    assert table["A"].tolist()[:2] == ["abc", "a longer one"]


@pytest.mark.parametrize("type_", ATTRIBUTES)
def test_the_table_for_people_is_masked(type_):
    columns = columns_of(ATTRIBUTES[type_], type_, title="[d] A thing", unit="d")
    table = to_table(columns)
    assert table["A"].tolist() == list(ATTRIBUTES[type_])
    assert table["A"].unit == "d"
    assert table["A"].description == "[d] A thing"
    assert table["A"].meta == {"attribute": "meta.a"}


def test_nan_is_a_value_and_not_missing():
    table = to_table(columns_of((float("nan"), None, 1.0), "number"))
    assert table["A"].mask.tolist() == [False, True, False]


@pytest.mark.parametrize("type_", [*ATTRIBUTES, None, "array"])
def test_a_column_that_is_missing_everywhere_is_left_out(type_):
    assert columns_of((None, None), type_) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((True, None), (True, None)),
        ((3, None), (3, None)),
        ((3, 0.5), (3.0, 0.5)),
        (("a", "b"), ("a", "b")),
        (("a", 3, 0.5, True), ("a", "3", "0.5", "True")),
    ],
)
@pytest.mark.parametrize("type_", [None, "array"])
def test_where_the_schema_leaves_the_type_open_values_decide(values, expected, type_):
    column = to_table(columns_of(values, type_))["A"]
    assert tuple(column.tolist()) == expected
    assert [type(one) for one in column.tolist()] == [type(one) for one in expected]


@pytest.mark.parametrize(
    ("type_", "values", "kept"),
    [
        ("number", (1.5, "N/A"), [1.5, None]),
        ("integer", (1, 1.5), [1, None]),
        ("integer", (1, [1]), [1, None]),
        ("boolean", (True, "T"), [True, None]),
        ("string", ("a", ["b"]), ["a", None]),
    ],
)
def test_values_of_another_type_than_the_schemas_are_missing_with_a_warning(type_, values, kept):
    with pytest.warns(BlendWarning, match=rf"meta.a \(A\) is of type {type_}.* of input 2 as mis"):
        columns = columns_of(values, type_)
    assert to_table(columns)["A"].tolist() == kept


def test_many_values_of_another_type_are_one_warning():
    with pytest.warns(BlendWarning, match="'x' of input 3 and 2 more as missing"):
        assert columns_of(["x"] * 5, "number") == []


def test_a_list_among_scalars_of_a_type_that_the_schema_leaves_open_is_told():
    attribute = Attribute("meta.a", keyword="A")
    with pytest.warns(
        BlendWarning, match=r"\(A\) .* in other inputs: HDRTAB has \[1, 2\] of input 2"
    ):
        column = typed_column("A", attribute, ["x", [1, 2], None])
    assert column.mask.tolist() == [False, True, True]
    assert typed_column("A", attribute, [[1, 2], None]) is None  # nothing is left to be kept


@pytest.mark.parametrize(
    ("type_", "values", "kept"),
    [
        ("integer", (1, 2.0), [1, 2]),
        ("boolean", (True, 0), [True, False]),
        ("string", ("a", 5), ["a", "5"]),
    ],
)
def test_values_that_lose_nothing_are_converted(type_, values, kept):
    assert to_table(columns_of(values, type_))["A"].tolist() == kept


@pytest.mark.parametrize(
    ("type_", "value", "words"),
    [
        ("string", "José", "printable ASCII text only, and input 2 has 'José'"),
        ("string", "José", "with record = false leaves the column out"),
        ("string", "two\nlines", "printable ASCII"),
        ("string", "zero\0byte", "printable ASCII"),
        ("integer", 2**63, "int64 does not hold it, and input 2 has 9223372036854775808"),
        ("integer", -(2**63) - 1, "int64 does not hold it"),
        ("number", 2**53 + 1, "float64 does not hold it exactly"),
        ("number", 10**400, "float64 does not hold it exactly"),
    ],
)
def test_what_a_table_cannot_hold_is_refused_by_name(type_, value, words):
    first = "a" if type_ == "string" else 1
    with pytest.raises(TableError, match=words) as caught:
        columns_of((first, value), type_)
    assert str(caught.value).startswith("meta.a (A) cannot be kept in column 'A' of HDRTAB")
    assert (caught.value.attribute, caught.value.column) == ("meta.a", "A")


def columns_named(*names):
    attributes = [Attribute(f"meta.{name}", keyword=name, recorded=True) for name in names]
    plan = BlendPlan.for_attributes(attributes, Registry(Plugins.discover().rules()))
    return typed_columns(plan, {attribute.path: (1, None) for attribute in attributes})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("A" * 69, "its name has 69 characters, and FITS allows 68"),
        ("NAÏVE", "FITS allows printable ASCII characters only in its name"),
        ("TWO\nLINES", "FITS allows printable ASCII characters only in its name"),
        ("A" * 100_000, "its name has 100000 characters"),
    ],
)
def test_names_that_a_column_cannot_have_are_refused(name, words):
    with pytest.raises(TableError, match=words) as caught:
        columns_named("FINE", name)
    assert (caught.value.attribute, caught.value.column) == (f"meta.{name}", name)
    assert "in column" in str(caught.value)


def test_the_longest_name(tmp_path):
    columns = columns_named("A" * 68)
    hdu = fits.BinTableHDU(to_fits_rec("hdrtab", columns)[0])
    hdu.writeto(tmp_path / "t.fits")
    assert Table.read(tmp_path / "t.fits").colnames == ["A" * 68]


def test_a_name_that_no_column_has_may_be_anything():
    attribute = Attribute("meta.a", keyword="Ï" * 100, recorded=True)
    plan = BlendPlan.for_attributes([attribute], Registry(Plugins.discover().rules()))
    assert typed_columns(plan, {"meta.a": (None, None)}) == []


def test_the_most_columns():
    names = [f"C{i}" for i in range(1000)]
    assert len(columns_named(*names[:999])) == 999
    with pytest.raises(TableError, match="has 999 columns at most, and 1000 are needed") as caught:
        columns_named(*names)
    assert (caught.value.attribute, caught.value.column) == ("meta.C999", "C999")


@pytest.fixture
def product(tmp_path):
    """Return a product that was blended, and the path to save it to."""
    values = {
        "meta.exposure.start_time": (59000.25, None),
        "meta.exposure.nints": (3, None),
        "meta.visit.exp_only": (False, None),
        "meta.target.catalog_name": ("NGC 1", None),
    }
    inputs = [ImageModel(), ImageModel()]
    for path, (value, _) in values.items():
        inputs[0][path] = value
    model = ImageModel((4, 4))
    result = blendmodels(model, inputs)
    return model, result, tmp_path / "product.fits"


@pytest.mark.filterwarnings("ignore:Column 'EXP_ONLY' contains NULL")
def test_a_product_keeps_its_table_through_save_and_open(product):
    model, _, path = product
    assert model.hdrtab["NINTS"][0] == 3
    model.save(str(path))
    header = fits.getheader(path, "HDRTAB")
    units = {header[f"TTYPE{i}"]: header.get(f"TUNIT{i}") for i in range(1, header["TFIELDS"] + 1)}
    assert units["EXPSTART"] == "d"
    assert units["NINTS"] is None
    table = Table.read(path, hdu="HDRTAB")
    assert table["EXPSTART"].tolist() == [59000.25, None]
    assert table["NINTS"].tolist() == [3, None]
    assert table["TARGNAME"].mask.tolist() == [False, True]
    assert table["TARGNAME"][0] == "NGC 1"
    with fits.open(path, logical_as_bytes=True) as hdulist:
        assert hdulist["HDRTAB"].data["EXP_ONLY"].tolist() == [b"F", b""]
    with open_model(path) as reopened:
        assert reopened.hdrtab["EXPSTART"][0] == 59000.25
        assert reopened.hdrtab["NINTS"].tolist() == [3, -(2**63)]


@pytest.mark.filterwarnings("ignore:Column 'EXP_ONLY' contains NULL")
def test_a_product_keeps_its_table_in_asdf(product):
    model, _, path = product
    path = path.with_suffix(".asdf")
    model.save(str(path))
    with open_model(path) as reopened:
        assert reopened.hdrtab["EXPSTART"][0] == 59000.25
        assert reopened.hdrtab["TARGNAME"].astype(str).tolist() == ["NGC 1", ""]


def test_a_schema_that_knows_hdrtab_is_kept(make_models, tmp_path):
    # As stdatamodels may come to have it, with no column prescribed.
    model = ImageModel((4, 4))
    model.schema["properties"]["hdrtab"] = {
        "title": "Combined header table",
        "fits_hdu": "HDRTAB",
        "allow_extra_columns": True,
        "datatype": [],
    }
    blendmodels(model, make_models("meta.exposure.nints", [3, 4]))
    assert model.schema["properties"]["hdrtab"]["allow_extra_columns"] is True
    assert "hdrtab" not in ImageModel().schema["properties"]
    model.save(str(tmp_path / "product.fits"))
    table = Table.read(tmp_path / "product.fits", hdu="HDRTAB")
    assert table["NINTS"].tolist() == [3, 4]


def test_the_result_has_the_same_table(product):
    _, result, _ = product
    assert result.table["EXPSTART"].tolist() == [59000.25, None]
    assert result.table["EXP_ONLY"].tolist() == [False, None]
    assert result.table["EXPSTART"].unit == "d"
    assert "start" in result.table["EXPSTART"].description.lower()


@pytest.mark.filterwarnings("ignore:meta.a:blender_core.BlendWarning")
def test_messages_are_bounded():
    with pytest.raises(TableError, match="printable ASCII") as caught:
        columns_of(["\n" * 10**6], "string")
    assert len(str(caught.value)) < 500
    with pytest.warns(BlendWarning, match="as missing") as warned:
        columns_of([1, ["x" * 10**6] * 1000], "integer")
    assert len(str(warned[0].message)) < 500
