"""What is wrong with what is to be blended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.root import BlenderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.provider import Provider

__all__ = [
    "AmendError",
    "AssociationProductError",
    "ExpansionError",
    "InputError",
    "MixedModelTypesError",
    "NoInputsError",
    "NotADatamodelError",
    "ReaderConflictError",
    "UnknownInputError",
]


class InputError(BlenderError):
    """An input, or the product, cannot be blended."""


class UnknownInputError(InputError):
    """An input is a file of no kind that is known, and no plugin takes it."""


class ReaderConflictError(BlenderError):
    """More than one plugin takes an input.

    Attributes
    ----------
    what : str
        What the input is to the blend.
    providers : tuple of Provider
        Who takes it.
    """

    def __init__(self, message: str, *, what: str, providers: Sequence[Provider]) -> None:
        super().__init__(message)
        self.what = what
        self.providers = tuple(providers)


class NoInputsError(InputError, ValueError):
    """There is nothing to blend."""


class NotADatamodelError(InputError, TypeError):
    """An input or the product is not a datamodel, nor anything else that is known."""


class MixedModelTypesError(InputError, ValueError):
    """The inputs are not all of one model type."""


class AssociationProductError(InputError, ValueError):
    """It is not clear which of an association's products is blended.

    Attributes
    ----------
    products : tuple of str
        The names of the association's products.
    """

    def __init__(self, message: str, *, products: Sequence[str]) -> None:
        super().__init__(message)
        self.products = tuple(products)


class ExpansionError(InputError):
    """A product cannot be expanded into the rows of its HDRTAB.

    Attributes
    ----------
    column : str or None
        Name of the column, if it is about one.
    attribute : str or None
        Dotted path of the attribute, if it is about one.
    """

    def __init__(
        self, message: str, *, column: str | None = None, attribute: str | None = None
    ) -> None:
        super().__init__(message)
        self.column = column
        self.attribute = attribute


class AmendError(InputError):
    """A product cannot be amended, because its own table does not tell what that needs.

    Attributes
    ----------
    attributes : tuple of str
        Dotted paths of the attributes that are lacking, sorted; empty if there is no table.
    """

    def __init__(self, message: str, *, attributes: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.attributes = tuple(sorted(attributes))
