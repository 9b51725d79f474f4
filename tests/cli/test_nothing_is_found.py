"""No file is found by itself: what holds for a blend is given by an option or the environment."""

import json
import os
import subprocess
import sys

import pytest

OVERRIDE = '[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\n'
DECOYS = {
    "model-blender.toml": OVERRIDE,
    ".model-blender.toml": OVERRIDE,
    "model_blender.toml": OVERRIDE,
    "blender.toml": OVERRIDE,
    "rules.toml": OVERRIDE,
    "team.toml": OVERRIDE,
    ".config/model-blender/rules.toml": OVERRIDE,
    ".config/model-blender.toml": OVERRIDE,
    "pyproject.toml": f"[tool.model-blender]\n{OVERRIDE.replace('override', 'tool.model-blender.override')}",
    "setup.cfg": "[model-blender]\nblock = std\n",
    "model-blender.cfg": "[blend]\noverride = EFFEXPTM=max\n",
    ".env": "MODEL_BLENDER_BLOCK=std\n",
    "acme.py": "raise SystemExit('imported')\n",
    "conftest.py": "raise SystemExit('imported')\n",
    "sitecustomize.txt": "",
    "plugins/acme.py": "raise SystemExit('imported')\n",
}
# What is opened, and which folders are listed, is told by Python itself.
PROGRAM = """
import json, os, sys
seen = set()
def look(event, arguments):
    if event in ("open", "os.listdir", "os.scandir", "glob.glob", "import"):
        seen.add((event, os.path.abspath(os.fspath(arguments[0]))
                  if isinstance(arguments[0], (str, bytes, os.PathLike)) else ""))
sys.addaudithook(look)
from blender_core.cli import main
sys.argv = ["model-blender", *sys.argv[1:]]
try:
    main()
except SystemExit as done:
    assert not done.code
finally:
    told = sorted((event, str(path)) for event, path in seen if event != "import")
    open(os.environ["TOLD"], "w").write(json.dumps(told))
"""


@pytest.fixture
def decoys(here):
    for folder in (here, here / "home"):
        for name, text in DECOYS.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return here


@pytest.fixture
def run(decoys, tmp_path_factory):
    told = tmp_path_factory.mktemp("told") / "told.json"
    home = decoys / "home"
    variables = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "TOLD": str(told)}

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **variables},
        )
        assert done.returncode == 0, done.stderr
        opened = {path for event, path in json.loads(told.read_text())}
        inside = {
            os.path.relpath(path, decoys)
            for path in opened
            if path == str(decoys) or path.startswith(f"{decoys}/")
        }
        # Astropy looks for its own settings, and asks for no file of the current folder.
        return done, {name for name in inside if not name.startswith("home/.astropy")}

    return run


def test_a_plan(run):
    done, opened = run("plan", "--model", "ImageModel", "--json")
    assert not opened & set(DECOYS)
    assert not {name for name in opened if name.startswith("home/.config")}
    (exposure_time,) = (each for each in json.loads(done.stdout) if each["keyword"] == "EFFEXPTM")
    assert exposure_time["rule"] == "sum"
    assert {each["tier"] for each in json.loads(done.stdout)} <= {"default", "schema"}
    assert done.stderr == ""


def test_a_blend(run, product, exposures):
    done, opened = run("blend", product, *exposures, "--json")
    files = {str(product), *map(str, exposures)}
    # The product is written beside itself, and takes its own place.
    others = {name for name in opened - files if not name.startswith(f".{product.stem}")}
    assert not others & set(DECOYS)
    assert not {name for name in others if name.endswith((".toml", ".cfg", ".py", ".env"))}
    values = json.loads(done.stdout)["values"]
    assert values["meta.exposure.exposure_time"] == pytest.approx(4 * 311.366, rel=1e-12)


@pytest.mark.usefixtures("decoys")
def test_what_the_environment_asks_for_is_shown(command, monkeypatch):
    monkeypatch.setenv("MODEL_BLENDER_RULES", "team.toml")
    done = command("plan", "--model", "ImageModel", "--changed")
    assert "MODEL_BLENDER_RULES adds the rules file team.toml" in done.stderr
    assert "max" in done.stdout
