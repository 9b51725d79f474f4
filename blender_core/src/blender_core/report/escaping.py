"""Values as texts that a page can show."""

from __future__ import annotations

from typing import Any, Final

from blender_core.common.wording import shortened, shown

__all__ = ["text_of", "visible"]

_LONGEST: Final = 2000


def visible(text: str) -> str:
    r"""Return a text with all that cannot be seen written as Python escapes it.

    That is line ends, control characters, what turns the direction of writing round, and what
    no encoding has: a page is not to look other than its values are.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    text : str
        A text of printable characters; without its middle if it is very long.

    Examples
    --------
    >>> from blender_core.report.escaping import visible
    >>> print(visible("a\nb\u202ec"))
    a\nb\u202ec
    """
    text = shortened(text, _LONGEST)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def text_of(value: Any) -> str:
    """Return a value as a page shows it.

    Parameters
    ----------
    value : object
        Any value but None.

    Returns
    -------
    text : str
        A text as it is, as far as it is printable; for other values what ``repr`` returns.

    Examples
    --------
    >>> from blender_core.report.escaping import text_of
    >>> text_of("F200W"), text_of(322.0), text_of([1, 2])
    ('F200W', '322.0', '[1, 2]')
    """
    if type(value) is float:  # most values are, and need no look
        return repr(value)
    return visible(value if isinstance(value, str) else shown(value))
