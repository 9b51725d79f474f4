"""What a caller may give where several texts are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["strings"]


def strings(given: Iterable[object], argument: str, what: str) -> tuple[str, ...]:
    """Return what a caller gave for an argument that takes several texts."""
    if isinstance(given, str):
        msg = f"{argument} takes a collection of {what}, such as [{preview(given)}], not a text"
        raise TypeError(msg)
    found = []
    for one in given:
        if not isinstance(one, str):
            msg = f"{argument} takes {what}, which are texts, not {preview(one)}"
            raise TypeError(msg)
        found.append(one)
    return tuple(found)
