"""What the pages of the documentation tell people to do, done page by page.

Blocks of a page are run in their order, in one folder of their own. Python shares one namespace; a
block with a caption is a file of this name, with its text or with that of the file that it includes; a
block of ``text`` is what the block before it prints, where ``...`` stands for anything. Commands that
install something are left out, for wheels have tests of their own; a project is installed when its
``pyproject.toml`` is written, and an example when a command names it. A comment ``.. test-setup`` has
Python that readers need not see.
"""

import contextlib
import doctest
import importlib
import io
import re
import subprocess
from pathlib import Path

import pytest
from thoroughness import all_but_exhaustive

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(
    str(path.relative_to(DOCS)) for path in DOCS.rglob("*.rst") if "api" not in path.parts
)
# Pages whose blocks need more than their text: they are run by tests of their own.
RUN_ELSEWHERE = {
    "howto/blend_own_fits.rst",
    "howto/roman.rst",
    "howto/rules_of_a_team_in_strun.rst",
}
# One runs each of the commands, a dozen of which take a second or two; one starts processes anew.
LONG = {"reference/command_line.rst", "howto/many_machines.rst"}
# What a page replaces in jwst: whoever compares with it later needs its own again.
REPLACED = (
    ("jwst.resample.resample", "ModelBlender"),
    ("jwst.pipeline.calwebb_coron3", "ModelBlender"),
    ("jwst.pipeline.calwebb_tso3", "ModelBlender"),
    ("jwst.model_blender.blendmeta", "blendmodels"),
)
LANGUAGES = {"python", "sh", "text", "toml", "none"}
INSTALLS = re.compile(r"^(pip|python3? -m (pip|uv)) ")
EXAMPLE = re.compile(r" \./examples/(\w+)")


def run_python(block, path, namespace):
    code = "\n" * block.line + block.text
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, str(path), "exec"), namespace)  # noqa: S102
    return printed.getvalue()


def run_sh(block):
    commands = block.text.replace("\\\n", " ").splitlines()
    commands = [one for one in commands if not INSTALLS.match(one)]
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(commands)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "page",
    all_but_exhaustive(
        [page for page in PAGES if page not in RUN_ELSEWHERE],
        [page for page in PAGES if page not in LONG],
    ),
)
def test_every_block_runs(
    page, blocks, tmp_path, monkeypatch, install_project, install_examples, warm_programs
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", warm_programs.path)
    monkeypatch.setenv("COLUMNS", "100")
    for module, name in REPLACED if page == "howto/replace_jwst.rst" else ():
        own = importlib.import_module(module)
        monkeypatch.setattr(own, name, getattr(own, name))
    path, namespace, printed = DOCS / page, {"__name__": "page"}, None
    for block in blocks(path):
        assert block.language in LANGUAGES, f"{page}, line {block.line}"
        if block.caption:
            file = tmp_path / block.caption
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
            if file.name == "pyproject.toml":
                install_project(file.parent)
        elif block.language == "python":
            printed = run_python(block, path, namespace)
        elif block.language == "sh":
            install_examples(*EXAMPLE.findall(block.text))
            printed = run_sh(block)
        elif block.language == "text":
            assert printed is not None, f"{page}, line {block.line}: nothing was run before"
            same = doctest.OutputChecker().check_output(
                block.text, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            )
            assert same, f"{page}, line {block.line} tells other than this:\n{printed}"


def test_pages_are_found(blocks):
    assert "index.rst" in PAGES
    assert len([one for page in PAGES for one in blocks(DOCS / page)]) > 3
