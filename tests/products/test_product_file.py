"""What a product on disk tells of its blend."""

import jwst.model_blender
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive

from blender_core import (
    BlenderError,
    InputError,
    Override,
    ProductFile,
    Status,
    UnknownAttributeError,
    blendmodels,
)

DETECTOR, SECONDS = "meta.instrument.detector", "meta.exposure.exposure_time"
START, GROUPS, ONLY = "meta.exposure.start_time", "meta.exposure.ngroups", "meta.visit.exp_only"
OVERRIDES = [
    Override(attribute=SECONDS, rule="max", column="SECONDS", reason="the longest"),
    Override(attribute="meta.my_own", record=True),
    Override(attribute="meta.target.ra", rule="keep"),
]


@pytest.fixture
def inputs(make_model):
    said = [
        {DETECTOR: "NRCA1", SECONDS: 107.5, START: 59000.5, GROUPS: 6, ONLY: True},
        {DETECTOR: "NRCA2", SECONDS: 214.5, START: 59000.1, GROUPS: 6, ONLY: True},
        {DETECTOR: "NRCA2", SECONDS: 214.5, GROUPS: 7, ONLY: False},
    ]
    models = [make_model(one) for one in said]
    models[0].meta.my_own, models[1].meta.my_own = 0.5, 1.5
    return models


@pytest.fixture
def own():
    model = ImageModel(np.zeros((4, 4), np.float32))
    model.meta.target.ra = 24.5
    return model


NAMES = ("product.fits", "product.fits.gz", "product.asdf")


@pytest.fixture(params=all_but_exhaustive(NAMES, NAMES[::2]))
def path(request, tmp_path):
    return tmp_path / request.param


def test_it_tells_what_the_result_told(inputs, own, path):
    result = blendmodels(own, inputs, overrides=OVERRIDES, record_rules=True, output=path)
    product = ProductFile(str(path))
    assert (product.path, product.model_type, product.n_inputs) == (path, "ImageModel", 3)
    assert product.has_rules
    assert product.values[SECONDS] == 214.5
    assert product.values["meta.target.ra"] == 24.5
    assert product.values["meta.filename"] == path.name
    assert product.inputs[SECONDS] == [107.5, 214.5, 214.5]
    assert product.inputs[START] == [59000.5, 59000.1, None]
    assert product.inputs[ONLY] == [True, True, False]
    assert product.inputs["meta.my_own"] == [0.5, 1.5, None]
    # What neither the product nor an input has is not recorded, nor is what the product alone has.
    told = {
        key: one
        for key, one in result.outcomes.items()
        if one.n_inputs or one.status is not Status.KEPT
    }
    changed = {"meta.filename", "meta.date"}  # by writing the file
    for key in told.keys() - changed:
        assert product.outcomes[key] == told[key], key
    for key in changed & told.keys():
        assert product.outcomes[key].from_input is product.outcomes[key].rule is None
        assert product.outcomes[key].status is Status.OWN
    assert product.outcomes[SECONDS].reason == "the longest"
    assert [one.attribute for one in product.varied()] == [one.attribute for one in result.varied()]
    assert {GROUPS, "meta.my_own"} <= {one.attribute for one in product.varied()}


def test_a_file_has_its_own_name(make_models, own, path):
    inputs = make_models("meta.filename", ["a_cal.fits", "b_cal.fits"])
    result = blendmodels(own, inputs, record_rules=True, output=path)
    assert "meta.filename" not in [one.attribute for one in result.varied()]
    lines = ProductFile(path).explain("FILENAME").splitlines()
    assert lines[0] == f"meta.filename (FILENAME) is '{path.name}': the file has its own."
    assert (
        lines[-1] == "2 of 2 inputs have it, with 2 different values: 'a_cal.fits', 'b_cal.fits'."
    )


def test_its_table_is_as_the_results(inputs, own, path):
    result = blendmodels(own, inputs, overrides=OVERRIDES, record_rules=True, output=path)
    found, wanted = ProductFile(path).table, result.table
    assert found.colnames == wanted.colnames
    for name in wanted.colnames:
        a, b = found[name], wanted[name]
        assert (a.dtype, a.unit, a.tolist()) == (b.dtype, b.unit, b.tolist())
        assert (a.description, a.meta) == (b.description, b.meta)
    assert found["EXPSTART"].mask.tolist() == [False, False, True]
    assert str(found["EXPSTART"].unit) == "d"


def test_missing_logical_values(make_models, own, tmp_path):
    path = tmp_path / "product.fits"
    blendmodels(own, make_models(ONLY, [True, None, False]), output=path)
    product = ProductFile(path)
    assert product.inputs[ONLY] == [True, None, False]
    assert product.table["EXP_ONLY"].tolist() == [True, None, False]


def test_without_rules(inputs, own, path):
    blendmodels(own, inputs, output=path)
    product = ProductFile(path)
    assert not product.has_rules
    detector = product.outcomes[DETECTOR]
    assert (detector.status, detector.value) == (Status.UNKNOWN, "MULTIPLE")
    assert detector.rule is detector.tier is detector.provider is detector.from_input is None
    assert (detector.n_inputs, detector.n_distinct) == (3, 2)
    assert detector.provided_by == ""
    assert not detector.overridden
    assert product.outcomes[START].from_input == 1
    assert product.varied() == []
    assert product.explain("DETECTOR") == (
        "meta.instrument.detector (DETECTOR) is 'MULTIPLE', which no input has.\n"
        "3 of 3 inputs have it, with 2 different values: 'NRCA2' (2), 'NRCA1' (1)."
    )
    assert product.explain("EXPSTART").splitlines() == [
        "meta.exposure.start_time (EXPSTART) is 59000.1, as input 2 has it.",
        "2 of 3 inputs have it, with 2 different values: 59000.5, 59000.1.",
    ]


@pytest.mark.parametrize(
    ("second", "explained"),
    [
        (10.5, ", which no input has.\n1 of 2 inputs has it, with the same value 10.5."),
        (np.nan, ".\nNone of 2 inputs has it."),
    ],
)
def test_no_input_is_claimed_for_nan(make_models, tmp_path, second, explained):
    """A header cannot have it, and a tree can; in a table's column, it stands for nothing."""
    file = tmp_path / "product.asdf"
    blendmodels(ImageModel(), make_models("meta.target.ra", [np.nan, second]), output=file)
    product = ProductFile(file)
    assert product.inputs["TARG_RA"][0] is None
    assert np.isnan(product.outcomes["TARG_RA"].value)
    assert product.outcomes["TARG_RA"].from_input is None
    assert product.explain("TARG_RA") == f"meta.target.ra (TARG_RA) is nan{explained}"


def test_what_is_the_products_own(inputs, own, path):
    blendmodels(own, inputs, overrides=OVERRIDES, record_rules=True, output=path)
    product = ProductFile(path)
    assert product.explain("TARG_RA").splitlines()[:2] == [
        "meta.target.ra (TARG_RA) is 24.5, the product's own.",
        "The product's table has no column that tells what the inputs had.",
    ]
    assert product.outcomes["meta.model_type"].status is Status.KEPT


def test_products_of_jwst(inputs, own, tmp_path):
    for model in inputs:
        model.meta.filename = "x_cal.fits"
    jwst.model_blender.blendmodels(own, inputs)
    own.save(tmp_path / "jwst.fits")
    product = ProductFile(tmp_path / "jwst.fits")
    assert product.n_inputs == 3
    # There, missing numbers are NaN, and integers and booleans of which one is missing, floats.
    assert product.inputs[START] == [59000.5, 59000.1, None]
    assert product.inputs[ONLY] == [True, True, False]
    assert product.inputs[GROUPS] == [6, 6, 7]
    assert product.outcomes[SECONDS].value == 107.5 + 214.5 + 214.5
    assert product.table["EXPSTART"].mask.tolist() == [False, False, True]


def test_without_a_table(own, path):
    own.save(path) if path.suffix != ".gz" else blendmodels(own, [own]).save(path)
    product = ProductFile(path)
    if path.suffix != ".gz":
        assert product.n_inputs == len(product.table) == len(product.inputs) == 0
    assert product.explain("TARG_RA").startswith("meta.target.ra (TARG_RA) is 24.5")
    with pytest.raises(UnknownAttributeError, match="TARG_RA"):
        product.explain("TARG_RAA")


def test_columns_of_others(own, tmp_path):
    path = tmp_path / "product.fits"
    own.save(path)
    columns = [
        fits.Column("NGROUPS", "D", array=[6.5, 7.0]),
        fits.Column("detector", "5A", array=["NRCA1", "NRCA2"]),
        fits.Column("WEATHER", "4A", array=["fine", ""]),
        fits.Column("EXPSTART", "6A", array=["noon", "never"]),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="HDRTAB")
    fits.append(path, table.data, table.header)
    product = ProductFile(path)
    assert product.inputs == {
        GROUPS: [6.5, 7],
        DETECTOR: ["NRCA1", "NRCA2"],
        "WEATHER": ["fine", None],
        START: ["noon", "never"],
    }
    assert product.table["NGROUPS"].tolist() == [6.5, 7.0]
    assert "WEATHER" in product.explain("WEATHER")


def test_it_is_not_changed(inputs, own, path):
    blendmodels(own, inputs, output=path)
    before = path.read_bytes()
    _ = ProductFile(path).table
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content"), [("a.fits", None), ("a.fits", b"hello"), ("a.asdf", b"hello")]
)
def test_no_product(tmp_path, name, content):
    path = tmp_path / name
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=f"the product .*{name}"):
        ProductFile(path)


def test_a_broken_table(inputs, own, tmp_path):
    path = tmp_path / "product.fits"
    blendmodels(own, inputs, record_rules=True, output=path)
    with fits.open(path, mode="update") as hdus:
        hdus["HDRRULES"].header["TTYPE1"] = "ATTRIBUT"
    with pytest.raises(BlenderError, match=r"product\.fits.*HDRRULES has no column ATTRIBUTE"):
        ProductFile(path)
