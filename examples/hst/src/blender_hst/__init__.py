"""Blend images of the Hubble Space Telescope with Model Blender."""
