"""An index finds what a look at every attribute would find."""

import pytest
from stdatamodels.jwst.datamodels import AmiOIModel

from blender_core.common.attribute_paths import Specificity, specificity
from blender_core.schema.attribute_index import AttributeIndex
from blender_core.schema.attributes import Attribute, read_attributes


@pytest.mark.parametrize(
    ("text", "how_many"),
    [
        ("meta.exposure.start_time", 1),
        ("EXPSTART", 1),
        ("expstart", 1),
        ("ROLL_REF", 2),  # by two attributes of this model
        ("meta", None),
        ("META", 0),
        ("meta.exposure", None),
        ("meta.expo", 0),
        ("Meta.exposure", 0),
        ("meta.exposure.*_time", None),
        ("EXP*", None),
        ("**.date", 2),
    ],
)
def test_it_finds_what_a_look_at_each_finds(text, how_many):
    attributes = list(read_attributes(AmiOIModel().schema).values())
    expected = [
        (one, found) for one in attributes if (found := specificity(text, one.path, one.keyword))
    ]
    found = AttributeIndex(attributes).matches(text)
    assert found == expected
    assert len(found) > 2 if how_many is None else len(found) == how_many


def test_an_attribute_may_be_a_group_too():
    attributes = [Attribute("meta.wcs"), Attribute("meta.wcs.a"), Attribute("meta.wcsinfo")]
    index = AttributeIndex(attributes)
    assert index.matches("meta.wcs") == [
        (attributes[0], Specificity(2, 0)),
        (attributes[1], Specificity(1, 2)),
    ]
    assert index.named("meta.wcs") == attributes[:1]
