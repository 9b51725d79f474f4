"""The small exposures are what a stock pipeline of jwst takes, run as people run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from astropy.io import fits
from small_jwst import imaging

STRUN = Path(sys.executable).with_name("strun")
SKIPPED = ("assign_mtwcs", "tweakreg", "skymatch", "outlier_detection", "source_catalog")


def test_image3_takes_the_association(tmp_path):
    association, paths = imaging.write_imaging(tmp_path)
    skips = [f"--steps.{step}.skip=true" for step in SKIPPED]
    subprocess.run(
        [STRUN, "calwebb_image3", association, *skips],
        cwd=tmp_path,
        env={**os.environ, "STPIPE_DISABLE_CRDS_STEPPARS": "true"},
        capture_output=True,
        check=True,
    )
    with fits.open(tmp_path / f"{imaging.PRODUCT}_i2d.fits") as product:
        assert list(product["HDRTAB"].data["FILENAME"]) == [path.name for path in paths]
        # Two exposures of 100 and 200 seconds, with two detectors each.
        assert product[0].header["EFFEXPTM"] == 300
        assert product["HDRTAB"].data["EFFEXPTM"].sum() == 600
        assert product["SCI"].header["PIXAR_SR"] == pytest.approx(imaging.AREA_STERADIANS, rel=0.05)
        assert product["SCI"].header["PIXAR_SR"] != imaging.AREA_STERADIANS
