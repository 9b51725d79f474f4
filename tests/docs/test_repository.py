"""What is said in several places is the same in all of them."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import blender_core

ROOT = Path(__file__).parents[2]
PROJECTS = [ROOT, ROOT / "blender_core", ROOT / "blender_rules_std"]
KINDS = {"feature", "fix", "change", "removal"}


def project(folder):
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


def test_there_is_one_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    versions = {project(folder)["version"] for folder in PROJECTS}
    assert versions == {citation["version"]}
    (version,) = versions
    pinned = [one for one in project(ROOT)["dependencies"] if one.startswith("blender-")]
    assert all(one.endswith(f"=={version}") for one in pinned)


@pytest.mark.parametrize("folder", PROJECTS[1:], ids=lambda folder: folder.name)
def test_fragments_of_the_change_log_have_names_that_towncrier_knows(folder):
    fragments = list((folder / "changes").iterdir())
    for fragment in fragments:
        name = re.fullmatch(r"(\+\w+|\d+)\.(\w+)\.md", fragment.name)
        assert name, fragment
        assert name[2] in KINDS, fragment
    assert "<!-- towncrier release notes start -->" in (folder / "CHANGES.md").read_text()


def pages():
    for folder in ("", "docs/**/", "blender_*/", "examples/**/"):
        yield from ROOT.glob(f"{folder}*.md")
        yield from ROOT.glob(f"{folder}*.rst")


@pytest.mark.parametrize("page", sorted(pages()), ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_installed_from_the_checkout_is_all_that_is_needed(page):
    # None of the distributions is to be had elsewhere.
    every = {project(one.parent)["name"] for one in (ROOT / "examples").glob("*/pyproject.toml")}
    every |= {project(folder)["name"] for folder in PROJECTS}
    text, scripts = page.read_text(), set()
    lines = [one for one in re.findall(r"pip install ((?: ?\.[\w./]*)+)", text) if "./" in one]
    for line in lines:
        given = [project(ROOT / target) for target in line.split()]
        needed = {re.split(r"[^\w-]", one)[0] for each in given for one in each["dependencies"]}
        assert needed & every <= {each["name"] for each in given}, line
        scripts.update(*(each.get("scripts", ()) for each in given))
    if lines and re.search(
        r"^ *(\$ )?model-blender [a-z]|`model-blender [a-z]", text, re.MULTILINE
    ):
        assert "model-blender" in scripts


def test_all_distributions_have_one_licence():
    assert len({(folder / "LICENSE").read_text() for folder in PROJECTS}) == 1


def test_all_public_names_are_in_the_reference():
    pages = (ROOT / "docs" / "reference").glob("*.rst")
    listed = {line.strip() for page in pages for line in page.read_text().splitlines()}
    assert listed.issuperset(blender_core.__all__)
