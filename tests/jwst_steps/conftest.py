"""What tests of jwst's steps share: each step that blends, run once; plugins; new processes."""

import os
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import small_jwst
from jwst.model_blender.blendmeta import blendmodels as peer_blendmodels
from small_jwst import imaging
from small_jwst.products import MAKERS, make_s3d
from small_jwst.reference_files import environment, offline_crds
from small_jwst.witness import Blend, watching
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

OVERRIDES = """
from blender_core import Override, hookimpl

@hookimpl
def blender_overrides():
    return [Override(attribute="EFFEXPTM", rule="max", reason="the detectors expose at once")]
"""
SKIPPED = ("assign_mtwcs", "tweakreg", "skymatch", "outlier_detection", "source_catalog")


@pytest.fixture
def plugin(install):
    """A plugin with an override: the largest exposure time instead of the sum."""
    install("team-overrides", "team", OVERRIDES)


@pytest.fixture
def make_product():
    """Return a function that makes a product as jwst's own blender does."""

    def make(*seconds):
        inputs = [ImageModel() for _ in seconds]
        for model, time in zip(inputs, seconds, strict=True):
            model.meta.exposure.exposure_time = time
        product = ImageModel((2, 2))
        product.meta.filename = f"{sum(seconds):.0f}_i2d.fits"
        peer_blendmodels(product, inputs)
        assert product.meta.exposure.exposure_time == sum(seconds)
        return product

    return make


@pytest.fixture(scope="session")
def imaging_folder(tmp_path_factory):
    """A folder with four small images and their association ``asn.json``."""
    folder = tmp_path_factory.mktemp("imaging")
    association, _ = imaging.write_imaging(folder)
    association.rename(folder / "asn.json")
    return folder


@pytest.fixture
def process_environment(tmp_path, warm_programs):
    """Return a function that gives what a new process has for its environment.

    It finds the programs of this environment and the plugins that are installed here, and CRDS
    asks nobody.
    """

    def give(**variables):
        sites = [str(one) for one in (tmp_path / "site").glob("*")]
        return {
            **os.environ,
            **environment(tmp_path / "crds"),
            "PATH": warm_programs.path,
            "PYTHONPATH": os.pathsep.join(sites),
            **variables,
        }

    return give


@pytest.fixture
def strun(imaging_folder, tmp_path, process_environment):
    """Return a function that runs a step or pipeline on the images: arguments → product, log."""

    def run(what, *arguments, status=0, **variables):
        skips = []
        if what == "calwebb_image3":
            skips = [f"--steps.{step}.skip=true" for step in SKIPPED]
        done = subprocess.run(
            ["strun", what, imaging_folder / "asn.json", *skips, *arguments],
            cwd=tmp_path,
            env=process_environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def run_program(tmp_path, process_environment):
    """Return a function that runs a program that makes products: names and paths."""

    def run(code):
        program = tmp_path / "program.py"  # stpipe wants the files of its classes
        program.write_text(code)
        variables = process_environment()
        support = Path(small_jwst.__file__).parents[1]
        variables["PYTHONPATH"] += f"{os.pathsep}{support}"
        done = subprocess.run(
            ["python", program],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        return [line.split("|")[1:] for line in lines if line.startswith("made|")]

    return run


@dataclass
class Run:
    """A product that was made, what it was made of, and the blend that was done for it."""

    product: Path
    inputs: list
    blend: Blend
    final: dict
    schema: dict

    def changed(self):
        """Return what is another value in the file than it was right after the blend."""
        then, now = self.blend.values, self.final
        paths = {path for path in {**then, **now} if path.startswith("meta.")} - {"meta.wcs"}
        return {path for path in paths if then.get(path) != now.get(path)}


class Runs(dict):
    """Name → what was made, once somebody wants it."""

    makers = {**MAKERS, "moving s3d": partial(make_s3d, moving=True)}  # noqa: RUF012

    def __init__(self, folder):
        self.folder = folder

    def __missing__(self, name):
        folder = self.folder / name.replace(" ", "_")
        folder.mkdir()
        with offline_crds(self.folder / "crds"), watching() as blends:
            product, inputs = self.makers[name](folder)
        (blend,) = blends
        with datamodels.open(product) as model:
            final = model.to_flat_dict(include_arrays=False)
            self[name] = Run(product, inputs, blend, final, model.schema)
        return self[name]


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Return name → what was made, of each step that blends, and of a cube of a moving target."""
    return Runs(tmp_path_factory.mktemp("steps"))
