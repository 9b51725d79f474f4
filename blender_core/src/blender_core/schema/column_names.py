"""TODO."""

from __future__ import annotations

from typing import Final

__all__ = ["problem_with_name"]


_LONGEST_NAME: Final = 68
"""In the FITS standard, a card has room for so many characters of a text."""


def problem_with_name(name: str) -> str | None:
    """Return what FITS has against the name of a column.

    Parameters
    ----------
    name : str
        The name.

    Returns
    -------
    problem : str or None
        In words; None if there can be a column of the name.

    Examples
    --------
    >>> from blender_core.schema.column_names import problem_with_name
    >>> problem_with_name("meta.observation.programme")
    >>> problem_with_name("Größe")
    'FITS allows printable ASCII characters only in its name'
    """
    if len(name) > _LONGEST_NAME:
        return f"its name has {len(name)} characters, and FITS allows {_LONGEST_NAME}"
    if not (name.isascii() and name.isprintable()):
        return "FITS allows printable ASCII characters only in its name"
    return None
