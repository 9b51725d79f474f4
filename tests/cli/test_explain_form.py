"""What ``explain --json`` prints is what the library gives, in the form that is documented."""

import json
from importlib.resources import files

import jsonschema

from blender_core import ProductFile

SCHEMA = json.loads((files("blender_core.evaluation") / "outcomes.schema.json").read_text("utf-8"))


def test_each_is_of_the_form(finished, printed_json):
    product = finished("product.fits", {"meta.exposure.exposure_time": 1.5}, record_rules=True)
    printed = printed_json("explain", product, "--all")
    whole = {"version": 1, "outcomes": printed}
    jsonschema.validate(whole, SCHEMA)
    file = ProductFile(product)
    assert json.loads(file.outcomes.to_json(file.values, inputs=True)) == whole
    (later,) = (each for each in printed if each["keyword"] == "EFFEXPTM")
    assert (later["status"], later["value"]) == ("later", 1.5)
