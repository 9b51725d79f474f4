"""Blend a list of inputs in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.arguments import texts
from blender_core.blender import ModelBlender
from blender_core.plan import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from blender_core.plugins import Plugins
    from blender_core.result import BlendResult

__all__ = ["blendmodels"]


def blendmodels(
    product: Any,
    inputs: Iterable[Any],
    ignore: Collection[str] | None = None,
    *,
    protect: Collection[str] = PROTECTED,
    block: Collection[str] = (),
    plugins: Plugins | None = None,
) -> BlendResult:
    """Blend the metadata of the inputs into a product.

    Parameters
    ----------
    product : stdatamodels.DataModel
        The product, changed in place: its metadata, and its ``hdrtab``. If anything is wrong,
        it stays as it was.
    inputs : iterable of stdatamodels.DataModel
        The inputs, all of one class. They are not changed.
    ignore : collection of str, optional
        Attributes whose paths begin with one of these keep the product's own value.
    protect, block, plugins
        As of `ModelBlender`.

    Returns
    -------
    result : BlendResult
        The values, the table, and how each value came about.

    Raises
    ------
    BlenderError
        As of `ModelBlender.accumulate` and `ModelBlender.finalize_model`.

    References
    ----------
    ``jwst.model_blender.blendmeta.blendmodels``, for which this function can stand in.

    Examples
    --------
    >>> from blender_core import blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, seconds in zip(inputs, [107.5, 214.5]):
    ...     model.meta.exposure.exposure_time = seconds
    >>> product = ImageModel()
    >>> result = blendmodels(product, inputs)
    >>> product.meta.exposure.exposure_time
    322.0
    """
    ignore = texts(ignore or (), "ignore", "paths")
    blender = ModelBlender(ignore, protect=protect, block=block, plugins=plugins)
    for model in inputs:
        blender.accumulate(model)
    return blender.finalize_model(product)
