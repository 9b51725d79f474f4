"""Blend plain FITS files, such as those of HST, with Model Blender."""
