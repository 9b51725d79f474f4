"""The command `model-blender new-plugin`: what it writes, installed and tested as its author would."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from environments import Environment, make_folder

from blender_core import Plugins
from blender_core.cli.new_plugin_files import _versions

LONG = "every-part-that-there-is-in-one-plugin-x"
FORMS = {
    "a-rules": [],
    "b_reader": ["--reader"],
    "C.miri": ["--overrides", "miri"],
    LONG: ["--rule", "mid-dle?", "--reader", "--overrides", "NIRSPEC"],
}
RIVALS = {"rival": ["--rule", "mid-dle?", "--reader", "--overrides", "NIRSPEC"]}
"""With the same rule and override as another, and then a reader of the same files."""
PROGRAMS = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def no_plugin_of_other_tests(monkeypatch):
    """Forget plugins that other tests have imported: a plugin is not written under their names."""
    for name in [*sys.modules]:
        if name.partition(".")[0].startswith("acme"):
            monkeypatch.delitem(sys.modules, name)


def run(*command, cwd, **environment):
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_written_and_what_comes_next(command, here):
    printed = command("new-plugin", "acme-rules").stdout
    assert printed.splitlines() == [
        "acme-rules is a plugin now: the rule acme. Next:",
        "  cd acme-rules",
        "  python -m pip install --group dev --editable .  # pip 25.1 or later",
        "  python -m pytest",
        "  ruff check .",
        "  mypy",
        "  model-blender plugins",
    ]
    written = {str(path.relative_to(here)) for path in here.rglob("*") if path.is_file()}
    assert written == {
        f"acme-rules/{name}"
        for name in (
            *("pyproject.toml", "README.md", "CHANGES.md", "LICENSE", ".gitignore"),
            *(".github/workflows/tests.yml", ".github/workflows/release.yml"),
            *("src/acme_rules/__init__.py", "src/acme_rules/plugin.py", "src/acme_rules/py.typed"),
            *("src/acme_rules/rules.py", "tests/conftest.py", "tests/test_rules.py"),
        )
    }
    project = tomllib.loads((here / "acme-rules/pyproject.toml").read_text())["project"]
    assert project["entry-points"] == {"blender_core": {"acme_rules": "acme_rules.plugin"}}
    assert "${{ matrix.python }}" in (here / "acme-rules/.github/workflows/tests.yml").read_text()


def test_for_programs(printed_json, here):
    told = printed_json("new-plugin", "acme-rules", "--overrides", "MIRI")
    assert (told["distribution"], told["package"]) == ("acme-rules", "acme_rules")
    assert all((here / path).is_file() for path in told["files"])
    assert told["commands"][-1] == "model-blender check --plugin acme-rules"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.1.0", ">=0.1,<0.2"),
        ("0.9.3.dev1", ">=0.9,<0.10"),
        ("1.0.0", ">=1.0,<2"),
        ("2.13.1", ">=2.13,<3"),
        ("unknown", ""),
    ],
)
def test_versions_of_the_engine(version, expected):
    assert _versions(version) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["numpy"], "a distribution 'numpy' is installed already"),
        (["Blender_Core"], "a distribution 'Blender_Core' is installed already"),
        (["mypyc"], "a package 'mypyc' can be imported already"),
        (["std"], "blender-rules-std {version} [std] has a plugin of this name"),
        (["json"], "the module 'json' has this name already"),
        (["tests"], "the module 'tests' has this name already"),
        (["class"], "'class' cannot be imported: it is a word of Python"),
        (["1st-rules"], "'1st-rules' is no name for a distribution"),
        (["acme rules"], "'acme rules' is no name for a distribution"),
        (["../acme"], "'../acme' is no name for a distribution"),
        (["acme--rules"], "'acme--rules' is no name for a distribution"),
        (["acme-"], "'acme-' is no name for a distribution"),
        (["rägeln"], "'rägeln' is no name for a distribution"),
        ([""], "'' is no name for a distribution"),
        (["a" * 41], "is no name for a distribution: up to 40 letters"),
        (["acme", "--rule", "mean"], "has a rule 'mean' already: choose another name with --rule"),
        (["acme", "--rule", "keep"], "the word 'keep' is the engine's own"),
        (["acme", "--rule", "a b"], "'a b' is no name for a new rule"),
        (["acme", "--rule", 'a"b'], "is no name for a new rule"),
        (["mean-rules"], "has a rule 'mean' already: choose another name with --rule"),
        (["acme", "--overrides", "WFC3"], "JWST has no instrument 'WFC3': there are NIRCAM, MIRI,"),
    ],
)
def test_refused(refused, here, arguments, message):
    (version,) = {each.version for each in Plugins.discover() if each.plugin == "std"}
    assert message.format(version=version) in refused("new-plugin", *arguments)
    assert list(here.iterdir()) == []


def test_nothing_is_overwritten(refused, here):
    for make in (
        lambda path: path.mkdir(),
        lambda path: path.write_text("mine"),
        lambda path: path.symlink_to("nowhere"),
    ):
        path = here / "acme-rules"
        make(path)
        assert "acme-rules is there already: choose another name" in refused(
            "new-plugin", "acme-rules"
        )
        if path.is_dir():
            assert list(path.iterdir()) == []
            path.rmdir()
        else:
            path.unlink()


def test_a_disk_that_is_full_leaves_nothing(here):
    done = subprocess.run(
        [
            "bash",
            "-c",
            'ulimit -f 2; exec "$0" new-plugin acme-rules --reader',
            PROGRAMS / "model-blender",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", FORMS)
def test_it_is_tidy(command, here, name):
    command("new-plugin", name, *FORMS[name])
    for check in (["check"], ["format", "--check"]):
        run(PROGRAMS / "ruff", *check, "--no-cache", ".", cwd=here / name)
    names = [path.name for path in (here / name).rglob("test_*.py")]
    assert len(names) == max(1, len([each for each in FORMS[name] if each.startswith("--")]))


@pytest.mark.exhaustive
def test_all_forms_as_their_authors_have_them(command, here, build_wheel):
    layer = here / "layer"
    make_folder(layer, pip=False)
    environment = Environment(layer)
    ours = Path(pytest.__file__).parents[1]
    link = f"import site; site.addsitedir({str(ours)!r})\n"
    (environment.packages / "ours.pth").write_text(link)
    for name, arguments in {**FORMS, **RIVALS}.items():
        command("new-plugin", name, *arguments)
    # That with all parts is installed; the others are tested from their folders.
    with zipfile.ZipFile(build_wheel(here / LONG)) as wheel:
        names = wheel.namelist()
        wheel.extractall(environment.packages)
    assert any(each.endswith("licenses/LICENSE") for each in names)
    assert any(each.endswith("/py.typed") for each in names)
    printed = run(environment.python, "-m", "blender_core", "plugins", "--json", cwd=here)
    (told,) = [each for each in json.loads(printed) if each["distribution"] == LONG]
    assert told["rules"] == ["mid-dle?"]
    assert told["reads"] is told["has_products"] is True
    checked = run(environment.python, "-m", "blender_core", "check", "--plugin", LONG, cwd=here)
    assert ": nothing found." in checked
    options = ("--python-executable", environment.python, "--cache-dir", here / "cache")
    # It has the modules of all.
    run(environment.python, "-m", "mypy", *options, cwd=here / LONG)
    # Nor do others that are installed, and contradict it, change what their tests say.
    for name in RIVALS:
        reader = here / name / "src" / name / "reader.py"
        text = reader.read_text()
        reader.write_text(text.replace(name.upper(), LONG.replace("-", "_").upper()))
        with zipfile.ZipFile(build_wheel(here / name)) as wheel:
            wheel.extractall(environment.packages)
    (environment.packages / "broken.py").write_text("raise RuntimeError('no licence')")
    broken = environment.packages / "broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Name: broken\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_text("[blender_core]\nbroken = broken\n")
    pytest_ = (environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    passed = {}
    for name in FORMS:
        tested = run(*pytest_, cwd=here / name)
        assert "warning" not in tested
        passed[name] = int(re.search(r"^(\d+) passed in", tested, re.MULTILINE)[1])
    assert passed == {"a-rules": 3, "b_reader": 3, "C.miri": 2, LONG: 8}
