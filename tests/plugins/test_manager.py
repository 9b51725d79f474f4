import itertools

import pytest

from blender_core import (
    BlendErrorGroup,
    BlendWarning,
    PluginError,
    Plugins,
    Provider,
    Registry,
    Rule,
    hookimpl,
)

RULE = """
from blender_core import Rule, hookimpl

@hookimpl
def blender_rules():
    return [Rule(name={name!r}, blend=max, summary="The largest.")]
"""

TWO = """
from blender_core import hookimpl

@hookimpl
def blender_rules(): return []

@hookimpl(specname="blender_rules")
def more_rules(): return []
"""


def test_installed_plugins_are_found_with_distribution_and_version(install):
    install("acme-rules", "acme", RULE.format(name="acme_max"), version="1.2")
    plugins = Plugins.discover()
    assert [str(one) for one in plugins][:1] == ["acme-rules 1.2 [acme]"]
    assert [one.plugin for one in plugins] == ["acme", "std"]
    assert len(plugins) == 2
    rule, provider = Registry(plugins.rules())["acme_max"]
    assert (rule.name, provider.plugin) == ("acme_max", "acme")


@pytest.mark.parametrize("block", [("acme",), ("acme-rules",), ["Acme_Rules"], {"acme", "std"}])
def test_blocked_plugins_are_not_even_imported(install, block):
    install("acme-rules", "acme", "raise RuntimeError('imported')")
    assert [one.plugin for one in Plugins.discover(block)] == ["std"] * ("std" not in block)


def test_a_misspelt_name_does_not_leave_a_plugin_in_silently(install):
    install(
        "acme-rules",
        "acme",
        "from blender_core import hookimpl\n\n@hookimpl\ndef blender_rules():\n    return []",
    )
    with pytest.warns(BlendWarning) as caught:
        plugins = Plugins.discover(["acme-rulez", "nothing"])
    assert [one.plugin for one in plugins] == ["acme", "std"]
    assert [str(one.message) for one in caught] == [
        "no plugin 'acme-rulez' is installed that could be left out: did you mean 'acme-rules'?",
        "no plugin 'nothing' is installed that could be left out",
    ]


def test_block_is_not_a_text():
    with pytest.raises(TypeError, match=r"block takes .* such as \['acme'\]"):
        Plugins.discover("acme")
    with pytest.raises(TypeError, match="block takes names, each a str, not 3"):
        Plugins.discover(["acme", 3])


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be"),
        ("raise SystemError('broken')", "SystemError: broken"),
        ("raise SystemExit('no licence')", "SystemExit: no licence"),
        (TWO, "has more than one implementation of blender_rules: blender_rules, more_rules"),
        ("def blender_rules(): return []", "implements no hook: mark its functions"),
        (
            "from blender_core import hookimpl\n@hookimpl\ndef blender_rules(model): return []",
            r"breaks the hooks' contract.*model",
        ),
        (
            "from blender_core import hookimpl\n@hookimpl\ndef blender_rulez(): return []",
            r"breaks the hooks' contract.*blender_rulez",
        ),
        (
            "import blender_core\n@blender_core.hookimpl(tryfirst=True)\ndef blender_rules(): return []",
            "tryfirst, trylast and wrappers",
        ),
        (
            "import blender_core\n@blender_core.hookimpl(wrapper=True)\ndef blender_rules(): yield",
            "tryfirst, trylast and wrappers",
        ),
    ],
)
def test_a_plugin_that_cannot_be_used_is_named_with_its_version(install, code, words):
    install("acme-rules", "acme", code, version="1.2")
    with pytest.raises(PluginError, match=f"(?s){words}") as caught:
        Plugins.discover()
    assert "acme-rules 1.2 [acme]" in str(caught.value)
    assert "block=('acme',)" in str(caught.value)
    assert caught.value.provider == Provider("acme-rules", "1.2", "acme")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return [max]", "gives <built-in function max> where a blender_core.Rule is asked for"),
        ("return [Rule]", "gives the class Rule where"),
        ("return {'longest': max}", "gives 'longest' where"),
        ("return None", "TypeError: 'NoneType' object is not iterable"),
        ("return [Rule(name='two words', blend=max, summary='Two.')]", "ValueError: a rule's name"),
        ("raise KeyError('lost')", "KeyError: 'lost'"),
    ],
)
def test_a_hook_that_gives_no_rules_is_named_with_its_version(install, body, words):
    code = f"from blender_core import Rule, hookimpl\n@hookimpl\ndef blender_rules():\n    {body}"
    install("acme-rules", "acme", code, version="1.2")
    plugins = Plugins.discover()
    with pytest.raises(PluginError, match=f"acme-rules 1.2 \\[acme\\].*{words}"):
        plugins.rules()


def test_one_rule_need_not_be_in_a_list(make_plugins, acme):
    rule = Rule(name="acme_max", blend=max, summary="The largest.")
    assert (rule, acme) in make_plugins({acme: rule}, installed=False).rules()


def test_all_unusable_plugins_are_reported_together(install):
    install("acme-rules", "acme", "import nowhere_to_be_found")
    install("zeta-rules", "zeta", "def blender_rules(): return []")
    with pytest.raises(BlendErrorGroup) as caught:
        Plugins.discover()
    assert [fault.provider.plugin for fault in caught.value.exceptions] == ["acme", "zeta"]


def test_two_distributions_with_plugins_of_one_name(install):
    install("acme-rules", "acme", RULE.format(name="a"), version="1.2")
    install("acme-fork", "acme", RULE.format(name="b"), version="0.1")
    with pytest.raises(PluginError, match="two plugins have the name 'acme'") as caught:
        Plugins.discover()
    assert "acme-fork 0.1 [acme] and acme-rules 1.2 [acme]" in str(caught.value)
    assert "block=('acme-fork',)" in str(caught.value)
    assert "acme_b" not in Registry(Plugins.discover(block=("acme-fork",)).rules())


@pytest.mark.parametrize("name", ["std", "aaa"])
def test_the_standard_rules_are_not_the_plugin_to_block(install, name):
    # Of two distributions in the order of their names, one comes before the standard rules.
    install(f"{name}-rules", "std", RULE.format(name="a"))
    with pytest.raises(PluginError, match=rf"block=\('{name}-rules',\)"):
        Plugins.discover()


def test_a_distribution_without_a_name(install, tmp_path):
    install("acme-rules", "acme", RULE.format(name="acme_max"))
    (metadata,) = tmp_path.rglob("METADATA")
    metadata.write_text("Metadata-Version: 2.1\n")
    install("zeta-rules", "zeta", RULE.format(name="zeta_max"))
    assert [str(one) for one in Plugins.discover()][:1] == ["? ? [acme]"]


class Misspelt:
    @hookimpl
    def blender_rulez(self):
        return []


class Twice:
    @hookimpl
    def blender_rules(self):
        return []

    @hookimpl(specname="blender_rules")
    def more_rules(self):
        return []


class Both(Twice, Misspelt):
    pass


class First:
    @hookimpl(tryfirst=True)
    def blender_rules(self):
        return []


class Nothing:
    pass


@pytest.mark.parametrize("refused", [Misspelt, Twice, Both, First, Nothing])
def test_a_plugin_that_was_refused_leaves_nothing_behind(acme, refused):
    class Fine:
        @hookimpl
        def blender_rules(self):
            return []

    plugins = Plugins()
    with pytest.raises(PluginError):
        plugins.register(refused(), acme)
    assert list(plugins) == []
    assert plugins.rules() == []
    plugins.register(Fine(), acme)
    assert list(plugins) == [acme]
    assert plugins.rules() == []


def test_rules_come_in_the_order_of_providers_however_plugins_are_registered(make_plugins):
    providers = [Provider(f"{name}-rules", "1", name) for name in ("alpha", "beta", "gamma")]
    rules = {
        provider: [Rule(name=f"{provider.plugin}_max", blend=max, summary="The largest.")]
        for provider in providers
    }
    expected = [(rules[provider][0], provider) for provider in providers]
    for order in itertools.permutations(providers):
        plugins = make_plugins({provider: rules[provider] for provider in order}, installed=False)
        assert plugins.rules() == expected
        assert list(plugins) == providers
