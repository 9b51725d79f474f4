"""The page about the architecture names what there is, in the order in which it is built."""

import ast
import re
import runpy
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "blender_core" / "src" / "blender_core"
PAGE = (ROOT / "docs" / "explanation" / "architecture.rst").read_text()
ADDRESSES = {"__main__", "columns", "hookspecs", "rules"}


def listed():
    return re.findall(r"^   \* - ``(\w+)``$", PAGE, re.MULTILINE)


def test_the_list_is_that_of_the_folders():
    names = {
        file.stem
        for file in PACKAGE.iterdir()
        if file.suffix == ".py" or (file / "__init__.py").exists()
    }
    assert set(listed()) == names - ADDRESSES - {"__init__"}
    for name in ADDRESSES:
        assert f"``{name}``" in PAGE


def test_the_order_is_that_of_the_contract():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (contract,) = (
        one
        for one in settings["tool"]["importlinter"]["contracts"]
        if one.get("containers") == ["blender_core"]
    )
    floor_of = {}
    for floor, layer in enumerate(reversed(contract["layers"])):
        floor_of.update(dict.fromkeys(re.split(r" *: *", layer), floor))
    floors = [floor_of[name] for name in listed()]
    assert floors == sorted(floors)
    assert set(floor_of) == {*listed(), *ADDRESSES}


def imports(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("blender_core."):
            yield node.module


def test_packages_are_entered_by_their_faces_only():
    """What ``__all__`` of a package does not have is nobody's business outside of it."""
    faces = {}
    for file in PACKAGE.rglob("__init__.py"):
        face = runpy.run_path(str(file)).get("__all__", ()) if file.parent != PACKAGE else ()
        if all((file.parent / f"{name}.py").exists() for name in face) and face:
            faces[".".join(file.relative_to(PACKAGE.parent).parent.parts)] = set(face)
    assert len(faces) >= 14
    entered = {package: set() for package in faces}
    for root in (PACKAGE, ROOT / "blender_rules_std" / "src", ROOT / "examples"):
        for file in root.rglob("*.py"):
            inside = (
                ".".join(file.relative_to(PACKAGE.parent).parent.parts) if root == PACKAGE else ""
            )
            for module in imports(file):
                package, _, name = module.rpartition(".")
                if package in faces and not f"{inside}.".startswith(f"{package}."):
                    entered[package].add(name)
    assert entered == faces


def test_errors_are_imported_from_where_tracebacks_say():
    for root in (PACKAGE, ROOT / "blender_rules_std" / "src", ROOT / "examples"):
        for file in root.rglob("*.py"):
            if file.parent != PACKAGE / "errors":
                assert not any(each.startswith("blender_core.errors.") for each in imports(file))
