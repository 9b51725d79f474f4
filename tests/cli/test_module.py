"""The command line as ``python -m blender_core``."""

import subprocess
import sys

import pytest


def run(*arguments, folder):
    return subprocess.run(
        [sys.executable, "-m", "blender_core", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def test_it_is_the_same_program(tmp_path, script):
    done = run("rules", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, script("rules").stdout)
    assert run("rules", "none", folder=tmp_path).returncode == 2
    assert run("--help", folder=tmp_path).stdout.startswith("Usage: python -m blender_core ")


@pytest.mark.parametrize("name", ["typer.py", "numpy.py", "pluggy.py"])
def test_modules_of_the_current_folder_are_not_imported(tmp_path, name):
    (tmp_path / name).write_text("raise SystemExit('it was imported')\n")
    done = run("rules", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_plugins_of_the_current_folder_are_not_found(tmp_path):
    """What a checkout has in it that was built, without being installed."""
    (tmp_path / "acme.py").write_text("raise RuntimeError\n")
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[blender_core]\nacme = acme\n")
    done = run("plugins", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "acme" not in done.stdout
