"""Values as texts that a page can show."""

from __future__ import annotations

from typing import Any, Final

from blender_core.common.wording import preview, shorten

__all__ = ["text_of", "visible"]

_LONGEST: Final = 2000


def visible(text: str) -> str:
    r"""Return a text with all that cannot be seen written as Python escapes it.

    That is line ends, control characters, what turns the direction of writing round, and what
    no encoding has: a page is not to look other than its values are.
    """
    text = shorten(text, _LONGEST)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def text_of(value: Any) -> str:
    """Return a value as a page shows it."""
    if type(value) is float:  # most values are, and need no look
        return repr(value)
    return visible(value if isinstance(value, str) else preview(value))
