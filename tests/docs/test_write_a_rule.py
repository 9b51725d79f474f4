"""The page on how to write a rule, followed in a new environment to the letter."""

import doctest
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "write_a_rule.rst"


def test_the_plugin_is_not_long(blocks):
    (plugin,) = [one.text for one in blocks(PAGE) if one.caption == "acme_quality.py"]
    assert len(plugin.splitlines()) <= 15


@pytest.fixture
def run(installed, tmp_path):
    """Return a function that runs commands where Model Blender is installed, and nothing else."""
    environment = installed(ROOT / "blender_rules_std")

    def run(*command):
        path = f"{environment.programs}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "PIP_NO_INPUT": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.exhaustive
def test_from_nothing_to_an_installed_rule(blocks, run, tmp_path):
    printed, tested = "", []
    for block in blocks(PAGE):
        where = f"line {block.line}"
        if block.caption:
            (tmp_path / block.caption).write_text(block.text)
        elif block.language == "sh":
            tested.append(run("bash", "-e", "-c", block.text))
        elif block.language == "python":
            printed = run("python", "-c", block.text)
        else:
            assert block.language == "text", where
            checker = doctest.OutputChecker()
            assert checker.check_output(block.text, printed, doctest.ELLIPSIS), (
                f"{where}: {printed}"
            )
    assert {file.name for file in tmp_path.glob("*.*")} >= {"acme_quality.py", "pyproject.toml"}
    assert "2 passed" in tested[0]
    # Once installed, the plugin is not there twice.
    assert "2 passed" in run("python", "-m", "pytest")
    assert "Successfully installed acme-quality-1.0" in tested[1]
