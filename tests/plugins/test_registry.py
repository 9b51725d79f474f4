import itertools

import pytest

from blender_core import (
    BlendErrorGroup,
    Plugins,
    Provider,
    Registry,
    Rule,
    RuleConflictError,
    UnknownRuleError,
)

STD = Provider("blender-rules-std", "0.3", "std")
ACME = Provider("acme-rules", "1.2", "acme")
ZETA = Provider("zeta-rules", "2.0", "zeta")


def offer(provider, name="mean", replaces=None):
    return Rule(name=name, blend=max, summary=f"Of {provider}.", replaces=replaces), provider


def test_a_rule_is_found_by_its_name_and_by_its_plugins():
    rule, provider = offer(ACME)
    registry = Registry([(rule, provider)])
    assert registry["mean"] == (rule, ACME)
    assert registry["acme:mean"] == (rule, ACME)
    assert list(registry) == ["mean"]
    assert "std:mean" not in registry
    with pytest.raises(KeyError):
        registry["median"]


def test_two_providers_of_one_name_are_a_conflict():
    with pytest.raises(RuleConflictError) as caught:
        Registry([offer(STD), offer(ACME)])
    assert str(caught.value) == (
        "rule 'mean' is offered by more than one plugin:\n"
        "  - acme-rules 1.2 [acme]\n"
        "  - blender-rules-std 0.3 [std]\n"
        "Let Rule.replaces of one name the distribution of the other, uninstall one, or "
        "pass block=('acme',) or set MODEL_BLENDER_BLOCK=acme."
    )
    assert caught.value.name == "mean"
    assert caught.value.providers == (ACME, STD)


@pytest.mark.parametrize("replaces", ["blender-rules-std", "Blender_Rules.Std"])
def test_a_rule_may_say_whose_it_replaces(replaces):
    registry = Registry([offer(STD), offer(ACME, replaces=replaces)])
    assert registry["mean"].provider == ACME
    assert registry["acme:mean"].provider == ACME
    assert registry["std:mean"].provider == STD


def test_replacements_may_be_replaced():
    offers = [
        offer(ZETA, replaces="acme-rules"),
        offer(STD),
        offer(ACME, replaces="blender-rules-std"),
    ]
    assert Registry(offers)["mean"].provider == ZETA


def test_two_that_replace_the_same_are_a_conflict_of_these_two():
    offers = [
        offer(STD),
        offer(ACME, replaces="blender-rules-std"),
        offer(ZETA, replaces="blender-rules-std"),
    ]
    with pytest.raises(RuleConflictError) as caught:
        Registry(offers)
    assert caught.value.providers == (ACME, ZETA)
    assert "  - acme-rules 1.2 [acme], which replaces that of blender-rules-std\n" in str(
        caught.value
    )


def test_a_misspelt_replacement_is_pointed_out():
    with pytest.raises(RuleConflictError) as caught:
        Registry([offer(STD), offer(ACME, replaces="blender-rules-sdt")])
    assert (
        "  - acme-rules 1.2 [acme], which replaces that of 'blender-rules-sdt', who offers no 'mean': "
        "did you mean 'blender-rules-std'?\n"
    ) in str(caught.value)


def test_two_that_replace_each_other_are_a_conflict():
    with pytest.raises(RuleConflictError) as caught:
        Registry([offer(ACME, replaces="zeta-rules"), offer(ZETA, replaces="acme-rules")])
    assert caught.value.providers == (ACME, ZETA)


def test_those_who_replace_each_other_replace_nobody():
    beta = Provider("beta-rules", "1.0", "beta")
    in_a_circle = [
        offer(ACME, replaces="beta-rules"),
        offer(beta, replaces="zeta-rules"),
        offer(ZETA, replaces="acme-rules"),
    ]
    of_two = [offer(ACME, replaces="zeta-rules"), offer(ZETA, replaces="acme-rules")]
    for offers in (in_a_circle, of_two):
        # The standard rule is none that they have agreed on.
        for order in itertools.permutations([*offers, offer(STD)]):
            with pytest.raises(RuleConflictError) as caught:
                Registry(order)
            providers = sorted([STD, *(provider for _, provider in offers)])
            assert list(caught.value.providers) == providers


def test_to_replace_what_is_not_there_is_no_fault():
    assert Registry([offer(ACME, replaces="blender-rules-std")])["mean"].provider == ACME


def test_to_replace_oneself_means_nothing():
    assert Registry([offer(ACME, replaces="acme-rules")])["mean"].provider == ACME


def test_one_plugin_that_offers_a_name_twice():
    with pytest.raises(RuleConflictError, match=r"acme-rules 1.2 \[acme\] offers .* 2 times"):
        Registry([offer(ACME), offer(ACME)])


def test_all_conflicts_are_reported_together():
    offers = [
        offer(who, name) for who in (STD, ACME) for name in ("mean", "max", "alone_" + who.plugin)
    ]
    with pytest.raises(BlendErrorGroup) as caught:
        Registry(offers)
    assert [fault.name for fault in caught.value.exceptions] == ["max", "mean"]


def test_unknown_rules_come_with_attributes_close_matches_and_plugins():
    registry = Registry(Plugins.discover().rules())
    error = registry.unknown({"maen": ["meta.b", "meta.a"], "first": ["meta.c"] * 500}, "first")
    assert isinstance(error, UnknownRuleError)
    assert error.wanted["maen"] == ("meta.b", "meta.a")
    text = str(error)
    assert "'maen' (did you mean 'mean'" in text
    assert "asked for by meta.a, meta.b\n" in text
    assert "500 attributes by default, such as meta.c\n" in text
    assert "blender-rules-std" in text


def test_without_any_rules_it_says_what_to_install():
    text = str(Registry([]).unknown({"mean": ["meta.a"]}, "first"))
    assert "Plugins with rules: none" in text
    assert text.endswith("install blender-rules-std.")
