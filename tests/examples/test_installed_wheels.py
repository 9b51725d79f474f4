"""The distributions as users get them: wheels, in environments of their own.

A third party's distribution is made here, with a rule and with a datamodel whose schema asks for
it. It is installed like any other, and nobody else's schema is edited.
"""

import shutil
import zipfile
from pathlib import Path

import pytest
from environments import Environment, make_folder
from release import VERSION

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = {"blender_core": "blender_core", "blender_rules_std": "blender_rules_std"}

ACME_PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "acme-rules"
version = "1.2"
dependencies = ["blender-core"]

[project.entry-points.blender_core]
acme = "acme_rules"

[tool.hatch.build.targets.wheel]
packages = ["acme_rules.py"]
"""

ACME_MODULE = """
from stdatamodels import DataModel

from blender_core import Gives, Rule, hookimpl

SCHEMA = {
    "type": "object",
    "properties": {
        "meta": {
            "type": "object",
            "properties": {
                "observers": {
                    "type": "string",
                    "fits_keyword": "OBSERVER",
                    "blend_rule": "longest",
                    "blend_table": True,
                },
                "airmass": {"type": "number", "fits_keyword": "AIRMASS", "blend_rule": "mean"},
            },
        },
    },
}


class AcmeModel(DataModel):
    def __init__(self, init=None, **kwargs):
        super().__init__(init, schema=SCHEMA, **kwargs)


def longest(values):
    return max(values, key=len)


@hookimpl
def blender_rules():
    return [Rule(name="longest", blend=longest, summary="The longest text.", gives=Gives.INPUT)]
"""

BLEND = """
from acme_rules import AcmeModel
from blender_core import blendmodels

inputs = [AcmeModel(), AcmeModel()]
for model, observers, airmass in zip(inputs, ["Ann", "Ann and Bob"], [1.25, 1.75]):
    model.meta.observers = observers
    model.meta.airmass = airmass
product = AcmeModel()
result = blendmodels(product, inputs)
print(product.meta.observers)
print(product.meta.airmass)
for path in ("meta.observers", "meta.airmass"):
    print(result.outcomes[path].provider)
print(result.table["OBSERVER"].tolist())
"""

CORE_ALONE = """
from blender_core import UnknownRuleError, blendmodels
from stdatamodels.jwst.datamodels import ImageModel

try:
    blendmodels(ImageModel(), [ImageModel()])
except UnknownRuleError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def wheels(build_wheel, tmp_path_factory):
    """Build a wheel of each distribution, and of a third party's."""
    sources = tmp_path_factory.mktemp("sources")
    root = sources / "model_blender"
    root.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root / name)
    acme = sources / "acme_rules"
    acme.mkdir()
    (acme / "pyproject.toml").write_text(ACME_PYPROJECT)
    (acme / "acme_rules.py").write_text(ACME_MODULE)
    built = [
        build_wheel(folder) for folder in (*(ROOT / name for name in DISTRIBUTIONS), root, acme)
    ]
    return {wheel.name.partition("-")[0]: wheel for wheel in built}


def test_wheels_are_typed_and_licensed(wheels):
    assert set(wheels) == {"blender_core", "blender_rules_std", "model_blender", "acme_rules"}
    for name in DISTRIBUTIONS:
        listing = zipfile.ZipFile(wheels[name]).namelist()
        assert f"{name}/py.typed" in listing
        assert any(file.endswith("licenses/LICENSE") for file in listing)
        # What new plugins begin with has tests of theirs.
        own = [file for file in listing if "plugin_templates" not in file]
        assert not any("tests" in file for file in own)


def check_core_alone(environment, folder):
    missing = environment.run(CORE_ALONE, folder)
    assert "'multi', asked for by meta.exposure" not in missing
    assert "'multi', asked for by meta.instrument.band (BAND), " in missing
    assert "'first', asked for by" in missing
    assert "Plugins with rules: none" in missing
    assert "install blender-rules-std" in missing


def check_all_three(environment, folder):
    assert environment.run(BLEND, folder).splitlines() == [
        "Ann and Bob",
        "1.5",
        "acme-rules 1.2 [acme]",
        f"blender-rules-std {VERSION} [std]",
        "['Ann', 'Ann and Bob']",
    ]


@pytest.mark.exhaustive
def test_core_alone_then_the_standard_rules_and_a_third_partys(wheels, installed, tmp_path):
    environment = installed()
    check_core_alone(environment, tmp_path)
    environment.install(wheels["blender_rules_std"], wheels["acme_rules"])
    check_all_three(environment, tmp_path)


@pytest.mark.exhaustive
def test_with_plain_pip(wheels, tmp_path):
    make_folder(tmp_path / "environment")
    environment = Environment(tmp_path / "environment")
    environment.pip("install", wheels["blender_core"])
    check_core_alone(environment, tmp_path)
    environment.pip("install", wheels["blender_rules_std"], wheels["acme_rules"])
    check_all_three(environment, tmp_path)
