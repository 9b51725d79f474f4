"""The reference of hooks is made of their specifications, whichever there are."""

import importlib.util
import inspect
from pathlib import Path

import pytest

from blender_core.hookspecs import BlenderSpecs, hookspec

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def page():
    path = DOCS / "_ext" / "hooks_page.py"
    spec = importlib.util.spec_from_file_location("hooks_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class OwnSpecs:
    @hookspec
    def blender_pixels(self, given: int, what: str | None) -> list[int] | None:
        """Change pixels. Called never.

        They stay as they are.
        """

    @hookspec
    def blender_sky(self, given: int) -> None:
        """Change the sky."""

    def blender_helper(self):
        """Not a hook."""


def test_a_hook_is_there_as_soon_as_it_is_specified(page):
    text = "\n".join(page.lines_of_page(OwnSpecs))
    assert "def blender_pixels(given: int, what: str | None) -> list[int] | None: ..." in text
    assert "Any of ``given``, ``what`` may be left out." in text
    assert "     - Change pixels. Called never.\n" in text
    assert ".. automethod:: blender_core.hookspecs.OwnSpecs.blender_pixels" in text
    assert "The argument ``given`` may be left out." in text
    assert "helper" not in text


def test_all_hooks_are_there_with_what_belongs_to_them(page):
    hooks = page.specified(BlenderSpecs)
    assert {"blender_rules", "blender_overrides", "blender_open", "blender_rules_file"} <= set(
        hooks
    )
    text = "\n".join(page.lines_of_page(BlenderSpecs))
    for name, hook in hooks.items():
        assert f"\n{name}\n{'-' * len(name)}\n" in text
        said = inspect.getdoc(hook)
        for part in ("Called ", "\nReturns\n-------\n", "\nExamples\n--------\n"):
            assert part in said, name
        _, *arguments = inspect.signature(hook).parameters
        for argument in arguments:
            assert f"\n{argument} : " in said, f"{name} does not say what {argument} is"


def test_the_page_has_it(page):
    assert page.setup.__doc__
    assert '"hooks_page"' in (DOCS / "conf.py").read_text()
    assert ".. include:: hooks_list.inc" in (DOCS / "reference" / "hooks.rst").read_text()
