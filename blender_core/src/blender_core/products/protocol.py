"""What a blend asks of a product, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.tables.hdrtab import TypedColumn

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
        """Return a table that a blend has put into the product."""

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, Sequence[TypedColumn]]
    ) -> None:
        """Give the product its values and its tables. Files stay as they are."""

    def restored(self) -> AbstractContextManager[None]:
        """Leave the product as it was before if what is done within fails."""

    def save(self, target: Target) -> None:
        """Write the updated product as a whole, or not at all."""
