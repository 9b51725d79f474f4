"""Dotted paths of attributes, such as ``meta.exposure.start_time``, and patterns for them."""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

__all__ = ["Specificity", "is_pattern", "is_within", "label_of", "specificity"]

_WILD: Final = re.compile(r"[*?\[]")
_TOKEN: Final = re.compile(r"\*\*|\*|\?|\[[^]]+\]|.", re.DOTALL)
_WORDS: Final = {"**": r".*", "*": r"[^.]*", "?": r"[^.]"}


class Specificity(NamedTuple):
    """How narrowly a pattern means an attribute; the greater, the narrower.

    Parameters
    ----------
    kind : int
        2 for the attribute itself, by path or keyword; 1 for a group that it is in; 0 for a
        pattern with wildcards.
    depth : int
        How deep the group lies.
    """

    kind: int
    depth: int


def label_of(path: str, keyword: str | None) -> str:
    """Return what messages call an attribute.

    Parameters
    ----------
    path : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.

    Returns
    -------
    label : str
        The path, and the keyword where there is one.

    Examples
    --------
    >>> from blender_core.common.attribute_paths import label_of
    >>> label_of("meta.exposure.start_time", "EXPSTART"), label_of("meta.date", None)
    ('meta.exposure.start_time (EXPSTART)', 'meta.date')
    """
    return f"{path} ({keyword})" if keyword else path


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
    >>> from blender_core.common.attribute_paths import is_within
    >>> is_within("meta.wcs", "meta.wcs"), is_within("meta.wcsinfo.crval1", "meta.wcs")
    (True, False)
    """
    return path == ancestor or path.startswith(f"{ancestor}.")


def is_pattern(text: str) -> bool:
    """Tell whether a text has wildcards.

    Parameters
    ----------
    text : str
        What stands for attributes.

    Returns
    -------
    wild : bool
        True if it has ``*``, ``?`` or ``[``.

    Examples
    --------
    >>> from blender_core.common.attribute_paths import is_pattern
    >>> is_pattern("meta.*.start_time"), is_pattern("DETECTOR")
    (True, False)
    """
    return _WILD.search(text) is not None


def specificity(text: str, path: str, keyword: str | None) -> Specificity | None:
    """Return how narrowly a text means an attribute.

    Parameters
    ----------
    text : str
        A dotted path; the path of a group, which stands for all that is in it; a path with
        wildcards, of which ``*`` and ``?`` stay within one part and ``**`` does not; or, where
        there is no dot in it, a FITS keyword in any case, with wildcards or without.
    path : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.

    Returns
    -------
    specificity : Specificity or None
        None if the text does not mean the attribute.

    Examples
    --------
    >>> from blender_core.common.attribute_paths import specificity
    >>> specificity("EXPSTART", "meta.exposure.start_time", "EXPSTART")
    Specificity(kind=2, depth=0)
    >>> specificity("meta.exposure", "meta.exposure.start_time", "EXPSTART")
    Specificity(kind=1, depth=2)
    >>> specificity("meta.*.start_time", "meta.exposure.start_time", "EXPSTART")
    Specificity(kind=0, depth=0)
    >>> specificity("meta.*", "meta.exposure.start_time", "EXPSTART") is None
    True
    """
    if "." not in text and text != "meta":
        found = keyword is not None and _matches(text.upper(), keyword.upper())
        return Specificity(0 if is_pattern(text) else 2, 0) if found else None
    if is_pattern(text):
        return Specificity(0, 0) if _matches(text, path) else None
    if path == text:
        return Specificity(2, 0)
    return Specificity(1, text.count(".") + 1) if is_within(path, text) else None


def _matches(text: str, name: str) -> bool:
    return _compiled(text).fullmatch(name) is not None


@functools.cache
def _compiled(text: str) -> re.Pattern[str]:
    parts = (
        _WORDS.get(token) or (_set(token) if len(token) > 2 else re.escape(token))
        for token in _TOKEN.findall(text)
    )
    return re.compile("".join(parts), re.DOTALL)


def _set(token: str) -> str:
    inside = token[1:-1]
    negation = "^" if inside.startswith("!") else ""
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside[len(negation) :])
    try:
        re.compile(f"[{escaped}]")
    except re.error:  # no set has letters from Z to A
        return re.escape(token)
    return f"[{negation}{escaped}]"
