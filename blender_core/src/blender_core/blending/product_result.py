"""A product that was updated, and can be saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.common.cached import cached_property
from blender_core.products.saving import save, target_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from blender_core.products.base import Product


class ProductResult:
    """A product that was updated, and can be saved.

    It is not to replace one of `files`, which inputs are read from, or were.
    """

    def __init__(self, product: Product, files: Iterable[str | os.PathLike[str]] = ()) -> None:
        self._product = product
        self._file_names = tuple(files)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The files of the inputs, which the product must not replace."""
        return tuple(map(Path, self._file_names))

    @property
    def product(self) -> Any:
        """The updated datamodel.

        Of a product that was given by the name of its file, it is opened when it is first asked
        for, and belongs to the caller, who closes it.

        Raises
        ------
        InputError
            If the file has been changed since it was read, or cannot be opened.
        """
        return self._product.model

    def save(self, output: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the product to a file, as a whole or not at all.

        Parameters
        ----------
        output : path-like
            The file, whose name ends in ``.fits``, ``.fits.gz`` or ``.asdf``. If it is a symbolic
            link, what it points to is written.
        overwrite : bool, optional
            Whether an existing file may be replaced. The file that the product was read from may
            be replaced in any case.

        Returns
        -------
        path : Path
            The file.

        Raises
        ------
        OutputExistsError
            If there is such a file, and it is not to be replaced.
        OutputError
            If the product cannot be written, or would replace an input or the file that an input
            was opened from. File and datamodel stay as they were.

        Examples
        --------
        >>> from blender_core import blendmodels
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> result = blendmodels(ImageModel(), [ImageModel()])
        >>> result.save("product.txt")
        Traceback (most recent call last):
        blender_core.errors.OutputError: the name product.txt does not tell the format of the \
product: it ends in .fits or .fits.gz or .asdf
        """
        target = target_of(self._product, output, overwrite=overwrite)
        target.require_apart(self.files)
        save(self._product, target)
        return target.output
