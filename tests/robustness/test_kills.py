"""Whoever is killed while he writes, and however many write, there is one whole file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUPPORT = HERE.parent / "support"
KILLS = int(os.environ.get("KILLS", "2"))
"""How many processes are killed for each kind of file."""
BLENDS = int(os.environ.get("CROWD_BLENDS", "2"))
"""How often each of a crowd of processes blends."""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs one of the programs that fork, and returns what it found."""

    def run(program, *arguments):
        environment = {**os.environ, "PYTHONPATH": str(SUPPORT)}
        done = subprocess.run(
            [sys.executable, HERE / program, tmp_path, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", ["at random", "steps"])
def test_killed(run, way):
    kinds = run("killed.py", way, KILLS)
    assert len(kinds) == 17
    for kind, found in kinds.items():
        assert found.get("other", 0) == 0, kind
        assert found["most drafts"] <= 1, kind
        assert found["drafts at the end"] == 0, kind
        if way == "steps":
            assert found["old"] > 10, kind
            assert found["new"] >= 1, kind


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "kind",
    [
        "itself.fits",
        pytest.param("another.fits", marks=pytest.mark.exhaustive),
        pytest.param("itself.asdf", marks=pytest.mark.exhaustive),
        pytest.param("another.asdf", marks=pytest.mark.exhaustive),
    ],
)
def test_eight_at_a_time(run, kind):
    found = run("crowd.py", kind, BLENDS)
    assert found["looks"] >= 8
    assert found["other"] == 0
    assert found["drafts"] == 0
    if kind.startswith("another"):
        assert found["refused"] == 0  # the last one wins
    else:
        assert found["refused"] < found["blends"]  # somebody was the first
