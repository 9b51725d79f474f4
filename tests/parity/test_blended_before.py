"""Products of jwst that are blended again: what was set after jwst's blend is known, and no more."""

import warnings
from pathlib import Path

import jwst.model_blender
import pytest
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst import datamodels
from stdatamodels.schema import walk_schema
from thoroughness import all_but_exhaustive

from blender_core import blendmodels

DATA = Path(jwst.__file__).parent / "associations" / "tests" / "data"
CLASSES = ("ImageModel", "SlitModel", "IFUImageModel", "MultiSpecModel")
OF_THE_FILE = {"meta.filename", "meta.date", "meta.model_type"}
TEXTS = {"mindate": "20{:02}-01-01", "mintime": "{:02}:00:00.000", "wheeltol": "tolerance {}"}


@pytest.fixture(scope="module", params=["exposures", "exposures_nopsf"])
def exposures(request):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "While validating meta.visit.type", ValidationWarning)
        models = [datamodels.open(file) for file in sorted((DATA / request.param).glob("*.fits"))]
    yield models
    for model in models:
        model.close()


@pytest.mark.parametrize("order", all_but_exhaustive((1, -1), (1,)))
@pytest.mark.parametrize("updated", all_but_exhaustive((True, False), (True,)))
def test_nobody_has_touched_it(exposures, updated, order, tmp_path):
    inputs = exposures[::order]
    product = type(inputs[0])()
    if updated:  # as resampling does
        product.update(inputs[0])
    jwst.model_blender.blendmodels(product, inputs)
    product.save(tmp_path / "product.fits")
    assert blendmodels(tmp_path / "product.fits", inputs).later == {}
    assert blendmodels(product, inputs).later == {}


def values_of(schema, number):
    """Return a valid value for each attribute with a keyword, other ones for each number."""
    values = {}

    def visit(subschema, path, combiner, _context, _recurse):
        if combiner or path[:1] != ["meta"] or "fits_keyword" not in subschema:
            return
        kind = subschema.get("type")
        alternatives = [subschema, *subschema.get("anyOf", ())]
        choices = [choice for one in alternatives for choice in one.get("enum", ())]
        rule = subschema.get("blend_rule", "")
        if choices:
            value = choices[number % len(choices)]
        elif kind == "string":
            form = "20{0:02}-01-01T00:00:{0:02}.000" if rule.endswith("datetime") else "text {}"
            value = TEXTS.get(rule, form).format(number)
        else:
            number_of = {"boolean": bool(number % 2), "integer": number, "number": number + 0.25}
            value = number_of[kind]
        values[".".join(path)] = value

    walk_schema(schema, visit)
    return {path: value for path, value in values.items() if path not in OF_THE_FILE}


def with_values(product, values):
    for path, value in values.items():
        product[path] = value
    return product


@pytest.mark.parametrize("name", all_but_exhaustive(CLASSES, ("ImageModel",)))
def test_each_attribute_that_jwst_would_overwrite_is_known(name):
    """Recorded or not, of any type and with any rule: found by having jwst blend again."""
    model_type = getattr(datamodels, name)
    inputs = []
    for number in (1, 2, 3):
        model = with_values(model_type(), values_of(model_type().schema, number))
        model.meta.filename = f"{number}_cal.fits"
        inputs.append(model)
    product, peers = model_type(), model_type()
    for model in product, peers:
        jwst.model_blender.blendmodels(model, inputs)
    set_later = values_of(model_type().schema, 7)
    with_values(peers, set_later)
    jwst.model_blender.blendmodels(peers, inputs)
    overwritten = {path for path, value in set_later.items() if peers[path] != value}
    assert len(overwritten) > 300

    with_values(product, set_later)
    result = blendmodels(product, inputs)
    assert result.later == {path: set_later[path] for path in overwritten}
    for path, value in set_later.items():
        assert product[path] == value
