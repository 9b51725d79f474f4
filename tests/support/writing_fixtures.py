"""What the tests of writing need: a user without rights, exposures, and files as bytes."""

import os

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


@pytest.fixture
def exposures():
    """Two small datamodels that differ."""
    models = []
    for detector, seconds in (("NRCA1", 107.5), ("NRCA2", 214.5)):
        model = ImageModel(np.arange(12.0, dtype=np.float32).reshape(3, 4))
        model.meta.filename = f"{detector.lower()}_cal.fits"
        model.meta.instrument.detector = detector
        model.meta.exposure.exposure_time = seconds
        models.append(model)
    return models


@pytest.fixture
def inputs(tmp_path, exposures):
    """The same as files in a folder of their own."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    paths = [folder / model.meta.filename for model in exposures]
    for model, path in zip(exposures, paths, strict=True):
        model.copy().save(str(path))
    return paths


@pytest.fixture
def contents():
    """Return a function that lists a folder: name → bytes."""

    def read(folder):
        return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}

    return read
