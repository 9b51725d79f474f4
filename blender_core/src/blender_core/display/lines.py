"""A text of several lines, which is shown as such where others show it in quotes."""

from __future__ import annotations

from html import escape


class Lines(str):
    r"""A text that looks the same printed and not: as its lines.

    Examples
    --------
    >>> from blender_core.display.lines import Lines
    >>> Lines("one line\nanother")
    one line
    another
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f'<div class="model-blender" style="white-space:pre-wrap">{escape(self)}</div>'
