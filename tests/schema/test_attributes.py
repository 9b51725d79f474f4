import numpy as np
import pytest
from jwst.model_blender._schemautil import parse_schema
from stdatamodels.jwst import datamodels

from blender_core.schema.attributes import read_attributes, subschema_at


def schema_of(**properties):
    return {
        "type": "object",
        "properties": {
            "data": {"fits_hdu": "SCI", "blend_table": True, "type": "number"},
            "meta": {"type": "object", "properties": properties},
        },
    }


def test_everything_a_schema_says_of_an_attribute():
    (attribute,) = read_attributes(
        schema_of(
            duration={
                "type": "number",
                "title": "[s] Total duration",
                "fits_keyword": "DURATION",
                "fits_hdu": "SCI",
                "blend_rule": "sum",
                "blend_table": True,
            }
        )
    ).values()
    assert attribute.path == "meta.duration"
    assert (attribute.type, attribute.title) == ("number", "[s] Total duration")
    assert (attribute.keyword, attribute.hdu) == ("DURATION", "SCI")
    assert (attribute.rule, attribute.recorded, attribute.unit) == ("sum", True, "s")
    assert attribute.label == "meta.duration (DURATION)"
    assert attribute.known


def test_alternatives_belong_to_the_attribute_that_has_them():
    subschema = {
        "type": "string",
        "title": "Name",
        "fits_keyword": "SUBARRAY",
        "blend_table": True,
        "anyOf": [{"enum": ["FULL"]}, {"enum": ["SUB64", "SUB128"]}],
    }
    attributes = read_attributes(schema_of(subarray=subschema))
    assert list(attributes) == ["meta.subarray"]
    assert attributes["meta.subarray"].enum == ("FULL", "SUB64", "SUB128")
    assert attributes["meta.subarray"].type == "string"


@pytest.mark.parametrize("combiner", ["anyOf", "oneOf"])
def test_types_of_alternatives(combiner):
    one = {combiner: [{"type": "number"}, {"type": "number", "enum": [1]}]}
    many = {combiner: [{"type": "number"}, {"type": "string"}]}
    attributes = read_attributes(schema_of(one=one, many=many))
    assert attributes["meta.one"].type == "number"
    assert attributes["meta.many"].type is None


@pytest.mark.parametrize("wrong", [None, 3, ["A"], {"a": "A"}])
def test_what_should_be_a_text_and_is_none_is_not_there(wrong):
    subschema = {"title": wrong, "fits_keyword": wrong, "fits_hdu": wrong}
    (attribute,) = read_attributes(schema_of(a=subschema)).values()
    assert (attribute.title, attribute.keyword, attribute.hdu) == ("", None, "PRIMARY")
    assert attribute.unit is None


def test_lists():
    attributes = read_attributes(
        schema_of(
            times={"type": "array", "items": {"type": "object", "properties": {"t": {}}}},
            recorded={"type": "array", "blend_table": True, "items": {}},
            either={"blend_table": True, "anyOf": [{"type": "array"}, {"type": "string"}]},
        )
    )
    assert {path: (a.type, a.recorded) for path, a in attributes.items()} == {
        "meta.times": ("array", False),
        "meta.recorded": ("array", False),
        "meta.either": ("array", True),
    }


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("[d] Start", "d"),
        ("[arcsec/yr] Proper motion", "arcsec yr-1"),
        ("[km/s] Velocity", "km s-1"),
        ("[hh:mm:ss.sss] UTC time", None),
        ("[yyyy-mm-dd] UTC date", None),
        ("[MJD] Date", None),
        ("Start [d]", None),
        ("", None),
    ],
)
def test_units_are_what_titles_begin_with(title, unit):
    assert read_attributes(schema_of(a={"title": title}))["meta.a"].unit == unit


def test_a_schema_without_meta_has_no_attributes():
    assert read_attributes({}) == {}
    assert read_attributes({"type": "object", "properties": {"data": {}}}) == {}


@pytest.mark.filterwarnings("ignore:.*Model is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", sorted(datamodels.__all__))
def test_every_model_class_is_read_as_jwst_reads_it(name):
    model_class = getattr(datamodels, name)
    if not isinstance(model_class, type):
        return
    schema = model_class().schema
    columns, rules, ignored = parse_schema(schema)
    attributes = read_attributes(schema)
    recorded = {a.path: a.keyword or a.path for a in attributes.values() if a.recorded}
    assert list(recorded.items()) == list(columns.items())
    assert {a.path: a.rule for a in attributes.values() if a.rule} == rules
    assert {a.path for a in attributes.values() if a.type == "array"} == set(ignored)


def test_schemas_that_are_nearly_the_same():
    one, true = schema_of(count={"enum": [1]}), schema_of(count={"enum": [True]})
    assert one == true  # but not to a schema
    for _ in range(2):
        for schema, kind in ((one, int), (true, bool)):
            assert [*map(type, read_attributes(schema)["meta.count"].enum)] == [kind]
    a, b = {"type": "string"}, {"type": "number"}
    for order in ({"a": a, "b": b}, {"b": b, "a": a}):
        assert [*read_attributes(schema_of(**order))] == [f"meta.{name}" for name in order]


def test_a_schema_that_somebody_changes():
    model = datamodels.ImageModel()
    before = read_attributes(model.schema)
    model.schema["properties"]["meta"]["properties"]["date"]["title"] = "Another"
    assert read_attributes(model.schema)["meta.date"].title == "Another"
    assert read_attributes(datamodels.ImageModel().schema) == before
    # Nor does it concern others what somebody does to what an attribute has of its schema.
    before["meta.date"].subschema["title"] = "Another"
    assert (
        read_attributes(datamodels.ImageModel().schema)["meta.date"].subschema["title"] != "Another"
    )


def test_a_schema_with_objects_in_it():
    (attribute,) = read_attributes(
        schema_of(band={"enum": (np.str_("J"),), "x": object()})
    ).values()
    assert attribute.enum == ("J",)
    (attribute,) = read_attributes(schema_of(band={"enum": [np.str_("J")]})).values()
    assert attribute.enum == ("J",)


def test_subschema_at():
    leaf = {"type": "string"}
    schema = schema_of(visit={"allOf": [{"properties": {}}, {"properties": {"id": leaf}}]})
    assert subschema_at(schema, "meta.visit.id") == leaf
    assert subschema_at(schema, "meta.visit.number") == {}
    assert subschema_at(schema, "meta.nothing.at.all") == {}
