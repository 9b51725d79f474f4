"""Combine the metadata of FITS files into a new one: ``python combine.py OUTPUT INPUT...``."""

from __future__ import annotations

import sys

from astropy.io import fits

from blender_core import BlendResult, blendmodels


def to_hdulist(result: BlendResult) -> fits.HDUList:
    """Return the blended values as headers, and what every input said as a table."""
    hdulist = fits.HDUList([fits.PrimaryHDU()])
    for path, value in result.values.items():
        attribute = result.plan[path].attribute
        if attribute.hdu not in hdulist:
            hdulist.append(fits.ImageHDU(name=attribute.hdu))
        hdulist[attribute.hdu].header[attribute.keyword] = (value, attribute.title)
    return fits.HDUList([*hdulist, *result.hdus()])


if __name__ == "__main__":
    output, *inputs = sys.argv[1:]
    blended = blendmodels(None, inputs)
    to_hdulist(blended).writeto(output, overwrite=True)
    for outcome in blended.outcomes.values():
        print(f"{outcome.keyword:8}  {outcome.value!s:24}  {outcome.rule} of {outcome.n_inputs}")
