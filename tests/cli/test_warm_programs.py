"""Programs that have imported already what they need act as those that begin from nothing."""

import subprocess
import sysconfig
from pathlib import Path

import pytest
from thoroughness import all_but_exhaustive


@pytest.fixture
def both(warm_programs, here):
    """Return a function that runs an installed program and its like: status, streams and files."""

    def run(name, *arguments, **settings):
        found = []
        for folder in (sysconfig.get_path("scripts"), warm_programs.folder):
            done = subprocess.run(
                [Path(folder, name), *arguments],
                capture_output=True,
                check=False,
                cwd=here,
                **settings,
            )
            found.append((done.returncode, done.stdout, done.stderr))
        return found

    return run


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("print(input()[::-1])", 0),
        ("import sys; print(*sys.argv, 'η'); sys.stderr.write('η'); sys.exit(3)", 3),
        ("raise SystemExit('a text')", 1),
        ("import os; print(os.getcwd(), os.environ['MARK'], end='')", 0),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("import sys; print(sys.stdout.isatty(), sys.path[0], __name__)", 0),
    ],
)
def test_python(both, code, status):
    variables = {"MARK": "marked", "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    installed, warm = both("python", "-c", code, "one", input=b"ab\n", env=variables)
    assert warm == installed
    assert warm[0] == status


def test_an_error_of_the_program(both):
    installed, warm = both("python", "-c", "1/0")
    assert warm[0] == installed[0] == 1
    assert warm[2].splitlines()[-1] == installed[2].splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    all_but_exhaustive(
        (["--version"], ["nothing"], ["plan", "--model", "None"]), (["--version"], ["nothing"])
    ),
)
def test_model_blender(both, arguments):
    installed, warm = both("model-blender", *arguments)
    assert warm == installed
