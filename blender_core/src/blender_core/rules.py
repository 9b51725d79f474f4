"""The contract with the author of a rule, at the address that plugins know."""

from blender_core.common.values import DROP, Drop
from blender_core.plugins.rule import ENGINE_RULES, Gives, Missing, Rule

__all__ = ["DROP", "ENGINE_RULES", "Drop", "Gives", "Missing", "Rule"]
