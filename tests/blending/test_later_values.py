"""Values that a product got after it was blended: known, kept when it is blended again, and told."""

import warnings

import jwst.model_blender
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive

from blender_core import (
    InputError,
    ModelBlender,
    Override,
    ProductFile,
    Rule,
    Status,
    blendmodels,
)

SECONDS, START = "meta.exposure.exposure_time", "meta.exposure.start_time"
AREA, DETECTOR = "meta.photometry.pixelarea_steradians", "meta.instrument.detector"
EXPOSURES = [
    {
        "meta.filename": "a_cal.fits",
        DETECTOR: "NRCA1",
        SECONDS: 150.25,
        START: 59000.5,
        AREA: 9e-14,
    },
    {
        "meta.filename": "b_cal.fits",
        DETECTOR: "NRCA2",
        SECONDS: 150.25,
        START: 59000.1,
        AREA: 9e-14,
    },
    {
        "meta.filename": "c_cal.fits",
        DETECTOR: "NRCA1",
        SECONDS: 150.25,
        START: 59000.2,
        AREA: 9e-14,
    },
]


@pytest.fixture
def exposures(make_model):
    return [make_model(values) for values in EXPOSURES]


def blended_by_jwst(product, inputs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwst.model_blender.blendmodels(product, inputs)
    return product


def blended_here(product, inputs):
    blendmodels(product, inputs)
    return product


@pytest.fixture
def finished(blended, exposures):
    """A product that was blended, and got an exposure time and a pixel area afterwards."""
    product = blended(ImageModel((4, 4)), exposures)
    product.meta.exposure.exposure_time = 300.5
    product.meta.photometry.pixelarea_steradians = 2.25e-14
    return product


QUICK = [(blended_by_jwst, "product.fits"), (blended_here, None)]
ALL = [
    *QUICK,
    (blended_by_jwst, None),
    (blended_here, "product.fits.gz"),
    (blended_here, "product.asdf"),
]


@pytest.fixture(
    params=all_but_exhaustive(ALL, QUICK),
    ids=lambda param: f"{param[0].__name__}-{param[1]}",
)
def way(request):
    """Who has blended the product before, and the file that it is in, if it is in one."""
    return request.param


@pytest.fixture
def blended(way):
    return way[0]


@pytest.fixture
def again(way, finished, tmp_path):
    """Return a function that blends the product again, and the metadata that it has then."""

    def blend(inputs, **kwargs):
        if way[1] is None:
            return blendmodels(finished, inputs, **kwargs), finished
        path = tmp_path / way[1]
        if not path.exists():
            (finished.save if path.suffix == ".asdf" else finished.to_fits)(path)
        result = blendmodels(path, inputs, output=path, **kwargs)
        return result, datamodels.open(path)

    return blend


def test_what_was_set_later_stays_and_the_rest_is_blended(again, make_model):
    inputs = [make_model(values | {START: values[START] + 1}) for values in EXPOSURES]
    result, product = again(inputs)
    assert product.meta.exposure.exposure_time == 300.5
    assert product.meta.photometry.pixelarea_steradians == 2.25e-14
    assert product.meta.exposure.start_time == 59001.1
    assert result.later == {SECONDS: 300.5, AREA: 2.25e-14}
    assert SECONDS not in result.values
    outcome = result.outcomes[SECONDS]
    assert (outcome.status, outcome.value, outcome.blended) == (Status.LATER, 300.5, 450.75)
    assert (outcome.rule, outcome.from_input) == ("sum", None)
    assert result.explain("EFFEXPTM").splitlines()[0] == (
        "meta.exposure.exposure_time (EFFEXPTM) is 300.5, set after the blend; the blend gave "
        "450.75 (sum of 3)."
    )
    assert result.table["EFFEXPTM"].tolist() == [150.25] * 3


def test_it_stays_however_often(again, exposures):
    for _ in range(3):
        result, product = again(exposures)
        assert result.later == {SECONDS: 300.5, AREA: 2.25e-14}
        assert product.meta.exposure.exposure_time == 300.5


def test_replaced_if_asked_for(again, exposures):
    result, product = again(exposures, later="replace")
    assert product.meta.exposure.exposure_time == 450.75
    assert product.meta.photometry.pixelarea_steradians == 9e-14
    assert result.later == {}


@pytest.mark.parametrize("tier", ["plugin", "rules file", "caller"])
def test_an_override_wins_and_says_so(tier, again, exposures, tmp_path, install):
    kwargs = {}
    if tier == "plugin":
        install(
            "team-rules",
            "team",
            "from blender_core import Override, hookimpl\n"
            "@hookimpl\n"
            "def blender_overrides():\n"
            "    return [Override(attribute='EFFEXPTM', rule='max')]",
        )
    elif tier == "rules file":
        (tmp_path / "team.toml").write_text('[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\n')
        kwargs["rules"] = tmp_path / "team.toml"
    else:
        kwargs["overrides"] = {"EFFEXPTM": "max"}
    result, product = again(exposures, **kwargs)
    assert product.meta.exposure.exposure_time == 150.25
    assert result.later == {AREA: 2.25e-14}
    outcome = result.outcomes[SECONDS]
    assert (outcome.status, outcome.replaced) == (Status.SET, 300.5)
    assert result.explain("EFFEXPTM").splitlines()[-1] == (
        "It replaces 300.5, which was set after an earlier blend."
    )
    # What an override made is never taken for a later value, with the override or without it.
    assert "hdrrules" in product.instance or "HDRRULES" in product.instance["extra_fits"]
    third = blendmodels(product, exposures, block=("team",) if tier == "plugin" else ())
    assert third.values[SECONDS] == 450.75
    assert third.later == {AREA: 2.25e-14}


def test_a_record_of_another_rule_leaves_the_value_alone(again, exposures):
    result, product = again(exposures, overrides=[Override(attribute="EFFEXPTM", record=False)])
    assert product.meta.exposure.exposure_time == 300.5
    assert "EFFEXPTM" not in result.table.colnames
    # Without the column, HDRRULES tells what the blend gave.
    assert blendmodels(product, exposures).later == {SECONDS: 300.5, AREA: 2.25e-14}


def test_taken_out_stays_out(again, finished, exposures):
    del finished.meta.exposure.start_time
    result, product = again(exposures)
    assert product.meta.exposure.start_time is None
    assert result.later == {SECONDS: 300.5, START: None, AREA: 2.25e-14}
    assert result.explain("EXPSTART").splitlines()[0] == (
        "meta.exposure.start_time (EXPSTART) is none: it was taken out after the blend, which gave "
        "59000.1 (min of 3)."
    )


def test_a_product_without_a_table_is_blended_as_ever(make_model, exposures):
    values = {SECONDS: 1.0, AREA: 1e-15, "meta.target.ra": 3.5}
    keeping, replacing = make_model(values), make_model(values)
    for product, later in (keeping, "keep"), (replacing, "replace"):
        product.meta.date = "2026-01-01T00:00:00.000"
        assert blendmodels(product, exposures, later=later).later == {}
    assert keeping.meta.exposure.exposure_time == 450.75
    assert bytes(keeping.hdrtab) == bytes(replacing.hdrtab)
    assert keeping.meta.instance == replacing.meta.instance


def test_an_empty_table_tells_of_no_blend(exposures):
    product = ImageModel()
    product.meta.exposure.exposure_time = 300.5
    product.instance["hdrtab"] = np.zeros(0, [("EFFEXPTM", "f8")])
    assert blendmodels(product, exposures).values[SECONDS] == 450.75


@pytest.mark.parametrize("table", [np.zeros(2), np.array([(2j,)], [("EFFEXPTM", "c16")])])
def test_a_broken_table(exposures, table):
    product = ImageModel()
    product.meta.exposure.exposure_time = 300.5
    product.instance["hdrtab"] = table
    if table.dtype.names is None:
        with pytest.raises(
            InputError, match=r"the HDRTAB of the product is not a table.*\n.*later="
        ):
            blendmodels(product, exposures)
        assert product.meta.exposure.exposure_time == 300.5
        assert product.instance["hdrtab"] is table
        assert blendmodels(product, exposures, later="replace").values[SECONDS] == 450.75
    else:
        with pytest.raises(InputError, match="EFFEXPTM"):
            blendmodels(product, exposures)


def test_last_digits_of_sums(make_models):
    """NumPy adds up from left to right, pair by pair, and this engine exactly."""
    seconds = np.random.default_rng(6).uniform(0, 1000, 40).tolist()
    product = blended_by_jwst(ImageModel(), make_models(SECONDS, seconds))
    assert (
        product.meta.exposure.exposure_time
        != blendmodels(ImageModel(), make_models(SECONDS, seconds)).values[SECONDS]
    )
    assert blendmodels(product, make_models(SECONDS, seconds)).later == {}
    product = blended_by_jwst(ImageModel(), make_models("meta.exposure.mid_time", [1e9, 1, -1e9]))
    assert blendmodels(product, make_models("meta.exposure.mid_time", [1.0])).later == {}


def test_last_digits_of_cards(exposures, tmp_path):
    """A header that somebody has touched counts more than the tree, and has fewer digits."""
    path = tmp_path / "product.fits"
    ImageModel((4, 4)).save(path)
    for model in exposures:
        model.meta.photometry.pixelarea_steradians = 2.258775790530394e-14
    blendmodels(path, exposures, output=path)
    with fits.open(path, mode="update") as hdus:
        hdus[0].header["TARGPROP"] = "NGC 1"
        hdus["SCI"].header["PIXAR_SR"] = 2.25877579053039e-14
    assert blendmodels(path, exposures).later == {}
    with fits.open(path, mode="update") as hdus:
        hdus["SCI"].header["PIXAR_SR"] = 2.258775791e-14
        hdus[0].header["EXPSTART"] = 59000.100001
    # A tenth of a second, and one part in five thousand millions.
    assert blendmodels(path, exposures).later == {
        START: 59000.100001,
        AREA: 2.258775791e-14,
    }


def test_the_files_own_is_not_meant(again, exposures):
    result, product = again(exposures)
    assert not {"meta.filename", "meta.date", "meta.model_type"} & result.later.keys()
    assert product.meta.model_type == "ImageModel"


@pytest.mark.parametrize(
    ("path", "keyword"),
    [
        ("meta.asn.table_name", "ASNTABLE"),
        ("meta.asn.pool_name", "ASNPOOL"),
        ("meta.calibration_software_version", "CAL_VER"),
        ("meta.calibration_software_revision", "CAL_VCS"),
        ("meta.ref_file.crds.context_used", "CRDS_CTX"),
        ("meta.ref_file.crds.sw_version", "CRDS_VER"),
    ],
)
def test_how_it_was_processed_stays(path, keyword, make_model):
    """Pipelines put that into the models that they blend, but not into these models' files."""
    product = ImageModel()
    blended_by_jwst(product, [make_model(values | {path: "the product's"}) for values in EXPOSURES])
    inputs = [make_model(values | {path: "the input's"}) for values in EXPOSURES]
    result = blendmodels(product, inputs)
    assert product[path] == "the product's"
    assert result.outcomes[path].status is Status.KEPT
    assert path not in result.later
    # It has been set after the blend if it is not what the blend gave.
    blended_by_jwst(product, inputs)
    product[path] = "the pipeline's"
    assert blendmodels(product, inputs).later == {path: "the pipeline's"}
    # A new product has what the first input says, and overrides win.
    assert blendmodels(ImageModel(), inputs).values[path] == "the input's"
    assert blendmodels(product, inputs, overrides={keyword: "last"}).values[path] == "the input's"


UNRECORDED = "meta.source_catalog"


def test_what_is_not_recorded(make_model):
    """The first input tells what the blend gave, if it is the one that was the first then."""
    inputs = [make_model(values | {UNRECORDED: values["meta.filename"][0]}) for values in EXPOSURES]
    product = blended_by_jwst(ImageModel(), inputs)
    assert product.meta.source_catalog == "a"
    assert blendmodels(product, inputs).later == {}
    product.meta.source_catalog = "mine"
    assert blendmodels(product, inputs).later == {UNRECORDED: "mine"}
    # Otherwise nothing tells. What the product has is not lost, nor said to have been set later.
    product = blended_by_jwst(ImageModel(), inputs)
    result = blendmodels(product, inputs[1:])
    assert (result.later, result.outcomes[UNRECORDED].status) == ({}, Status.KEPT)
    assert product.meta.source_catalog == "a"
    # With HDRRULES, the values of all attributes are told.
    blendmodels(product, inputs, later="replace", record_rules=True)
    assert blendmodels(product, inputs[1:]).values[UNRECORDED] == "b"


def test_no_input_had_it(make_model, exposures):
    """What is recorded and has no column was had by none: the product's value is its own."""
    product = blended_by_jwst(ImageModel(), exposures)
    product.meta.target.proposer_name = "NGC 1"
    result = blendmodels(product, [make_model({"meta.target.proposer_name": "NGC 2"})])
    assert product.meta.target.proposer_name == "NGC 1"
    assert result.later["meta.target.proposer_name"] == "NGC 1"


def test_what_the_schema_forbade_was_not_set_later(make_models, make_plugins, acme):
    """A product has its own value there, which is that of the first input of which it is a copy."""
    inputs = make_models(DETECTOR, ["NRCA1", "NRCA2"])
    for model in inputs:
        instrument = model.schema["properties"]["meta"]["properties"]["instrument"]
        instrument["properties"]["detector"]["blend_rule"] = "texts"
    plugins = make_plugins({acme: [Rule(name="texts", blend="".join, summary="All texts.")]})
    product = ImageModel()
    for _ in range(2):
        product.meta.instrument.detector = "NRCA1"
        with pytest.warns(match="forbids the blended value 'NRCA1NRCA2'"):
            assert blendmodels(product, inputs, plugins=plugins).later == {}
        assert product.meta.instrument.detector is None
    product.meta.instrument.detector = "NRCB4"
    assert blendmodels(product, inputs, plugins=plugins).later == {DETECTOR: "NRCB4"}


def test_an_unknown_word():
    with pytest.raises(ValueError, match="later is 'keep' or 'replace', not 'drop'"):
        ModelBlender(later="drop")


# One ModelBlender, and a product that it finalizes more than once.


def test_finalized_twice(make_model):
    blender, product = ModelBlender(), make_model({"meta.target.proposer_name": "NGC 1"})
    for values in EXPOSURES[:2]:
        blender.accumulate(make_model(values | {UNRECORDED: "first", "meta.my_own": 1}))
    blender.finalize_model(product)
    assert product.meta.exposure.exposure_time == 300.5
    product.meta.photometry.pixelarea_steradians = 2.25e-14
    product.meta.my_own = 2
    blender.accumulate(make_model(EXPOSURES[2] | {"meta.target.proposer_name": "NGC 2"}))
    result = blender.finalize_model(product)
    assert product.meta.exposure.exposure_time == 450.75
    assert result.later == {AREA: 2.25e-14, "meta.my_own": 2}
    # What it had before the first blend was not set after it.
    assert result.outcomes["meta.target.proposer_name"].status is Status.KEPT
    third = blender.finalize_model(product)
    assert third.later == {AREA: 2.25e-14, "meta.my_own": 2}


def test_finalized_twice_with_an_override(exposures):
    blender = ModelBlender(overrides={"EFFEXPTM": "max"}, record_rules=False)
    blender.accumulate_all(exposures)
    product = ImageModel()
    blender.finalize_model(product)
    assert product.meta.exposure.exposure_time == 150.25
    product.meta.exposure.start_time = 58000.0
    result = blender.finalize_model(product)
    assert result.later == {START: 58000.0}
    assert result.values[SECONDS] == 150.25
    assert result.outcomes[SECONDS].replaced is None


def test_finalized_by_others_in_between(make_models, exposures):
    blender, product = ModelBlender(), ImageModel()
    blender.accumulate_all(exposures)
    blender.finalize_model(product)
    blendmodels(product, make_models(SECONDS, [7.0]))
    assert blender.finalize_model(product).later == {}
    assert product.meta.exposure.exposure_time == 450.75


# HDRRULES, which is recorded where the schema does not tell all.


@pytest.mark.parametrize(
    ("kwargs", "recorded"),
    [
        ({}, False),
        ({"ignore": ["meta.exposure", "meta.photometry"]}, False),
        ({"overrides": {"EFFEXPTM": "max"}}, True),
        ({"overrides": {"EFFEXPTM": "keep"}}, True),
        ({"overrides": {"TARGPROP": "drop"}}, True),
        ({"overrides": {"TARGPROP": "last"}}, False),  # no input has it
        ({"overrides": [Override(attribute="TARGPROP", rule="last", default="none")]}, True),
        ({"overrides": [Override(attribute="EFFEXPTM", record=False)]}, True),
        ({"overrides": [Override(attribute="EFFEXPTM", column="SECONDS")]}, True),
        ({"overrides": [Override(attribute="EFFEXPTM", record=True)]}, False),  # as it is
        ({"overrides": {"EFFEXPTM": "max"}, "record_rules": False}, False),
        ({"record_rules": True}, True),
    ],
)
def test_when_rules_are_recorded(exposures, kwargs, recorded):
    product = ImageModel()
    blendmodels(product, exposures, **kwargs)
    assert ("hdrrules" in product.instance) is recorded


def test_a_rule_that_replaces_another_is_recorded(exposures, install):
    install(
        "acme-rules",
        "acme",
        "from blender_core import Rule, hookimpl\n"
        "@hookimpl\n"
        "def blender_rules():\n"
        "    return [Rule(name='sum', blend=max, summary='The largest.',"
        " replaces='blender-rules-std')]",
    )
    product = ImageModel()
    blendmodels(product, exposures)
    assert product.meta.exposure.exposure_time == 150.25
    assert "hdrrules" in product.instance
    # Without the plugin, its value is not taken for a later one.
    result = blendmodels(product, exposures, block=("acme",))
    assert (result.later, result.values[SECONDS]) == ({}, 450.75)


@pytest.mark.parametrize(("said", "recorded"), [("1", True), ("no", False)])
def test_the_environment_says_whether_rules_are_recorded(exposures, monkeypatch, said, recorded):
    monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
    product = ImageModel()
    blendmodels(product, exposures, overrides={"EFFEXPTM": "max"})
    assert ("hdrrules" in product.instance) is recorded
    blendmodels(product, exposures, record_rules=not recorded)
    assert ("hdrrules" in product.instance) is not recorded


# What a product on disk tells.


@pytest.mark.parametrize("record_rules", [True, False])
def test_a_product_on_disk_tells(exposures, tmp_path, record_rules):
    path = tmp_path / "product.fits"
    product = ImageModel((4, 4))
    blendmodels(product, exposures, record_rules=record_rules)
    product.meta.exposure.exposure_time = 300.5
    del product.meta.exposure.start_time
    product.save(path)
    product = ProductFile(path)
    later = {
        one.attribute: (one.value, one.blended, one.rule)
        for one in product.outcomes.values()
        if one.status is Status.LATER
    }
    assert later == {SECONDS: (300.5, 450.75, "sum"), START: (None, 59000.1, "min")}
    assert product.explain("EFFEXPTM").splitlines()[:2] == [
        (
            "meta.exposure.exposure_time (EFFEXPTM) is 300.5, set after the blend; the blend gave "
            "450.75 (sum of 3)."
        ),
        f"The rule of the blend is 'sum' of {product.outcomes[SECONDS].provider}.",
    ]
    for keyword in ("FILENAME", "DATE"):
        (outcome,) = product.outcomes.find(keyword)
        assert (outcome.status, outcome.rule, outcome.from_input) == (Status.OWN, None, None)
        assert "rule" not in product.explain(keyword)


def test_plugins_that_cannot_be_used_are_told(exposures, tmp_path, install):
    path = tmp_path / "product.fits"
    blendmodels(ImageModel((4, 4)), exposures, output=path)
    install("acme-rules", "acme", "raise RuntimeError('not today')")
    with pytest.warns(
        match="set after the blend is not known without the rules: plugin acme-rules"
    ):
        outcome = ProductFile(path).outcomes[SECONDS]
    assert (outcome.status, outcome.value) == (Status.UNKNOWN, 450.75)


def test_a_value_that_was_set_back(exposures, tmp_path):
    path = tmp_path / "product.fits"
    product = ImageModel((4, 4))
    blendmodels(product, exposures)
    product.meta.exposure.exposure_time = 300.5
    blendmodels(product, exposures, record_rules=True)
    product.meta.exposure.exposure_time = 450.75
    product.save(path)
    outcome = ProductFile(path).outcomes[SECONDS]
    assert (outcome.status, outcome.value, outcome.blended) == (Status.SET, 450.75, None)
