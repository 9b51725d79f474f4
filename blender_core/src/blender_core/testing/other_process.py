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
    """Return what a rule answers in a process whose texts have other hashes.

    Parameters
    ----------
    rule : Rule
        The rule.
    samples : sequence of Sample, shape (n_samples,)
        What to call it with.

    Returns
    -------
    texts : list of str, shape (n_samples,), or None
        `Answer.text` of each; None if the other process cannot import the rule.

    Examples
    --------
    >>> from blender_core import Plugins, Registry
    >>> from blender_core.testing import Sample
    >>> from blender_core.testing.other_process import texts_of_another_process
    >>> rule = Registry(Plugins.discover().rules())["join"].rule
    >>> texts_of_another_process(rule, [Sample(["F200W", "F115W"])])
    ["'F200W, F115W'"]
    """
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
