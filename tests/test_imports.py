"""What importing the library costs, and where its names are."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import blender_core


def loaded_by(code):
    """Return the top-level packages that a new Python has after some code."""
    code += "; import sys; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_blender_core_imports_nothing_heavy():
    heavy = {"numpy", "pluggy", "astropy", "stdatamodels", "asdf", "typer", "rich"}
    assert not heavy & loaded_by("import blender_core")


def test_importing_all_of_blender_core_imports_no_astropy_and_no_stdatamodels():
    loaded = loaded_by("from blender_core import *")
    assert {"numpy", "pluggy"} <= loaded
    assert not {"astropy", "stdatamodels", "asdf", "typer", "rich"} & loaded


def test_what_fetches_files_is_imported_where_there_are_urls():
    loaded = loaded_by("from blender_core.blending import accumulator, blendmodels, worker")
    assert not {"asyncio", "fsspec", "aiohttp", "s3fs"} & loaded


def test_type_checkers_and_python_find_the_same_names_in_the_same_modules():
    tree = ast.parse(Path(blender_core.__file__).read_text())
    (checked,) = (
        node for node in tree.body if isinstance(node, ast.If) and node.test.__class__ is ast.Name
    )
    homes = {alias.name: node.module for node in checked.body for alias in node.names}
    assert sorted(homes) == sorted(blender_core.__all__)
    for name, module in homes.items():
        assert getattr(blender_core, name) is getattr(importlib.import_module(module), name)
    assert set(blender_core.__all__) <= set(dir(blender_core))


def test_other_names_are_errors():
    with pytest.raises(AttributeError, match="module 'blender_core' has no attribute 'Blender'"):
        blender_core.Blender  # noqa: B018


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("columns", ["Layout"]),
        ("hookspecs", ["NAME", "BlenderSpecs", "hookimpl", "hookspec"]),
        ("jwst", ["amend_result", "use_model_blender"]),
        ("report", ["write_report"]),
        ("rules", ["DROP", "Drop", "Gives", "Missing", "Rule"]),
        ("schema", ["Attribute"]),
        ("testing", ["Sample", "check_rule"]),
        ("testing.fixtures", ["load_plugin"]),
    ],
)
def test_plugins_find_names_at_the_addresses_that_were_published(module, names):
    home = importlib.import_module(f"blender_core.{module}")
    for name in names:
        assert hasattr(home, name)
        assert getattr(blender_core, name, getattr(home, name)) is getattr(home, name)
