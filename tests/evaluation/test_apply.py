"""What a rule sees, and what comes of what it returns."""

import decimal
import enum
import math

import numpy as np
import pytest
from astropy import units
from astropy.time import Time
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    DROP,
    Assignment,
    Choice,
    Gives,
    Missing,
    Override,
    Rule,
    RuleError,
    Status,
    Tier,
    blendmodels,
)
from blender_core.evaluation.evaluation import evaluate_attribute
from blender_core.schema.attributes import Attribute


@pytest.fixture
def applied(acme):
    """Return a function that applies a function as a rule."""

    def call(blend, values, type_=None, **kwargs):
        rule = Rule(name="acme", blend=blend, summary="A function.", **kwargs)
        attribute = Attribute("meta.a", type=type_, keyword="A")
        choice = Choice("acme", Tier.SCHEMA, "the schema", "a test")
        return evaluate_attribute(Assignment(attribute, choice, rule, acme), values).value

    return call


class Filter(str, enum.Enum):  # noqa: UP042  # a StrEnum has no str of its own
    RED = "F200W"


class Number(enum.IntEnum):
    ONE = 1


class Own(float):
    pass


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (np.float64(2.5), 2.5),
        (np.float32(0.5), 0.5),
        (np.longdouble(2), 2.0),
        (np.int16(7), 7),
        (np.bool_(True), True),
        (np.str_("F200W"), "F200W"),
        (np.array(2.5), 2.5),
        (np.array("a"), "a"),
        ((1, (np.int8(2), None)), [1, [2, None]]),
        ({np.str_("a"): (np.float64(1),)}, {"a": [1.0]}),
        (Filter.RED, "F200W"),
        (Number.ONE, 1),
        (Own(1.5), 1.5),
    ],
)
@pytest.mark.parametrize("gives", [Gives.INPUT, Gives.NUMBER])
def test_what_a_rule_makes_becomes_plain(applied, made, expected, gives):
    value = applied(lambda _: made, [1, 2], gives=gives)
    assert value == expected
    assert type(value) is type(expected)
    if isinstance(value, list):
        assert list(map(type, value)) == list(map(type, expected))


@pytest.mark.parametrize("answer", [None, DROP])
def test_the_two_words_of_a_rule(applied, answer):
    assert applied(lambda _: answer, [1]) is answer


@pytest.mark.parametrize(
    "made",
    [
        np.array([1.0, 2.0]),
        np.array([1.0]),
        np.array(None),
        np.array(1j),
        np.ma.masked,
        np.datetime64("2026-01-02"),
        np.datetime64("NaT", "s"),
        np.complex128(1j),
        np.bytes_(b"a"),
        np.zeros((), [("a", int)])[()],
        1.5 * units.s,
        Time("2026-01-02"),
        {1, 2},
        (x for x in [1]),
        decimal.Decimal("1.5"),
        1j,
        b"a",
        object(),
        float,
        [np.array([1.0])],
        [DROP],
        {"a": {1}},
        {1.5: 1},
        {None: 1},
        {(1, 2): 1},
    ],
    ids=lambda made: type(made).__name__,
)
@pytest.mark.parametrize("gives", [Gives.INPUT, Gives.LIST])
def test_what_is_no_value_is_an_error_with_its_type(applied, made, gives):
    with pytest.raises(RuleError) as caught:
        applied(lambda _: made, [1, 2], gives=gives)
    text = str(caught.value)
    assert text.startswith("rule 'acme' of acme-rules 1.2 [acme] fails for meta.a (A) with the")
    assert "which is of type " in text
    if not isinstance(made, (list, dict)):
        assert f"of type {type(made).__name__}, and not a str, an int" in text
    assert (caught.value.attribute, caught.value.rule) == ("meta.a", "acme")


def test_an_array_of_a_rule_does_not_keep_the_products_old_value(make_plugins, acme, make_models):
    rule = Rule(
        name="min",
        blend=np.atleast_1d,
        summary="An array.",
        gives=Gives.NUMBER,
        replaces="blender-rules-std",
    )
    inputs = make_models("meta.exposure.start_time", [1.0, 2.0])
    with pytest.raises(RuleError, match="of type ndarray"):
        blendmodels(ImageModel(), inputs, plugins=make_plugins({acme: [rule]}))


def test_any_object_of_an_input_may_be_selected(applied):
    first, second = object(), object()
    assert applied(lambda values: values[1], [first, second]) is second
    assert applied(lambda values: values.pop(0), [first, second]) is first


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values[0][0].append(3),
        lambda values: values[0].append({"a": 1}),
        lambda values: values[1][0].clear(),
        lambda values: values.clear(),
    ],
)
def test_a_rule_cannot_change_what_the_inputs_said(applied, change):
    values = ([[1], {"a": 2}], [[2], {}], None)
    applied(change, values)
    assert values == ([[1], {"a": 2}], [[2], {}], None)


def test_what_a_rule_selects_is_a_copy(applied):
    values = [[[1]], [[2]]]
    chosen = applied(lambda values: values[0], values)
    assert chosen == [[1]]
    chosen[0].append(3)
    assert values == [[[1]], [[2]]]


@pytest.mark.parametrize("name", ["first", "concatenate"])
def test_inputs_result_and_product_share_nothing(make_models, name):
    path = "meta.exposure.read_times"
    inputs = make_models(path, [[[1.0]], [[2.0]]])
    properties = inputs[0].schema["properties"]["meta"]["properties"]["exposure"]["properties"]
    properties["read_times"]["blend_rule"] = name
    product = ImageModel()
    result = blendmodels(product, inputs)
    expected = result.outcomes[path].value.copy()
    product.instance["meta"]["exposure"]["read_times"][0].append(3.0)
    assert result.values[path] == expected == ([[1.0]] if name == "first" else [[1.0], [2.0]])
    result.values[path][0].append(4.0)
    assert result.inputs[path] == ([[1.0]], [[2.0]])
    assert product.instance["meta"]["exposure"]["read_times"][0] == [1.0, 3.0]
    assert inputs[0].meta.exposure.read_times == [[1.0]]


def test_a_computed_integer_that_no_file_holds_becomes_a_float(applied):
    for value in (2**63, -(2**63)):
        made = applied(sum, [value, 0], "number", gives=Gives.SAME_TYPE)
        assert (made, type(made)) == (value, float)
    made = applied(sum, [2**62, 2**62 - 1], "number", gives=Gives.SAME_TYPE)
    assert (made, type(made)) == (2**63 - 1, int)
    assert type(applied(max, [2**63, 0], "number")) is int
    assert type(applied(sum, [2**63, 0], "integer", gives=Gives.SAME_TYPE)) is int
    with pytest.raises(RuleError, match="OverflowError"):
        applied(sum, [10**400, 1], "number", gives=Gives.SAME_TYPE)


def test_a_computed_whole_number_is_an_integer_where_one_is_asked_for(applied):
    assert type(applied(math.fsum, [1, 2], "integer", gives=Gives.NUMBER)) is int
    assert type(applied(math.fsum, [1, 2], "number", gives=Gives.NUMBER)) is float
    assert type(applied(max, [1.0, 2.0], "integer")) is float


def test_no_rule_is_called_where_there_is_nothing_to_see(applied):
    def fail(_):
        raise AssertionError

    assert applied(fail, [None, None]) is None
    assert applied(fail, [1, None], missing=Missing.PROPAGATE) is None
    assert applied(fail, [1, None], missing=Missing.DROP) is DROP
    assert applied(fail, [None, None], missing=Missing.DROP) is DROP
    assert applied(max, [1, 2], missing=Missing.DROP) == 2


@pytest.mark.parametrize("values", [[1.0, None], [None, None], [None, 2.0]])
def test_a_product_has_nothing_where_an_input_lacks_it(make_models, make_model, values):
    path = "meta.exposure.exposure_time"
    product = make_model({path: 9.0})
    override = Override(attribute=path, rule="sum", missing="drop")
    result = blendmodels(product, make_models(path, values), overrides=[override])
    assert product.meta.exposure.exposure_time is None
    assert result.outcomes[path].status is Status.DROPPED
    assert "is none: the product has no such value" in result.explain(path)
