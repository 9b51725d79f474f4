"""Dotted paths of attributes, such as ``meta.exposure.start_time``."""

from __future__ import annotations

__all__ = ["is_within"]


def is_within(path: str, ancestor: str) -> bool:
    """Tell whether a path is another one or lies below it.

    Parameters
    ----------
    path : str
        Dotted path of an attribute.
    ancestor : str
        Dotted path of an attribute or of a group of attributes.

    Returns
    -------
    within : bool
        True for the same path and for descendants; a common beginning of words is not enough.

    Examples
    --------
    >>> from blender_core.paths import is_within
    >>> is_within("meta.wcs", "meta.wcs"), is_within("meta.wcsinfo.crval1", "meta.wcs")
    (True, False)
    """
    return path == ancestor or path.startswith(f"{ancestor}.")
