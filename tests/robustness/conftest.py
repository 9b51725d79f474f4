"""Files of every kind that is read in a way of its own."""

import warnings

import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from thoroughness import all_but_exhaustive

# It is a program, for an environment that has the plugin for HST.
collect_ignore = ["killed_drizzled.py"]
N_FILES = 2


@pytest.fixture(scope="session")
def plain_files(many_files):
    """Files as datamodels saved them, of which all but the first are read in a fraction of the time."""
    return many_files(N_FILES)


def touched(path):
    fits.setval(path, "TARG_RA", value=10.5)


def mended(path):
    raw = path.read_bytes()
    place = raw.index(b"TARGNAME=")
    card = b"TARGNAME= NGC 1".ljust(80)
    path.write_bytes(raw[:place] + card + raw[place + 80 :])


def unusual(path):
    with fits.open(path) as hdulist:
        hdulist.append(fits.CompImageHDU(np.zeros((8, 8), np.int16), name="EXTRA"))
        hdulist[0].header["VISITYPE"] = "NONE_OF_THESE"
        hdulist.writeto(path, overwrite=True)


KINDS = ["plain", "touched", "mended", "unusual", "asdf"]


@pytest.fixture(scope="session", params=all_but_exhaustive(KINDS, ["plain", "unusual", "asdf"]))
def files_of_kind(request, plain_files, tmp_path_factory):
    """Files of one kind: read by the fast path, by headers, mended, by datamodels, of ASDF."""
    if request.param == "plain":
        return plain_files
    folder = tmp_path_factory.mktemp(request.param)
    paths = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for plain in plain_files:
            path = folder / plain.name
            if request.param == "asdf":
                path = path.with_suffix(".asdf")
                with datamodels.open(plain) as model:
                    model.save(path)
            else:
                path.write_bytes(plain.read_bytes())
                {"touched": touched, "mended": mended, "unusual": unusual}[request.param](path)
            paths.append(path)
    return paths
