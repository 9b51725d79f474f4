"""Find out how to treat a product."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from blender_core.products.base import NoProduct, Product
from blender_core.products.datamodel import DatamodelProduct
from blender_core.products.file_product import AsdfProduct
from blender_core.products.fits import FitsProduct
from blender_core.schema.model_class import import_datamodels

__all__ = ["open_product"]


def open_product(product: Any) -> Product:
    """Return what treats a product: a datamodel, the name of a file, or None."""
    if product is None:
        return NoProduct()
    import_datamodels()
    if isinstance(product, Product):
        return product
    if isinstance(product, (str, os.PathLike)):
        path = Path(product)
        return AsdfProduct(path) if path.suffix == ".asdf" else FitsProduct(path)
    return DatamodelProduct(product)
