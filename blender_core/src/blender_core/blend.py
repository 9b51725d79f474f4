"""Blend a list of inputs in one call."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from blender_core.arguments import texts
from blender_core.blender import ModelBlender
from blender_core.plan import PROTECTED
from blender_core.readers.several import association_members, is_association, is_library
from blender_core.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blender_core.plugins import Plugins
    from blender_core.result import BlendResult

__all__ = ["blendmodels"]


def blendmodels(
    product: Any,
    inputs: Any,
    ignore: Collection[str] | None = None,
    *,
    protect: Collection[str] = PROTECTED,
    block: Collection[str] = (),
    plugins: Plugins | None = None,
    on_bad_input: Literal["raise", "skip"] = "raise",
    progress: Callable[[int, int | None], None] | None = None,
) -> BlendResult:
    """Blend the metadata of the inputs into a product.

    Parameters
    ----------
    product : stdatamodels.DataModel
        The product, changed in place: its metadata, and its ``hdrtab``. If anything is wrong,
        it stays as it was.
    inputs : iterable, association, or library
        The inputs, all of one class: datamodels, names of FITS or ASDF files, open HDULists,
        associations, or libraries of models, freely mixed; or one association or library alone.
        They are not changed.
    ignore : collection of str, optional
        Attributes whose paths begin with one of these keep the product's own value.
    protect, block, plugins, on_bad_input
        As of `ModelBlender`.
    progress : callable, optional
        Called with the number of inputs that have been looked at and the number of all, after
        each. The latter is None where it is not known beforehand.

    Returns
    -------
    result : BlendResult
        The values, the table, and how each value came about.

    Raises
    ------
    BlenderError
        As of `ModelBlender.accumulate` and `ModelBlender.finalize_model`. All bad inputs are
        reported together.

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
    blender = ModelBlender(
        ignore, protect=protect, block=block, plugins=plugins, on_bad_input=on_bad_input
    )
    several, total = _counted(inputs)
    blender.accumulate_all(several, progress and (lambda done: progress(done, total)))
    return blender.finalize_model(product)


def _counted(inputs: Any) -> tuple[Iterable[Any], int | None]:
    """Return the inputs one by one, and how many there will be, if that is known."""
    if is_association(inputs):
        members = association_members(inputs, "inputs")
        return members, len(members)
    if is_library(inputs):
        return [inputs], len(inputs)
    from astropy.io.fits import HDUList
    from stdatamodels import DataModel

    if isinstance(inputs, (str, Path, DataModel, HDUList)):
        msg = f"inputs takes a collection of inputs, such as [{shown(inputs)}], not a single one"
        raise TypeError(msg)
    if not isinstance(inputs, Collection):  # an iterator is looked at once
        return inputs, None
    folded = any(is_association(one) or is_library(one) for one in inputs)
    return inputs, None if folded else len(inputs)
