"""What the READMEs of the examples tell people to do, done with both plugins installed."""

import contextlib
import doctest
import io
import re
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)\)")


@pytest.mark.parametrize("name", ["jwst_corrections", "miri_team_rules"])
def test_readmes(install_examples, name):
    install_examples("jwst_corrections", "miri_team_rules")
    path, namespace, printed, compared = EXAMPLES / name / "README.md", {}, "", 0
    for language, text in BLOCK.findall(path.read_text()):
        if language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(text, str(path), "exec"), namespace)  # noqa: S102
            printed = stream.getvalue()
        else:
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            assert doctest.OutputChecker().check_output(text, printed, flags), printed
            compared += 1
    assert compared > 0


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("README.md")), ids=lambda one: one.parent.name
)
def test_links_lead_somewhere(path):
    for target in LINK.findall(path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target
