"""The hook specifications, at the address that plugins and documents know."""

from blender_core.plugins.hookspecs import NAME, BlenderSpecs, hookimpl, hookspec

__all__ = ["NAME", "BlenderSpecs", "hookimpl", "hookspec"]
