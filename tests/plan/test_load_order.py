"""Nothing depends on the order in which plugins are installed, found or loaded."""

import itertools

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Plugins, Provider, Registry, Rule, RuleConflictError, blendmodels

PLUGINS = {
    "alpha": "Rule(name='mean', blend=alpha, summary='.', replaces='blender-rules-std')",
    "beta": "Rule(name='beta_max', blend=max, summary='.')",
    "gamma": "Rule(name='mean', blend=alpha, summary='.', replaces='alpha-rules')",
}
CODE = """
from blender_core import Rule, hookimpl

def alpha(values):
    return {result!r}

@hookimpl
def blender_rules():
    return [{rule}]
"""


@pytest.mark.parametrize("order", list(itertools.permutations(PLUGINS.items())))
def test_a_product_is_the_same_for_every_order_on_the_path(install, make_models, order):
    for name, rule in order:
        number = list(PLUGINS).index(name)
        install(f"{name}-rules", name, CODE.format(rule=rule, result=float(number)))
    product = ImageModel()
    result = blendmodels(product, make_models("meta.exposure.mid_time", [10.0, 20.0]))
    # gamma replaces alpha, which replaces the standard rule.
    assert product.meta.exposure.mid_time == 2.0
    assert result.outcomes["meta.exposure.mid_time"].provider.plugin == "gamma"
    assert [one.plugin for one in Plugins.discover()] == ["alpha", "beta", "std", "gamma"]


def test_a_conflict_reads_the_same_for_every_order():
    providers = [Provider(f"{name}-rules", "1.0", name) for name in ("alpha", "beta", "gamma")]
    texts = set()
    for order in itertools.permutations(providers):
        offers = [(Rule(name="mean", blend=max, summary="."), provider) for provider in order]
        with pytest.raises(RuleConflictError) as caught:
            Registry(offers)
        texts.add(str(caught.value))
    assert len(texts) == 1
