"""The schema of a product, whoever takes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from blender_core.common.foreign import type_name
from blender_core.common.wording import named
from blender_core.errors import NotADatamodelError, UnknownInputError
from blender_core.inputs.opener import Opener
from blender_core.plugins.manager import Plugins
from blender_core.readers.plugin_source import PluginSource

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["schema_of_product"]


def schema_of_product(product: Any, plugins: Plugins | None) -> Mapping[str, Any]:
    """Return the schema of a datamodel, of its file or class, or of what plugins have products for.

    Without plugins, the installed ones are asked, if the engine does not know the product.
    """
    label = "the product"
    product = product() if isinstance(product, type) else product
    try:
        return Opener().open(product, label).schema
    except (UnknownInputError, NotADatamodelError):
        plugins = Plugins.discover() if plugins is None else plugins
        name = product if isinstance(product, (str, os.PathLike)) else type_name(product)
        label = named(label, name)
        claim = plugins.product(product, label, Opener().opened(product, label))
        if claim is None:
            raise
        return PluginSource(*claim, label).schema
