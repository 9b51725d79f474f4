"""Find out how to treat a product."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any, Final

from blender_core.common.foreign import type_name
from blender_core.common.urls import shown_url, url_named
from blender_core.common.wording import join_words, named, visible
from blender_core.errors import InputError, NotADatamodelError, UnknownInputError, about_input
from blender_core.inputs.opener import Opener
from blender_core.plugins.manager import Plugins
from blender_core.products.base import NoProduct, Product
from blender_core.products.datamodel import DatamodelProduct
from blender_core.products.file_product import AsdfModelProduct, FileProduct
from blender_core.products.fits import FitsModelProduct
from blender_core.products.plugin_product import GivenProduct, PluginProduct
from blender_core.schema.model_class import import_formats

_OWN: Final = (NoProduct, DatamodelProduct, FileProduct, PluginProduct)
_LABEL: Final = "the product"


def open_product(product: Any, plugins: Plugins | None = None) -> Product:
    """Return what treats a product: a datamodel, a file, None, or what plugins have products for.

    Without ``plugins``, the installed ones are asked, if the engine does not know the product.
    """
    if product is None:
        return NoProduct()
    if isinstance(product, _OWN):
        return product
    import_formats()
    if isinstance(product, (str, os.PathLike)):
        with about_input(named(_LABEL, shown_url(os.fspath(product)))):
            return _opened(product, plugins)
    return _opened(product, plugins)


def _opened(product: Any, plugins: Plugins | None) -> Product:
    try:
        if isinstance(product, (str, os.PathLike)):
            _require_local(product)
            path = Path(product)
            return AsdfModelProduct(path) if path.suffix == ".asdf" else FitsModelProduct(path)
        return DatamodelProduct(product)
    except (UnknownInputError, NotADatamodelError) as refusal:
        if isinstance(product, Product):  # a plugin's, at hand
            return GivenProduct(product, _LABEL)
        if _is_of_datamodel(product):
            raise
        return product_of_plugin(product, refusal, plugins)


def _require_local(product: str | os.PathLike[str]) -> None:
    """Refuse the URL of a product."""
    if (url := url_named(product)) and not os.path.lexists(product):
        msg = f"the product is a local file, and {shown_url(url)} is a URL: download it first"
        raise InputError(visible(msg))


def product_of_plugin(
    given: Any, refusal: InputError, plugins: Plugins | None = None
) -> PluginProduct:
    """Return the product that a plugin makes of what the engine does not know."""
    plugins = Plugins.discover() if plugins is None else plugins
    takers, readers = plugins.takers_of_products, plugins.readers
    if not (takers or readers):
        raise _without_taker(refusal, plugins) from refusal
    name = given if isinstance(given, (str, os.PathLike)) else type_name(given)
    label = named(_LABEL, name)
    opened = Opener().opened(given, label)
    claim = plugins.product(given, label, opened)
    if claim is not None:
        reopened = functools.partial(_reopened, plugins)
        return PluginProduct(*claim, label, reopened)
    asked = f"; asked was {join_words(list(map(str, takers)))}" if takers else ""
    reader = plugins.open(given, label, opened)
    if reader is None:
        if not takers:
            raise _without_taker(refusal, plugins) from refusal
        msg = f"{refusal}\nNor is it a product to any plugin{asked}{_left_out(plugins)}"
    else:
        msg = (
            f"{label} can be an input, which plugin {reader[1]} reads, and not the product: no "
            f"plugin has a hook blender_product that takes it{asked}{_left_out(plugins)}. Of a "
            "FITS file, that hook can make a blender_core.FitsProduct, as examples/plain_fits "
            "does. Without it, blend with None for the product, and write result.values and "
            "result.hdus() by other means"
        )
    raise type(refusal)(msg) from refusal


def _without_taker(refusal: InputError, plugins: Plugins) -> InputError:
    """Return the refusal of a product, with the hook by which a plugin could take it."""
    msg = (
        f"{refusal}\nNor is it a product to any plugin: none has a hook blender_product that takes "
        f"it{_left_out(plugins)}"
    )
    return type(refusal)(msg)


def _left_out(plugins: Plugins) -> str:
    """Return which plugins might take a product, if they were not left out."""
    if not plugins.blocked:
        return ""
    return f"; left out was {join_words(list(map(str, plugins.blocked)))}, which may take it"


def _is_of_datamodel(product: Any) -> bool:
    """Tell whether an open HDUList is of a datamodel, which blends into the datamodel itself."""
    from astropy.io.fits import HDUList

    if not isinstance(product, HDUList):
        return False
    try:
        Opener().open(product, _LABEL)
    except UnknownInputError:
        return False
    return True


def _reopened(plugins: Plugins, path: Path, label: str) -> PluginProduct | None:
    """Return the product in a file that a plugin has written; None if it takes no such files."""
    claim = plugins.product(path, label, Opener().opened(path, label))
    return None if claim is None else PluginProduct(*claim, label)
