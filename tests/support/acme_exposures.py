"""A FITS file of an invented observatory, for what is tried on readers and products."""

import numpy as np
from astropy.io import fits


def write_acme_file(path, **others):
    """Write a file whose first header says that it is of ACME, with other cards as well."""
    cards = {"TELESCOP": "ACME", "EXPTIME": 100.5, "FILTER": "R", **others}
    first = fits.PrimaryHDU(header=fits.Header(cards))
    fits.HDUList([first, fits.ImageHDU(np.zeros((2, 2), np.float32), name="SCI")]).writeto(path)
