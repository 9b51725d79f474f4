"""The rules of Chandra's header lookup tables, for Model Blender."""
