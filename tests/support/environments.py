"""Distributions as their users have them: wheels, installed in environments of their own.

An environment takes a quarter of a minute to make, most of it for the libraries below the engine. They
are installed once for all tests, in whatever process these run: each test has a layer upon them, an
environment that sees what is installed below it.
"""

import contextlib
import fcntl
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# With uv an environment is made in a moment. It tells the programs that it runs where it is.
UV = os.environ.get("UV") or shutil.which("uv")
QUIET = ("--quiet", "--disable-pip-version-check", "--no-input")


class Environment:
    """A virtual environment with pip, or a layer upon one."""

    def __init__(self, folder, below=None):
        self.folder = folder
        self.programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
        self.python = self.programs / "python"
        if below is None:
            return
        link = f"import site; site.addsitedir({str(below.packages)!r})\n"
        (self.packages / "below.pth").write_text(link)
        pip = self.programs / "pip"
        pip.write_text(f'#!/bin/sh\nexec "{self.python}" -m pip "$@"\n')
        pip.chmod(0o755)

    @property
    def packages(self):
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        return Path(self.run(code, self.folder).strip())

    def pip(self, *arguments):
        subprocess.run([self.python, "-m", "pip", *arguments, *QUIET], check=True)

    def install(self, *wheels):
        """Install wheels upon what is there."""
        if UV:
            command = [UV, "pip", "install", "--quiet", "--no-deps", "--python", self.python]
            subprocess.run([*command, *wheels], check=True)
        else:
            self.pip("install", "--no-deps", *wheels)
        self.pip("check")  # what they ask for is there

    def run(self, code, cwd, *arguments):
        """Run a program that is given as a text, or as the path of its file."""
        program = [code] if isinstance(code, Path) else ["-c", code]
        done = subprocess.run(
            [self.python, *program, *arguments],
            capture_output=True,
            text=True,
            cwd=cwd,
            # What is imported once is compiled, for all tests after it.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def make_folder(folder, *, pip=True):
    """Make a virtual environment."""
    if UV:
        seed = ["--seed"] if pip else []
        subprocess.run(
            [UV, "venv", "--quiet", *seed, "--python", sys.executable, folder], check=True
        )
    else:
        without = [] if pip else ["--without-pip"]
        subprocess.run([sys.executable, "-m", "venv", *without, folder], check=True)


@pytest.fixture(scope="session")
def make_once(tmp_path_factory):
    """Return a function that has a folder made once for all processes: name, maker → the folder."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def make(name, maker):
        made, done = folder / name, folder / f"{name}.done"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                with contextlib.suppress(FileNotFoundError):
                    shutil.rmtree(made)
                maker(made)
                done.touch()
        return made

    return make


@pytest.fixture(scope="session")
def build_wheel(make_once, tmp_path_factory):
    """Return a function that builds a distribution's wheel, once: its folder → the wheel."""
    ignore = shutil.ignore_patterns("__pycache__", "build", "dist")

    def builder():
        return Environment(make_once("builder", make_folder))

    def build(folder, target):
        # From a copy that nothing else writes to.
        source = tmp_path_factory.mktemp("source") / folder.name
        shutil.copytree(folder, source, ignore=ignore)
        if UV:
            command = [UV, "build", "--quiet", "--wheel", "--out-dir", target, source]
            subprocess.run(command, check=True)
        else:
            builder().pip("wheel", "--no-deps", "--wheel-dir", target, source)

    @functools.cache
    def wheel_of(folder):
        name = "wheel-of-" + "-".join(folder.relative_to(folder.anchor).parts)[-60:]
        (wheel,) = make_once(name, functools.partial(build, folder)).glob("*.whl")
        return wheel

    return wheel_of


@pytest.fixture(scope="session")
def peer_environment(make_once):
    """Return a function that has other software in an environment of its own, once.

    It takes the name of the environment, what to install, and wheels beside that, made only where
    the former can be installed. The test is skipped where it cannot.
    """

    def make(name, requirements, wheels=list):
        def fill(folder):
            make_folder(folder, pip=not UV)
            python = str(Environment(folder).python)
            install = (
                [UV, "pip", "install", "--python", python]
                if UV
                else [python, "-m", "pip", "install"]
            )
            command = [*install, "-q", *requirements]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                (folder / "reason").write_text(done.stderr.strip().splitlines()[-1])
            elif beside := wheels():
                subprocess.run([*install, "-q", *beside], check=True)

        environment = Environment(make_once(name, fill))
        reason = environment.folder / "reason"
        if reason.exists():
            pytest.skip(f"{requirements[0]} cannot be installed here: {reason.read_text()}")
        return environment

    return make


@pytest.fixture(scope="session")
def engine(make_once, build_wheel):
    """The engine in an environment of its own, with all that it asks for and no rules."""

    def make(folder):
        make_folder(folder)
        wheel = build_wheel(ROOT / "blender_core")
        if UV:
            command = [UV, "pip", "install", "--quiet", "--python", Environment(folder).python]
            subprocess.run([*command, wheel], check=True)
        else:
            Environment(folder).pip("install", str(wheel))

    return Environment(make_once("engine", make))


@pytest.fixture
def installed(engine, build_wheel, tmp_path):
    """Return a function that gives an environment with the engine and other distributions."""

    def install(*folders):
        layer = tmp_path / "environment"
        make_folder(layer, pip=False)
        environment = Environment(layer, below=engine)
        if folders:
            environment.install(*map(build_wheel, folders))
        return environment

    return install
