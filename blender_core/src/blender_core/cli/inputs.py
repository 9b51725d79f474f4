"""The inputs that a user names: files, patterns, lists of files, associations."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from blender_core.cli.errors import refuse
from blender_core.common.urls import is_url, shown_url
from blender_core.errors import warn
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.association import ANY_PRODUCT, ProductChoice
from blender_core.inputs.inputs import AssociationInput, Input, Inputs, resolve
from blender_core.inputs.named_files import files_named_by
from blender_core.products.swapped import is_product_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from blender_core.plugins.manager import Plugins

_ENDING: Final = re.compile(r"_(?=[0-9]*[a-z])[a-z0-9]+(\.[a-z]+)+$")
"""``_cal.fits``; a number alone is no kind."""


def given_inputs(
    arguments: Iterable[str],
    choice: ProductChoice = ANY_PRODUCT,
    remote: RemoteFiles | None = None,
) -> list[Input]:
    """Return the inputs that a user's arguments stand for: each a file, but for bad associations.

    Why these are bad is told by the blend, together with all else that is wrong.
    """
    inputs: list[Input | Path | str] = []
    remote = RemoteFiles() if remote is None else remote
    for argument in arguments:
        for path in files_named_by(argument, remote):
            named = resolve(path, f"input {len(inputs) + 1}", choice, remote)
            if isinstance(named, AssociationInput) and named.fault is None:
                inputs += named.separate(shown_url(str(path)))
            else:
                inputs.append(named)
    return list(Inputs(inputs, choice, are_literal=True))


def warn_of_repeated(inputs: Iterable[Path | str]) -> None:
    """Warn of files that are named more than once: each time they count in sums and means."""
    for path, number in Counter(map(_real, inputs)).items():
        if number > 1:
            name = shown_url(path) if is_url(path) else os.path.relpath(path)
            warn(f"{name} is given {number} times, and counts each time")


def require_apart_from(product: Path, inputs: Iterable[Path]) -> None:
    """Refuse a product that is among its own inputs: a pattern reaches further than one thinks."""
    own = product.stat()
    for path in inputs:
        is_there = os.path.exists(path)  # noqa: PTH110  # a Path raises errors
        if is_there and os.path.samestat(path.stat(), own):
            name = "" if path == product else f" as {path}"
            refuse(
                f"the product {product} is one of the inputs, too{name}: leave it out of them",
                input=path,
            )


def require_not_swapped(
    product: Path, names: Collection[str], inputs: Sequence[Path], plugins: Plugins
) -> None:
    """Refuse exposures that are given for the product, and their product as the last input."""
    if inputs and is_product_of(inputs[-1], names, plugins):
        refuse(
            f"{inputs[-1]} is a product of {product}, by its HDRTAB: are product and inputs "
            "swapped? The product comes first",
            input=inputs[-1],
        )


def require_no_exposure(
    product: Path, inputs: Sequence[Path | str], has_table: Callable[[], bool]
) -> None:
    """Refuse to change a file whose name ends as those of all inputs do, as the first of a pattern.

    ``has_table`` tells whether an HDRTAB says that it is a product all the same, or that products
    are blended.
    """
    ending = _ending(product)
    if inputs and ending and all(_ending(each) == ending for each in inputs) and not has_table():
        refuse(
            f"{product} would be changed, and seems to be an exposure: its name ends in {ending}, "
            "as those of all inputs do. The product comes first. For what exposures alone give: "
            "model-blender preview INPUT... For a product with such a name, pass --overwrite",
            remedy="--overwrite",
            input=product,
        )


def _ending(name: Path | str) -> str:
    """Return the word at the end of a name that tells what kind of file it is, with the suffix."""
    match = _ENDING.search(shown_url(str(name)).casefold())
    return match[0] if match else ""


def _real(path: Path | str) -> str:
    if isinstance(path, str):
        return path
    try:
        return os.path.realpath(path)
    except ValueError:
        return str(path)
