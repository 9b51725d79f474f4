"""What the page on replacing jwst's blender says of jwst, looked up in jwst."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import jwst
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "replace_jwst.rst"
JWST = Path(jwst.__file__).parent
OWN = "jwst.model_blender"


def imported(tree):
    """Return what a module has from jwst's blender, as the names by which it calls it."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OWN)
        for alias in node.names
    }


def blending_modules():
    found = {}
    for path in sorted(JWST.rglob("*.py")):
        parts = path.relative_to(JWST.parent).with_suffix("").parts
        if "tests" in parts or parts[:2] == ("jwst", "model_blender"):
            continue
        text = path.read_text()
        if OWN in text and (names := imported(ast.parse(text))):
            found[".".join(parts)] = names
    return found


@pytest.mark.exhaustive
def test_the_page_replaces_every_blender_in_jwst(blocks):
    modules = blending_modules()
    assert modules["jwst.resample.resample"] == {"ModelBlender"}
    assert modules["jwst.cube_build.ifu_cube"] == {"blendmeta"}
    python = [one.text for one in blocks(PAGE) if one.language == "python"]
    change, replace = python[0], python[-1]
    lines = [change, "import importlib", *(f"import {one}" for one in modules), replace]
    for module, names in modules.items():
        for name in names:
            called = f"{name}.blendmodels" if name == "blendmeta" else name
            lines.append(f"print({module}.{called}.__module__.partition('.')[0])")
    # In a process of its own: nothing else may blend with what the page leaves.
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"blender_core"}


def test_the_page_is_of_the_installed_jwst():
    assert f"jwst {importlib.metadata.version('jwst')} " in PAGE.read_text()
