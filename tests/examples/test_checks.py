"""The examples are what `blender_core.testing` says that plugins must be."""

import hst_files
import numpy as np
import pytest
import roman_files
from astropy.io import fits

from blender_core.testing import check_overrides, check_product, check_source


@pytest.mark.parametrize(
    "name", ["miri_team_rules", pytest.param("jwst_corrections", marks=pytest.mark.exhaustive)]
)
def test_overrides(install_examples, name):
    install_examples(name)
    check_overrides(name.replace("_", "-"))


def test_plain_fits(install_examples, tmp_path):
    install_examples("plain_fits")
    header = fits.Header({"TELESCOP": "HST", "EXPTIME": 350.5, "FILTER": "F606W"})
    science = fits.ImageHDU(np.zeros((4, 4), np.float32), fits.Header({"NCOMBINE": 2}), name="SCI")
    path = tmp_path / "x_flt.fits"
    fits.HDUList([fits.PrimaryHDU(header=header), science]).writeto(path)
    check_source("plain-fits", path)
    check_product("plain-fits", path)
    with fits.open(path) as hdulist:
        check_source("plain-fits", hdulist)


def test_hst(install_examples, tmp_path):
    install_examples("hst")
    exposure, product = tmp_path / "j9l960a1q_flt.fits", tmp_path / "j9l960010_drz.fits"
    hst_files.exposure("j9l960a1q", ({}, {})).writeto(exposure)
    hst_files.drizzled().writeto(product)
    check_source("blender-hst", exposure, f"{exposure}[sci,2]")
    check_product("blender-hst", product)


def test_roman(install_examples, tmp_path):
    install_examples("roman")
    image, mosaic = tmp_path / "r_cal.asdf", tmp_path / "r_coadd.asdf"
    roman_files.image(image)
    roman_files.mosaic(mosaic)
    check_source("blender-roman", image)
    check_product("blender-roman", mosaic)
