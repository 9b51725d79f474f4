"""Blend a list of inputs in one call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from blender_core.blending.blender import ModelBlender
from blender_core.common.urls import is_url, shown_url
from blender_core.common.wording import preview, strings
from blender_core.errors import NotADatamodelError
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.association import ProductChoice, names_of_product
from blender_core.inputs.inputs import Inputs, may_be_swapped
from blender_core.plugins.manager import Plugins
from blender_core.products.open_product import open_product
from blender_core.products.saving import save, target_of
from blender_core.products.swapped import are_swapped, is_product_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from concurrent.futures import Executor

    from blender_core.blending.result import BlendResult
    from blender_core.formats.remote.settings import Remote
    from blender_core.plugins.override import Override
    from blender_core.products.base import Product


def blendmodels(
    product: Any,
    inputs: Any = None,
    ignore: Collection[str] | None = None,
    *,
    overrides: Mapping[str, str] | Iterable[Override] = (),
    rules: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    mixed: bool = False,
    record_rules: bool | None = None,
    block: Collection[str] = (),
    plugins: Plugins | None = None,
    on_bad_input: Literal["raise", "skip"] = "raise",
    expand: bool = False,
    later: Literal["keep", "replace"] = "keep",
    progress: Callable[[int, int | None], None] | None = None,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    asn_product: str | None = None,
    executor: Executor | None = None,
    remote: Remote | None = None,
) -> BlendResult:
    """Blend the metadata of the inputs into a product.

    Parameters
    ----------
    product : stdatamodels.DataModel, path-like or None
        The product: a datamodel, whose metadata and ``hdrtab`` are changed in place, or the name of
        its FITS or ASDF file, which is changed only if it is also the output. After an error, it is
        unchanged. With None, there is only the result.
    inputs : iterable, str, association, or library, optional
        The inputs, all of one class: datamodels, names or URLs of FITS or ASDF files, associations,
        libraries of models, and everything that plugins can read, in any mixture. Of associations
        and libraries, the science members are blended. A name may be a pattern, ``"*_cal.fits"``,
        or ``"@list.txt"``, for a file with one name on each line. An association, a library, a
        pattern or a list may also be given alone, without a list around it. The inputs are not
        changed. By default, the inputs are those of the association that the product names in
        ``meta.asn.table_name`` (``ASNTABLE``). It has to be in the folder of the product's file or
        in the current directory.
    ignore : collection of str, optional
        Attributes whose paths begin with one of these keep the product's own value.
    overrides, rules, mixed, record_rules, block, plugins, on_bad_input, expand, later
        As for `ModelBlender`.
    progress : callable, optional
        Called after each input, with the number of inputs so far and the number of all inputs. The
        latter is None if it is not known.
    output : path-like, optional
        The file to which the product is written, as by `BlendResult.save`. It may be the file of
        the product, but no other input. Without it, nothing is written.
    overwrite : bool, optional
        Whether `output` may replace another file.
    asn_product : str, optional
        The name of the product whose members are the inputs, if an association has several
        products. By default, it is the one with whose name the name of the product's file begins:
        its ``meta.filename``, or the name of the output.
    executor : concurrent.futures.Executor, optional
        Reads inputs that are given by file names, as for `ModelBlender.accumulate_all`.
    remote : Remote, optional
        How inputs are fetched by URL.

    Returns
    -------
    result : BlendResult
        The values, the table, and how each value came about.

    Raises
    ------
    TypeError
        If `inputs` is a single input, if product and inputs are swapped, or if an argument has a
        wrong type.
    NoInputsError
        If there are no inputs; or none are given, and the product's association cannot be found.
    AssociationProductError
        If it is not clear which of an association's products is meant.
    OutputError
        If the product cannot be written. As far as possible, this is checked before anything else
        is done.
    BlenderError
        As for `ModelBlender.accumulate` and `ModelBlender.finalize_model`. All bad inputs are
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
    ignore = strings(ignore or (), "ignore", "paths")
    plugins = Plugins.discover(block) if plugins is None else plugins
    blender = ModelBlender(
        ignore,
        overrides=overrides,
        rules=rules,
        mixed=mixed,
        record_rules=record_rules,
        plugins=plugins,
        on_bad_input=on_bad_input,
        expand=expand,
        later=later,
        asn_product=asn_product,
        remote=remote,
    )
    if may_be_swapped(product, inputs):
        raise NotADatamodelError(_inputs_as_product(product, inputs))
    product = open_product(product, plugins)
    choice = ProductChoice(
        asn_product, lambda: names_of_product(product.tree, product.origin, output)
    )
    target = None
    if output is not None:
        target = target_of(product, output, overwrite=overwrite)
    if inputs is None:
        inputs = Inputs.of_product(product.tree, product.origin and product.origin.parent, choice)
    else:
        if not expand:
            _require_not_swapped(product, inputs, plugins)
        try:
            inputs = Inputs.of_call(inputs, choice, RemoteFiles(remote))
        except TypeError as refusal:
            if expand or not are_swapped(product, inputs, plugins):
                raise
            msg = (
                f"{refusal}; and it has an HDRTAB, which {product.what} has not: are product and "
                "inputs swapped? The product comes first"
            )
            raise NotADatamodelError(msg) from refusal
    total = inputs.total if progress else None
    if target is not None:
        inputs.require_apart(target)
    blender.accumulate_all(inputs, progress and (lambda done: progress(done, total)), executor)
    if target is None:
        return blender.finalize_model(product)
    with product.restored():
        result = blender.finalize_model(product)
        # Of some it is known only now: a library's models, and what plugins read, tell themselves.
        target.require_apart(result.files)
        save(product, target)
    return result


def _inputs_as_product(product: Any, inputs: Any) -> str:
    """Say that inputs are given where the product should be."""
    problem = f"{preview(product)} is given as the product, but stands for inputs"
    if inputs is None:
        return f"{problem}. The product comes first, then the inputs; None stands for no product"
    one = preview(shown_url(inputs) if is_url(inputs) else inputs)
    return (
        f"{problem}, and {one} as the inputs, but is a single one: are product and inputs swapped? "
        "The product comes first"
    )


def _require_not_swapped(product: Product, inputs: Any, plugins: Plugins) -> None:
    """Refuse the name of a product as the only input for one of the exposures it was made of."""
    if type(inputs) not in (list, tuple) or len(inputs) != 1 or product.origin is None:
        return
    (only,) = inputs
    if not isinstance(only, (str, os.PathLike)):
        return
    if is_product_of(only, names_of_product(product.tree, product.origin), plugins):
        msg = (
            f"{only} is a product of {product.origin}, by its HDRTAB: are product and inputs "
            "swapped? The product comes first"
        )
        raise NotADatamodelError(msg)
