"""Metadata made from the schemas, for every datamodel that has rules."""

import contextlib
import random
import string
import warnings

import pytest
from astropy.io import fits
from jwst.model_blender import blender as peer
from jwst.model_blender._schemautil import parse_schema
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst import datamodels
from stdatamodels.schema import walk_schema
from stdatamodels.validate import value_change
from thoroughness import all_but_exhaustive

import blender_core

# Values are at random, also those of moments.
pytestmark = pytest.mark.filterwarnings("ignore:.* moments that are out of order")

MODELS = [
    "AmiLgFitModel",
    "AmiLgModel",
    "AmiOIModel",
    "AsnModel",
    "CombinedSpecModel",
    "ContrastModel",
    "CubeModel",
    "GuiderCalModel",
    "GuiderRawModel",
    "IFUCubeModel",
    "IFUImageModel",
    "ImageModel",
    "JwstDataModel",
    "Level1bModel",
    "MRSMultiSpecModel",
    "MRSSpecModel",
    "MultiCombinedSpecModel",
    "MultiExposureModel",
    "MultiSlitModel",
    "MultiSpecModel",
    "OutlierIFUOutputModel",
    "QuadModel",
    "RampFitOutputModel",
    "RampModel",
    "SegmentationMapModel",
    "SlitModel",
    "SossExtractModel",
    "SossWaveGridModel",
    "SpecModel",
    "SuperstripeRampModel",
    "TSOMultiSpecModel",
    "TSOSpecModel",
    "TrapsFilledModel",
    "WFSSCombinedSpecModel",
    "WFSSMultiCombinedSpecModel",
    "WFSSMultiSpecModel",
    "WFSSSpecModel",
]
SOME = ["AmiOIModel", "ImageModel", "Level1bModel", "MultiSpecModel"]  # as different as can be
TEXT = string.ascii_letters + string.digits + " _-+./:;,()[]'\"#&%"


def seeded(what):
    return random.Random(what)  # noqa: S311  # values for tests need no secrecy


def new(name):
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", ".* is deprecated and will be removed", DeprecationWarning
        )
        return getattr(datamodels, name)()


def generate(schema, rng):
    """Return a valid value for each attribute with a FITS keyword."""
    values = {}

    def visit(subschema, path, _combiner, _context, _recurse):
        if path[:1] == ["meta"] and "items" not in path and "fits_keyword" in subschema:
            depth = next((i for i, part in enumerate(path) if part in ("anyOf", "oneOf")), None)
            values[".".join(path[:depth])] = value_for(subschema, rng)

    walk_schema(schema, visit)
    # A model says itself of which type it is.
    values.pop("meta.model_type", None)
    return values


def value_for(subschema, rng):
    rule = subschema.get("blend_rule", "")
    if choices := allowed(subschema):
        return rng.choice(choices)
    kind = subschema["type"]
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "integer":
        return rng.randint(-(10**6), 10**6)
    if kind == "number":
        # Two ways of rounding a sum or a mean differ by more than an ulp where terms cancel or are
        # of different size, which exposure times and dates are not.
        if rule == "mean":
            return rng.uniform(59000.0, 61000.0)
        low = 0.0 if rule == "sum" else -1.0
        return rng.uniform(low, 1.0) * 10.0 ** rng.randint(-5, 5)
    assert kind == "string"
    # The peer compares times as texts: of one width each, that is the same.
    date = f"20{rng.randint(10, 99)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    time = f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.uniform(0, 59.9):06.3f}"
    if rule.endswith("datetime"):
        return f"{date}T{time}"
    if rule.endswith("date"):
        return date
    if rule.endswith("time"):
        return time
    return "".join(rng.choices(TEXT, k=rng.randint(1, 60))).strip() or "blank"


def allowed(subschema):
    found = list(subschema.get("enum", ()))
    for alternative in subschema.get("anyOf", ()):
        found += allowed(alternative)
    return found


def make_input(name, values):
    model = new(name)
    for path, value in values.items():
        *parents, leaf = path.split(".")
        group = model.instance
        for parent in parents:
            group = group.setdefault(parent, {})
        group[leaf] = value
    # Faster than assigning each, and as strict: any invalid value is a warning, so an error. Only
    # the metadata: some models require arrays.
    assert value_change("meta", model.instance["meta"], model.schema["properties"]["meta"], model)
    return model


@pytest.fixture
def blend_any(monkeypatch, blend_both, same):
    """Blend with both, also the models in which attributes share a column: the peer refuses those.

    Each attribute has a column of its own there, then, as it has here (see
    test_differences.py, test_shared_columns).
    """

    def parse(schema):
        _, rules, ignores = parse_schema(schema)
        return same.columns_of(schema), rules, ignores

    def blend(inputs, product):
        monkeypatch.setattr(peer, "parse_schema", parse)
        shared = parse(inputs[0].schema)[0] != parse_schema(inputs[0].schema)[0]
        expected = (
            pytest.warns(blender_core.BlendWarning, match="is asked for by both")
            if shared
            else contextlib.nullcontext()
        )
        with expected, warnings.catch_warnings():
            # It requires arrays that no product has before its pixels are made.
            warnings.filterwarnings(
                "ignore", "While validating <AmiOIModel(.|\n)*required property", ValidationWarning
            )
            theirs, ours = blend_both(inputs, product)
            if shared:
                # The peer's way of setting the table validates the model, which makes this class
                # derive attributes from others. Here that happens when the model is saved.
                ours.validate()
            return theirs, ours

    return blend


@pytest.mark.exhaustive
def test_every_model_with_rules_is_here():
    with_rules = []
    for name in datamodels.__all__:
        found = getattr(datamodels, name)
        if not (isinstance(found, type) and issubclass(found, datamodels.JwstDataModel)):
            continue
        if parse_schema(new(name).schema)[1]:
            with_rules.append(name)
    assert sorted(with_rules) == sorted(MODELS)


@pytest.mark.parametrize("name", all_but_exhaustive(MODELS, SOME))
def test_everything_given_and_different(name, same, blend_any):
    rng = seeded(f"different {name}")
    schema = new(name).schema
    inputs = [make_input(name, generate(schema, rng)) for _ in range(3)]
    theirs, ours = blend_any(inputs, lambda: new(name))
    assert same.values(theirs, ours) > 350
    assert same.table(theirs.hdrtab, ours.hdrtab, inputs) > 3 * 350


@pytest.mark.parametrize("name", all_but_exhaustive(SOME, ("ImageModel",)))
def test_everything_given_and_equal(name, same, blend_any):
    rng = seeded(f"equal {name}")
    values = generate(new(name).schema, rng)
    inputs = [make_input(name, values) for _ in range(2)]
    # The product has values of its own, which the blended ones replace.
    own = generate(new(name).schema, rng)
    theirs, ours = blend_any(inputs, lambda: make_input(name, own))
    assert same.values(theirs, ours) > 350
    assert same.table(theirs.hdrtab, ours.hdrtab, inputs) > 2 * 350


@pytest.mark.parametrize("seed", all_but_exhaustive(range(3), (0,)))
@pytest.mark.parametrize("name", ["ImageModel", "SlitModel"])
def test_much_missing(name, seed, same, blend_both):
    rng = seeded(f"missing {name} {seed}")
    schema = new(name).schema
    share = rng.choice([0.1, 0.5, 0.9])
    inputs = []
    for _ in range(rng.randint(1, 8)):
        values = generate(schema, rng)
        inputs.append(make_input(name, {p: v for p, v in values.items() if rng.random() > share}))
    theirs, ours = blend_both(inputs, lambda: new(name))
    assert same.values(theirs, ours) > 30
    assert same.table(theirs.hdrtab, ours.hdrtab, inputs) > 30


@pytest.mark.parametrize(
    "name", all_but_exhaustive(("ImageModel", "MultiSlitModel"), ("ImageModel",))
)
def test_saved_files(name, same, blend_both, tmp_path):
    rng = seeded(f"saved {name}")
    schema = new(name).schema
    inputs = [make_input(name, generate(schema, rng)) for _ in range(4)]
    theirs, ours = blend_both(inputs, lambda: new(name))
    theirs.save(tmp_path / "theirs.fits")
    ours.save(tmp_path / "ours.fits")
    same.files(tmp_path / "theirs.fits", tmp_path / "ours.fits")
    with (
        fits.open(tmp_path / "theirs.fits") as expected,
        fits.open(tmp_path / "ours.fits") as found,
    ):
        same.table(expected["HDRTAB"].data, found["HDRTAB"].data, inputs)


def test_generated_values_use_all_rules_and_types():
    # Else the tests above would prove less than they seem to.
    schema = new("ImageModel").schema
    columns, rules, _ = parse_schema(schema)
    values = generate(schema, seeded(0))
    assert set(rules) <= set(values)
    assert set(columns) <= set(values) | {"meta.model_type"}
    assert {type(value) for value in values.values()} == {bool, int, float, str}
    others = generate(schema, seeded(1))
    assert sum(values[path] != others[path] for path in values) > 0.8 * len(values)
