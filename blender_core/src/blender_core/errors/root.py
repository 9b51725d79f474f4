"""What all errors have in common, and how they and warnings are given."""

from __future__ import annotations

import copyreg
import inspect
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BlendErrorGroup",
    "BlendWarning",
    "BlenderError",
    "ColumnWarning",
    "raise_all",
    "warn",
]


class BlenderError(Exception):
    """Root of all errors that Model Blender raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt by a call with their positional arguments, which fails for those
        # that require others by keyword. It would break a pool of processes.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__ or None  # type: ignore[attr-defined]


class BlendErrorGroup(BlenderError, ExceptionGroup[BlenderError]):  # noqa: N818  # as ExceptionGroup
    """Several faults of one blend, reported together.

    Attributes
    ----------
    exceptions : tuple of BlenderError
        The faults, in the order in which they were found.
    """

    def derive(self, excs: Sequence[BlenderError]) -> BlendErrorGroup:  # type: ignore[override]
        """Return a group of the same kind, as ``except*`` asks for."""
        return BlendErrorGroup(self.message, excs)

    def __str__(self) -> str:
        faults = "\n".join(f"- {fault}".replace("\n", "\n  ") for fault in self.exceptions)
        return f"{self.message}:\n{faults}"


class BlendWarning(UserWarning):
    """Something that a blend could not do as asked, and did without."""


class ColumnWarning(BlendWarning):
    """Two attributes want the same column, as the check of the plan finds, too."""


def raise_all(message: str, faults: Sequence[BlenderError]) -> None:
    """Raise the faults, if there are any: one alone as it is, several in a group.

    Parameters
    ----------
    message : str
        What the faults have in common, for the group.
    faults : sequence of BlenderError
        What was found.

    Raises
    ------
    BlenderError
        The only fault.
    BlendErrorGroup
        All faults, if there is more than one.

    Examples
    --------
    >>> from blender_core.errors import raise_all
    >>> raise_all("nothing is wrong", [])
    """
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BlendErrorGroup(message, faults)


def warn(message: str, category: type[BlendWarning] = BlendWarning) -> None:
    """Issue a `BlendWarning` that points at the code that asked for the blend.

    Parameters
    ----------
    message : str
        What could not be done as asked.
    category : type, optional
        The class of the warning.

    Examples
    --------
    >>> import warnings
    >>> from blender_core.errors import warn
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn("no value")
    >>> caught[0].category.__name__
    'BlendWarning'
    """
    package = __name__.partition(".")[0]
    level, frame = 1, inspect.currentframe()
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
