"""A whole page of HTML, which notebooks show in a frame of its own."""

from __future__ import annotations

from html import escape
from typing import Final

_HEIGHT: Final = "42rem"


class Page(str):
    """A page of HTML as a text; in a notebook, it is shown in a frame.

    Nothing on it can reach the notebook, and the notebook's own style does not reach it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} characters of HTML>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self)}" sandbox="allow-scripts" title="Report" '
            f'style="width:100%;height:{_HEIGHT};border:0;resize:vertical"></iframe>'
        )
