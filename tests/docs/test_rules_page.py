"""The reference of rules shows of each what an override may set."""

import importlib.util
from pathlib import Path

import pytest

from blender_core import Plugins, Registry, Rule

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def page():
    path = DOCS / "_ext" / "rules_page.py"
    spec = importlib.util.spec_from_file_location("rules_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tagged(values, pattern: str = "*", *, most: int | None = None, sort=True):
    return [values, pattern, most, sort][0][0]


def test_parameters_with_types_and_defaults(page, acme):
    rule = Rule(name="tagged", blend=tagged, summary=".", parameters=("pattern", "most", "sort"))
    lines = list(page.section("tagged", rule, acme))
    assert (
        ":parameters: ``pattern: str = '*'``, ``most: int | None = None``, ``sort=True``" in lines
    )


def test_all_installed_rules(page):
    registry = Registry(Plugins.discover().rules())
    for name in registry:
        rule, provider = registry[name]
        text = "\n".join(page.section(name, rule, provider))
        assert rule.summary in text
        assert (":parameters: " in text) == bool(rule.parameters)
        assert all(f"``{one}" in text for one in rule.parameters)
    assert ":parameters: ``sort: bool = False``" in "\n".join(
        page.section("join", *registry["join"])
    )
