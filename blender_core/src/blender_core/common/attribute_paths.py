"""Dotted paths of attributes, such as ``meta.exposure.start_time``, and patterns for them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from blender_core.common import patterns
from blender_core.common.wording import visible

SECTION: Final = "/"
"""What a text begins with that means a section of a header, as the heading there does."""

_WILD: Final = re.compile(r"[*?\[]")


class Specificity(NamedTuple):
    """How narrowly a pattern means an attribute; the greater, the narrower.

    The kind is 2 for the attribute itself, by path or keyword; 1 for a group that it is in, which
    lies so deep; 0 for a pattern with wildcards; -1 for a section of a header; -2 for the pattern
    that means everything.
    """

    kind: int
    depth: int


ITSELF: Final = Specificity(2, 0)
"""How narrowly a path or keyword means its own attribute."""


OF_OTHERS: Final = Specificity(2, -1)
"""How narrowly the same means it where another one's values are blended for it."""
OF_SECTION: Final = Specificity(-1, 0)
"""How narrowly the title of its section means an attribute."""

_EVERYTHING: Final = "meta.**"


def label_of(path: str, keyword: str | None) -> str:
    """Return what messages call an attribute."""
    return visible(f"{path} ({keyword})" if keyword else path)


def is_path(text: str) -> bool:
    """Tell whether a text is a path, or a pattern for paths, and no keyword."""
    return "." in text or text == "meta"


def is_within(path: str, ancestor: str) -> bool:
    """Tell whether a path is another one or lies below it."""
    return path == ancestor or path.startswith(f"{ancestor}.")


def is_pattern(text: str) -> bool:
    """Tell whether a text has wildcards."""
    return _WILD.search(text) is not None


def specificity(text: str, path: str, keyword: str | None) -> Specificity | None:
    """Return how narrowly a text means an attribute."""
    if text == _EVERYTHING:
        return Specificity(-2, 0)
    means_paths = is_path(text)
    if is_pattern(text):
        # Keywords are compared without case.
        pattern = patterns.of_paths(text if means_paths else text.upper())
        name = path if means_paths else (keyword or "").upper()
        return Specificity(0, 0) if name and pattern.matches(name) else None
    if not means_paths:
        return ITSELF if keyword and text.upper() == keyword.upper() else None
    if path == text:
        return ITSELF
    return Specificity(1, text.count(".") + 1) if is_within(path, text) else None
