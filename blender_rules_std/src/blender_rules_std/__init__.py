"""The standard rules of Model Blender."""
