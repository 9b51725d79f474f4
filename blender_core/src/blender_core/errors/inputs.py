"""Inputs that cannot be had, or cannot be blended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.base import BlenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AssociationProductError",
    "ExecutorError",
    "InputError",
    "MixedModelTypesError",
    "NoInputsError",
    "NotADatamodelError",
    "RemoteError",
    "UnknownInputError",
]


class InputError(BlenderError):
    """An input, or the product, cannot be blended."""


class UnknownInputError(InputError):
    """An input is a file of no kind that is known, and no plugin takes it."""


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


class RemoteError(InputError):
    """An input that is named by a URL cannot be had.

    Attributes
    ----------
    url : str
        Its URL, without passwords and signatures.
    status : int or None
        What the server answered, by the numbers of HTTP, if it did.
    """

    def __init__(self, message: str, *, url: str, status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class ExecutorError(BlenderError):
    """The executor that inputs were given to could not have them read. None of them is added.

    What it raised is the cause.

    Attributes
    ----------
    numbers : tuple of int
        Of the inputs that were being read, the numbers of the first and the last, counted from 1.
    """

    def __init__(self, message: str, *, numbers: tuple[int, int]) -> None:
        super().__init__(message)
        self.numbers = numbers
