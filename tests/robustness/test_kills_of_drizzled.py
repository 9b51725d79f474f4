"""Who blends into a drizzled product of HST and is killed leaves it as it was, or as it is to be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PATHS = (HERE, HERE.parent / "support", HERE.parents[1] / "examples" / "hst" / "src")
KILLS = os.environ.get("KILLS", "2")


@pytest.mark.exhaustive
def test_killed(tmp_path):
    done = subprocess.run(
        [sys.executable, HERE / "killed_drizzled.py", tmp_path, KILLS],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PATHS))},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.get("other", 0) == 0
    assert found["old"] > 10
    assert found["new"] >= 1
    assert found["most drafts"] <= 1
    assert found["drafts at the end"] == 0
