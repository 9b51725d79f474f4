"""What is sent to workers, and what they send back."""

import importlib
import pickle
import sys

import pytest
from blends_elsewhere import make_distribution, told
from stdatamodels.jwst import datamodels

from blender_core import (
    DROP,
    Override,
    PluginError,
    Plugins,
    Provider,
    Rule,
    When,
    amend,
    blendmodels,
    hookimpl,
)

CODE = """
from blender_core import Rule, hookimpl

@hookimpl
def blender_rules():
    return [Rule(name="longest", blend=max, summary="The longest text.")]
"""


def sent(thing):
    return pickle.loads(pickle.dumps(thing))  # noqa: S301


def test_what_is_asked_for():
    override = Override(attribute="EFFEXPTM", rule="max", when=When(instrument="NIRCAM"))
    assert sent(override) == override
    rules = Plugins.discover().rules()
    assert sent(rules) == rules
    assert sent(DROP) is DROP


class Longest:
    """A plugin that is not installed."""

    def __init__(self, blend):
        self.blend = blend

    @hookimpl
    def blender_rules(self):
        return [Rule(name="longest", blend=self.blend, summary="The longest text.")]


class TestPlugins:
    def test_what_is_installed_is_looked_for_again(self, install):
        install("acme-rules", "acme", CODE, version="1.2")
        plugins = Plugins.discover()
        content = pickle.dumps(plugins)
        assert b"acme_rules_acme" not in content  # by name, and not by what it is
        again = sent(plugins)
        assert list(again) == list(plugins)
        assert [rule.name for rule, _ in again.rules()] == [
            rule.name for rule, _ in plugins.rules()
        ]

    def test_what_is_installed_besides_is_left_out(self, install):
        plugins = Plugins.discover()
        install("acme-rules", "acme", CODE)
        assert list(sent(plugins)) == list(plugins)
        install("other-rules", "other", CODE.replace("longest", "widest"))
        plugins = Plugins.discover(block=["acme"])
        assert [each.plugin for each in sent(plugins)] == ["std", "other"]

    def test_another_version_and_none(self, install, monkeypatch, tmp_path):
        install("acme-rules", "acme", CODE, version="1.2")
        content = pickle.dumps(Plugins.discover())
        monkeypatch.setattr(sys, "path", [one for one in sys.path if "acme-rules" not in one])
        with pytest.raises(
            PluginError, match=r"acme-rules 1.2 \[acme\]: it is not installed"
        ) as caught:
            pickle.loads(content)  # noqa: S301
        assert caught.value.provider == Provider("acme-rules", "1.2", "acme")
        make_distribution(tmp_path / "new", "acme-rules", "1.3", "acme", CODE)
        monkeypatch.syspath_prepend(tmp_path / "new")
        with pytest.raises(PluginError, match=r"\[acme\]: there is acme-rules 1.3 \[acme\]"):
            pickle.loads(content)  # noqa: S301

    def test_one_that_is_not_installed_is_sent_itself(self):
        plugins = Plugins()
        plugins.register(Longest(max), Provider("acme-rules", "1.2", "acme"))
        ((rule, provider),) = sent(plugins).rules()
        assert rule.blend is max
        assert provider == Provider("acme-rules", "1.2", "acme")
        assert list(sent(sent(plugins))) == [provider]

    def test_a_module_is_sent_by_name(self, install):
        install("acme-rules", "acme", CODE)
        plugins = Plugins()
        module = importlib.import_module("acme_rules_acme")
        plugins.register(module, Provider("acme-rules", "7", "mine"))
        assert [rule.name for rule, _ in sent(plugins).rules()] == ["longest"]

    def test_a_rule_that_cannot_be_sent(self):
        plugins = Plugins()
        acme = Provider("acme-rules", "1.2", "acme")
        plugins.register(Longest(lambda values: max(values, key=len)), acme)
        with pytest.raises(PluginError, match=r"rule 'longest' .*cannot be pickled") as caught:
            pickle.dumps(plugins)
        assert caught.value.provider == acme


@pytest.mark.parametrize("product", [None, datamodels.ImageModel], ids=["none", "datamodel"])
def test_a_result(plain_files, product):
    result = blendmodels(product and product(), plain_files, overrides={"EFFEXPTM": "max"})
    again = sent(result)
    assert told(again) == told(result)
    assert again.explain("EFFEXPTM") == result.explain("EFFEXPTM")
    plan = sent(result.plan)
    assert list(plan) == list(result.plan)
    assert [each.rule for each in plan.values()] == [each.rule for each in result.plan.values()]


@pytest.mark.parametrize("ending", ["fits", "asdf"])
def test_a_result_that_is_a_file(plain_files, tmp_path, ending):
    product = tmp_path / f"product.{ending}"
    with datamodels.open(plain_files[0]) as model:
        model.save(product)
    result = blendmodels(product, plain_files)
    again = sent(result)
    assert told(again) == told(result)
    again.save(tmp_path / f"again.{ending}")
    with datamodels.open(tmp_path / f"again.{ending}") as model:
        assert len(model.hdrtab) == len(plain_files)
        assert model.meta.exposure.exposure_time == result.values["meta.exposure.exposure_time"]
    amended = amend(again.save(product), overrides={"EFFEXPTM": "max"})
    assert str(sent(amended)) == str(amended)
