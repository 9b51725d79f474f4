"""What a result says in words."""

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, UnknownAttributeError, blendmodels

DETECTOR, TIME = "meta.instrument.detector", "meta.exposure.exposure_time"


def explained(result, attribute):
    text = result.explain(attribute)
    for provider in {str(one.provider) for one in result.plan.values()}:
        text = text.replace(provider, provider.split()[0])
    return text.splitlines()


def test_a_common_value_and_different_ones(make_models):
    inputs = make_models(DETECTOR, ["NRCA1", None, "NRCA1", "NRCA2"])
    result = blendmodels(ImageModel(), inputs)
    assert explained(result, "DETECTOR") == [
        "meta.instrument.detector (DETECTOR) is 'MULTIPLE'.",
        "The rule is 'multi' of blender-rules-std.",
        "It was asked for by the schema: blend_rule of the schema.",
        "3 of 4 inputs have it, with 2 different values: 'NRCA1' (2), 'NRCA2' (1).",
    ]
    result = blendmodels(ImageModel(), inputs[:3])
    assert explained(result, DETECTOR)[0] == (
        "meta.instrument.detector (DETECTOR) is 'NRCA1', taken from input 1."
    )
    assert explained(result, DETECTOR)[-1] == "2 of 3 inputs have it, with the same value 'NRCA1'."


def test_what_varied_by_default(make_models):
    result = blendmodels(ImageModel(), make_models("meta.target.ra", [1.5, 2.5]))
    assert explained(result, "TARG_RA") == [
        "meta.target.ra (TARG_RA) is 1.5, taken from input 1.",
        "The rule is 'first' of blender-rules-std.",
        "It was asked for by the engine: no blend_rule in the schema.",
        "2 of 2 inputs have it, with 2 different values: 1.5, 2.5.",
        "The inputs differ, and the first was taken because nobody asked for a rule.",
    ]


def test_the_earliest_is_not_the_first_of_the_inputs(make_model):
    start = "meta.exposure.start_time"
    inputs = [make_model({start: time, "meta.filename": "a"}) for time in (3.0, 1.0)]
    override = Override(attribute="FILENAME", rule="first", order_by="EXPSTART")
    result = blendmodels(ImageModel(), inputs, overrides=[override])
    assert result.outcomes["meta.filename"].from_input == 1


def test_an_exposure_that_counts_once(make_model):
    inputs = [
        make_model({TIME: 107.5, "meta.observation.exposure_number": exposure})
        for exposure in ("1", "1", "2")
    ]
    override = Override(
        attribute=TIME, rule="sum", once_per="meta.observation.exposure_number", reason="really"
    )
    result = blendmodels(ImageModel(), inputs, overrides=[override])
    assert explained(result, TIME) == [
        "meta.exposure.exposure_time (EFFEXPTM) is 215.0.",
        "The rule is 'sum' (once_per=meta.observation.exposure_number) of blender-rules-std.",
        "It was asked for by the caller: really.",
        "3 of 3 inputs have it, with the same value 107.5.",
        "The rule saw 2 values of these.",
    ]


def test_what_the_product_has_not(make_models):
    inputs = make_models(DETECTOR, ["NRCA1", "NRCA2"])
    dropped = blendmodels(ImageModel(), inputs, overrides={"DETECTOR": "drop"})
    assert explained(dropped, DETECTOR)[0] == (
        "meta.instrument.detector (DETECTOR) is none: the product has no such value, as the rule "
        "says."
    )
    kept = blendmodels(ImageModel(), inputs, ignore=[DETECTOR])
    assert explained(kept, DETECTOR)[0] == (
        "meta.instrument.detector (DETECTOR) is none: the product has none of its own."
    )
    assert kept.outcomes.explain(DETECTOR).startswith(
        "meta.instrument.detector (DETECTOR) is what the product had before the blend."
    )
    product = ImageModel()
    product.meta.instrument.detector = "NRCB1"
    kept = blendmodels(product, inputs, ignore=[DETECTOR])
    assert explained(kept, DETECTOR)[0] == (
        "meta.instrument.detector (DETECTOR) is 'NRCB1', the product's own."
    )
    with pytest.warns(match="forbids the blended value"):
        refused = blendmodels(ImageModel(), inputs, overrides={"DETECTOR": "join"})
    assert explained(refused, DETECTOR)[0] == (
        "meta.instrument.detector (DETECTOR) is none: the product's schema forbids the blended "
        "value 'NRCA1, NRCA2'."
    )


def test_several_at_once_and_none(make_models):
    result = blendmodels(ImageModel(), make_models(DETECTOR, ["NRCA1"]))
    assert result.explain("meta.instrument").count("\n\n") > 5
    with pytest.raises(UnknownAttributeError, match="an attribute 'DETECTR': did you mean DETECT"):
        result.explain("DETECTR")
    with pytest.raises(UnknownAttributeError, match="'EXPTIME': did you mean EFFEXPTM or "):
        result.explain("EXPTIME")
    with pytest.raises(
        UnknownAttributeError, match=r"'meta\.instrumet': did you mean meta\.instrument"
    ):
        result.explain("meta.instrumet")


@pytest.mark.parametrize("name", [b"DETECTOR", 3, None, ("DETECTOR",)])
def test_what_is_no_text(make_models, name):
    result = blendmodels(ImageModel(), make_models(DETECTOR, ["NRCA1"]))
    with pytest.raises(UnknownAttributeError, match="a path or a keyword is a str"):
        result.explain(name)


def test_an_empty_text_is_no_attribute_without_a_keyword(make_models):
    result = blendmodels(ImageModel(), make_models(DETECTOR, ["NRCA1"]))
    with pytest.raises(UnknownAttributeError, match=r"''$"):
        result.explain("")


def test_what_stands_in_is_of_no_input(make_models):
    # The third input happens to have the same.
    override = Override(attribute=TIME, rule="first", default=3.0, reason="Three.\nOr so.")
    result = blendmodels(ImageModel(), make_models(TIME, [None, 2.0, 3.0]), overrides=[override])
    assert explained(result, TIME) == [
        "meta.exposure.exposure_time (EFFEXPTM) is 3.0.",
        "The rule is 'first' (default=3.0) of blender-rules-std.",
        "It was asked for by the caller: Three. Or so.",
        "2 of 3 inputs have it, with 2 different values: 2.0, 3.0.",
        "The rule saw 3 values, with something in place of those that are missing.",
    ]
    assert result.outcomes[TIME].from_input is None


def test_a_rule_that_saw_nothing(make_models):
    override = Override(attribute=TIME, rule="sum", missing="propagate")
    result = blendmodels(ImageModel(), make_models(TIME, [None, 2.0]), overrides=[override])
    assert explained(result, TIME)[-1] == "The rule saw none of these."
