"""The page about the architecture names what there is, in the order in which it is built."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "blender_core" / "src" / "blender_core"
PAGE = (ROOT / "docs" / "explanation" / "architecture.rst").read_text()
ADDRESSES = {"columns", "hookspecs", "rules"}


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
