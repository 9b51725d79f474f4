"""What the schema's validation says of a value, and what it leaves alone."""

import math
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from asdf import AsdfFile
from asdf.exceptions import ValidationError
from asdf.schema import YAML_VALIDATORS, validate
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.validate import value_change
from thoroughness import examples

from blender_core import BlendWarning
from blender_core.schema.validation import plainly_valid, problem_with

PATTERN = {"type": "string", "pattern": "^M [0-9]+$"}


@pytest.mark.parametrize(
    ("value", "subschema"),
    [
        ("M 1", PATTERN),
        ("NGC 1", PATTERN),
        (None, PATTERN),
        (2**70, {"type": "integer"}),
        (2**70, {"minimum": 3}),
        ([1, None, 2], {"type": "array", "items": {"type": "integer"}}),
        ([1, "a"], {"type": "array", "items": {"type": "integer"}}),
        ({"a": None}, {"type": "object", "properties": {"a": {"type": "integer"}}}),
        ({"a": {"b": "c"}}, {"properties": {"a": {"properties": {"b": {"enum": [1]}}}}}),
        ("FULL", {"anyOf": [{"enum": ["FULL"]}, {"enum": ["SUB64"]}]}),
        ("NONE", {"anyOf": [{"enum": ["FULL"]}, {"enum": ["SUB64"]}]}),
    ],
)
def test_it_is_what_a_datamodel_says(value, subschema):
    model = ImageModel()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        expected = value_change("meta.a", value, subschema, model)
    taken, problem = problem_with(value, subschema, model)
    assert taken == expected
    assert (problem is None) == (not caught)
    if problem:
        assert caught[0].category is ValidationWarning
        assert str(caught[0].message).splitlines()[1] == problem


kinds = st.sampled_from(
    ["string", "number", "integer", "boolean", ["string", "null"], ["number", "string"], "null"]
)
bounds = st.sampled_from([-1, 0, 2.5, 3])
whole = st.fixed_dictionaries(
    {},
    optional={
        "type": kinds,
        "enum": st.sampled_from([["M 1", 3], [True, 2.5], [1, 0], []]),
        "minimum": bounds,
        "maximum": bounds,
        "exclusiveMinimum": st.booleans(),
        "pattern": st.sampled_from(["^M", "[0-9]$"]),
        "title": st.just("a title"),
        # Words that draft 4 does not know, and what only lists and dicts have.
        "archive_catalog": st.just({"datatype": "float", "destination": ["a.b"]}),
        "items": st.just({"type": "string"}),
        "required": st.just(["a"]),
        "format": st.just("date-time"),
        "minLength": st.just(2),
        "not": st.just({"enum": [3]}),
        "anyOf": st.lists(st.fixed_dictionaries({"type": kinds}, optional={"minimum": bounds})),
    },
)


@settings(max_examples=examples(500), deadline=None)
@given(
    st.sampled_from(
        ["M 1", "NGC", "", 3, 0, -1, 2**70, 2.5, -0.5, math.nan, math.inf, True, False]
    ),
    whole,
)
@example(3, {"type": "integer", "minimum": 3, "maximum": 3})
@example("M 1", {"anyOf": [{"type": "number"}, {"type": "string"}], "pattern": "^M"})
def test_what_is_plainly_valid_is_valid(value, subschema):
    if plainly_valid(value, subschema) and subschema:
        validate(value, ctx=AsdfFile(), schema=subschema, validators=YAML_VALIDATORS)


@pytest.mark.parametrize("value", [True, False])
def test_an_enum_of_numbers_has_no_booleans(value):
    assert problem_with(value, {"enum": [0, 1]}, ImageModel())[1] is not None
    assert problem_with(int(value), {"enum": [True, False]}, ImageModel())[1] is not None


@pytest.mark.parametrize(
    ("value", "subschema"),
    [
        (3, {"type": "integer", "minimum": 3, "maximum": 3}),
        (math.nan, {"type": "number", "minimum": 3}),
        ("M 1", PATTERN),
        ("M 1", {"anyOf": [{"type": "number"}, {"type": "string"}]}),
        ("M 1", {"title": "Target"}),
        (True, {"description": "open", "archive_catalog": {}}),
        (2.5, {"type": ["integer", "number", "null"], "sdf": {"special_processing": "VALUE"}}),
        (1, {"anyOf": [{"enum": [1]}, {"enum": [2]}]}),
    ],
)
def test_plain_cases_need_no_validator(value, subschema):
    assert plainly_valid(value, subschema)


def test_the_settings_of_the_datamodel_decide():
    assert problem_with("NGC 1", PATTERN, ImageModel(pass_invalid_values=True)) == (
        True,
        "'NGC 1' does not match '^M [0-9]+$'",
    )
    with pytest.raises(ValidationError, match=r"^'NGC 1' does not match '\^M \[0-9\]\+\$'$"):
        problem_with("NGC 1", PATTERN, ImageModel(strict_validation=True))


def test_what_is_wrong_is_said_in_a_line_of_bounded_length():
    _, problem = problem_with("x\n" * 100_000, PATTERN, ImageModel())
    assert len(problem) < 500
    assert problem.endswith("does not match '^M [0-9]+$'")


def test_threads_that_validate_the_same_value_all_learn_what_is_wrong():
    """asdf 5 notes what it has validated where all threads of a process see it."""
    model, results = ImageModel(), set()

    def validate():
        for _ in range(500):
            results.add(problem_with("NGC 1", PATTERN, model))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(validate) for _ in range(4)]:
                future.result()
    finally:
        sys.setswitchinterval(interval)
    assert results == {(False, "'NGC 1' does not match '^M [0-9]+$'")}


def test_the_warnings_of_other_threads_are_left_alone():
    model = ImageModel()
    done = threading.Event()

    def validate():
        while not done.is_set():
            problem_with("NGC 1", PATTERN, model)

    threads = [threading.Thread(target=validate) for _ in range(3)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for thread in threads:
                thread.start()
            for _ in range(2000):
                warnings.warn("mine", BlendWarning, stacklevel=1)
            done.set()
            for thread in threads:
                thread.join()
            warnings.warn("afterwards", BlendWarning, stacklevel=1)
    finally:
        done.set()
        sys.setswitchinterval(interval)
    assert [str(one.message) for one in caught] == ["mine"] * 2000 + ["afterwards"]
