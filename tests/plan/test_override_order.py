"""Which override wins does not depend on the order of installing, loading or giving them."""

import itertools

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendPlan,
    Override,
    OverrideConflictError,
    Plugins,
    Provider,
    Tier,
    When,
    hookimpl,
)

START = "meta.exposure.start_time"


class OverridesPlugin:
    def __init__(self, *overrides):
        self.overrides = overrides

    @hookimpl
    def blender_overrides(self):
        return self.overrides


OFFERS = {
    "alpha": Override(attribute="meta.exposure", rule="last"),
    "beta": Override(attribute="EXPSTART", rule="max"),
    "gamma": Override(attribute=START, rule="mean", when=When(instrument="MIRI")),
}


def registered(names, offers=OFFERS):
    plugins = Plugins.discover()
    for name in names:
        provider = Provider(f"{name}-rules", "1.0", name)
        plugins.register(OverridesPlugin(offers[name]), provider)
    return plugins


@pytest.mark.parametrize("order", list(itertools.permutations(OFFERS)))
def test_plugins_in_every_order(order):
    miri = BlendPlan.for_model(ImageModel, instrument="MIRI", plugins=registered(order))
    assert (miri[START].name, miri[START].source) == ("mean", "gamma-rules 1.0 [gamma]")
    assert [one.name for one in miri[START].won_over] == ["max", "last", "min", "first"]
    nircam = BlendPlan.for_model(ImageModel, instrument="NIRCAM", plugins=registered(order))
    assert (nircam[START].name, nircam[START].tier) == ("max", Tier.PLUGIN)


def test_conflicts_of_plugins_read_the_same_in_every_order():
    offers = {
        "alpha": Override(attribute=START, rule="last"),
        "beta": Override(attribute="EXPSTART", rule="max"),
        "gamma": Override(attribute=START, rule="mean"),
    }
    texts = set()
    for order in itertools.permutations(offers):
        with pytest.raises(OverrideConflictError) as caught:
            BlendPlan.for_model(ImageModel, plugins=registered(order, offers))
        assert caught.value.sources == tuple(f"{one}-rules 1.0 [{one}]" for one in offers)
        texts.add(str(caught.value))
    assert texts == {
        f"""overrides of one rank disagree on {START} (EXPSTART), its rule:
  - last by alpha-rules 1.0 [alpha], for '{START}'
  - max by beta-rules 1.0 [beta], for 'EXPSTART'
  - mean by gamma-rules 1.0 [gamma], for '{START}'
Settle it in a rules file, or with overrides= of the call."""
    }
    settled = BlendPlan.for_model(
        ImageModel, plugins=registered(offers, offers), overrides={"EXPSTART": "min"}
    )
    assert settled[START].name == "min"


def test_tiers_rise(tmp_path):
    # The lower tier is the more specific one each time.
    file = tmp_path / "team.toml"
    file.write_text("[[override]]\nattribute = 'meta.exposure'\nrule = 'median'\n")
    plugins = registered(OFFERS)
    given = {"instrument": "MIRI", "plugins": plugins}
    assert BlendPlan.for_model(ImageModel, **given)[START].name == "mean"
    plan = BlendPlan.for_model(ImageModel, **given, rules=file)
    assert (plan[START].name, plan[START].tier) == ("median", Tier.RULES_FILE)
    plan = BlendPlan.for_model(ImageModel, **given, rules=file, overrides={"**.start_time": "sum"})
    assert (plan[START].name, plan[START].tier) == ("sum", Tier.CALLER)
    assert [one.name for one in plan[START].won_over] == [
        "median", "mean", "max", "last", "min", "first",
    ]  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(["one", "two", "three"])))
def test_rules_files_in_every_order(tmp_path, order):
    texts = {
        "one": "[[override]]\nattribute = 'meta.exposure'\nrule = 'median'\n",
        "two": "[[override]]\nattribute = 'EXPSTART'\nrule = 'max'\n",
        "three": "[[override]]\nattribute = 'EXPSTART'\nrule = 'max'\nreason = 'the same'\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text)
    plan = BlendPlan.for_model(ImageModel, rules=[tmp_path / f"{name}.toml" for name in order])
    assert plan[START].name == "max"
    assert plan[START].source.endswith("three.toml")  # the first by name of those who agree
    (tmp_path / "three.toml").write_text(texts["three"].replace("max", "min"))
    with pytest.raises(OverrideConflictError, match="Make one more specific"):
        BlendPlan.for_model(ImageModel, rules=[tmp_path / f"{name}.toml" for name in order])


def test_installed_overrides(install):
    code = """
from blender_core import Override, hookimpl

@hookimpl
def blender_overrides(instrument):
    return [Override(attribute="EXPSTART", rule="max", reason="for " + str(instrument))]
"""
    install("acme-rules", "acme", code, version="1.2")
    plan = BlendPlan.for_model(ImageModel, instrument="MIRI")
    assert (plan[START].name, plan[START].reason) == ("max", "for MIRI")
    assert plan[START].source == "acme-rules 1.2 [acme]"
    assert BlendPlan.for_model(ImageModel, block=["acme"])[START].name == "min"
