"""What a blend asks of a product, whatever its kind."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import abc
import contextlib
from typing import TYPE_CHECKING, Any

from blender_core.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.tables.hdrtab import TypedColumn

__all__ = ["NoProduct", "Product"]


class Product(abc.ABC):
    """The datamodel, or the file of one, that gets the blended metadata; or nothing.

    Attributes
    ----------
    path : Path or None
        The file that the product is, or was written to last; None if it is none.
    validator : stdatamodels.DataModel or None
        A datamodel with the product's schema and validation settings; None if there is none.
    """

    path: Path | None = None
    validator: Any = None

    @property
    def origin(self) -> Path | None:
        """The file that the product was read from, which it may replace; None if there is none."""
        return None

    @property
    def tree(self) -> Mapping[str, Any]:
        """The product's tree, in which groups are mappings."""
        return {}

    @property
    def model(self) -> Any:
        """The updated datamodel, if any. A file is opened when it is asked for, and not before."""
        return None

    @abc.abstractmethod
    def table(self, name: str) -> Any:
        """Return a table that a blend has put into the product; None if it has none."""

    @abc.abstractmethod
    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, Sequence[TypedColumn]]
    ) -> None:
        """Give the product its values and its tables. Files stay as they are."""

    def restored(self) -> contextlib.AbstractContextManager[None]:
        """Leave the product as it was before if what is done within fails."""
        return contextlib.nullcontext()

    @abc.abstractmethod
    def save(self, target: Target) -> None:
        """Write the updated product as a whole, or not at all."""


class NoProduct(Product):
    """What stands where a product could, when the result is all that is wanted.

    The schema of the inputs says what values are allowed, as they would be in a datamodel that has
    the usual settings.
    """

    def __repr__(self) -> str:
        return "no product"

    def table(self, name: str) -> Any:  # noqa: ARG002
        return None

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, Sequence[TypedColumn]]
    ) -> None:
        pass

    def save(self, target: Target) -> None:
        msg = (
            f"nothing can be written to {target.output}: the blend has no product. The result has "
            "the values and the table."
        )
        raise OutputError(msg, path=target.output)
