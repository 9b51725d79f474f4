"""The plugin for Roman, installed as far as Python can tell, and files for it."""

import sys

import pytest
from roman_files import image, mosaic, opened

from blender_core import blendmodels


@pytest.fixture
def roman(install_examples):
    """Have the plugin installed."""
    install_examples("roman")
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "blender_roman"]:
        del sys.modules[name]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes an image by its name, and returns its path."""

    def make(name, *args, **kwargs):
        return image(tmp_path / f"{name}_cal.asdf", *args, **kwargs)

    return make


@pytest.fixture
def write_mosaic(tmp_path):
    """Return a function that writes a mosaic by its name, and returns its path."""

    def make(name, *args, **kwargs):
        return mosaic(tmp_path / f"{name}_coadd.asdf", *args, **kwargs)

    return make


@pytest.fixture
def blended(roman, tmp_path, write_mosaic):  # noqa: ARG001
    """Return a function that blends into a mosaic, and returns what asdf reads of it then."""

    def run(*inputs, product=None, output=None, **settings):
        product = product or write_mosaic("product")
        output = output or tmp_path / "out_coadd.asdf"
        blendmodels(product, inputs, output=output, overwrite=True, **settings)
        return opened(output)["roman"]

    return run
