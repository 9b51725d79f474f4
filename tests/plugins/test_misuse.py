"""Slips of plugins' authors with hooks: told with distribution and version, and what is meant.

Each fault has the code that its message advises to write, and that works.
"""

import functools
import re
import types

import pytest

from blender_core import Override, PluginError, Plugins, Provider, Rule, hookimpl
from blender_core.plugins.hookspecs import HOOKS

HEAD = """
import functools
from blender_core import Override, Rule, hookimpl

OWN = [Rule(name="acme_max", blend=max, summary="The largest.")]
"""
RULES = "@hookimpl\ndef blender_rules(): return OWN\n"
OVERRIDES = "@hookimpl\ndef blender_overrides(): return []\n"


def has_rule(plugins):
    return "acme_max" in [rule.name for rule, _ in plugins.rules()]


@pytest.fixture
def fault(install):
    """Return a function that installs a plugin, and gives what is told of it."""

    def tell(code):
        install("acme-rules", "acme", HEAD + code, version="1.2")
        with pytest.raises(PluginError) as caught:
            Plugins.discover()
        assert caught.value.provider == Provider("acme-rules", "1.2", "acme")
        (remedy,) = caught.value.remedies
        assert list(Plugins.discover(block=remedy.value)) == [
            one for one in Plugins.discover(block=["acme"]) if one.plugin == "std"
        ]
        message, _, advice = str(caught.value).rpartition("\n")
        assert advice.startswith("Repair or uninstall it, or pass block=('acme',)")
        assert all(line.startswith("plugin acme-rules 1.2 [acme] ") for line in message.split("\n"))
        return message

    return tell


MEANT = {
    "a letter less": ("@hookimpl\ndef blender_rule(): return OWN", "did you mean blender_rules?"),
    "another letter": ("@hookimpl\ndef blender_rulez(): return OWN", "did you mean blender_rules?"),
    "another word": ("@hookimpl\ndef rules(): return OWN", "did you mean blender_rules?"),
    "capitals": ("@hookimpl\ndef Blender_Rules(): return OWN", "did you mean blender_rules?"),
    "by specname": (
        "@hookimpl(specname='blender_rulse')\ndef ours(): return OWN",
        "there is no hook blender_rulse: did you mean blender_rules?",
    ),
    "beside another": (
        OVERRIDES + "@hookimpl\ndef blender_rule(): return OWN",
        "did you mean blender_rules?",
    ),
    "not marked": (
        "def blender_rules(): return OWN",
        "It has a function blender_rules that is no hook: mark it with @blender_core.hookimpl",
    ),
    "not marked beside another": (
        OVERRIDES + "def blender_rules(): return OWN",
        "a function blender_rules that is no hook: mark it with @blender_core.hookimpl",
    ),
    "not marked, and misspelt": (
        "def blender_ruless(): return OWN",
        "did you mean blender_rules? Then mark it with @blender_core.hookimpl",
    ),
    "not marked, and misspelt, beside another": (
        OVERRIDES + "def blender_ruless(): return OWN",
        "a function blender_ruless, and there is no such hook: did you mean blender_rules?",
    ),
    "a method that is not marked": (
        "class Hooks:\n    def blender_rules(self): return OWN\nblender_rules = Hooks().blender_rules",
        "a function blender_rules that is no hook: mark it with @blender_core.hookimpl",
    ),
    "a list": (
        OVERRIDES + "blender_rules = OWN",
        "a list called blender_rules: a hook is a function marked with @blender_core.hookimpl",
    ),
    "what is cached": (
        "@hookimpl\n@functools.lru_cache\ndef blender_rules(): return OWN",
        "_lru_cache_wrapper called blender_rules: a hook is a function marked",
    ),
    "what is partial": (
        "blender_rules = hookimpl(functools.partial(list, OWN))",
        "a partial called blender_rules: a hook is a function marked",
    ),
    "a class": (
        OVERRIDES + "class blender_rules: pass",
        "a type called blender_rules: a hook is a function marked",
    ),
    "an argument that there is not": (
        "@hookimpl\ndef blender_rules(model): return OWN",
        "blender_rules has the argument model, which is not passed to it: it can have none",
    ),
}


@pytest.mark.parametrize(("code", "words"), MEANT.values(), ids=MEANT)
def test_rules_that_would_never_be_asked_for(fault, code, words):
    assert words in fault(code)
    right = OVERRIDES + RULES if "blender_overrides" in code else RULES
    module = types.ModuleType("acme")
    exec(HEAD + right, vars(module))  # noqa: S102
    plugins = Plugins()
    plugins.register(module, Provider("acme-rules", "1.3", "acme"))
    assert has_rule(plugins)


def test_a_hook_like_none(fault):
    told = fault("@hookimpl\ndef blend_pixels(): pass")
    assert "there is no hook blend_pixels: known are " in told
    assert all(hook in told for hook in HOOKS)


def test_all_slips_are_told_at_once(fault):
    told = fault(
        "@hookimpl\ndef blender_rule(): return OWN\n"
        "@hookimpl\ndef blender_opens(given): pass\n"
        "@hookimpl\ndef blender_overrides(instrumnt, model): return []\n"
    )
    hints = re.findall(r"did you mean \w+\?", told)
    assert sorted(hints) == [
        "did you mean blender_open?",
        "did you mean blender_rules?",
        "did you mean instrument?",
        "did you mean model_type?",
    ]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (
            "blender_overrides(instrumnt)",
            "instrumnt, which is not passed to it: did you mean instrument? It can have model_type and",
        ),
        ("blender_overrides(instrument, instruments)", "it can have model_type and instrument"),
        ("blender_overrides(model_type, *, instrument)", "instrument behind a * or before a /"),
        ("blender_overrides(model_type, /)", "model_type behind a * or before a /"),
        ("blender_overrides(instrumnt=None)", "did you mean instrument?"),
        ("blender_open(given, wat)", "wat, which is not passed to it: did you mean what?"),
        ("blender_open(self, given)", "self, which is not passed to it: it can have given"),
        (
            "blender_rules_file(file, text)",
            "file, which is not passed to it: it can have path, text and",
        ),
    ],
)
def test_arguments(fault, function, words):
    told = fault(f"@hookimpl\ndef {function}: return None")
    assert f"breaks the hooks' contract: {function.partition('(')[0]} has " in told
    assert words in told


def test_a_class_in_place_of_its_object(acme):
    class Hooks:
        @hookimpl
        def blender_rules(self):
            return [Rule(name="acme_max", blend=max, summary="The largest.")]

    with pytest.raises(PluginError, match="is a method, and the plugin is a class: name an object"):
        Plugins().register(Hooks, acme)
    plugins = Plugins()
    plugins.register(Hooks(), acme)
    assert has_rule(plugins)


def test_a_generator_function_cannot_say_that_a_thing_is_none_of_its_plugins(fault):
    told = fault(
        "@hookimpl\n"
        "def blender_rules_file(path, text):\n"
        "    if path.suffix == '.acme':\n"
        "        yield Override(attribute='EXPTIME', rule='max')\n"
    )
    assert "blender_rules_file is a generator function, which never returns None" in told


class TestWhatIsFine:
    def test_generators_where_there_is_nothing_to_decline(self, acme):
        class Hooks:
            @hookimpl
            def blender_rules(self):
                yield Rule(name="acme_max", blend=max, summary="The largest.")

            @hookimpl
            def blender_overrides(self):
                yield Override(attribute="EXPTIME", rule="max")

        plugins = Plugins()
        plugins.register(Hooks(), acme)
        assert has_rule(plugins)
        assert len(plugins.overrides("ImageModel", None)) == 1

    @pytest.mark.parametrize(
        "code",
        [
            "def blender_rule(name): return OWN[0]",
            "def blender_table(): pass",
            "def blend(): pass",
            "def _blender_overrides(): pass",
            "import blender_rules_std",
            "from blender_core import rules as blender_overrides",
            "blender_open_files = 3",
            "@hookimpl(optionalhook=True)\ndef blender_rule(): pass",
            "@hookimpl(specname='blender_overrides')\ndef ours(): return []",
        ],
    )
    def test_other_things_of_a_plugin(self, install, code):
        install("acme-rules", "acme", HEAD + RULES + code)
        assert has_rule(Plugins.discover())

    def test_a_decorated_function(self, acme):
        def loud(function):
            @functools.wraps(function)
            def louder(*args, **kwargs):
                return function(*args, **kwargs)

            return louder

        class Hooks:
            @hookimpl
            @loud
            def blender_overrides(self, instrument):
                return [Override(attribute="EXPTIME", rule=instrument)]

        plugins = Plugins()
        plugins.register(Hooks(), acme)
        ((override, _),) = plugins.overrides("ImageModel", "MIRI")
        assert override.rule == "MIRI"

    def test_arguments_with_a_value_of_their_own_are_passed(self, acme):
        class Hooks:
            @hookimpl
            def blender_overrides(self, model_type="none", instrument=None, reason="ours"):
                return [Override(attribute=model_type, rule=instrument, reason=reason)]

        plugins = Plugins()
        plugins.register(Hooks(), acme)
        ((override, _),) = plugins.overrides("ImageModel", "MIRI")
        assert (override.attribute, override.rule, override.reason) == (
            "ImageModel",
            "MIRI",
            "ours",
        )
