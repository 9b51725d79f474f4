"""What is said once of all attributes in which exposures cannot be told apart."""

import pytest

from blender_core import BlendWarning, Override, blendmodels
from blender_core.schema.attributes import read_attributes

SUMMED = ("exposure_time", "duration", "measurement_time")


@pytest.fixture
def inputs(make_models):
    """Return five inputs: two of exposure 1, one of exposure 2, two of it is not known which."""
    return make_models("meta.observation.exposure_number", ["1", None, "1", "2", None])


def sums(*names, once_per="meta.observation.exposure_number"):
    return [Override(attribute=f"meta.exposure.{n}", rule="sum", once_per=once_per) for n in names]


def blended(make_model, inputs, overrides):
    product = make_model()
    with pytest.warns(BlendWarning) as caught:
        blendmodels(product, inputs, overrides=overrides)
    return product.meta.exposure, [str(one.message) for one in caught]


def test_inputs_are_named_that_count_for_themselves_in_any_attribute(make_model, inputs):
    # Which of the inputs has which time: 1 + 2 + 8 + 16, and 2 + 8.
    for number, model in enumerate(inputs):
        model.meta.exposure.exposure_time = 2.0**number if number != 2 else 1.0
        if number in (1, 3):
            model.meta.exposure.duration = 2.0**number
    exposure, messages = blended(make_model, inputs, sums("exposure_time", "duration"))
    assert (exposure.exposure_time, exposure.duration) == (27.0, 10.0)
    assert messages == [
        (
            "inputs 2 and 5 lack meta.observation.exposure_number, by which exposures are told apart: "
            "each counts for itself in meta.exposure.exposure_time (EFFEXPTM) and "
            "meta.exposure.duration (DURATION)"
        )
    ]


def test_another_way_to_tell_exposures_apart_is_another_warning(make_model, inputs):
    for model in inputs:
        model.meta.exposure.exposure_time = model.meta.exposure.duration = 1.0
    overrides = sums("exposure_time")
    overrides += sums("duration", once_per=("EXPOSURE", "meta.observation.visit_id"))
    exposure, messages = blended(make_model, inputs, overrides)
    assert (exposure.exposure_time, exposure.duration) == (4.0, 5.0)
    assert [one.partition(", by")[0] for one in messages] == [
        "inputs 2 and 5 lack meta.observation.exposure_number",
        (
            "inputs 1, 2, 3, 4 and 5 lack meta.observation.exposure_number and "
            "meta.observation.visit_id"
        ),
    ]


def test_what_differs_within_an_exposure_is_said_of_each_attribute(make_model, inputs):
    del inputs[4], inputs[1]
    for number, model in enumerate(inputs):
        for name in SUMMED:
            model[f"meta.exposure.{name}"] = 1.0 + number
    _, messages = blended(make_model, inputs, sums(*SUMMED))
    assert len(messages) == 3
    assert all("are of one exposure and differ in meta.exposure." in one for one in messages)


def test_a_warning_does_not_name_hundreds_of_attributes(make_model, inputs):
    schema = read_attributes(make_model().schema)
    counts = [path for path, attribute in schema.items() if attribute.type == "integer"]
    paths = [path for path in counts if path.startswith("meta.exposure.")][:12]
    for path in paths:
        inputs[1][path] = 1
    overrides = [Override(attribute=path, rule="sum", once_per="EXPOSURE") for path in paths]
    _, (message,) = blended(make_model, inputs, overrides)
    assert message.startswith("input 2 lacks meta.observation.exposure_number, by which exposures ")
    assert message.count("meta.exposure.") == 10
    assert message.endswith(", … (12 in all)")
