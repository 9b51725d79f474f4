"""The attributes of a datamodel, the order in which readers hand over values, and validation."""

from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout

__all__ = ["Attribute", "Layout"]
