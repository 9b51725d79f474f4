"""Find out how to treat a product."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.products.asdf import AsdfProduct
from blender_core.products.datamodel import DatamodelProduct
from blender_core.products.file_product import FileProduct
from blender_core.products.fits import FitsProduct
from blender_core.products.no_product import NoProduct

if TYPE_CHECKING:
    from blender_core.products.base import Product

__all__ = ["open_product"]


def open_product(given: Any) -> Product:
    """Return what treats a product."""
    if given is None:
        return NoProduct()
    if isinstance(given, (DatamodelProduct, FileProduct, NoProduct)):
        return given
    if isinstance(given, (str, os.PathLike)):
        path = Path(given)
        return AsdfProduct(path) if path.suffix == ".asdf" else FitsProduct(path)
    return DatamodelProduct(given)
