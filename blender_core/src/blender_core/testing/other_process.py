"""Ask a rule in another process, where the members of sets come in another order."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.plugins.rule import Rule
    from blender_core.testing.samples import Sample

__all__ = ["texts_of_another_process"]

_PROGRAM: Final = """
import json, pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
rule, samples = pickle.load(sys.stdin.buffer)
from blender_core.testing.asking import ask
print(json.dumps([ask(rule, sample).text for sample in samples]))
"""


def texts_of_another_process(rule: Rule, samples: Sequence[Sample]) -> list[str] | None:
    """Return what a rule answers in a process whose texts have other hashes."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    done = subprocess.run(  # noqa: S603  # this Python, and the program above
        [sys.executable, "-c", _PROGRAM],
        input=pickle.dumps(sys.path) + pickle.dumps((rule, list(samples))),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    if done.returncode:
        return None
    # The module of the rule may print when it is imported.
    texts: list[str] = json.loads(done.stdout.splitlines()[-1])
    return texts
