"""The page on a mission of one's own, followed in a new environment to the letter."""

import doctest
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "a_mission_of_your_own.rst"
FROM_THE_CHECKOUT = "pip install ./blender_core "
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture
def run(installed, tmp_path):
    """Return a function that runs commands where Model Blender is installed, and nothing else."""
    environment = installed(ROOT / "blender_rules_std")
    environment.pip("install", "typer", "rich", "jinja2")
    program = environment.programs / "model-blender"
    program.write_text(f"#!{environment.python}\nfrom blender_core.cli import main\n\nmain()\n")
    program.chmod(0o755)
    path = f"{environment.programs}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path / "kestrel"
    folder.mkdir()

    def run(*command):
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path, "PIP_NO_INPUT": "1", "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run.folder = folder
    return run


@pytest.mark.exhaustive
def test_from_nothing_to_a_blended_mosaic(blocks, run):
    printed, compared = "", 0
    for block in blocks(PAGE):
        if block.caption:
            (run.folder / block.caption).write_text(block.text)
        elif block.language == "sh" and not block.text.startswith(FROM_THE_CHECKOUT):
            printed = run("bash", "-e", "-c", block.text)
        elif block.language == "python":
            printed = run("python", "-c", block.text)
        elif block.language == "text":
            assert doctest.OutputChecker().check_output(block.text, printed, OPTIONS), (
                f"line {block.line}: {printed}"
            )
            compared += 1
    assert compared >= 7
    assert (run.folder / "blended_report.html").exists()
