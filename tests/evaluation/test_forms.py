"""Outcomes as JSON, dicts and tables, held to the schema that is shipped."""

import json
from importlib.resources import files

import jsonschema
import numpy as np
import pytest
from astropy.table import Table
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, ProductFile, Status, amend, blendmodels

SCHEMA = json.loads((files("blender_core.evaluation") / "outcomes.schema.json").read_text("utf-8"))
PATH = "meta.exposure.exposure_time"


@pytest.fixture(scope="module")
def validator():
    kind = jsonschema.validators.validator_for(SCHEMA)
    kind.check_schema(SCHEMA)
    return kind(SCHEMA)


def models(seconds=(107.5, 214.5, float("nan"))):
    made = []
    for i, each in enumerate(seconds):
        model = ImageModel()
        model.meta.exposure.exposure_time = each
        model.meta.instrument.detector = f"NRCA{i + 1}"
        model.meta.background.level = [0.5, float("inf")][i % 2]
        made.append(model)
    return made


def result_with(*overrides, product=None, **settings):
    return blendmodels(product, models(**settings), overrides=overrides, record_rules=True)


@pytest.fixture(scope="module")
def result():
    return result_with(
        Override(attribute="EFFEXPTM", rule="sum", missing="require"),
        Override(attribute="DETECTOR", rule="drop"),
        product=ImageModel(),
    )


def strict(text):
    def refuse(constant):
        pytest.fail(f"JSON has no {constant}")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("inputs", [False, True])
def test_json_is_of_its_schema(result, validator, inputs):
    content = strict(result.outcomes.to_json(inputs=inputs))
    validator.validate(content)
    assert content["version"] == 1
    assert [each["attribute"] for each in content["outcomes"]] == list(result.outcomes)
    (each,) = (each for each in content["outcomes"] if each["attribute"] == PATH)
    assert (each["keyword"], each["status"], each["value"]) == ("EFFEXPTM", "set", "NaN")
    assert (each["rule"], each["tier"]) == ("sum", "caller")
    assert each["settings"] == "missing=require"
    assert each["provider"]["distribution"] == "blender-rules-std"
    assert (each["n_inputs"], each["n_distinct"], each["row"]) == (3, 3, None)
    assert each.get("inputs") == ([107.5, 214.5, "NaN"] if inputs else None)
    (dropped,) = (each for each in content["outcomes"] if each["keyword"] == "DETECTOR")
    assert (dropped["status"], dropped["value"]) == ("dropped", None)


def test_of_products_that_were_changed_later(tmp_path, validator):
    statuses = set()
    drop = Override(attribute="DETECTOR", rule="drop")
    finite = result_with(drop, product=ImageModel(), seconds=[1.5, 2.5])
    product = finite.save(tmp_path / "product.fits")
    amended = amend(product, overrides={"EFFEXPTM": "max"}, output=tmp_path / "amended.fits")
    for path in (product, amended.save(tmp_path / "again.fits")):
        outcomes = ProductFile(path).outcomes
        validator.validate(strict(outcomes.to_json(inputs=True)))
        statuses |= {each["status"] for each in outcomes.to_dict()["outcomes"]}
    with ImageModel(product) as model:
        model.meta.exposure.exposure_time = 5.5
        later = result_with(product=model)
        validator.validate(strict(later.outcomes.to_json()))
    assert statuses >= {"set", "own", "amended", "dropped"}


def test_a_value_that_is_refused(validator):
    product = ImageModel()
    product._strict_validation = False
    with pytest.warns(UserWarning, match="MULTIPLE"):
        result = blendmodels(product, models(), overrides={"DETECTOR": "join"})
    outcome = result.outcomes["DETECTOR"]
    assert outcome.status is Status.REFUSED
    content = strict(result.outcomes.to_json())
    validator.validate(content)
    (each,) = (each for each in content["outcomes"] if each["keyword"] == "DETECTOR")
    assert (each["value"], each["blended"]) == (None, "NRCA1, NRCA2, NRCA3")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "other"},
        {"attribute": 5},
        {"row": 0},
        {"tier": "nobody"},
        {"n_inputs": -1},
        {"provider": {"distribution": "acme"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_not_of_the_form(result, validator, change):
    content = strict(result.outcomes.to_json())
    content["outcomes"][3].update(change)
    assert not validator.is_valid(content)
    del content["outcomes"][3]["attribute"]
    assert not validator.is_valid(content)


def test_the_schema_names_all_that_there_is(result):
    properties = SCHEMA["$defs"]["outcome"]["properties"]
    content = result.outcomes.to_dict(inputs=True)
    assert list(content["outcomes"][0]) == list(properties)
    assert SCHEMA["$defs"]["outcome"]["required"] == [*properties][:-1]
    statuses = properties["status"]["enum"]
    assert statuses == [status.value for status in Status]


def test_own_values_are_told_where_they_are_given():
    product = ImageModel()
    product.meta.exposure.ngroups = 7
    result = blendmodels(product, models(), ignore=["meta.exposure.ngroups"])
    for own, value in ((result.kept, 7), ({}, None)):
        (each,) = (
            each
            for each in result.outcomes.to_dict(own)["outcomes"]
            if each["keyword"] == "NGROUPS"
        )
        assert (each["status"], each["value"]) == ("kept", value)


def test_a_table(result, tmp_path):
    table = result.outcomes.to_table()
    assert list(table["attribute"]) == list(result.outcomes)
    row = table[table["keyword"].filled("") == "EFFEXPTM"][0]
    assert np.isnan(row["value"])
    assert (row["rule"], row["n_inputs"], row["provider"]) == (
        "sum",
        3,
        str(result.outcomes["EFFEXPTM"].provider),
    )
    assert row["row"] is np.ma.masked
    by_rule = table[table["rule"].filled("") == "drop"]
    assert by_rule["keyword"].tolist() == ["DETECTOR"]
    assert by_rule["value"].mask.tolist() == [True]
    table["attribute", "status", "rule", "n_inputs"].write(tmp_path / "outcomes.ecsv")
    assert Table.read(tmp_path / "outcomes.ecsv")["rule"].tolist() == table["rule"].tolist()
