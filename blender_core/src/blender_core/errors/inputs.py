"""Inputs that cannot be had, or cannot be blended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.base import BlenderError

if TYPE_CHECKING:
    from collections.abc import Sequence


class InputError(BlenderError):
    """An input, or the product, cannot be blended."""


class UnknownInputError(InputError):
    """An input is a file of an unknown kind, and no plugin reads it."""


class NoInputsError(InputError, ValueError):
    """There is nothing to blend."""


class NotADatamodelError(InputError, TypeError):
    """An input or the product is neither a datamodel nor anything else that can be blended."""


class MixedModelTypesError(InputError, ValueError):
    """The inputs are of different classes."""


class AssociationProductError(InputError, ValueError):
    """It is not clear which product of an association is meant.

    Attributes
    ----------
    products : tuple of str
        The names of the association's products.
    """

    def __init__(self, message: str, *, products: Sequence[str]) -> None:
        super().__init__(message)
        self.products = tuple(products)


class RemoteError(InputError):
    """An input cannot be fetched by its URL.

    Attributes
    ----------
    url : str
        Its URL, without passwords and signatures.
    status : int or None
        The HTTP status of the server's answer, if there was one.
    """

    def __init__(self, message: str, *, url: str, status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class ExecutorError(BlenderError):
    """The executor failed while it read inputs. None of the inputs is added.

    The error of the executor is the cause of this one.

    Attributes
    ----------
    numbers : tuple of int
        The numbers of the first and the last input that were being read, counted from 1.
    """

    def __init__(self, message: str, *, numbers: tuple[int, int]) -> None:
        super().__init__(message)
        self.numbers = numbers
