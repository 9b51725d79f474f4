"""A product that is given for an input, and an input for the product: its table HDRTAB tells."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.urls import is_url
from blender_core.errors import BlenderError, UnknownInputError
from blender_core.inputs.opener import Opener
from blender_core.products.open_product import product_of_plugin
from blender_core.schema.attributes import Attribute
from blender_core.tables.recorded_inputs import Hdrtab

if TYPE_CHECKING:
    from collections.abc import Collection

    from blender_core.plugins.manager import Plugins
    from blender_core.products.base import Product

_FILENAME: Final = Attribute("meta.filename", "string")
_LABEL: Final = "the input"


def are_swapped(product: Product, given: Any, plugins: Plugins | None) -> bool:
    """Tell whether one thing that is given for the inputs has an HDRTAB, and the product none."""
    with suppress(BlenderError):  # what is wrong with the product's table is told by the blend
        return not product.n_rows("hdrtab") and has_hdrtab(given, plugins)
    return False


def has_hdrtab(given: Any, plugins: Plugins | None) -> bool:
    """Tell whether an input is a product."""
    with warnings.catch_warnings(), suppress(BlenderError):  # as above
        warnings.simplefilter("ignore")
        return _hdrtab_of(given, plugins) is not None
    return False


def is_product_of(given: Any, names: Collection[str], plugins: Plugins | None) -> bool:
    """Tell whether an input is a product, of whose inputs one has one of the names."""
    with warnings.catch_warnings(), suppress(BlenderError):  # as above
        warnings.simplefilter("ignore")
        table = _hdrtab_of(given, plugins)
        if table is None:
            return False
        inputs = Hdrtab(table, _LABEL)
        column = "FILENAME"
        return column in inputs and not set(names).isdisjoint(inputs.column(column, _FILENAME))
    return False


def _hdrtab_of(given: Any, plugins: Plugins | None) -> Any:
    if isinstance(given, (str, os.PathLike)):
        if is_url(given) or not os.path.isfile(given):  # noqa: PTH113  # a Path raises errors
            return None
        given = Path(given)
        # An association has no table, and has been read.
        if given.suffix == ".json":
            return None
    try:
        return Opener().open(given, _LABEL).hdrtab()
    except UnknownInputError as refusal:
        return product_of_plugin(given, refusal, plugins).table("hdrtab")
