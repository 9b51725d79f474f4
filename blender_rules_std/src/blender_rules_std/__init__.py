"""The standard rules of Model Blender: a plugin of ``blender_core`` like any other."""
