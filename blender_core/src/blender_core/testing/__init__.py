"""For the authors of rules: what a test of a rule or of a plugin needs.

`check_rule` tries a rule. The fixture ``load_plugin`` of pytest, which loads a plugin for one test,
is in :mod:`blender_core.testing.fixtures`.
"""

from blender_core.testing.checking import check_rule
from blender_core.testing.samples import Sample

__all__ = ["Sample", "check_rule"]
