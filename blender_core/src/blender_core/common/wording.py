"""TODO."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["counted", "listed", "said", "shortened", "shown"]


_LONGEST: Final = 200


_MOST_LISTED: Final = 10


class _Repr(reprlib.Repr):
    def repr1(self, x: Any, level: int) -> str:
        try:
            return super().repr1(x, level)
        except Exception:  # noqa: BLE001  # a value's own repr may raise anything
            return f"<{type(x).__name__}>"


_repr = _Repr()
_repr.maxlevel = 3
_repr.maxstring = _repr.maxother = 80


def shown(value: Any) -> str:
    """Return a value as messages show it: short, and in any case.

    Parameters
    ----------
    value : object
        Any value, also one whose own ``repr`` is long or raises an error.

    Returns
    -------
    text : str
        What ``repr`` returns, without its middle if it is long.

    Examples
    --------
    >>> from blender_core.common.wording import shown
    >>> shown("F200W"), shown(list(range(1000)))
    ("'F200W'", '[0, 1, 2, 3, 4, 5, ...]')
    """
    return shortened(_repr.repr(value))


def counted(number: int, noun: str) -> str:
    """Return a number of things in words.

    Parameters
    ----------
    number : int
        How many there are.
    noun : str
        What they are, in the singular; its plural ends in s.

    Returns
    -------
    text : str
        Both.

    Examples
    --------
    >>> from blender_core.common.wording import counted
    >>> counted(1, "input"), counted(1200, "input")
    ('1 input', '1200 inputs')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence.

    Parameters
    ----------
    names : sequence of str
        One name at least.

    Returns
    -------
    text : str
        All of them; of many, the first and how many there are.

    Examples
    --------
    >>> from blender_core.common.wording import listed
    >>> listed(["1"]), listed(["1", "3", "5"])
    ('1', '1, 3 and 5')
    """
    if len(names) > _MOST_LISTED:
        return f"{', '.join(names[:_MOST_LISTED])}, … ({len(names)} in all)"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def said(error: BaseException) -> str:
    """Return what an error of somebody else's code says, in any case.

    Parameters
    ----------
    error : BaseException
        Any error, also one whose message is long or cannot be had.

    Returns
    -------
    text : str
        Its message, without its middle if it is long.

    Examples
    --------
    >>> from blender_core.common.wording import said
    >>> said(ValueError("no data"))
    'no data'
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # as any object's repr may, too
        return "(its message cannot be had)"
    return shortened(text, 5 * _LONGEST)


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Return a text without its middle if it is long.

    Parameters
    ----------
    text : str
        A text that may be too long for a message.
    longest : int, optional
        How many characters it may have.

    Returns
    -------
    text : str
        A text of not many more characters.

    Examples
    --------
    >>> from blender_core.common.wording import shortened
    >>> shortened("a" * 1000 + "b" * 1000, 8)
    'aaaa...bbbb'
    """
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"
