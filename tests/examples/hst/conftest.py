"""The plugin for HST, installed as far as Python can tell, and files for it."""

import sys

import pytest
from hst_files import exposure


@pytest.fixture
def hst(install_examples):
    """Have the plugin installed."""
    install_examples("hst")
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "blender_hst"]:
        del sys.modules[name]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes an exposure, and returns its path."""

    def make(rootname, *args, **kwargs):
        path = tmp_path / f"{rootname}_flt.fits"
        exposure(rootname, *args, **kwargs).writeto(path)
        return path

    return make


@pytest.fixture
def rules(tmp_path):
    """Return a function that writes a ``.rules`` file."""

    def make(text, name="acs.rules"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return make
