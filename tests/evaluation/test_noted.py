"""Rules that remark on what they give."""

import re

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    DROP,
    BlendWarning,
    Gives,
    Noted,
    ProductFile,
    Rule,
    RuleError,
    amend,
    blendmodels,
)
from blender_core.report import write_report
from blender_core.testing import check_rule

RA = "meta.target.ra"


def first_of_close(values, *, tolerance: float = 0.1):
    difference = max(values) - min(values)
    if difference <= tolerance:
        return values[0]
    return Noted(values[0], f"differ by {difference:g} deg")


CLOSE = Rule(
    name="close",
    blend=first_of_close,
    summary="The first value; it is told where others are far from it.",
    parameters=("tolerance",),
)


@pytest.fixture
def blend(make_plugins, acme, make_model):
    """Return a function that blends models of some right ascensions by a rule."""

    def make(*values, blend=first_of_close, gives=Gives.INPUT, **settings):
        rule = Rule(name="close", blend=blend, summary="A rule.", gives=gives)
        models = [make_model({} if value is None else {RA: value}) for value in values]
        plugins = make_plugins({acme: [rule]})
        return blendmodels(
            ImageModel((2, 2)), models, overrides={RA: "close"}, plugins=plugins, **settings
        )

    return make


def test_nothing_to_remark(blend):
    result = blend(10.0, 10.05)
    assert result.outcomes[RA].remark == ""
    assert "remark" not in result.explain(RA)


def test_a_remark_is_told_and_stays(blend, tmp_path):
    output = tmp_path / "product.fits"
    with pytest.warns(BlendWarning) as caught:
        result = blend(10.0, None, 10.5, output=output)
    (warning,) = (each.message for each in caught)
    assert re.fullmatch(
        r"meta.target.ra \(TARG_RA\): differ by 0.5 deg, says the rule 'close' of acme-rules 1.2 "
        r"\[acme\] of inputs 1 and 3",
        str(warning),
    )
    assert warning.problem == "differ by 0.5 deg"
    outcome = result.outcomes[RA]
    assert (outcome.value, outcome.from_input, outcome.remark) == (10.0, 0, "differ by 0.5 deg")
    assert "The rule remarks: differ by 0.5 deg." in result.explain(RA).splitlines()
    product = ProductFile(output)
    assert product.outcomes[RA].remark == "differ by 0.5 deg"
    assert "The rule remarks: differ by 0.5 deg." in product.explain(RA)
    write_report(product, tmp_path / "report.html")
    assert "differ by 0.5 deg" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_of_many_inputs_it_is_told_how_many(blend):
    with pytest.warns(BlendWarning, match=r"differ by 5 deg, says .* of 6 inputs$"):
        blend(*map(float, range(6)))


@pytest.mark.parametrize(
    ("value", "expected"), [(None, None), (DROP, None), (3, 3.0), ([1.0], "is not set")]
)
def test_any_value_can_have_one(blend, value, expected):
    def noted(values):  # noqa: ARG001
        return Noted(value, "as said")

    if expected == "is not set":
        with pytest.warns(BlendWarning, match="as said|forbids"):
            result = blend(10.0, blend=noted, gives=Gives.NUMBER)
        assert RA not in result.values
        return
    with pytest.warns(BlendWarning, match="as said"):
        result = blend(10.0, blend=noted, gives=Gives.NUMBER)
    assert result.values.get(RA) == expected


@pytest.mark.parametrize("remark", ["", " ", None, 3, ["a"]])
def test_a_remark_is_a_text(blend, remark):
    with pytest.raises(RuleError, match="the remark of Noted is a str, not "):
        blend(10.0, blend=lambda values: Noted(values[0], remark))


def test_it_is_one_line_of_bounded_length(blend):
    with pytest.warns(BlendWarning):
        result = blend(10.0, blend=lambda values: Noted(values[0], "a\nb" + "c" * 10_000))
    assert result.outcomes[RA].remark.startswith("a bccc")
    assert len(result.outcomes[RA].remark) < 500


def test_an_amendment_tells_it_too(make_plugins, acme, make_model):
    product = ImageModel()
    plugins = make_plugins({acme: [CLOSE]})
    blendmodels(product, [make_model({RA: 10.0}), make_model({RA: 11.0})], plugins=plugins)
    with pytest.warns(BlendWarning, match="differ by 1 deg"):
        amend(product, overrides={RA: "close"}, plugins=plugins)


def test_check_rule_looks_at_the_value():
    check_rule(CLOSE)
