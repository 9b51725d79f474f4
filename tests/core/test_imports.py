"""What importing the library costs, and that its modules know only those below them."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import blender_core

PACKAGE = Path(blender_core.__file__).parent


def test_importing_blender_core_imports_no_astropy_and_no_stdatamodels():
    code = "import sys, blender_core; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert {"numpy", "pluggy"} <= set(loaded.stdout.split())
    assert not {"astropy", "stdatamodels", "asdf", "typer", "rich"} & set(loaded.stdout.split())


def test_there_are_no_circular_imports():
    graph = {}
    for file in PACKAGE.rglob("*.py"):
        module = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        imported = set()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("blender_core."):
                imported.add(node.module)
        graph[module] = imported
    assert len(graph) > 15
    tuple(graphlib.TopologicalSorter(graph).static_order())


def test_nothing_in_the_library_imports_the_command_line():
    for file in PACKAGE.rglob("*.py"):
        if "cli" not in file.relative_to(PACKAGE).parts:
            assert "blender_core.cli" not in file.read_text()
