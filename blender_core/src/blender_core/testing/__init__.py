"""For the authors of plugins: what a test of a rule, of overrides, of a reader or a product needs.

`check_rule` tries a rule, `check_overrides` all overrides of a plugin, `check_source` its reader,
and `check_product` its product. The fixtures of pytest ``load_plugin``, which loads a plugin for
one test, and ``small_exposures``, which makes exposures of each instrument of JWST, are in
:mod:`blender_core.testing.fixtures`.
"""

from blender_core.testing.overrides_check import check_overrides
from blender_core.testing.product_check import check_product
from blender_core.testing.rule_check import check_rule
from blender_core.testing.source_check import check_source
from blender_core.testing.trial import Sample

__all__ = ["Sample", "check_overrides", "check_product", "check_rule", "check_source"]
