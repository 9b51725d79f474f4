"""What is told through logging, and that nothing is unless somebody asks."""

import logging
import re
import subprocess
import sys

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, amend, blendmodels


@pytest.fixture
def files(tmp_path):
    paths = []
    for i in range(2):
        model = ImageModel()
        model.meta.exposure.exposure_time = 1.5 + i
        paths.append(tmp_path / f"{i}_cal.fits")
        model.save(paths[-1])
    (tmp_path / "team.toml").write_text('[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\n')
    return paths


def told(caplog, level):
    messages = [
        (record.levelname, re.sub(r"[0-9.e-]+ (m?s)\b", r"N \1", record.getMessage()))
        for record in caplog.records
        if record.name.partition(".")[0] == "blender_core"
    ]
    return [message for name, message in messages if name == level]


def test_info(files, tmp_path, caplog):
    caplog.set_level(logging.INFO, "blender_core")
    rules, output = tmp_path / "team.toml", tmp_path / "product.fits"
    blendmodels(ImageModel(), files, rules=rules, output=output)
    assert told(caplog, "INFO") == [
        f"read 1 override from rules file {rules}",
        "read 2 inputs in N s",
        "blended 2 inputs into ImageModel in N s",
        f"wrote {output} in N s",
    ]
    assert told(caplog, "DEBUG") == []
    caplog.clear()
    amend(output, overrides={"EFFEXPTM": "min"})
    assert [each.partition("<")[0] for each in told(caplog, "INFO")] == ["amended "]


def test_debug(files, caplog):
    caplog.set_level(logging.DEBUG, "blender_core")
    blendmodels(None, [*files, ImageModel()])
    read = [each for each in told(caplog, "DEBUG") if each.startswith("read ")]
    assert read == [
        f"read input 1 from {files[0]} in N ms",
        f"read input 2 from {files[1]} in N ms",
        "read input 3 from ImageModel in N ms",
    ]


def test_names_are_told_as_they_look(files, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, "blender_core")
    hostile = files[0].rename(tmp_path / "a\x1b[31m_cal.fits")
    blendmodels(None, [hostile, files[1]], overrides=[Override(attribute="FILENAME", record=False)])
    (read, _) = (each for each in told(caplog, "DEBUG") if each.startswith("read "))
    assert r"/a\x1b[31m_cal.fits in N ms" in read


def test_inputs_that_are_left_out(files, tmp_path, caplog):
    caplog.set_level(logging.INFO, "blender_core")
    blendmodels(None, [*files, tmp_path / "none.fits"], on_bad_input="skip")
    assert "read 2 inputs in N s, and left out 1" in told(caplog, "INFO")


def test_nothing_at_default(files):
    program = "import sys; from blender_core import blendmodels; blendmodels(None, sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, *files], check=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("", "")
