"""Blend the metadata of many exposures into that of one product, by rules that plugins bring."""

from blender_core.errors import BlenderError, RuleError
from blender_core.hookspecs import hookimpl
from blender_core.rules import DROP, Gives, Missing, Rule

__all__ = ["DROP", "BlenderError", "Gives", "Missing", "Rule", "RuleError", "hookimpl"]
