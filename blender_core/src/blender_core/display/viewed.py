"""What is printed as a text, and shown by notebooks as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blender_core.display.view import View


class Viewed:
    """What is printed as a text, and shown by notebooks as HTML."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self._view())

    def _view(self) -> View:
        """Return what there is to see."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        # Imported here and not above: only notebooks ask for it.
        from blender_core.display.html import to_html

        return to_html(self._view())
