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
    from blender_core.products.protocol import Product

__all__ = ["open_product"]


def open_product(given: Any) -> Product:
    """Return what treats a product.

    Parameters
    ----------
    given : stdatamodels.DataModel, path-like, Product or None
        What the caller gave as the product.

    Returns
    -------
    product : Product
        `given` itself if it is one already.

    Raises
    ------
    NotADatamodelError
        If it is none of these.
    InputError
        If it is a file that cannot be read.

    Examples
    --------
    >>> from blender_core.products.open_product import open_product
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> open_product(ImageModel()).model
    <ImageModel>
    """
    if given is None:
        return NoProduct()
    if isinstance(given, (DatamodelProduct, FileProduct, NoProduct)):
        return given
    if isinstance(given, (str, os.PathLike)):
        path = Path(given)
        return AsdfProduct(path) if path.suffix == ".asdf" else FitsProduct(path)
    return DatamodelProduct(given)
