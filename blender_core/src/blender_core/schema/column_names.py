"""TODO."""

from __future__ import annotations

from typing import Final

__all__ = ["problem_with_name"]


_LONGEST_NAME: Final = 68
"""In the FITS standard, a card has room for so many characters of a text."""


def problem_with_name(name: str) -> str | None:
    """Return what FITS has against the name of a column."""
    if len(name) > _LONGEST_NAME:
        return f"its name has {len(name)} characters, and FITS allows {_LONGEST_NAME}"
    if not (name.isascii() and name.isprintable()):
        return "FITS allows printable ASCII characters only in its name"
    return None
