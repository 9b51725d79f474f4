"""Blend headers, whatever is in them, with Model Blender."""
