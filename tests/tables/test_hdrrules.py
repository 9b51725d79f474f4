"""HDRRULES: what a product tells of the rules that made it."""

import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    InputError,
    Outcome,
    Outcomes,
    Override,
    ProductFile,
    Status,
    Tier,
    blendmodels,
)
from blender_core.common.provider import engine
from blender_core.tables.hdrrules import record_columns, recorded_rules
from blender_core.tables.hdrtab import to_fits_rec

DETECTOR, TIME = "meta.instrument.detector", "meta.exposure.exposure_time"


@pytest.fixture
def blended(make_model):
    """Return a function that blends two exposures."""

    def blend(**kwargs):
        inputs = [
            make_model({DETECTOR: "NRCA1", TIME: 107.5, "meta.filename": "a_cal.fits"}),
            make_model({DETECTOR: "NRCA2", "meta.filename": "b_cal.fits"}),
        ]
        return blendmodels(ImageModel((4, 4)), inputs, **kwargs)

    return blend


def test_a_product_gets_the_table_only_if_it_is_asked_for(blended, tmp_path):
    for record_rules in (True, False):
        result = blended(record_rules=record_rules)
        assert hasattr(result.product, "hdrrules") is record_rules
        result.save(tmp_path / "product.fits", overwrite=True)
        with fits.open(tmp_path / "product.fits") as hdus:
            assert ("HDRRULES" in hdus) is record_rules
            assert "HDRTAB" in hdus


def test_a_product_loses_the_table_of_an_earlier_blend(blended, make_model):
    product = blended(record_rules=True).product
    blendmodels(product, [make_model({DETECTOR: "NRCA1"})])
    assert "hdrrules" not in product.instance


def test_what_the_table_tells(blended, tmp_path):
    overrides = [
        Override(attribute="EFFEXPTM", rule="max", missing="skip", reason="longest (µs)\nof all"),
        Override(attribute="FILENAME", rule="last"),
    ]
    result = blended(record_rules=True, overrides=overrides)
    result.save(tmp_path / "product.fits")
    with fits.open(tmp_path / "product.fits") as hdus:
        hdus.verify("exception")
        table = hdus["HDRRULES"].data
        rows = {row["ATTRIBUTE"]: row for row in table}
    std = result.plan[TIME].provider
    row = rows[TIME]
    assert row["KEYWORD"] == "EFFEXPTM"
    assert (row["STATUS"], row["RULE"], row["SETTINGS"]) == ("set", "max", "missing=skip")
    assert (row["TIER"], row["ASKED_BY"]) == ("caller", "the caller")
    assert row["REASON"] == r"longest (\xb5s) of all"  # in ASCII
    assert (row["PROVIDER"], row["VERSION"], row["PLUGIN"]) == (
        "blender-rules-std",
        std.version,
        "std",
    )
    assert [row[name] for name in ("N_INPUTS", "N_VALUES", "N_SEEN", "INPUT")] == [1, 1, 1, 1]
    assert row["VALUE"] == "107.5"
    assert rows[DETECTOR]["VALUE"] == '"MULTIPLE"'
    assert row["BEFORE"] == ""
    # A file has its own name, whatever was blended.
    name = rows["meta.filename"]
    assert (name["STATUS"], name["RULE"], name["VALUE"]) == ("own", "keep", "")
    assert rows[DETECTOR]["RULE"] == "multi"
    assert rows[TIME]["COLUMN"] == "EFFEXPTM"
    # What neither the product nor an input has is not worth a row.
    assert "meta.target.ra" not in rows


def test_what_was_recorded_comes_back(blended, tmp_path):
    result = blended(record_rules=True, overrides={"DETECTOR": "drop", "FILENAME": "keep"})
    result.save(tmp_path / "product.fits")
    with fits.open(tmp_path / "product.fits") as hdus:
        recorded = recorded_rules(hdus["HDRRULES"].data, "the product")
    assert recorded.columns == {
        path: name for path, name in result.plan.columns.items() if name in result.table.colnames
    }
    told = {
        path: one
        for path, one in result.outcomes.items()
        if one.n_inputs or one.status.value != "kept"
    }
    assert recorded.outcomes.keys() == told.keys()
    for path in told.keys() - {"meta.filename", "meta.date"}:
        assert recorded.outcomes[path] == told[path]
    assert recorded.outcomes["meta.filename"].status is Status.OWN
    by_path = Outcomes(recorded.outcomes.values(), {})
    assert by_path[DETECTOR].provider.plugin == "engine"
    assert (
        by_path.explain("EFFEXPTM")
        == f"""\
meta.exposure.exposure_time (EFFEXPTM) is 107.5.
The rule is 'sum' of {by_path[TIME].provider}.
It was asked for by the schema: blend_rule of the schema.
1 input had it, with 1 different value."""
    )


@pytest.mark.parametrize(
    ("column", "problem"),
    [("RULE", "its HDRRULES has no column RULE"), ("TIER", "has a status or a tier")],
)
def test_tables_of_another_kind(blended, tmp_path, column, problem):
    result = blended(record_rules=True)
    result.save(tmp_path / "product.fits")
    with fits.open(tmp_path / "product.fits") as hdus:
        data = hdus["HDRRULES"].data
        if column == "TIER":
            np.asarray(data)["TIER"][0] = b"highest"
        else:
            data = (
                fits.BinTableHDU(data, header=None).columns.del_col(column)
                and fits.BinTableHDU.from_columns(
                    [one for one in hdus["HDRRULES"].columns if one.name != column]
                ).data
            )
        with pytest.raises(InputError, match=f"^the product: .*{problem}"):
            recorded_rules(data, "the product")


@pytest.mark.parametrize(
    "reason",
    ["größer, 大, \U0001d6fc", r"C:\temp\xb5s\\", r"no \q, no \U0fffffff", "nan", "x" * 5000],
)
def test_texts_come_back_as_they_were(blended, tmp_path, reason):
    override = Override(attribute="EFFEXPTM", rule="max", reason=reason)
    result = blended(record_rules=True, overrides=[override])
    result.save(tmp_path / "product.fits")
    product = ProductFile(tmp_path / "product.fits")
    assert product.outcomes[TIME].reason == reason
    assert product.explain("EFFEXPTM") == result.explain("EFFEXPTM")


def _outcome(value):
    return Outcome(
        attribute="meta.any",
        keyword=None,
        status=Status.SET,
        value=value,
        rule="first",
        settings="",
        tier=Tier.DEFAULT,
        asked_by="the engine",
        provider=engine(),
        reason="",
        n_inputs=1,
        n_distinct=1,
        n_seen=1,
        from_input=0,
    )


@pytest.mark.parametrize(
    "value",
    [
        0.1 + 0.2,
        5e-324,
        -0.0,
        float("inf"),
        2**63 - 1,
        True,
        "nan",
        "",
        'größer \x7f \\ "x" \U0001f600',
        " two  blanks ",
        [1, [2.5, "x"], None, False],
        {"a": {"b": [1.0]}},
    ],
)
def test_values_come_back_exactly(value):
    outcome = _outcome(value)
    columns = record_columns([outcome], {})
    table, _ = to_fits_rec("hdrrules", columns)
    raw = bytes(np.asarray(table)["VALUE"][0])
    assert raw.isascii()
    assert raw.decode().isprintable()
    recorded = recorded_rules(table, "the product").outcomes["meta.any"]
    assert repr(recorded.value) == repr(value)
    assert recorded == outcome


def test_a_value_that_json_would_change_is_not_recorded():
    columns = record_columns([_outcome({1: "a"})], {})
    assert {one.name: one.data[0] for one in columns}["VALUE"] == b""


def test_a_table_of_an_earlier_version(blended, tmp_path):
    """Without the columns of values: what rules gave is told by HDRTAB."""
    result = blended(record_rules=True, overrides={"DETECTOR": "first"})
    result.save(tmp_path / "product.fits")
    with fits.open(tmp_path / "product.fits") as hdus:
        hdu = hdus["HDRRULES"]
        columns = [one for one in hdu.columns if one.name not in ("VALUE", "BEFORE")]
        hdus["HDRRULES"] = fits.BinTableHDU.from_columns(columns, name="HDRRULES")
        hdus.writeto(tmp_path / "earlier.fits")
    product = ProductFile(tmp_path / "earlier.fits")
    assert product.explain("EFFEXPTM") == result.explain("EFFEXPTM")
    assert product.explain("DETECTOR") == result.explain("DETECTOR")
    with fits.open(tmp_path / "earlier.fits", mode="update") as hdus:
        hdus[0].header["EFFEXPTM"] = 50.0
        hdus[0].header["DETECTOR"] = "NRCB1"
    product = ProductFile(tmp_path / "earlier.fits")
    for keyword, said in [
        ("EFFEXPTM", "is 50.0, set after the blend; the blend gave 107.5 (sum of 1)."),
        ("DETECTOR", "is 'NRCB1', set after the blend; the blend gave 'NRCA1' (first of 2)."),
    ]:
        assert product.explain(keyword).splitlines()[0].endswith(said)
