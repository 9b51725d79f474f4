"""The JSON Schema of rules files says what the reader of rules files takes."""

import dataclasses
import json
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blender_core import BlenderError, Missing, Override, When
from blender_core.plan.rules_file import read_rules_file
from blender_core.plan.rules_file_schema import rules_file_schema

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    path
    for path in (ROOT / "examples").rglob("*.toml")
    if path.name != "pyproject.toml" and "src" not in path.parts
)
SCHEMA = rules_file_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def reads(text, folder):
    path = folder / "rules.toml"
    path.write_text(text)
    try:
        return bool(read_rules_file(path)) or True
    except BlenderError:
        return False


def test_what_is_shipped_is_what_is_made():
    shipped = files("blender_core.plan").joinpath("rules_file.schema.json").read_text()
    assert json.loads(shipped) == SCHEMA


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    (example,) = SCHEMA["properties"]["override"]["items"]["examples"]
    VALIDATOR.validate({"override": [example]})


def test_every_argument_is_in_it_and_explained():
    item = SCHEMA["properties"]["override"]["items"]
    assert list(item["properties"]) == [field.name for field in dataclasses.fields(Override)]
    when = item["properties"]["when"]["properties"]
    assert list(when) == [field.name for field in dataclasses.fields(When)]
    for each in (*item["properties"].values(), *when.values()):
        assert each["description"].endswith(".")
        assert "\n" not in each["description"]
    assert "exposure" in item["properties"]["once_per"]["description"]


def test_names_of_rules_are_offered_and_others_allowed():
    schema = rules_file_schema(["mean", "sum"])
    names = schema["properties"]["override"]["items"]["properties"]["rule"]["anyOf"][0]["enum"]
    assert names == ["mean", "sum", "keep", "drop"]
    table = {"override": [{"attribute": "A", "rule": "acme:other"}]}
    jsonschema.Draft7Validator(schema).validate(table)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_rules_files_of_the_examples(path):
    VALIDATOR.validate(tomllib.loads(path.read_text()))


@pytest.mark.parametrize(
    "text",
    [
        'rule = "max"',
        'attribute = ""\nrule = "max"',
        'attribute = "A"',
        'attribute = "A"\nrule = 5',
        'attribute = "A"\nrule = " "',
        'attribute = "A"\nonce_per = "B"',
        'attribute = "A"\nrule = "max"\nonce_per = []',
        'attribute = "A"\nrule = "max"\nonce_per = ["B", 5]',
        'attribute = "A"\nrule = "max"\nonce_pre = "B"',
        'attribute = "A"\nrule = "max"\nmissing = "none"',
        'attribute = "A"\nrule = "max"\nmissing = "skip"\ndefault = 0',
        'attribute = "A"\nrule = "max"\ndefault = [0]',
        'attribute = "A"\nrule = "max"\nwhen = "MIRI"',
        'attribute = "A"\nrule = "max"\nwhen = { instrument = 5 }',
        'attribute = "A"\nrule = "max"\nwhen = { instrument = "" }',
        'attribute = "A"\nrule = "max"\nwhen = { grating = "H" }',
        'attribute = "A"\nrule = "max"\ncompanions = "B"',
        'attribute = "A"\nrule = "max"\ncompanions = { weights = 5 }',
        'attribute = "A"\nrule = "max"\nparameters = [1]',
        'attribute = "A"\nrecord = "yes"',
        'attribute = "A"\ncolumn = ""',
        'attribute = "A"\nrule = "max"\noptional = 1',
        'attribute = "A"\nblend_from = "B"',
    ],
)
def test_what_neither_takes(text, tmp_path):
    text = f"[[override]]\n{text}\n"
    assert not reads(text, tmp_path)
    assert not VALIDATOR.is_valid(tomllib.loads(text))


@pytest.mark.parametrize("text", ['override = "A"', "[override]\nattribute = 'A'", "[[rule]]"])
def test_other_tables(text, tmp_path):
    assert not reads(text, tmp_path)
    assert not VALIDATOR.is_valid(tomllib.loads(text))


WORDS = st.sampled_from(["EFFEXPTM", "meta.*", "sum", "keep", "", " ", "MIRI", "skip"])
NAMES = st.one_of(WORDS, st.lists(WORDS, max_size=2))
VALUES = st.one_of(WORDS, NAMES, st.booleans(), st.integers(-5, 5), st.floats(-5, 5))
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "attribute": WORDS,
        "rule": WORDS,
        "reason": WORDS,
        "when": st.dictionaries(st.sampled_from(["instrument", "detector", "grating"]), NAMES),
        "missing": st.sampled_from([*(each.value for each in Missing), "other"]),
        "default": VALUES,
        "order_by": WORDS,
        "once_per": NAMES,
        "blend_from": WORDS,
        "companions": st.dictionaries(st.sampled_from(["weights", "other"]), VALUES, max_size=1),
        "parameters": st.dictionaries(st.sampled_from(["sort", "other"]), VALUES, max_size=1),
        "record": st.one_of(st.booleans(), st.integers(0, 1)),
        "column": WORDS,
        "optional": st.booleans(),
        "optinal": st.booleans(),
    },
)


def toml(value):
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml(each)}' for key, each in value.items())} }}"
    return json.dumps(value)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(table=TABLES)
def test_what_is_read_is_valid(table, tmp_path):
    """The schema cannot tell all that is wrong, but refuses nothing that is right."""
    text = "[[override]]\n" + "\n".join(f"{key} = {toml(each)}" for key, each in table.items())
    if reads(text, tmp_path):
        VALIDATOR.validate(tomllib.loads(text))
