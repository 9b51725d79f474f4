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


def test_all_distributions_have_one_licence():
    assert len({(folder / "LICENSE").read_text() for folder in PROJECTS}) == 1


def test_all_public_names_are_in_the_reference():
    pages = (ROOT / "docs" / "reference").glob("*.rst")
    listed = {line.strip() for page in pages for line in page.read_text().splitlines()}
    assert listed.issuperset(blender_core.__all__)
