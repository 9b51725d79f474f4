import math

import pytest

from blender_core import Override, blendmodels
from blender_rules_std.constants import float_one, int_one, zero


@pytest.mark.parametrize("values", [[5], [5, 7], ["a", "b"], [math.nan], [[1], {}], [2**60, True]])
@pytest.mark.parametrize(
    ("rule", "constant", "kind"), [(zero, 0, int), (int_one, 1, int), (float_one, 1.0, float)]
)
def test_the_values_do_not_matter(rule, constant, kind, values):
    assert rule(values) == constant
    assert type(rule(values)) is kind


def test_what_an_override_says(make_model):
    said = Override(attribute="DETECTOR", rule="constant", parameters={"value": "MULTIPLE"})
    inputs = [make_model({"meta.instrument.detector": "NRCA1"}), make_model({})]
    assert blended(inputs, said) == "MULTIPLE"
    assert blended(inputs[1:], said) is None
    # Without a value, the product keeps its own.
    assert blended(inputs, Override(attribute="DETECTOR", rule="constant")) is None


def blended(inputs, override):
    return blendmodels(None, inputs, overrides=[override]).values.get("meta.instrument.detector")
