"""Wherever somebody can write a pattern, one of 10,000 characters gets its answer at once."""

import pytest
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive
from time_limit import time_limit
from typer.testing import CliRunner

from blender_core import (
    Override,
    ProductDiff,
    ProductFile,
    UnknownAttributeError,
    When,
    blendmodels,
)
from blender_core.cli.app import app

PATTERNS = {
    "stars": "*a" * 5000 + "Z",
    "row": "*" * 10_000 + "ZZZ",
    "brackets": "[" * 10_000,
    "path": "meta." + "*a" * 5000 + "Z",
    "path of two kinds": "meta." + "**a*" * 2500 + "Z",
}


@pytest.fixture(params=all_but_exhaustive(PATTERNS, ("stars", "path of two kinds")))
def pattern(request):
    with time_limit():
        yield PATTERNS[request.param]


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    path = tmp_path_factory.mktemp("products") / "product.fits"
    inputs = [ImageModel(), ImageModel()]
    for model, detector in zip(inputs, ("NRCA" + "A" * 40, "NRCA2"), strict=True):
        model.meta.instrument.detector = detector if detector == "NRCA2" else "NRCA1"
        model.meta.target.catalog_name = detector
    blendmodels(ImageModel(), inputs, output=path)
    return path


def test_overrides(pattern):
    model = ImageModel()
    with pytest.raises(UnknownAttributeError, match="means no attribute"):
        blendmodels(None, [model], overrides={pattern: "max"})


def test_conditions(pattern):
    model = ImageModel()
    model.meta.instrument.name = "NIRCAM"
    model.meta.instrument.detector = "NRCA1"
    override = Override(attribute="EFFEXPTM", rule="max", when=When(detector=pattern))
    with pytest.warns(UserWarning, match="which the schema does not have"):
        result = blendmodels(None, [model], overrides=[override])
    assert result.outcomes["meta.exposure.exposure_time"].rule == "sum"


def test_comparison(pattern, product):
    blended = ProductFile(product)
    assert not ProductDiff(blended, blended, ignore=[pattern])


@pytest.mark.parametrize(
    "arguments",
    [
        ("table", "PRODUCT", "--columns", "PATTERN"),
        ("table", "PRODUCT", "--sort", "PATTERN"),
        ("explain", "PRODUCT", "PATTERN"),
        ("diff", "PRODUCT", "PRODUCT", "--ignore", "PATTERN"),
        ("amend", "PRODUCT", "--dry-run", "--override", "PATTERN=max"),
        ("blend", "PRODUCT", "PATTERN", "--dry-run"),
        ("blend", "PRODUCT", "*/" * 5000, "--dry-run"),
    ],
)
def test_commands(arguments, pattern, product):
    words = {"PRODUCT": str(product), "PATTERN": pattern}
    arguments = [
        words.get(word) or word.replace("PATTERN", pattern.replace("=", "")) for word in arguments
    ]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == (0 if arguments[0] == "diff" else 2), done.output
    assert "Traceback" not in done.output


def test_wildcards_for_folders_do_not_multiply(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path
    for name in "abcdefghijklmnop":
        folder = folder / name
        folder.mkdir()
    (folder / "x.fits").write_bytes(b"not FITS")
    from blender_core.cli.inputs import given_inputs

    with time_limit():
        (given,) = given_inputs(["**/" * 12 + "*.fits"])
    assert given.files == [folder.relative_to(tmp_path) / "x.fits"]
