"""What a caller may give where several texts are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.common.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["texts"]


def texts(given: Iterable[object], argument: str, what: str) -> tuple[str, ...]:
    """Return what a caller gave for an argument that takes several texts.

    Parameters
    ----------
    given : iterable of str
        What the caller gave.
    argument : str
        Name of the argument, for messages.
    what : str
        What the texts are, for messages: ``paths``.

    Returns
    -------
    texts : tuple of str
        Each of them.

    Raises
    ------
    TypeError
        If it is a single text, whose letters would be taken one by one, or has something else
        than texts.

    Examples
    --------
    >>> from blender_core.common.arguments import texts
    >>> texts(["meta.filename"], "ignore", "paths")
    ('meta.filename',)
    >>> texts("meta.filename", "ignore", "paths")
    Traceback (most recent call last):
    TypeError: ignore takes a collection of paths, such as ['meta.filename'], not a text
    """
    if isinstance(given, str):
        msg = f"{argument} takes a collection of {what}, such as [{shown(given)}], not a text"
        raise TypeError(msg)
    found = []
    for one in given:
        if not isinstance(one, str):
            msg = f"{argument} takes {what}, which are texts, not {shown(one)}"
            raise TypeError(msg)
        found.append(one)
    return tuple(found)
