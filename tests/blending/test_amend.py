"""A product amended from its own table: only what overrides ask for, and nothing else of it."""

import warnings

import jwst.model_blender
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import IFUImageModel, ImageModel

from blender_core import (
    AmendError,
    BlendErrorGroup,
    NotADatamodelError,
    OutputExistsError,
    Override,
    ProductDiff,
    ProductFile,
    RuleError,
    Status,
    UnknownAttributeError,
    When,
    amend,
    blendmodels,
)

SECONDS, START, END = (
    f"meta.exposure.{name}" for name in ("exposure_time", "start_time", "end_time")
)
AREA, DETECTOR = "meta.photometry.pixelarea_steradians", "meta.instrument.detector"
NUMBER = "meta.observation.exposure_number"
EXPOSURES = [
    {
        "meta.filename": f"{name}_cal.fits",
        "meta.telescope": "JWST",
        "meta.instrument.name": "NIRCAM",
        DETECTOR: detector,
        NUMBER: number,
        SECONDS: seconds,
        START: 59000.5 + seconds / 1000,
        AREA: 9e-14,
    }
    for name, detector, number, seconds in [
        ("a", "NRCA1", "1", 100.0),
        ("b", "NRCA2", "1", 100.0),
        ("c", "NRCA1", "2", 50.0),
    ]
]
ONCE = Override(attribute="EFFEXPTM", rule="sum", once_per=NUMBER, reason="counts once")


@pytest.fixture
def product(make_model):
    """A product of jwst's own blender, of which a step has then set the pixel area."""
    model = ImageModel(np.arange(16, dtype=np.float32).reshape(4, 4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwst.model_blender.blendmodels(model, [make_model(values) for values in EXPOSURES])
    model.meta.photometry.pixelarea_steradians = 2.25e-14
    model.meta.target.proposer_name = "NGC 1"
    return model


@pytest.fixture
def path(product, tmp_path):
    product.save(tmp_path / "product_i2d.fits")
    return tmp_path / "product_i2d.fits"


def header_values(path):
    with fits.open(path) as hdus:
        return {
            (hdu.name, card.keyword): card.value
            for hdu in hdus
            if hdu.name in ("PRIMARY", "SCI", "ERR", "DQ")
            for card in hdu.header.cards
        }


def hdu_bytes(path):
    """Return the bytes of each HDU, by its name."""
    with fits.open(path) as hdus:
        raw = path.read_bytes()
        infos = [hdu.fileinfo() for hdu in hdus]
        names = [hdu.name for hdu in hdus]
    return {
        name: raw[info["hdrLoc"] : info["datLoc"] + info["datSpan"]]
        for name, info in zip(names, infos, strict=True)
    }


def test_what_it_does(path, tmp_path):
    before = path.read_bytes()
    output = tmp_path / "new_i2d.fits"
    result = amend(path, overrides=[ONCE], output=output)
    (change,) = result.changes
    assert (change.attribute, change.keyword) == (SECONDS, "EFFEXPTM")
    assert (change.before, change.after) == (250.0, 150.0)
    assert (change.rule, change.settings) == ("sum", f"once_per={NUMBER}")
    assert (change.asked_by, change.reason) == ("the caller", "counts once")
    assert change.provider.distribution == "blender-rules-std"
    assert path.read_bytes() == before
    # Nothing else in the headers, but for what a file has of itself.
    old, new = header_values(path), header_values(output)
    assert {key for key in old | new if old.get(key) != new.get(key)} == {
        ("PRIMARY", "EFFEXPTM"), ("PRIMARY", "FILENAME"), ("PRIMARY", "DATE"),
    }  # fmt: skip
    assert new["PRIMARY", "EFFEXPTM"] == 150.0
    assert new["PRIMARY", "FILENAME"] == output.name
    with datamodels.open(output) as model:
        assert model.meta.exposure.exposure_time == 150.0
        assert model.meta.photometry.pixelarea_steradians == 2.25e-14
        np.testing.assert_array_equal(model.data, np.arange(16).reshape(4, 4))


def test_not_a_byte_of_other_hdus(path, tmp_path):
    output = tmp_path / "new_i2d.fits"
    amend(path, overrides={"EFFEXPTM": "max"}, output=output)
    old, new = hdu_bytes(path), hdu_bytes(output)
    assert new.keys() - old.keys() == {"HDRRULES"}
    assert {name for name in old if old[name] != new[name]} == {"PRIMARY", "ASDF"}
    assert old["HDRTAB"] == new["HDRTAB"]
    with fits.open(output) as hdus:
        hdus.verify("exception")


def test_what_it_did_is_recorded(path, tmp_path):
    output = tmp_path / "new_i2d.fits"
    amend(path, overrides=[ONCE], output=output)
    with fits.open(output) as hdus:
        (row,) = hdus["HDRRULES"].data
        assert (row["ATTRIBUTE"], row["STATUS"], row["RULE"]) == (SECONDS, "amended", "sum")
        assert (row["VALUE"], row["BEFORE"]) == ("150.0", "250.0")
        assert (row["COLUMN"], row["TIER"]) == ("EFFEXPTM", "caller")
        assert (row["N_INPUTS"], row["N_SEEN"]) == (3, 2)
    product = ProductFile(output)
    assert product.outcomes[SECONDS].status is Status.AMENDED
    assert product.explain("EFFEXPTM").splitlines()[0] == (
        "meta.exposure.exposure_time (EFFEXPTM) is 150.0, amended, instead of 250.0."
    )
    # Of all else it tells what it told before.
    untouched = ProductFile(path)
    for attribute, outcome in untouched.outcomes.items():
        if attribute not in (SECONDS, "meta.filename", "meta.date"):
            assert product.outcomes[attribute] == outcome
    assert product.outcomes[AREA].status is Status.LATER


def test_again_and_blended_again(path, make_model):
    amend(path, overrides={"EFFEXPTM": "max", "DETECTOR": "first"}, output=path)
    amend(path, overrides={"EFFEXPTM": "min"}, output=path)
    outcomes = ProductFile(path).outcomes
    assert (outcomes[SECONDS].value, outcomes[SECONDS].replaced) == (50.0, 100.0)
    assert (outcomes[DETECTOR].value, outcomes[DETECTOR].replaced) == ("NRCA1", "MULTIPLE")
    result = blendmodels(path, [make_model(values) for values in EXPOSURES])
    assert (result.values[SECONDS], result.values[DETECTOR]) == (250.0, "MULTIPLE")
    # Set before the blend by nobody knows whom, and nothing that an override has made.
    assert result.later == {AREA: 2.25e-14}


def test_a_value_that_was_set_after_it_was_amended(path, tmp_path):
    amend(path, overrides={"EFFEXPTM": "max"}, output=path)
    amended = tmp_path / "amended_i2d.fits"
    amended.write_bytes(path.read_bytes())
    with fits.open(path, mode="update") as hdus:
        hdus[0].header["EFFEXPTM"] = 77.0
    product = ProductFile(path)
    outcome = product.outcomes[SECONDS]
    assert (outcome.status, outcome.value, outcome.blended) == (Status.LATER, 77.0, 100.0)
    first, rule = product.explain(SECONDS).splitlines()[:2]
    assert first.endswith("is 77.0, set after the amendment; the amendment gave 100.0 (max of 3).")
    assert rule.startswith("The rule of the amendment is 'max' of ")
    (change,) = [
        change
        for change in ProductDiff(ProductFile(amended), product).values
        if change.attribute == SECONDS
    ]
    assert change.rule_there.startswith("set after the amendment, which gave 100.0 by max of ")


def test_the_rules_of_the_blend_stay_recorded(make_model, tmp_path):
    path = tmp_path / "product.fits"
    blendmodels(
        ImageModel((4, 4)),
        [make_model(values) for values in EXPOSURES],
        overrides={"EXPSTART": "max"},
        record_rules=True,
        output=path,
    )
    before = ProductFile(path).outcomes
    amend(path, overrides={"EFFEXPTM": "max"}, output=path)
    after = ProductFile(path).outcomes
    assert list(after) == list(before)
    changed = {path for path in before if before[path] != after[path]}
    assert changed - {"meta.date"} == {SECONDS}  # the file is written anew
    assert after[START].rule == "max"


def test_a_datamodel_in_memory(product):
    table = product.hdrtab
    result = amend(product, overrides=[ONCE])
    assert result.product is product
    assert product.meta.exposure.exposure_time == 150.0
    assert product.meta.photometry.pixelarea_steradians == 2.25e-14
    assert product.hdrtab is table
    assert product.hdrrules["ATTRIBUTE"].tolist() == [SECONDS]
    assert str(result).splitlines()[0].split() == [
        "keyword", "attribute", "before", "after", "rule", "provider",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["new.fits", "new.fits.gz", "new.asdf"])
def test_formats(product, path, tmp_path, name):
    for given in (product, path):
        result = amend(given, overrides={"EFFEXPTM": "max"})
        output = result.save(tmp_path / name, overwrite=True)
        reread = ProductFile(output)
        assert reread.values[SECONDS] == 100.0
        assert reread.outcomes[SECONDS].status is Status.AMENDED
        assert reread.inputs[DETECTOR] == ["NRCA1", "NRCA2", "NRCA1"]


def test_of_an_asdf_file(product, tmp_path):
    product.save(tmp_path / "product.asdf")
    amend(
        tmp_path / "product.asdf", overrides={"EFFEXPTM": "max"}, output=tmp_path / "product.asdf"
    )
    with datamodels.open(tmp_path / "product.asdf") as model:
        assert model.meta.exposure.exposure_time == 100.0
        assert len(model.hdrtab) == 3


def test_nothing_is_written_unless_asked_for(path):
    before = path.read_bytes()
    result = amend(path, overrides={"EFFEXPTM": "max"})
    assert path.read_bytes() == before
    assert [one.after for one in result.changes] == [100.0]
    with pytest.raises(OutputExistsError):
        amend(path, overrides={"EFFEXPTM": "max"}, output=_copied(path))
    assert result.product.meta.exposure.exposure_time == 100.0
    result.product.close()


def _copied(path):
    copy = path.with_name("copy.fits")
    copy.write_bytes(path.read_bytes())
    return copy


def test_drop_and_keep(path):
    amend(path, overrides={"TARGPROP": "drop", "EFFEXPTM": "keep"}, output=path)
    product = ProductFile(path)
    assert "meta.target.proposer_name" not in product.values
    assert product.values[SECONDS] == 250.0
    assert product.explain("TARGPROP").splitlines()[0] == (
        "meta.target.proposer_name (TARGPROP) is none, amended, instead of 'NGC 1'."
    )


def test_overrides_of_installed_plugins_and_rules_files(path, tmp_path, install, monkeypatch):
    code = (
        "from blender_core import Override, When, hookimpl\n"
        "@hookimpl\n"
        "def blender_overrides():\n"
        "    return [Override(attribute='EFFEXPTM', rule='max', when=When(instrument='NIRCAM')),\n"
        "            Override(attribute='EXPSTART', rule='max', when=When(instrument='MIRI'))]"
    )
    install("team-rules", "team", code)
    (tmp_path / "team.toml").write_text('[[override]]\nattribute = "EXPSTART"\nrule = "max"\n')
    assert {one.attribute: one.after for one in amend(path).changes} == {SECONDS: 100.0}
    result = amend(path, rules=tmp_path / "team.toml")
    assert {one.attribute: one.after for one in result.changes} == {SECONDS: 100.0, START: 59000.6}
    assert not amend(path, block=["team"]).amendments
    monkeypatch.setenv("MODEL_BLENDER_RULES", str(tmp_path / "team.toml"))
    monkeypatch.setenv("MODEL_BLENDER_BLOCK", "team")
    (change,) = amend(path).changes
    assert change.asked_by.endswith("team.toml (MODEL_BLENDER_RULES)")


def test_no_override_at_all(path, tmp_path):
    result = amend(path, output=tmp_path / "copy.fits")
    assert (result.amendments, str(result)) == ((), "no override holds for the product")
    old, new = hdu_bytes(path), hdu_bytes(tmp_path / "copy.fits")
    assert {name for name in old if old[name] != new[name]} == {"PRIMARY", "ASDF"}  # its name


def test_an_override_that_changes_nothing(path):
    result = amend(path, overrides={"EXPSTART": "min"})
    assert len(result.amendments) == 1
    assert not result.changes


def test_a_group_and_a_pattern(path):
    """What no input had is no matter, and what HDRTAB does not tell is none of it."""
    result = amend(path, overrides={"meta.exposure": "last"})
    assert {one.keyword: one.after for one in result.amendments} == {
        "EFFEXPTM": 50.0,
        "EXPSTART": 59000.55,
    }
    assert [one.keyword for one in result.changes] == ["EFFEXPTM"]
    result = amend(path, overrides={"EXPST*": "last"})
    assert [one.keyword for one in result.amendments] == ["EXPSTART"]


def test_products_of_several_classes(make_model):
    inputs = [make_model(EXPOSURES[0]), make_model(EXPOSURES[2], IFUImageModel)]
    product = ImageModel((4, 4))
    for model in inputs:
        model.meta.model_type = type(model).__name__
    blendmodels(product, inputs, mixed=True)
    override = Override(attribute="EFFEXPTM", rule="max")
    assert [one.after for one in amend(product, overrides=[override]).changes] == [100.0]
    only = Override(attribute="EFFEXPTM", rule="min", when=When(model_type="ImageModel"))
    with pytest.raises(Exception, match="EFFEXPTM"):
        amend(product, overrides=[only])


# What it cannot do, told in one error, with nothing changed.


def test_columns_that_are_not_there(product):
    product.meta.time_unit = "s"
    overrides = [
        Override(attribute="TIMEUNIT", rule="multi"),
        Override(attribute="EXPEND", rule="max"),
        Override(attribute="EFFEXPTM", rule="sum", once_per=("OBSERVTN", "EXPOSURE")),
        Override(attribute="EXPSTART", rule="first", order_by="MJD-BEG"),
    ]
    before = product.meta.instance
    with pytest.raises(AmendError) as error:
        amend(product, overrides=overrides)
    assert error.value.attributes == (
        END,
        "meta.exposure.start_time_mjd",
        "meta.observation.observation_number",
        "meta.time_unit",
    )
    for text in (
        "TIMEUNIT",
        "EXPEND",
        "OBSERVTN",
        "MJD-BEG",
        "as the caller asks",
        "blend the inp",
    ):
        assert text in str(error.value)
    assert product.meta.instance == before
    assert "hdrrules" not in product.instance


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (None, "has no table HDRTAB"),
        (np.zeros(0, [("EFFEXPTM", "f8")]), "has no rows"),
        (np.zeros(2), "is not a table"),
    ],
)
def test_tables_that_tell_nothing(table, problem):
    model = ImageModel()
    model.meta.exposure.exposure_time = 3.0
    if table is not None:
        model.instance["hdrtab"] = table
    with pytest.raises(AmendError, match=f"{problem}.*lend the inputs themselves"):
        amend(model, overrides={"EFFEXPTM": "max"})
    assert model.meta.exposure.exposure_time == 3.0


def test_other_errors(path):
    before = path.read_bytes()
    with pytest.raises(UnknownAttributeError, match="EFFEXPTMM"):
        amend(path, overrides={"EFFEXPTMM": "max"})
    with pytest.raises(BlendErrorGroup) as group:
        amend(path, overrides={"EFFEXPTM": "mintime", "EXPSTART": "mintime"}, output=path)
    assert all(isinstance(fault, RuleError) for fault in group.value.exceptions)
    with pytest.raises(NotADatamodelError, match="there is no product to amend"):
        amend(None, overrides={"EFFEXPTM": "max"})
    with pytest.raises(NotADatamodelError):
        amend([path], overrides={"EFFEXPTM": "max"})
    assert path.read_bytes() == before


def test_a_value_that_the_schema_forbids(product):
    with pytest.warns(match="forbids the blended value 'NRCA1, NRCA2'"):
        (change,) = amend(product, overrides={"DETECTOR": "join"}).changes
    assert (change.before, change.after) == ("MULTIPLE", None)
    assert product.meta.instrument.detector is None


def test_a_datamodel_that_cannot_be_saved_is_as_it_was(product, tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ImageModel, "to_fits", fail)
    with pytest.raises(Exception, match="No space left"):
        amend(product, overrides={"EFFEXPTM": "max"}, output=tmp_path / "new.fits")
    assert product.meta.exposure.exposure_time == 250.0
    assert "hdrrules" not in product.instance
    assert not list(tmp_path.glob("*new*"))
