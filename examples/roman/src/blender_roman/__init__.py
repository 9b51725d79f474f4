"""Blend the metadata of Roman images into that of a mosaic, with Model Blender."""
