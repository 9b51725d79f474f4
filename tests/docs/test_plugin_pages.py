"""What the pages for authors of plugins list is what there is."""

import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path

import blender_core
import blender_core.testing
from blender_core.plugins.hookspecs import HOOKS
from blender_core.testing import fixtures

ROOT = Path(__file__).parents[2]
STABILITY = (ROOT / "docs" / "reference" / "stability.rst").read_text()
PLUGINS = (ROOT / "docs" / "reference" / "plugins.rst").read_text()
HAS = {
    "rules": "blender_rules",
    "overrides": "blender_overrides",
    "reader": "blender_open",
    "products": "blender_product",
    "rules files": "blender_rules_file",
}


def section(title):
    return re.split(
        r"^.+\n-+\n", STABILITY.split(f"\n{title}\n")[1].split("\n", 1)[1], flags=re.MULTILINE
    )[0]


def names_in(text):
    return re.findall(r"``(\w+)``", text)


def test_the_public_names_are_those_of_the_library():
    own, others = section("Public names").split("and these from their modules:")
    listed = names_in(own.split(":", 1)[1])
    assert sorted(listed) == sorted(blender_core.__all__)
    modules = re.findall(r"^``(blender_core\.[\w.]+)``\n   (.+)$", others, re.MULTILINE)
    assert len(modules) == others.count("blender_core.")
    for module, names in modules:
        for name in names_in(names):
            assert hasattr(import_module(module), name), (module, name)
    of = dict(modules)
    assert sorted(names_in(of["blender_core.testing"])) == sorted(blender_core.testing.__all__)
    assert sorted(names_in(of["blender_core.testing.fixtures"])) == sorted(fixtures.__all__)


def test_the_hooks_are_those_that_are_specified():
    assert names_in(section("Hooks"))[1:] == list(HOOKS)


def test_known_plugins_are_the_examples_and_what_they_have():
    rows = dict(re.findall(r"^   \* - ``([\w-]+)``\n     - (.+)$", PLUGINS, re.MULTILINE))
    assert rows.pop("blender-rules-std") == "rules"
    hooks = {}
    for project in ROOT.glob("examples/*/pyproject.toml"):
        name = tomllib.loads(project.read_text())["project"]["name"]
        code = "".join(path.read_text() for path in project.parent.rglob("*.py"))
        hooks[name] = set(re.findall(r"^def (blender_\w+)", code, re.MULTILINE))
    assert {name: {HAS[each] for each in has.split(", ")} for name, has in rows.items()} == hooks


def test_every_check_for_authors_is_in_the_page_on_publishing():
    page = (ROOT / "docs" / "howto" / "publish_a_plugin.rst").read_text()
    for name, check in inspect.getmembers(blender_core.testing, inspect.isfunction):
        assert f"<blender_core.testing.{name}>" in page, check
