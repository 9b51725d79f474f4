"""The layout of a reader's values, at the address that plugins know."""

from blender_core.schema.groups import Group
from blender_core.schema.layout import Layout

__all__ = ["Group", "Layout"]
