"""What a blend asks of a product, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.products.product import Vetted
    from blender_core.tables.typed_columns import TypedColumn

__all__ = ["Product"]


class Product(Protocol):
    """The datamodel, or the file of one, that gets the blended metadata; or nothing."""

    @property
    def path(self) -> Path | None:
        """The file that the product is, or was written to last; None if it is none."""

    @property
    def origin(self) -> Path | None:
        """The file that the product was read from, which it may replace; None if there is none."""

    @property
    def validator(self) -> Any:
        """A datamodel with the product's schema and validation settings; None if there is none."""

    @property
    def tree(self) -> Mapping[str, Any]:
        """The product's tree, in which groups are mappings."""

    @property
    def model(self) -> Any:
        """The updated datamodel, if any. A file is opened when it is asked for, and not before."""

    def table(self, name: str) -> Any:
        """Return a table that a blend has put into the product.

        Parameters
        ----------
        name : str
            Its name in datamodels: ``hdrtab`` or ``hdrrules``.

        Returns
        -------
        table : astropy.io.fits.FITS_rec, numpy.ndarray or object
            What the product has for a table, which is not to be changed; None if it has none.

        Raises
        ------
        ExpansionError
            If it has one that cannot be read.
        """

    def update(self, vetted: Vetted, tables: Mapping[str, Sequence[TypedColumn]]) -> None:
        """Give the product its values and its tables. Files stay as they are.

        Parameters
        ----------
        vetted : Vetted
            The values.
        tables : mapping of str to sequence of TypedColumn
            The columns of its tables, by their names in datamodels. Without any, the product loses
            a table that it had; a table that is not named stays.
        """

    def restored(self) -> AbstractContextManager[None]:
        """Leave the product as it was before if what is done within fails."""

    def save(self, target: Target) -> None:
        """Write the updated product as a whole, or not at all.

        Parameters
        ----------
        target : Target
            Where it is to go.

        Raises
        ------
        OutputError
            If it cannot be written. Product and target are as they were then.
        """
