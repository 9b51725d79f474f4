"""What the tests of writing need: a user without rights, exposures, and files as bytes."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from stdatamodels.jwst.datamodels import ImageModel

NOBODY = 65534


@pytest.fixture
def unprivileged(tmp_path):
    """Do what follows as a user whom permissions hold for, even if the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(tmp_path, NOBODY, NOBODY)
    for folder in tmp_path.parents:
        if folder != folder.parent and folder.stat().st_uid == 0:
            before = folder.stat().st_mode
            if not before & 0o001:
                folder.chmod(before | 0o011)
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)
    os.setegid(0)


def make_exposures():
    models = []
    for detector, seconds in (("NRCA1", 107.5), ("NRCA2", 214.5)):
        model = ImageModel(np.arange(12.0, dtype=np.float32).reshape(3, 4))
        model.meta.filename = f"{detector.lower()}_cal.fits"
        model.meta.instrument.detector = detector
        model.meta.exposure.exposure_time = seconds
        models.append(model)
    return models


@pytest.fixture
def exposures():
    """Two small datamodels that differ."""
    return make_exposures()


@pytest.fixture(scope="session")
def saved_exposures(tmp_path_factory):
    """The same as files, which nobody changes."""
    folder = tmp_path_factory.mktemp("saved")
    for model in make_exposures():
        model.save(folder / model.meta.filename)
    return folder


@pytest.fixture
def inputs(tmp_path, saved_exposures):
    """The same as files in a folder of their own."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    return [Path(shutil.copy(one, folder)) for one in sorted(saved_exposures.iterdir())]


@pytest.fixture
def contents():
    """Return a function that lists a folder: name → bytes."""

    def read(folder):
        return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}

    return read
