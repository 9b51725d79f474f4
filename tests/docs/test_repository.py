"""What is said in several places is the same in all of them."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from stdatamodels.jwst.datamodels import ImageModel

import blender_core
from blender_core import BlendPlan

ROOT = Path(__file__).parents[2]
PROJECTS = [ROOT, ROOT / "blender_core", ROOT / "blender_rules_std"]
KINDS = {"feature", "fix", "change", "removal"}


def project(folder):
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


def said_versions(root):
    """Return what the files below a folder say, as ``tomllib`` and ``yaml`` read them."""
    own = {name: project(root / name) for name in ("", "blender_core", "blender_rules_std")}
    plugins = [project(path.parent) for path in (root / "examples").glob("*/pyproject.toml")]
    assert plugins
    return {
        "own": {one["version"] for one in own.values()}
        | {yaml.safe_load((root / "CITATION.cff").read_text())["version"]},
        "together": {re.sub(r"\[.*\]", "", one) for one in own[""]["dependencies"]},
        "for plugins": {
            re.sub(r"\[.*\]", "", one)
            for each in [own["blender_rules_std"], *plugins]
            for one in each["dependencies"]
            if one.startswith("blender-")
        },
    }


def test_there_is_one_version():
    said = said_versions(ROOT)
    (version,) = said["own"]
    assert said["together"] == {f"blender-core=={version}", f"blender-rules-std=={version}"}
    major, minor = version.split(".")[:2]
    allowed = f">={major}.{minor},<{int(major) + 1}"
    assert said["for plugins"] == {f"blender-core{allowed}", f"blender-rules-std{allowed}"}


def test_the_documentation_of_this_version_can_be_chosen():
    entries = json.loads((ROOT / "docs" / "_static" / "switcher.json").read_text())
    preferred = [one["version"] for one in entries if one.get("preferred")]
    assert preferred == [f"v{project(ROOT)['version']}"]
    assert all(one["url"] == f"/en/{one['version']}/" for one in entries)


def test_the_release_explains_a_keyword_that_the_demo_has():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
    commands = "\n".join(step.get("run", "") for step in workflow["jobs"]["build"]["steps"])
    (keyword,) = re.findall(r"model-blender explain product\.fits (\S+)", commands)
    assert keyword in BlendPlan.for_model(ImageModel)


@pytest.mark.parametrize(
    ("version", "allowed"), [("3.4.5", ">=3.4,<4"), ("2.0.0rc1", ">=2.0.0rc1,<3")]
)
def test_a_version_is_set_everywhere_by_one_command(version, allowed, tmp_path):
    places = [".ci/version.py", "CITATION.cff", "docs/howto/read_a_report.rst"]
    places += [str((one / "pyproject.toml").relative_to(ROOT)) for one in PROJECTS]
    places += [str(one.relative_to(ROOT)) for one in ROOT.glob("examples/*/pyproject.toml")]
    for name in places:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)

    def run(*arguments):
        command = [sys.executable, tmp_path / ".ci" / "version.py", *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)

    assert (run("--check").returncode, run("--check").stdout) == (0, "")
    text = (tmp_path / "pyproject.toml").read_text()
    (old,) = said_versions(ROOT)["own"]
    (tmp_path / "pyproject.toml").write_text(
        text.replace(f'version = "{old}"', f'version = "{version}"')
    )
    checked = run("--check")
    assert (checked.returncode, "blender_core/pyproject.toml" in checked.stdout) == (1, True)
    run(version)
    assert said_versions(tmp_path) == {
        "own": {version},
        "together": {f"blender-core=={version}", f"blender-rules-std=={version}"},
        "for plugins": {f"blender-core{allowed}", f"blender-rules-std{allowed}"},
    }
    assert f"blender-rules-std {version} [std]" in (tmp_path / places[2]).read_text()
    assert run("1.0").returncode == 1


def test_the_hook_for_docstrings_finds_its_settings():
    pytest.importorskip("numpydoc")
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    # Without them, a change of this file alone fails for what no docstring here has.
    command = [sys.executable, "-m", "numpydoc", "lint", *hooks["numpydoc-validation"]["args"]]
    command.append("blender_core/src/blender_core/report/write.py")
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", PROJECTS[1:], ids=lambda folder: folder.name)
def test_fragments_of_the_change_log_have_names_that_towncrier_knows(folder):
    config = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["towncrier"]
    sections = {one["path"] for one in config.get("section", [{"path": ""}])}
    for fragment in (one for one in (folder / "changes").rglob("*.md")):
        section = str(fragment.parent.relative_to(folder / "changes"))
        assert section.removeprefix(".") in sections, fragment
        name = re.fullmatch(r"(\+\w+|\d+)\.(\w+)\.md", fragment.name)
        assert name, fragment
        assert name[2] in KINDS, fragment
    assert "<!-- towncrier release notes start -->" in (folder / "CHANGES.md").read_text()


def test_change_logs_are_collected_as_often_as_one_likes(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "changes.py", tmp_path / ".ci")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "7.8.9"\n')
    older = "## 7.8.8 (2020-02-20)\n\n### New\n\n- Something old.\n"
    for folder in PROJECTS[1:]:
        (tmp_path / folder.name / "changes").mkdir(parents=True)
        shutil.copy(folder / "pyproject.toml", tmp_path / folder.name)
        text = f"# Changes\n\n<!-- towncrier release notes start -->\n\n{older}"
        (tmp_path / folder.name / "CHANGES.md").write_text(text)
    log = tmp_path / "blender_core" / "CHANGES.md"

    def collected(*arguments):
        command = [sys.executable, tmp_path / ".ci" / "changes.py", *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return re.findall(r"^(## [\d.]+|- .*)", log.read_text(), re.MULTILINE)

    changes = tmp_path / "blender_core" / "changes"
    before = ["## 7.8.8", "- Something old."]
    assert collected() == before
    (changes / "+first.feature.md").write_text("First.\n")
    assert collected() == ["## 7.8.9", "- First.", *before]
    (changes / "rules").mkdir()
    (changes / "rules" / "+second.fix.md").write_text("Second.\n")
    assert collected() == collected() == ["## 7.8.9", "- Second.", "- First.", *before]
    assert collected("--release") == ["## 7.8.9", "- Second.", "- First.", *before]
    assert list(changes.rglob("*.md")) == []
    assert collected() == ["## 7.8.9", "- Second.", "- First.", *before]
    assert (tmp_path / "blender_rules_std" / "CHANGES.md").read_text().count("##") == 2


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
