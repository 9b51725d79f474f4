"""What the READMEs tell people to do, done."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / path).read_text(), re.DOTALL)


def test_the_first_example(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    example, drop_in = blocks("README.md", "python")
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == ["MULTIPLE", "322.0"]
    assert printed[-1].startswith("blender-rules-std ")
    assert (tmp_path / "product.fits").exists()
    assert "322.0" in (tmp_path / "report.html").read_text(encoding="utf-8")
    exec(compile(drop_in, "README.md", "exec"), {})  # noqa: S102


def test_the_commands(tmp_path, warm_programs):
    _, _, commands, *_ = blocks("README.md", "sh")
    script = f"model-blender demo >log\ncd model-blender-demo\nmv exposures/* .\n{commands}"
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": warm_programs.path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "meta.exposure.start_time (EXPSTART)" in done.stdout
    assert (tmp_path / "model-blender-demo" / "report.html").exists()


def test_the_gate_runs_the_commands_of_the_readme():
    demo, _, _, tests, _ = blocks("README.md", "sh")
    gate = (ROOT / ".ci/run").read_text()
    install, _, demo = demo.strip().partition(" && ")
    assert install == "python3 -m pip install uv"
    assert "python3 -m pip install --quiet uv\n" in gate
    assert f"\n{demo} " in gate
    assert f"\n{tests.strip()}\n" in gate


@pytest.mark.parametrize(
    ("distribution", "printed"),
    [
        (
            "blender_core",
            ["59777.79", "meta.exposure.start_time (EXPSTART) is 59777.79, taken from input 2."],
        ),
        ("blender_rules_std", ["1.0"]),
    ],
)
def test_the_distributions(distribution, printed, capsys):
    path = f"{distribution}/README.md"
    exec(compile(blocks(path, "python")[0], path, "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.splitlines()[: len(printed)] == printed
    # The same two commands as that of the whole.
    root = blocks("README.md", "sh")
    assert blocks(path, "sh")[0].splitlines() == [root[0].strip(), root[3].strip()]


def test_the_example_of_a_plugin():
    from blender_core import Plugins, Provider, Registry

    _, module = blocks("blender_core/README.md", "python")
    plugin = type("Module", (), {})()
    exec(compile(module, "README.md", "exec"), vars(plugin))  # noqa: S102
    plugins = Plugins()
    plugins.register(plugin, Provider("acme-rules", "1.0", "acme"))
    assert Registry(plugins.rules())["longest"].rule.blend(["a", "abc"]) == "abc"


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "blender_core/README.md",
        "blender_rules_std/README.md",
        *(str(one.relative_to(ROOT)) for one in sorted((ROOT / "examples").rglob("README.md"))),
    ],
)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / path).read_text()):
        if "://" not in target:
            assert ((ROOT / path).parent / target).stat().st_size > 0, target
