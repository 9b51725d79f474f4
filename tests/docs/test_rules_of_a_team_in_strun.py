"""What the page on the rules of a team tells people to do, done with small exposures."""

import doctest
import importlib.metadata
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from astropy.io import fits
from jwst.pipeline import Coron3Pipeline
from small_jwst import coronagraphy, imaging
from small_jwst.reference_files import environment

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "rules_of_a_team_in_strun.rst"
# The exposures are too small, and have too few stars, for these steps.
SKIPPED = ("assign_mtwcs", "tweakreg", "skymatch", "outlier_detection", "source_catalog")
STRUN = """#!/bin/sh
case "$*" in
    *image3*) set -- "$@" {image3} ;;
    *coron3*) set -- "$@" {coron3} ;;
esac
exec {program} "$@"
"""


@pytest.fixture
def folder(tmp_path, warm_programs):
    """A folder with exposures and their associations, and a strun that leaves out other steps."""
    association, _ = imaging.write_imaging(tmp_path)
    association.rename(tmp_path / "asn.json")
    association, _ = coronagraphy.write_coronagraphy(tmp_path)
    association.rename(tmp_path / "coron_asn.json")
    mask = coronagraphy.write_mask(tmp_path)
    coron3 = ["--steps.outlier_detection.skip=true", f"--steps.align_refs.override_psfmask={mask}"]
    for name, step in Coron3Pipeline.step_defs.items():
        kinds = {*step.reference_file_types} - {"psfmask"}
        coron3 += [f"--steps.{name}.override_{kind}=N/A" for kind in kinds]
    program = tmp_path / "programs" / "strun"
    program.parent.mkdir()
    program.write_text(
        STRUN.format(
            image3=" ".join(f"--steps.{name}.skip=true" for name in SKIPPED),
            coron3=" ".join(coron3),
            program=shutil.which("strun", path=warm_programs.path),
        )
    )
    program.chmod(0o755)
    return tmp_path


@pytest.fixture
def run(folder, warm_programs):
    """Return a function that runs a block in a process, and gives all that it prints."""
    path = os.pathsep.join([str(folder / "programs"), warm_programs.path])
    variables = {**os.environ, **environment(folder / "crds"), "PATH": path, "COLUMNS": "200"}
    exported = []

    def run(block):
        if block.language == "sh":
            command = ["bash", "-e", "-c", "\n".join([*exported, block.text])]
            exported.extend(one for one in block.text.splitlines() if one.startswith("export "))
        else:
            skips = f"skips = {{name: {{'skip': True}} for name in {SKIPPED}}}\n"
            code = block.text.replace("steps={", "steps=skips | {")
            command = [
                *("bash", "-e", "-c", "\n".join([*exported, 'exec python -c "$0"'])),
                skips + code,
            ]
        done = subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"line {block.line}: {done.stdout}{done.stderr}"
        return done.stdout if block.language == "python" else done.stdout + done.stderr

    return run


@pytest.mark.exhaustive
def test_every_block_runs(blocks, folder, run):
    printed, times = None, []
    for block in blocks(PAGE):
        if block.caption:
            (folder / block.caption).write_text(block.text)
        elif block.language == "text":
            same = doctest.OutputChecker().check_output(
                block.text, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            )
            assert same, f"line {block.line} tells other than this:\n{printed}"
        else:
            printed = run(block)
            if block.text.startswith("strun "):
                (path,) = [*folder.glob("*_i2d.fits"), *folder.glob("*_resamplestep.fits")]
                times.append(fits.getval(path, "EFFEXPTM"))
                path.unlink()
    # Of exposures of 100 and 200 s the team wants the longest, where jwst adds them up: in a
    # pipeline, a step, a pipeline that blends by itself, and by a parameter file.
    assert times == [200] * 4


def test_the_page_is_of_the_installed_libraries():
    text = PAGE.read_text()
    for name in ("jwst", "stpipe"):
        assert f"{name} {importlib.metadata.version(name)}" in text
