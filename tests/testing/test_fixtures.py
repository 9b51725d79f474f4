"""The fixture for the authors of plugins, used as they would."""

import subprocess
import sys

CONFTEST = 'pytest_plugins = ["blender_core.testing.fixtures"]\n'

TESTS = """
import types

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, Plugins, Provider, Rule, RuleConflictError, blendmodels, hookimpl
from release import VERSION


def shortest(values):
    return min(values, key=len)


class Rules:
    @hookimpl
    def blender_rules(self):
        return [Rule(name="shortest", blend=shortest, summary="The shortest text.")]


class Overrides:
    @hookimpl
    def blender_overrides(self):
        return [Override(attribute="TARGPROP", rule="shortest")]


def inputs(*names):
    models = [ImageModel() for _ in names]
    for model, name in zip(models, names):
        model.meta.target.proposer_name = name
    return models


def test_a_plugin_is_installed_for_one_test(load_plugin):
    plugins = load_plugin(Rules())
    assert list(map(str, plugins)) == [
        f"blender-rules-std {VERSION} [std]",
        "plugin-under-test 0 [under_test]",
    ]
    product = ImageModel()
    blendmodels(product, inputs("NGC 1300", "M31"), overrides={"TARGPROP": "shortest"})
    assert product.meta.target.proposer_name == "M31"


def test_and_then_it_is_gone():
    assert [one.plugin for one in Plugins.discover()] == ["std"]


def test_modules_and_several_plugins(load_plugin):
    module = types.ModuleType("acme_rules")
    module.blender_rules = hookimpl(lambda: [Rules().blender_rules()[0]])
    module.blender_rules.__name__ = "blender_rules"
    load_plugin(module, Provider("acme-rules", "1.2", "acme"))
    load_plugin(Overrides(), Provider("acme-overrides", "3", "acme_overrides"))
    product = ImageModel()
    result = blendmodels(product, inputs("NGC 1300", "M31"))
    assert product.meta.target.proposer_name == "M31"
    assert str(result.outcomes["meta.target.proposer_name"].provider) == "acme-rules 1.2 [acme]"
    with pytest.raises(RuleConflictError, match="acme-rules 1.2"):
        load_plugin(Rules())
        blendmodels(product, inputs("M31"))


def test_another_plugin_of_the_same_name(load_plugin):
    load_plugin(Rules())
    assert [one.plugin for one in Plugins.discover()] == ["std", "under_test"]
"""


def test_the_fixture_in_a_project_of_its_own(tmp_path, warm_programs):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_plugin.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    done = subprocess.run(
        [warm_programs.folder / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1].startswith("4 passed"), done.stdout


def test_nobody_is_given_pytest_who_does_not_ask_for_it():
    code = "import sys, blender_core.testing; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
