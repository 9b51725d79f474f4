"""For the authors of rules: what a test of a rule or of a plugin needs.

`check_rule` tries a rule. The fixture ``load_plugin`` of pytest, which loads a plugin for one test,
is in :mod:`blender_core.testing.fixtures`.
"""

from blender_core.testing.rule_check import check_rule
from blender_core.testing.trial import Sample

__all__ = ["Sample", "check_rule"]
