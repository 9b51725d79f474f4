"""Dotted paths of attributes, such as ``meta.exposure.start_time``, and patterns for them."""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

from blender_core.common.wording import visible

__all__ = ["ITSELF", "Specificity", "is_pattern", "is_within", "label_of", "specificity"]

_WILD: Final = re.compile(r"[*?\[]")
_TOKEN: Final = re.compile(r"\*\*|\*|\?|\[[^]]+\]|.", re.DOTALL)
_WORDS: Final = {"**": r".*", "*": r"[^.]*", "?": r"[^.]"}


class Specificity(NamedTuple):
    """How narrowly a pattern means an attribute; the greater, the narrower.

    The kind is 2 for the attribute itself, by path or keyword; 1 for a group that it is in, which
    lies so deep; 0 for a pattern with wildcards.
    """

    kind: int
    depth: int


ITSELF: Final = Specificity(2, 0)
"""How narrowly a path or keyword means its own attribute."""


def label_of(path: str, keyword: str | None) -> str:
    """Return what messages call an attribute."""
    return visible(f"{path} ({keyword})" if keyword else path)


def is_within(path: str, ancestor: str) -> bool:
    """Tell whether a path is another one or lies below it."""
    return path == ancestor or path.startswith(f"{ancestor}.")


def is_pattern(text: str) -> bool:
    """Tell whether a text has wildcards."""
    return _WILD.search(text) is not None


def specificity(text: str, path: str, keyword: str | None) -> Specificity | None:
    """Return how narrowly a text means an attribute."""
    if "." not in text and text != "meta":
        if keyword is None or not _matches(text.upper(), keyword.upper()):
            return None
        return Specificity(0, 0) if is_pattern(text) else ITSELF
    if is_pattern(text):
        return Specificity(0, 0) if _matches(text, path) else None
    if path == text:
        return ITSELF
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
