"""Products that cannot be written, amended or expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.base import BlenderError
from blender_core.errors.inputs import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class OutputError(BlenderError):
    """A product or another file cannot be written.

    Attributes
    ----------
    path : Path
        The file that was to be written.
    errno : int or None
        The error number of the operating system, such as `errno.ENOSPC`, if there is one.
    """

    def __init__(self, message: str, *, path: Path, errno: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.errno = errno


class OutputExistsError(OutputError):
    """A file exists already, and must not be overwritten."""


class AmendError(InputError):
    """A product cannot be amended, because its HDRTAB does not have the values that are needed.

    Attributes
    ----------
    attributes : tuple of str
        Dotted paths of the attributes whose columns are missing, sorted; empty if there is no
        table.
    """

    def __init__(self, message: str, *, attributes: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.attributes = tuple(sorted(attributes))


class ExpansionError(InputError):
    """A product cannot be expanded into the rows of its HDRTAB.

    Attributes
    ----------
    column : str or None
        Name of the column, if there is one.
    attribute, keyword : str or None
        Dotted path and FITS keyword of the attribute, if there is one.
    """

    def __init__(
        self,
        message: str,
        *,
        column: str | None = None,
        attribute: str | None = None,
        keyword: str | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword)
        self.column = column
