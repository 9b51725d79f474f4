"""Warnings, which point at the code that asked for the blend."""

from __future__ import annotations

import inspect
import warnings

from blender_core.common.wording import InputLabel


class BlendWarning(UserWarning):
    """A problem that does not stop the blend.

    Attributes
    ----------
    label : str or None
        The name of the input in messages, if there is one: ``input 3 (c_cal.fits)``.
    name : str or None
        The name of its file, if it has one.
    problem : str
        The problem without the name of the input, so that it is the same text for many inputs.
    """

    def __init__(self, message: str, *, label: str | None = None, problem: str = "") -> None:
        super().__init__(message)
        self.label = label
        self.name = label.name if isinstance(label, InputLabel) else None
        self.problem = problem or message


class ColumnWarning(BlendWarning):
    """Two attributes want the same column, as the check of the plan finds, too."""


def warn(
    message: str,
    category: type[BlendWarning] = BlendWarning,
    *,
    label: str | None = None,
    problem: str = "",
) -> None:
    """Issue a `BlendWarning` that points at the code that asked for the blend.

    If it is about an input, it takes what the message calls it, and what it says of it.
    """
    warn_again(category(message, label=label, problem=problem))


def warn_again(warning: Warning) -> None:
    """Issue a warning, which may be one of another process, in the same way."""
    package = __name__.partition(".")[0]
    level, frame = 1, inspect.currentframe()
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(warning, stacklevel=level)
