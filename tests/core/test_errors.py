import warnings

import pytest

from blender_core import (
    BlenderError,
    BlendErrorGroup,
    BlendWarning,
    NoInputsError,
    RuleError,
    blendmodels,
    errors,
)
from blender_core.errors import raise_all


def test_every_error_is_a_blender_error():
    names = [name for name in errors.__all__ if name.endswith(("Error", "Group"))]
    assert len(names) > 10
    assert all(issubclass(getattr(errors, name), BlenderError) for name in names)


def test_no_fault_raises_nothing():
    assert raise_all("faults", []) is None


def test_one_fault_is_raised_as_it_is():
    fault = NoInputsError("nothing")
    with pytest.raises(NoInputsError) as caught:
        raise_all("faults", [fault])
    assert caught.value is fault


def test_several_faults_come_together_and_can_be_caught_by_kind():
    faults = [RuleError("one\nof two lines"), NoInputsError("two")]
    with pytest.raises(BlenderError) as caught:
        raise_all("two things", faults)
    group = caught.value
    assert isinstance(group, BlendErrorGroup)
    assert group.exceptions == tuple(faults)
    assert str(group) == "two things:\n- one\n  of two lines\n- two"
    only_rules = group.subgroup(RuleError)
    assert isinstance(only_rules, BlendErrorGroup)
    assert only_rules.exceptions == (faults[0],)


def test_warnings_point_at_the_caller(make_models):
    inputs = make_models("meta.instrument.detector", ["NRCA1", "NRCA2"])
    product = make_models("meta.instrument.detector", [None])[0]
    product.schema["properties"]["meta"]["properties"]["instrument"]["properties"]["detector"][
        "enum"
    ] = ["NRCA1", "NRCA2"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        blendmodels(product, inputs)
    assert [(one.category, one.filename) for one in caught] == [(BlendWarning, __file__)]
