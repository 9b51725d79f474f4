"""What is wrong with where a product is to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.root import BlenderError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["OutputError", "OutputExistsError"]


class OutputError(BlenderError):
    """A product cannot be written where it is to go.

    Attributes
    ----------
    path : Path
        Where it was to go.
    """

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(message)
        self.path = path


class OutputExistsError(OutputError):
    """There is a file where a product is to go, and it is not to be overwritten."""
