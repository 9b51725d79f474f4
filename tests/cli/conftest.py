"""What tests of commands have in common."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from stdatamodels.jwst import datamodels
from typer.testing import CliRunner

from blender_core import blendmodels
from blender_core.cli.app import app


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty current folder, of a terminal that is 80 characters wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def command():
    """Return a function that runs a command in this process, and looks at its status."""

    def run(*arguments, status=0):
        done = CliRunner().invoke(app, list(map(str, arguments)))
        assert done.exit_code == status, done.output
        return done

    return run


@pytest.fixture
def refused(command):
    """Return a function that gives the message with which a command is refused."""

    def run(*arguments):
        done = command(*arguments, status=2)
        assert done.stdout == ""
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.stderr
        return done.stderr

    return run


@pytest.fixture
def printed_json(command):
    """Return a function that gives what a command prints with --json."""

    def run(*arguments, status=0):
        return json.loads(command(*arguments, "--json", status=status).stdout)

    return run


@pytest.fixture
def script(warm_programs):
    """Return a function that runs the command in a process of its own."""

    def run(*arguments, **settings):
        path = warm_programs.folder / "model-blender"
        return subprocess.run(
            [path, *map(str, arguments)], capture_output=True, text=True, check=False, **settings
        )

    return run


@pytest.fixture(scope="session")
def saved_product(invented_exposures, tmp_path_factory):
    path = tmp_path_factory.mktemp("product") / "product.fits"
    with datamodels.open(str(invented_exposures[0])) as model:
        model.save(path)
    return path


@pytest.fixture
def product(saved_product, here):
    """A product in the current folder, that has not been blended into yet."""
    return Path(shutil.copy(saved_product, here)).relative_to(here)


@pytest.fixture
def exposures(invented_exposures, here):
    """Four of the exposures in the current folder, of one detector each."""
    return [Path(shutil.copy(one, here)).relative_to(here) for one in invented_exposures[:4]]


@pytest.fixture(scope="session")
def finished_once(invented_exposures, tmp_path_factory):
    """Return a function that gives a product as a step leaves it that sets values after its blend."""
    exposures, made = invented_exposures[:4], {}

    def make(name, later, **settings):
        key = repr((name, later, settings))
        if key not in made:
            made[key] = tmp_path_factory.mktemp("finished") / name
            with datamodels.open(str(exposures[0])) as product:
                blendmodels(product, exposures, **settings)
                for path, value in later.items():
                    product[path] = value
                product.save(made[key])
        return made[key]

    return make


@pytest.fixture
def finished(finished_once, here):
    """Return a function that puts such a product into the current folder."""

    def make(name, later=None, **settings):
        shutil.copy(finished_once(name, later or {}, **settings), here)
        return name

    return make
