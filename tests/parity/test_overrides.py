"""An override does what the same rule in the schema would do: the peer shows what that is.

The peer knows rules from schemas only. Its inputs have a copy of the schema in which the rules of
some attributes are others; the inputs of this project have the schema as it is, and overrides.
"""

import copy

import jwst.model_blender
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jwst.model_blender.rules import RULE_FUNCTIONS
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive

import blender_core

# Some have a rule in the schema, some have none.
NUMBERS = (
    "meta.target.ra",
    "meta.instrument.filter_wheel_offset",
    "meta.exposure.start_time",
    "meta.exposure.exposure_time",
)
INTEGERS = ("meta.exposure.ngroups", "meta.exposure.integration_end", "meta.visit.total_exposures")
TEXTS = (
    "meta.target.proposer_name",
    "meta.observation.visit_id",
    "meta.observation.date_end",
    "meta.observation.time",
)
# Where both add up without rounding, they agree to the last digit.
a_number = st.integers(-(2**40), 2**40).map(lambda number: number / 1024)
an_integer = st.integers(-(2**40), 2**40)
a_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
# The peer compares them as texts: of one width, that is the same.
a_date = st.dates().map(str)
a_time = st.times().map(lambda time: time.isoformat("microseconds"))
a_date_time = st.datetimes().map(lambda moment: moment.isoformat(timespec="microseconds"))

FOR_NUMBERS = ((NUMBERS, a_number), (INTEGERS, an_integer))
SUITABLE = {
    "first": (*FOR_NUMBERS, (TEXTS, a_text)),
    "multi": ((TEXTS, st.sampled_from(["F200W", "f200w", "F115W", ""])),),
    "mean": ((NUMBERS, a_number),),
    "sum": FOR_NUMBERS,
    "max": FOR_NUMBERS,
    "min": FOR_NUMBERS,
    "mintime": ((TEXTS, a_time),),
    "maxtime": ((TEXTS, a_time),),
    "mindate": ((TEXTS, a_date),),
    "maxdate": ((TEXTS, a_date),),
    "mindatetime": ((TEXTS, a_date_time),),
    "maxdatetime": ((TEXTS, a_date_time),),
    "wheeltol": (
        (
            TEXTS,
            st.sampled_from(["outside calibration tolerance", "within commanded tolerance", "?"]),
        ),
    ),
}
"""Rule → the attributes that may have what it makes, and what they have before."""


def test_all_rules_of_the_peer_are_here():
    assert set(SUITABLE) == {*RULE_FUNCTIONS, "first"}


PLAN = blender_core.BlendPlan.for_model(ImageModel)


def with_rules(schema, rules):
    """Return a copy of a schema with other rules: dotted path → name."""
    schema = copy.deepcopy(schema)
    for path, rule in rules.items():
        subschema = schema
        for part in path.split("."):
            subschema = subschema["properties"][part]
        subschema["blend_rule"] = rule
    return schema


def make(values, schema):
    model = ImageModel()
    model.meta.date = "2026-01-01T00:00:00.000"  # not when it was made
    for path, value in values.items():
        if value is not None:
            model[path] = value
    model._schema = schema
    return model


@st.composite
def columns(draw, strategies):
    """Return what inputs say of each attribute; one at least says something of it.

    The peer gives the product None where none does, which is another matter
    (see test_differences.py).
    """
    number = draw(st.integers(1, 4))
    found = {}
    for path, strategy in strategies.items():
        column = draw(
            st.lists(st.none() | strategy, min_size=number, max_size=number).filter(
                lambda values: values.count(None) < len(values)
            )
        )
        found[path] = column
    return found


def written(how, paths, rule, folder):
    """Return overrides that give attributes a rule, as they can be written."""
    keywords = [PLAN[path].attribute.keyword for path in paths]
    if how == "paths":
        return {"overrides": dict.fromkeys(paths, rule)}
    if how == "keywords":
        return {"overrides": dict.fromkeys(keywords, rule)}
    if how == "groups":
        # No input has what else is in them.
        return {"overrides": {path.rpartition(".")[0]: rule for path in paths}}
    file = folder / "team.toml"
    tables = (f'[[override]]\nattribute = "{name}"\nrule = "{rule}"\n' for name in keywords)
    file.write_text("\n".join(tables))
    return {"rules": file}


@pytest.mark.parametrize("rule", all_but_exhaustive(SUITABLE, ("sum", "mindatetime")))
def test_the_same_rule_in_the_schema(rule, same, tmp_path):
    strategies = {path: strategy for paths, strategy in SUITABLE[rule] for path in paths}
    schema = ImageModel().schema
    theirs_schema = with_rules(schema, dict.fromkeys(strategies, rule))

    @settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(columns(strategies), st.sampled_from(["paths", "keywords", "groups", "rules file"]))
    def compare(said, how):
        rows = [dict(zip(said, row, strict=True)) for row in zip(*said.values(), strict=True)]
        inputs = [make(row, schema) for row in rows]
        theirs, ours = ImageModel(), ImageModel()
        jwst.model_blender.blendmodels(theirs, [make(row, theirs_schema) for row in rows])
        blender_core.blendmodels(ours, inputs, **written(how, strategies, rule, tmp_path))
        assert same.values(theirs, ours) > 0
        for path in strategies:
            same.value(theirs[path], ours[path], path)
        assert same.table(theirs.hdrtab, ours.hdrtab, inputs) > 0

    compare()
